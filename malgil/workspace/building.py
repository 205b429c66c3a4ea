"""Build a workspace: run the stages that are not up to date, in order, and seal the result."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import xxhash

from malgil.corpus import Corpus
from malgil.engine import Progress, Silent
from malgil.errors import ArtefactError, DataError
from malgil.files import writing
from malgil.store import open_artefact
from malgil.tokenizers.choice import choose_tokenizer
from malgil.workspace.documents import Documents, digest_of, write_documents
from malgil.workspace.leaving_out import has_rules, leave_out, mark_rules
from malgil.workspace.recipe import Recipe
from malgil.workspace.sealing import LOG, REPORT, draw_report, locked, seal
from malgil.workspace.stages import STAGES, Job, Stage
from malgil.workspace.workspace import Workspace

_FORMULAS = 1  # in every fingerprint: raise it when a stage computes something else from the same input


def build(
    source: Corpus,
    path: str | Path,
    recipe: Recipe | None = None,
    *,
    n_jobs: int | None = None,
    lang: str = "en",
    progress: Progress | None = None,
) -> Workspace:
    """Take a corpus to a workspace that answers.

    A workspace that is there already is brought up to date: only stages whose input or part of the recipe has changed
    are made again. The result does not depend on `n_jobs` or on how often the build was interrupted.

    Parameters
    ----------
    source : Corpus
        The documents.
    path : str or Path
        Folder of the workspace; made where it is not there.
    recipe : Recipe, optional
        What to do; the defaults if left out.
    n_jobs : int, optional
        Number of threads, all cores by default.
    lang : str
        Language in which the report opens, ``"en"`` or ``"ko"``.
    progress : Progress, optional
        Told of everything that takes long.

    Returns
    -------
    Workspace
        Ready to answer.

    Raises
    ------
    DataError
        If the corpus has no tokens, or the drop rules leave no document.
    ParameterError
        If the recipe names something that does not exist.
    BusyError
        If another build is at work there.
    StorageError
        If the folder cannot be written or holds other things.
    """
    folder = Path(path)
    with locked(folder):
        job = Job(path=folder, recipe=recipe or Recipe(), n_jobs=n_jobs, progress=progress or Silent())
        with _logged(folder, "corpus"):
            digests = {"corpus": _bring_corpus(source, job)}
        job = _resolved(job)
        for stage in STAGES:
            if stage.is_optional and stage.name not in job.recipe.to_dict():
                shutil.rmtree(folder / stage.name, ignore_errors=True)  # of an earlier build
                continue
            with _logged(folder, stage.name):
                digests[stage.name] = _bring(stage, job, digests)
        with _logged(folder, REPORT):
            drawn = draw_report(folder, lang, job.progress)
        seal(folder, digests, job.recipe.to_dict(), drawn)
    return Workspace.open(folder)


def _resolved(job: Job) -> Job:
    """Put the tokeniser that the corpus asks for into the recipe."""
    if job.recipe.tokens.tokenizer != "auto":
        return job
    name = choose_tokenizer(Documents(job.path / "corpus").text_blocks())
    return replace(job, recipe=job.recipe.with_values({"tokens.tokenizer": name}))


def _bring_corpus(source: Corpus, job: Job) -> str:
    """Bring the corpus up to date; it is read twice only where there is an earlier one to compare with."""
    path = job.path / "corpus"
    if has_rules(job.recipe.clean):
        return _bring_kept(source, job)
    with contextlib.suppress(ArtefactError):
        artefact = open_artefact(path, "corpus")
        if artefact.meta.get("made_from") == digest_of(source, job.progress):
            return artefact.digest
    write_documents(path, source, job.progress)
    return open_artefact(path, "corpus", verify=False).digest


def _bring_kept(source: Corpus, job: Job) -> str:
    """Bring the documents that the drop rules leave up to date."""
    path, table = job.path / "corpus", job.recipe.clean
    made_from = mark_rules(digest_of(source, job.progress), table)
    with contextlib.suppress(ArtefactError):
        artefact = open_artefact(path, "corpus")
        if artefact.meta.get("made_from") == made_from:
            return artefact.digest
    kept, left_out = leave_out(source, table, job.n_jobs, job.progress)
    if not len(kept):
        raise DataError("workspace.all_left_out", n=len(source), reasons=", ".join(left_out.counts))
    write_documents(path, kept, job.progress, made_from=made_from, left_out=left_out)
    return open_artefact(path, "corpus", verify=False).digest


def _bring(stage: Stage, job: Job, digests: dict[str, str]) -> str:
    """Bring one stage up to date, unless it was made from the same inputs by the same recipe."""
    recipe = job.recipe.to_dict()
    made_from = [_FORMULAS, stage.name, {name: digests[name] for name in stage.after if name in digests}]
    text = json.dumps([*made_from, {name: recipe[name] for name in stage.tables if name in recipe}], ensure_ascii=False)
    fingerprint = xxhash.xxh3_128_hexdigest(text.encode())
    path = job.path / stage.name
    with contextlib.suppress(ArtefactError):
        artefact = open_artefact(path, stage.name)
        if artefact.meta.get("made_from") == fingerprint and not stage.inner_problems(path):
            return artefact.digest
    stage.make(job, {"made_from": fingerprint})
    return open_artefact(path, stage.name, verify=False).digest


@contextlib.contextmanager
def _logged(folder: Path, step: str) -> Iterator[None]:
    """Write the time a step took to the log, the only file of a workspace that holds times."""
    begin = time.perf_counter()
    yield
    with writing(folder / LOG), (folder / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {step} {time.perf_counter() - begin:.2f} s\n")
