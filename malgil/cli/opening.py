"""Open what a command is to search: an index, or a workspace, which holds one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from malgil.errors import ArtefactError, MissingError, ParameterError

if TYPE_CHECKING:
    from malgil.explain import Explanation
    from malgil.ngram import NgramLM
    from malgil.search import SearchIndex
    from malgil.store import Artefact
    from malgil.tasks.language_model import RecurrentLM
    from malgil.tasks.mixture import MixtureLM
    from malgil.tasks.opening import Predictor
    from malgil.workspace import Workspace


def open_searchable(path: Path) -> SearchIndex | Workspace:
    """Open an index or a workspace.

    Parameters
    ----------
    path : Path
        Its folder.

    Returns
    -------
    SearchIndex or Workspace
        Whichever it is.

    Raises
    ------
    MissingError
        If it is neither.
    ArtefactError
        If it is damaged.
    """
    if is_index(path):
        from malgil.search import SearchIndex

        return SearchIndex.open(path)
    from malgil.workspace import Workspace

    try:
        return Workspace.open(path)
    except MissingError as error:
        raise MissingError("cli.nothing_to_search", path=path) from error


def is_index(path: Path) -> bool:
    """Tell an index from a workspace.

    Parameters
    ----------
    path : Path
        A folder.

    Returns
    -------
    bool
        Whether it is an index; false also where there is nothing.
    """
    return _found(path, "index") is not None


def open_lm(path: Path) -> NgramLM | RecurrentLM | MixtureLM:
    """Open a language model, by itself or in a workspace.

    Parameters
    ----------
    path : Path
        Folder of a model or of a workspace.

    Returns
    -------
    NgramLM, RecurrentLM or MixtureLM
        A recurrent one where ``malgil train lm`` made it, a mixture where ``malgil lm mix`` did. That of a workspace
        cleans and cuts what it is asked as the workspace's texts were.

    Raises
    ------
    MissingError
        If there is neither, or the workspace has no model.
    ArtefactError
        If it is damaged.
    """
    from malgil.ngram import NgramLM
    from malgil.workspace import Workspace

    try:
        return NgramLM.open(path)
    except ArtefactError as error:
        if error.key not in ("house.other_kind", "house.artefact_missing"):
            raise
    from malgil.tasks.mixture import KIND, MixtureLM

    if _found(path, KIND) is not None:
        return MixtureLM.open(path)
    if is_recurrent_lm(path):
        from malgil.tasks.saving import open_model

        return open_model(path)  # type: ignore[no-any-return]
    try:
        return Workspace.open(path).lm
    except MissingError as error:
        if error.key != "workspace.not_a_workspace":
            raise
        raise MissingError("cli.no_model", path=path) from error


def open_ngram_lm(path: Path) -> NgramLM:
    """Open an n-gram model, by itself or in a workspace.

    Parameters
    ----------
    path : Path
        Folder of a model or of a workspace.

    Returns
    -------
    NgramLM
        As `open_lm` opens it.

    Raises
    ------
    MissingError
        If there is neither, or the workspace has no model.
    ArtefactError
        If it is damaged.
    ParameterError
        If the model is a recurrent one.
    """
    from malgil.ngram import NgramLM

    lm = open_lm(path)
    if not isinstance(lm, NgramLM):
        raise ParameterError("cli.no_ngrams", path=path)
    return lm


def is_recurrent_lm(path: Path) -> bool:
    """Tell a recurrent language model from all else.

    Parameters
    ----------
    path : Path
        A folder.

    Returns
    -------
    bool
        Whether its manifest says so; false also where there is nothing.
    """
    found = _found(path, "model")
    return found is not None and found.meta.get("estimator") == "RecurrentLM"


def _found(path: Path, kind: str) -> Artefact | None:
    """Look for an artefact of one kind; None where there is nothing, or something else."""
    from malgil.store import open_artefact

    try:
        return open_artefact(path, kind, verify=False)
    except ArtefactError as error:
        if error.key in ("house.other_kind", "house.artefact_missing"):
            return None
        raise


def open_predictor(path: Path) -> Predictor:
    """Open a model, by itself or in a workspace.

    Parameters
    ----------
    path : Path
        Folder of a model, of a workspace, or of the models in a workspace.

    Returns
    -------
    Predictor
        That of a workspace cleans and cuts what it is asked as the workspace's texts were.

    Raises
    ------
    MissingError
        If there is neither, or the workspace has no model of its labels.
    ArtefactError
        If it is damaged.
    """
    from malgil.tasks.opening import open_predictor
    from malgil.workspace import Workspace

    found = _found(path, "model")
    is_inner = found is not None and "estimator" not in found.meta  # the stage of a workspace, not one estimator
    try:
        return Workspace.open(path.parent if is_inner else path).model
    except (ArtefactError, MissingError) as error:
        if error.key not in ("house.other_kind", "workspace.not_a_workspace"):
            raise
    return open_predictor(path)


def open_index(path: Path) -> SearchIndex:
    """Open an index that is to be changed.

    Parameters
    ----------
    path : Path
        Its folder.

    Returns
    -------
    SearchIndex
        Not that of a workspace.

    Raises
    ------
    ParameterError
        If it is a workspace.
    ArtefactError
        If it is damaged.
    """
    from malgil.search import SearchIndex
    from malgil.store import MANIFEST

    if (path / MANIFEST).is_file() and not is_index(path):
        raise ParameterError("cli.workspace_is_built", path=path)
    return SearchIndex.open(path)


def explain_hit(opened: SearchIndex | Workspace, query: str, id: str) -> Explanation:
    """Explain the score of a document.

    Parameters
    ----------
    opened : SearchIndex or Workspace
        What was searched.
    query : str
        For what.
    id : str
        The user's id of the document.

    Returns
    -------
    Explanation
        The score, opened.
    """
    from malgil.search import SearchIndex

    return opened.explain(query, id) if isinstance(opened, SearchIndex) else opened.explain(id, query=query)
