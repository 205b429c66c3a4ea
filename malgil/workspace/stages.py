"""The stages of a build: what each one reads, which tables of the recipe it obeys, and the work it does.

A stage is up to date when its artefact was made from the same inputs by the same recipe. That is written in the
artefact itself (``made_from``), so a build that was killed is gone on with by nothing more than building again.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.clean import Cleaner
from malgil.engine import Progress, map_blocks
from malgil.errors import ArtefactError, DataError
from malgil.ragged import Ragged
from malgil.search.building import build_index
from malgil.search.defaults import default_fields
from malgil.search.directory import check_index
from malgil.search.field_index import FieldIndex
from malgil.search.fields import Field
from malgil.search.incoming import of_parts
from malgil.search.snapshot import Settings
from malgil.store import Writer, open_artefact
from malgil.tokenizers import Tokenizer, tokenizer
from malgil.tokenizers.saving import ready as with_pieces
from malgil.tokens import Tokens
from malgil.vectorize import Weights, dtm, tfidf
from malgil.vocab import Vocabulary
from malgil.workspace.documents import Documents
from malgil.workspace.modelling import describe_models, model_problems
from malgil.workspace.optional_tables import ModelTable, NgramTable, VectorsTable
from malgil.workspace.recipe import Recipe, TokensTable, make_tokenizer
from malgil.workspace.sealing import REPORT_JSON
from malgil.workspace.tokenising import read_tokens, tokenise, tokenise_in_parts, write_tokens

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.eda.continuations import Continuations

_FALLBACK = (0.5, 1.0, 1.5)  # discounts for a corpus too small to tell its own: a build must not fail for that
UNFINISHED = "unfinished"  # folder of the finished blocks of an unfinished stage


@dataclass(frozen=True, kw_only=True)
class Job:
    """One call of `build`.

    Parameters
    ----------
    path : Path
        The workspace.
    recipe : Recipe
        What to do.
    n_jobs : int, optional
        Number of threads.
    progress : Progress
        Told of everything that takes long.
    """

    path: Path
    recipe: Recipe
    n_jobs: int | None
    progress: Progress


class Stage(NamedTuple):
    """One step from the corpus to the report.

    Parameters
    ----------
    name : str
        Its folder in the workspace.
    after : tuple of str
        Stages whose artefacts it reads.
    tables : tuple of str
        Tables of the recipe that it obeys.
    make : callable
        ``make(job, meta)`` writes the artefact with `meta` in its manifest.
    inner_problems : callable
        Folder -> what is wrong with artefacts inside the artefact.
    is_optional : bool
        Whether it is made only where the recipe has a table of its name.
    """

    name: str
    after: tuple[str, ...]
    tables: tuple[str, ...]
    make: Callable[[Job, dict[str, Any]], None]
    inner_problems: Callable[[Path], list[ArtefactError]] = lambda path: []
    is_optional: bool = False


def _make_tokens(job: Job, meta: dict[str, Any]) -> None:
    documents = Documents(job.path / "corpus")
    chosen, cleaner = make_tokenizer(job.recipe.tokens), _cleaner(job, documents)
    chosen = with_pieces(chosen, lambda: _cleaned(cleaner, documents, job.n_jobs))
    arguments = (chosen, cleaner, documents, job.n_jobs, job.progress)
    if job.recipe.tokens.tokenizer == "kiwi":
        folder = job.path / UNFINISHED / f"tokens-{meta['made_from']}"
        tokens, vocabulary, changed = tokenise_in_parts(*arguments, folder)
    else:
        tokens, vocabulary, changed = tokenise(*arguments)
    if not len(vocabulary):
        raise DataError("workspace.no_tokens", n=len(documents), tokenizer=job.recipe.tokens.tokenizer)
    with Writer(job.path / "tokens", "tokens") as writer:
        writer.meta = {**meta, "tokenizer": chosen.params, "cleaned": changed}
        write_tokens(writer, tokens)
        for name in ("counts", "df", "order"):
            writer.array(f"form_{name}", getattr(vocabulary, name))
    shutil.rmtree(job.path / UNFINISHED, ignore_errors=True)


def _cleaner(job: Job, documents: Documents) -> Cleaner:
    """Make the cleaner; steps that learn see the corpus of the workspace."""
    return Cleaner(job.recipe.clean.recipe).fit(documents.corpus(), n_jobs=job.n_jobs)


def _cleaned(cleaner: Cleaner, documents: Documents, n_jobs: int | None) -> Iterator[pa.LargeStringArray]:
    """Clean the texts block by block."""
    return (block.texts for block in map_blocks(cleaner.clean_block, documents.text_blocks(), n_jobs))


def _make_vocabulary(job: Job, meta: dict[str, Any]) -> None:
    job.progress.start("vocabulary", None)
    artefact = open_artefact(job.path / "tokens", "tokens", verify=False)
    tokens = read_tokens(artefact)
    counts, df, order = (artefact[f"form_{name}"] for name in ("counts", "df", "order"))
    table = job.recipe.vocabulary
    # Forms stand by falling count, so that leaving the rare ones out is a cut.
    n_terms = int(np.searchsorted(-counts, -max(table.min_count, 1), side="right"))
    if not n_terms:
        raise DataError("workspace.no_terms", min_count=table.min_count, most=int(counts.max()))
    n_terms = min(n_terms, table.max_terms or n_terms)
    Vocabulary(
        terms=tokens.forms[:n_terms],
        counts=counts[:n_terms],
        df=df[:n_terms],
        order=order[order < n_terms],
        n_docs=tokens.n_docs,
        n_tokens=tokens.n_tokens,
    ).save(job.path / "vocabulary", meta)
    job.progress.done()


def open_tokens(path: Path) -> Tokens:
    """Open the tokens of a workspace.

    Parameters
    ----------
    path : Path
        The workspace.

    Returns
    -------
    Tokens
        Forms in vocabulary order.
    """
    return read_tokens(open_artefact(path / "tokens", "tokens", verify=False))


def open_tokenizer(path: Path) -> Tokenizer:
    """Open the tokeniser of a workspace, with what it learned.

    Parameters
    ----------
    path : Path
        The workspace.

    Returns
    -------
    Tokenizer
        What its tokens were made with.
    """
    return tokenizer(**open_artefact(path / "tokens", "tokens", verify=False).meta["tokenizer"])


def _in_vocabulary(tokens: Tokens, n_terms: int) -> Ragged:
    """Leave out the tokens whose form is not in the vocabulary."""
    if n_terms == len(tokens.forms):
        return tokens.ragged()
    is_known = tokens.ids < n_terms
    before = np.concatenate(([0], np.cumsum(is_known)))
    return Ragged(tokens.ids[is_known], before[tokens.indptr])


def _make_counts(job: Job, meta: dict[str, Any]) -> None:
    job.progress.start("counts", None)
    tokens, vocabulary = open_tokens(job.path), Vocabulary.open(job.path / "vocabulary", verify=False)
    counts = dtm(_in_vocabulary(tokens, len(vocabulary)), len(vocabulary), job.n_jobs)
    # a document is as long as all its tokens, those outside the vocabulary included
    counts = dataclasses.replace(counts, n_tokens=np.diff(tokens.indptr))
    tfidf(counts, job.recipe.counts.weighting, job.n_jobs).save(job.path / "counts", meta)
    job.progress.done()


def _make_index(job: Job, meta: dict[str, Any]) -> None:
    job.progress.start("index", None)
    documents, table = Documents(job.path / "corpus"), job.recipe.index
    cleaner = _cleaner(job, documents)
    fields = index_fields(job.recipe.tokens, open_tokenizer(job.path), documents.text_blocks())

    def ready() -> dict[str, FieldIndex]:
        name, *pieces = fields
        made = {name: FieldIndex.from_tokens(_with_meaning(open_tokens(job.path)), job.n_jobs)}
        for name in pieces:
            cleaned = _cleaned(cleaner, documents, job.n_jobs)
            made[name] = FieldIndex.build(tokenizer(**fields[name].params), cleaned, job.n_jobs)
        return made

    incoming = of_parts(list(documents.text_blocks()), [documents.ids], documents.others(), documents.facts)
    settings = Settings(fields, table.variant, table.k1, table.b, table.delta, incoming.text)
    shutil.rmtree(job.path / "index", ignore_errors=True)  # so that the same documents give the same bytes
    build_index(incoming, settings, job.path / "index", ready, extra=meta, n_jobs=job.n_jobs)
    job.progress.done()


def index_fields(table: TokensTable, made: Tokenizer, blocks: Iterable[pa.LargeStringArray]) -> dict[str, Field]:
    """Choose the fields of a workspace's index.

    Parameters
    ----------
    table : TokensTable
        How its tokens were made.
    made : Tokenizer
        What they were made with.
    blocks : iterable of pa.LargeStringArray
        Its texts.

    Returns
    -------
    dict
        Name -> `Field`: the tokens of the workspace. Beside morphemes, pairs of syllables where the texts are Korean,
        as `malgil.SearchIndex` has them; who chose plain words gets plain words.
    """
    if table.tokenizer != "kiwi":
        return {"word": Field(made.params)}
    pieces = {name: field for name, field in default_fields(blocks).items() if field.params["name"] == "bigram"}
    return {"morpheme": Field(make_tokenizer(dataclasses.replace(table, tags="content")).params)} | pieces


def _with_meaning(tokens: Tokens) -> Tokens:
    """Leave out the morphemes without a meaning of their own, such as particles: all but all documents have them."""
    if tokens.tags is None:
        return tokens
    is_kept = _is_content(tokens)[tokens.tags]
    before = np.concatenate(([0], np.cumsum(is_kept)))
    return Tokens(tokens.forms, tokens.ids[is_kept], before[tokens.indptr])


def _is_content(tokens: Tokens) -> NDArray[np.bool_]:
    """Which parts of speech have a meaning of their own."""
    from malgil.tokenizers.kiwi import CONTENT

    return np.array([name.partition("-")[0] in CONTENT for name in tokens.tag_names], bool)


def _content_terms(tokens: Tokens, n_terms: int) -> NDArray[np.bool_] | None:
    """Find the terms that mostly occur as a part of speech with a meaning of its own."""
    if tokens.tags is None:
        return None
    votes = np.bincount(tokens.ids, weights=np.where(_is_content(tokens)[tokens.tags], 1.0, -1.0), minlength=n_terms)
    return votes[:n_terms] > 0


def _make_ngram(job: Job, meta: dict[str, Any]) -> None:
    from malgil.ngram import NgramLM

    job.progress.start("ngram", None)
    table = job.recipe.ngram or NgramTable()
    lm = NgramLM(
        order=table.order,
        smoothing=table.smoothing,
        prune=tuple(table.prune),
        tokenizer=open_tokenizer(job.path),
        discount_fallback=_FALLBACK,
        skip_symbols=True,
        n_jobs=job.n_jobs,
    )
    lm.fit(open_tokens(job.path)).save(job.path / "ngram", meta)
    job.progress.done()


def _make_vectors(job: Job, meta: dict[str, Any]) -> None:
    from malgil.embeddings.methods import estimator
    from malgil.embeddings.saving import save_vectors

    table = job.recipe.vectors or VectorsTable()
    settings: dict[str, Any] = dataclasses.asdict(table)
    folder = job.path / UNFINISHED / f"vectors-{meta['made_from']}"
    # an epoch that is finished need not be trained again after a break
    trained = estimator(**settings, n_jobs=job.n_jobs).fit(
        open_tokens(job.path), checkpoint=folder, progress=job.progress
    )
    save_vectors(trained.vectors_, job.path / "vectors", meta)
    shutil.rmtree(job.path / UNFINISHED, ignore_errors=True)


def _make_model(job: Job, meta: dict[str, Any]) -> None:
    from malgil.workspace.modelling import find_labelled, train_models

    table = job.recipe.model or ModelTable()
    documents, tokens = Documents(job.path / "corpus"), open_tokens(job.path)
    texts = pa.concat_arrays(list(_cleaned(_cleaner(job, documents), documents, job.n_jobs)))
    labelled = find_labelled(documents, texts, tokens.to_lists(), table.seed)
    train_models(job.path / "model", len(documents), labelled, table, meta, job.progress)


def _make_report(job: Job, meta: dict[str, Any]) -> None:
    from malgil.eda import explore
    from malgil.eda.gather import Words, gather

    vocabulary = Vocabulary.open(job.path / "vocabulary", verify=False)
    tokens = open_tokens(job.path)
    words = Words(
        _in_vocabulary(tokens, len(vocabulary)),
        vocabulary,
        Weights.open(job.path / "counts", verify=False),
        _content_terms(tokens, len(vocabulary)),
    )
    corpus = Documents(job.path / "corpus").corpus()
    statistics = explore(corpus, n_jobs=job.n_jobs, progress=job.progress)
    recipe = job.recipe.to_dict()
    del recipe["index"]  # the report shows nothing of it, so that a change there need not draw it again
    settings = {f"{table}.{key}": _fact(value) for table, row in recipe.items() for key, value in row.items()}
    data = gather(
        statistics, words, corpus, settings=settings, top_words=job.recipe.report.top_words, n_jobs=job.n_jobs
    )
    if job.recipe.ngram is not None:
        data = dataclasses.replace(data, continuations=_continuations(job, tokens, corpus))
    if job.recipe.model is not None:
        data = dataclasses.replace(data, classifying=describe_models(job.path / "model", corpus))
    with Writer(job.path / "report", "report") as writer:
        writer.meta = meta
        writer.file(REPORT_JSON, lambda file: file.write(data.to_json().encode()))


def _fact(value: Any) -> Any:
    """Give a value of the recipe as the report keeps it: lists are lists of strings there, and so are tables."""
    if isinstance(value, dict):
        return [f"{key} = {json.dumps(item, ensure_ascii=False)}" for key, item in value.items()]
    if not isinstance(value, list):
        return value
    return [", ".join(_fact(one)) if isinstance(one, dict | list) else str(one) for one in value]


def _continuations(job: Job, tokens: Tokens, corpus: Corpus) -> Continuations:
    from malgil.eda.continuations import find_continuations
    from malgil.ngram import NgramLM

    lm = NgramLM.open(job.path / "ngram", verify=False)
    return find_continuations(lm, tokens, corpus, _content_terms(tokens, len(tokens.forms)))


STAGES = (
    Stage("tokens", ("corpus",), ("clean", "tokens"), _make_tokens),
    Stage("vocabulary", ("tokens",), ("vocabulary",), _make_vocabulary),
    Stage("counts", ("tokens", "vocabulary"), ("counts",), _make_counts),
    Stage("index", ("corpus", "tokens"), ("clean", "tokens", "index"), _make_index, check_index),
    Stage("ngram", ("tokens",), ("tokens", "ngram"), _make_ngram, is_optional=True),
    Stage("vectors", ("tokens",), ("tokens", "vectors"), _make_vectors, is_optional=True),
    Stage("model", ("corpus", "tokens"), ("clean", "tokens", "model"), _make_model, model_problems, is_optional=True),
    Stage(
        "report",
        ("corpus", "tokens", "vocabulary", "counts", "ngram", "model"),
        ("clean", "tokens", "vocabulary", "counts", "ngram", "model", "report"),
        _make_report,
    ),
)
"""All stages after the corpus, in the order in which they are made."""
