"""``malgil words``: what word vectors say: neighbours, analogies, the odd one out, a map, a test, another format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from malgil.cli.options import JsonOption, LangOption
from malgil.cli.shell import Shell, plain, readable
from malgil.errors import MissingError, ParameterError

if TYPE_CHECKING:
    from malgil.embeddings import Near, Vectors

_SHOWN = 200  # words of a map, unless some are named


class Asked(NamedTuple):
    """What one call is to do.

    Parameters
    ----------
    words : list of str
        What stands behind the action: words or files.
    k : int
        How many answers.
    method : str, optional
        Of an analogy or a map.
    output : Path, optional
        Where a map goes.
    format : str, optional
        Of the file to write.
    store : str, optional
        Numbers to convert to.
    as_json : bool
        Whether to answer in JSON.
    """

    words: list[str]
    k: int = 10
    method: str | None = None
    output: Path | None = None
    format: str | None = None
    store: str | None = None
    as_json: bool = False


def words_cli(
    ctx: typer.Context,
    vectors: Annotated[Path, typer.Argument(metavar="VECTORS", help="argument_vectors")],
    action: Annotated[str, typer.Argument(metavar="ACTION", help="words_action")],
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS", help="words_words")] = None,
    k: Annotated[int, typer.Option("--k", "-k", help="words_k")] = 10,
    method: Annotated[str | None, typer.Option("--method", help="words_method", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="words_output", show_default=False)] = None,
    format: Annotated[str | None, typer.Option("--format", help="words_format", show_default=False)] = None,
    store: Annotated[str | None, typer.Option("--store", help="words_store", show_default=False)] = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Ask the vectors and show the answer."""
    from malgil.params import choose

    shell: Shell = ctx.obj
    act = choose(ACTIONS, "ACTION", action)
    asked = Asked([readable(word) for word in words or []], k, method, output, format, store, json)
    act(shell, open_vectors(vectors), asked)


def open_vectors(path: Path) -> Vectors:
    """Open vectors, wherever they are.

    Parameters
    ----------
    path : Path
        A folder that `malgil embed` wrote, a workspace with vectors, or a file of another program.

    Returns
    -------
    Vectors
        Ready to be asked.

    Raises
    ------
    MissingError
        If there is nothing.
    ArtefactError
        If it is damaged.
    DataError
        If the file cannot be read.
    """
    from malgil.embeddings import Vectors
    from malgil.store import MANIFEST

    if not path.is_dir():
        return Vectors.read(path)
    if not (path / "corpus").is_dir():
        return Vectors.open(path)
    if not (path / "vectors" / MANIFEST).is_file():
        raise MissingError("workspace.no_vectors", path=path)
    return Vectors.open(path / "vectors")


def _need(asked: Asked, n: int, usage: str) -> list[str]:
    if len(asked.words) != n:
        raise ParameterError("cli.words_usage", usage=usage)
    return asked.words


def show_answers(shell: Shell, answers: list[Near], as_json: bool) -> None:
    """Show words with their scores.

    Parameters
    ----------
    shell : Shell
        Where to.
    answers : list of Near
        The best first.
    as_json : bool
        As a list of objects instead of lines.
    """
    if as_json:
        shell.json([answer._asdict() for answer in answers])
        return
    for answer in answers:
        shell.line(f"{answer.score:7.4f}  {plain(answer.word)}")


def _nearest(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    (word,) = _need(asked, 1, "nearest WORD")
    show_answers(shell, vectors.nearest(word, asked.k), asked.as_json)


def _similar(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    a, b = _need(asked, 2, "similar A B")
    cosine = vectors.similarity(a, b)
    shell.json({"a": a, "b": b, "cosine": cosine}) if asked.as_json else shell.line(f"{cosine:7.4f}")


def _analogy(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    a, b, c = _need(asked, 3, "analogy A B C")
    method = asked.method or "3cosadd"
    show_answers(shell, vectors.analogy(a, b, c, asked.k, method=method), asked.as_json)  # type: ignore[arg-type]


def _odd(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    word = vectors.odd_one_out(asked.words)
    shell.json({"word": word}) if asked.as_json else shell.line(plain(word))


def _map(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    from malgil.eda.word_map import write_map
    from malgil.embeddings import project

    if asked.output is None:
        raise ParameterError("cli.words_usage", usage="map [WORD]... -o MAP.svg")
    words = asked.words or _worth_showing(vectors)
    places = project(vectors[words], asked.method or "pca")
    n = write_map(asked.output, words, places)
    shell.say("mapped", path=asked.output, n=n, total=len(words))


def _worth_showing(vectors: Vectors) -> list[str]:
    """First words that hold a letter, the most frequent ones of a trained model."""
    found: list[str] = []
    for word in vectors.keys:
        if len(found) == _SHOWN:
            break
        if any(map(str.isalnum, word)):
            found.append(word)
    return found


def _eval(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    from malgil.embeddings import Pair, evaluate_analogies, evaluate_similarity, read_test_set

    (path,) = _need(asked, 1, "eval FILE")
    found = read_test_set(path)
    if isinstance(found[0], Pair):
        result = evaluate_similarity(vectors, found)
        row = {**result._asdict(), "covered_ratio": result.covered_ratio}
        shell.json(_without_nan(row)) if asked.as_json else shell.say("agreement", **row)
        return
    sections = evaluate_analogies(vectors, found, method=asked.method or "3cosadd")
    _show_sections(shell, [(s.name, s.n_correct, s.n_covered, s.n_questions) for s in sections], asked.as_json)


def _show_sections(shell: Shell, sections: list[tuple[str, int, int, int]], as_json: bool) -> None:
    names = ("name", "n_correct", "n_covered", "n_questions")
    if as_json:
        shell.json([dict(zip(names, row, strict=True)) for row in sections])
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column, title in enumerate(("section", "right", "asked", "covered")):
        table.add_column(shell.text(f"words_{title}"), justify="right" if column else "left")
    n_right, n_asked, n_all = (sum(counts) for counts in zip(*(row[1:] for row in sections), strict=True))
    total = (shell.text("words_total"), n_right, n_asked, n_all)
    for name, n_correct, n_covered, n_questions in [*sections, total]:
        share = f"{n_correct / n_covered:.3f}" if n_covered else "-"
        covered = f"{n_covered / n_questions:.1%}" if n_questions else "-"
        table.add_row(plain(str(name)), share, f"{n_covered:,}", covered)
    shell.console.print(table)


def _without_nan(row: dict[str, float]) -> dict[str, float | None]:
    """JSON has no NaN."""
    return {name: None if value != value else value for name, value in row.items()}


def _convert(shell: Shell, vectors: Vectors, asked: Asked) -> None:
    from malgil.embeddings import measure_loss
    from malgil.params import choose

    (target,) = _need(asked, 1, "convert FILE")
    stores: dict[str, Callable[[], Vectors]] = {"float16": vectors.to_float16, "int8": vectors.to_int8}
    made = vectors if asked.store is None else choose(stores, "--store", asked.store)()
    if asked.format is None and not Path(target).suffix:
        made.save(target)
    else:
        made.write(target, asked.format)
    shell.say("converted", path=target, n=len(made), dim=made.dim)
    if asked.store is not None:
        shell.say("quantised", **measure_loss(vectors, made)._asdict())


ACTIONS: dict[str, Callable[[Shell, Vectors, Asked], None]] = {
    "nearest": _nearest,
    "similar": _similar,
    "analogy": _analogy,
    "odd": _odd,
    "map": _map,
    "eval": _eval,
    "convert": _convert,
}
"""What can be asked, by name."""
