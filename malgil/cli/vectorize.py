"""``malgil vectorize``: the document-term matrix of a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TokenizerOption,
    WorkersOption,
)
from malgil.cli.shell import Shell

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.vectorize import Weights
    from malgil.vocab import Vocabulary

_COUNT, _TEXTBOOK = "count", "textbook"


def vectorize_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="vectorize_output", show_default=False)],
    weight: Annotated[str, typer.Option("--weight", help="vectorize_weight")] = _TEXTBOOK,
    tokenizer: TokenizerOption = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make the matrix and say how large it is."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output, terms_path(output)], text=text, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        weights = vectorize(corpus, output, weight, tokenizer=tokenizer, n_jobs=workers, progress=listener)
    if not quiet:
        counts = weights.counts
        facts = {"n_docs": counts.n_docs, "n_terms": counts.n_terms, "n_entries": counts.n_entries}
        shell.say("vectorised", path=output, **facts)


def vectorize(
    corpus: Corpus,
    output: Path,
    weight: str = _TEXTBOOK,
    *,
    tokenizer: str | None = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Weights:
    """Count the words of every document, weigh them, and write the matrix.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        With the suffix ``.npz`` a matrix for `scipy.sparse.load_npz`, and beside it ``.terms.txt`` with a column's term
        in each line; else a folder with the artefacts ``vocabulary`` and ``counts``, which holds counts and TF-IDF.
    weight : str
        ``"count"``, or the name of a TF-IDF formula in `malgil.vectorize.TFIDF`.
    tokenizer : str, optional
        Name of a tokeniser; by default the one that a build would choose.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told how far the work is.

    Returns
    -------
    Weights
        The matrix.

    Raises
    ------
    ParameterError
        If the weight or the tokeniser is not known.
    """
    from malgil.engine import Silent
    from malgil.params import choose
    from malgil.tokenizers import encode_blocks
    from malgil.tokenizers import tokenizer as make
    from malgil.tokenizers.choice import choose_tokenizer
    from malgil.vectorize import TFIDF, dtm, tfidf

    choose({_COUNT: None, **dict.fromkeys(TFIDF)}, "--weight", weight)
    splitter = make(tokenizer or choose_tokenizer(corpus.texts()))
    tokens, vocabulary = encode_blocks(splitter, corpus.texts(), n_jobs, progress, spans=False)
    listener = progress or Silent()
    listener.start("counts", None)
    counts = dtm(tokens.ragged(), len(vocabulary), n_jobs)
    weights = tfidf(counts, _TEXTBOOK if weight == _COUNT else weight, n_jobs)
    listener.done()
    if output.suffix == ".npz":
        _write_npz(output, weights, vocabulary, weight)
    else:
        vocabulary.save(output / "vocabulary", {"tokenizer": splitter.params})
        weights.save(output / "counts", {"weight": weight})
    return weights


def terms_path(output: Path) -> Path:
    """Name the file of terms beside a matrix.

    Parameters
    ----------
    output : Path
        Of the matrix.

    Returns
    -------
    Path
        Written only where `output` ends in ``.npz``.
    """
    return output.parent / f"{output.stem}.terms.txt"


def _write_npz(output: Path, weights: Weights, vocabulary: Vocabulary, weight: str) -> None:
    import io

    from scipy.sparse import save_npz

    from malgil.files import write_whole

    matrix = weights.counts.to_csr() if weight == _COUNT else weights.to_csr()
    buffer = io.BytesIO()
    save_npz(buffer, matrix, compressed=False)
    write_whole(output, buffer.getvalue())
    terms = [" ".join(term.split()) for term in vocabulary.terms.to_pylist()]
    write_whole(terms_path(output), "".join(f"{term}\n" for term in terms).encode())
