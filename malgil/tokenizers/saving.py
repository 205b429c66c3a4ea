"""Tokenisers on disk, and those that still have to learn."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa

from malgil.errors import ArtefactError, MalgilError
from malgil.store import MANIFEST, Writer, open_artefact
from malgil.tokenizers.factory import TOKENIZERS, tokenizer
from malgil.tokenizers.protocol import Tokenizer

KIND = "tokenizer"


def save(made: Tokenizer, path: str | Path) -> None:
    """Write a tokeniser with all that it learned.

    Parameters
    ----------
    made : Tokenizer
        What to write.
    path : str or Path
        The folder.

    Raises
    ------
    StorageError
        If it cannot be written.
    """
    with Writer(path, KIND) as writer:
        writer.meta = {"tokenizer": made.params}


def open(path: str | Path) -> Tokenizer:
    """Open a saved tokeniser.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    Tokenizer
        Equal to the one that was saved.

    Raises
    ------
    ArtefactError
        If it is missing, damaged, of another kind or of a newer version.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tokenizer("word", lowercase=False).save(folder)
    ...     open(folder).split("이 Word")
    ['이', 'Word']
    """
    artefact = open_artefact(path, KIND)
    params: Any = artefact.meta.get("tokenizer")
    try:
        return tokenizer(**params)
    except (MalgilError, TypeError) as error:
        raise ArtefactError("tokenizers.unknown_content", path=Path(path) / MANIFEST, reason=error) from error


def named_or_saved(name: str) -> Tokenizer:
    """Make a tokeniser by its name, or open a saved one.

    Parameters
    ----------
    name : str
        A name, or a folder that `save` wrote; a name goes first.

    Returns
    -------
    Tokenizer
        As `malgil.tokenizers.tokenizer` makes it.

    Raises
    ------
    ParameterError
        If it is neither a name nor a folder.
    ArtefactError
        If there is no tokeniser in the folder.
    """
    is_folder = isinstance(name, str) and name not in TOKENIZERS and Path(name).is_dir()
    return open(name) if is_folder else tokenizer(name)


def ready(made: Tokenizer, blocks: Callable[[], Iterable[pa.LargeStringArray]]) -> Tokenizer:
    """Let a tokeniser learn that has to and has not yet.

    Parameters
    ----------
    made : Tokenizer
        Any; it is not changed.
    blocks : callable
        Gives the corpus; not called where nothing has to be learned.

    Returns
    -------
    Tokenizer
        Itself, or one of the same options that has learned.
    """
    from malgil.tokenizers.subwords import SubwordTokenizer

    if not isinstance(made, SubwordTokenizer) or made.is_fitted:
        return made
    return type(made)(**{key: value for key, value in made.params.items() if key != "name"}).fit_blocks(blocks())
