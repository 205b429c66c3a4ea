"""``malgil predict``: what a model says about every row of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    OutputOption,
    QuietOption,
    RejectsOption,
    TextOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.tasks.opening import Predictor

_TAGGED = (".conll", ".conllu", ".iob", ".bio")
_WRITERS = ("translate", "caption", "generate")


class Answers(NamedTuple):
    """Columns that a model adds.

    Parameters
    ----------
    kinds : dict
        Name -> type of the values, ``str`` or ``float``.
    of : callable
        Texts -> a list for each column.
    """

    kinds: dict[str, type]
    of: Callable[[list[str]], list[list[Any]]]


def predict_cli(
    ctx: typer.Context,
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="predict_model")],
    source: InputArgument,
    output: OutputOption,
    probabilities: Annotated[bool, typer.Option("--probabilities", help="predict_probabilities")] = False,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the rows of a file with the model's answers beside them."""
    from malgil.cli.opening import open_predictor
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    predictor = open_predictor(model)
    if predictor.task == "tag" and _is_tagged(source):
        n = predict_tagged(predictor, Path(source), output, encoding)
    elif predictor.task == "caption":
        n = predict_images(predictor, Path(source), output)
    else:
        corpus = read_source(source, [output], text=text, id=id, encoding=encoding, rejects=rejects)
        with progress(shell, quiet) as listener:
            n = predict(predictor, corpus, output, with_probabilities=probabilities, progress=listener)
    if not quiet:
        shell.say("predicted", path=output, n=n)


def predict(
    predictor: Predictor,
    corpus: Corpus,
    output: Path,
    *,
    with_probabilities: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write a corpus with the model's answers as further columns.

    Parameters
    ----------
    predictor : Predictor
        The model.
    corpus : Corpus
        Its texts are what the model reads, or its labels where it writes texts for labels; the other columns stay as
        they are.
    output : Path
        The format is that of the suffix. Behind the corpus's own columns stand ``predicted`` and, of a classifier,
        ``probability``: that of the answer.
    with_probabilities : bool
        Also a column ``p_<label>`` for each label of a classifier.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    int
        Documents.

    Raises
    ------
    ParameterError
        If the model answers no texts.
    DataError
        If the output's suffix is not known.
    StorageError
        If it cannot be written.
    """
    from malgil.corpus import write
    from malgil.engine import Silent

    answers = _answers(predictor, with_probabilities)
    is_label = predictor.task == "generate" and "label" in corpus.schema.names
    write(_with_answers(corpus, answers, "label" if is_label else "text", progress or Silent()), output)
    return len(corpus)


def _answers(predictor: Predictor, with_probabilities: bool) -> Answers:
    """Choose what becomes of the texts of a block."""
    if predictor.task == "lm":
        raise ParameterError("models.lm_predicts_words")
    if predictor.task == "tag":
        return Answers({"predicted": str}, lambda texts: [list(map(" ".join, predictor.predict(_words(texts))))])
    if predictor.task == "regress":
        return Answers({"predicted": float}, lambda texts: [list(map(float, predictor.predict(texts)))])
    if predictor.task in _WRITERS:
        return Answers({"predicted": str}, lambda texts: [_written(predictor, texts)])
    names = [str(label) for label in predictor.classes_]

    def classify(texts: list[str]) -> list[list[Any]]:
        shares = predictor.predict_proba(texts)
        each = shares.T.tolist() if with_probabilities else []
        return [[names[at] for at in shares.argmax(1)], shares.max(1).tolist(), *each]

    kinds: dict[str, type] = {"predicted": str, "probability": float}
    return Answers(kinds | ({f"p_{name}": float for name in names} if with_probabilities else {}), classify)


def _words(texts: list[str]) -> list[list[str]]:
    return [text.split() for text in texts]


def _written(predictor: Predictor, texts: list[str]) -> list[str]:
    """Let a model write; nothing becomes of an empty text."""
    rows = [row for row, text in enumerate(texts) if text.strip()]
    found = dict(zip(rows, predictor.predict([texts[row] for row in rows]) if rows else [], strict=True))
    return [str(found.get(row, "")) for row in range(len(texts))]


def _with_answers(corpus: Corpus, answers: Answers, column: str, listener: Progress) -> Corpus:
    import pyarrow as pa

    from malgil.corpus import Corpus

    kinds = [pa.float64() if kind is float else pa.large_string() for kind in answers.kinds.values()]
    schema = corpus.schema
    for name, kind in zip(answers.kinds, kinds, strict=True):
        schema = schema.append(pa.field(_free(name, set(schema.names)), kind))

    def blocks() -> Iterator[pa.RecordBatch]:
        listener.start("predict", len(corpus))
        for block in corpus.blocks():
            columns = map(pa.array, answers.of(block.column(column).to_pylist()), kinds)
            yield pa.RecordBatch.from_arrays([*block.columns, *columns], schema=schema)
            listener.advance(block.num_rows)
        listener.done()

    return Corpus(blocks, schema, len(corpus), corpus.facts)


def _free(name: str, taken: set[str]) -> str:
    """Give a column a name that no column of the source has."""
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}_{number}"
    return free


def predict_tagged(predictor: Predictor, source: Path, output: Path, encoding: str | None = None) -> int:
    """Write tokens with the model's labels behind them.

    Parameters
    ----------
    predictor : Predictor
        A tagger.
    source : Path
        As `malgil.corpus.tagged.read_tagged` reads it; labels in it are ignored.
    output : Path
        Columns: token, label.
    encoding : str, optional
        Of the source.

    Returns
    -------
    int
        Sentences.

    Raises
    ------
    ParameterError
        If the output would replace the source.
    DataError
        If the source holds no tokens.
    StorageError
        If the output cannot be written.
    """
    from malgil.corpus.tagged import read_tagged, write_tagged

    if output.exists() and source.exists() and output.samefile(source):
        raise ParameterError("corpus.overwrites_input", path=output, option="--output")
    tokens = read_tagged(source, encoding).tokens
    write_tagged(output, tokens, predictor.predict(tokens))
    return len(tokens)


def predict_images(predictor: Predictor, source: Path, output: Path) -> int:
    """Write a caption for each picture.

    Parameters
    ----------
    predictor : Predictor
        A captioner.
    source : Path
        As `malgil.tasks.reading.read_images` reads it.
    output : Path
        The format is that of the suffix; columns ``id`` and ``text``.

    Returns
    -------
    int
        Pictures.

    Raises
    ------
    DataError
        If the source holds no pictures, or the output's suffix is not known.
    StorageError
        If the output cannot be written.
    """
    import pyarrow as pa

    from malgil.corpus import write
    from malgil.tasks.reading import read_images

    texts = list(predictor.predict(read_images(source)["images"]))
    ids = [str(n) for n in range(len(texts))]
    write(pa.table({"id": pa.array(ids, pa.large_string()), "text": pa.array(texts, pa.large_string())}), output)
    return len(texts)


def _is_tagged(source: str) -> bool:
    name = source.lower().removesuffix(".gz").removesuffix(".zst")
    return name.endswith(_TAGGED)
