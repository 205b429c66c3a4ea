"""``malgil index``: a corpus made searchable, without all else that a workspace holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from malgil.cli.numbers import read_number
from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    QuietOption,
    RejectsOption,
    TextOption,
    TimeOption,
    WorkersOption,
)
from malgil.cli.shell import Shell
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.search import Field, SearchIndex

_FIELD = re.compile(r"(?P<name>[^=]+)=(?P<tokenizer>[^@^]+)(?:@(?P<column>[^^]+))?(?:\^(?P<weight>[0-9.]+))?")


def index_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="index_output", show_default=False)],
    field: Annotated[list[str] | None, typer.Option("--field", help="index_field", show_default=False)] = None,
    variant: Annotated[str, typer.Option("--variant", help="index_variant")] = "lucene",
    k1: Annotated[str, typer.Option("--k1", help="index_k1")] = "1.5",
    b: Annotated[str, typer.Option("--b", help="index_b")] = "0.75",
    text: TextOption = None,
    time: TimeOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Build an index and say what is in it."""
    from malgil.cli.progress import progress
    from malgil.corpus import read

    shell: Shell = ctx.obj
    fields = read_field_options(field) if field else None
    numbers = read_number("--k1", k1), read_number("--b", b)
    corpus = read(source, text=text, time=time, id=id, encoding=encoding, rejects=rejects)
    with progress(shell, quiet) as listener:
        made = index(corpus, output, fields, (variant, *numbers), n_jobs=workers, progress=listener)
    if not quiet:
        names = ", ".join(f"{name} ({field.params['name']})" for name, field in made.fields.items())
        shell.say("indexed", path=output, n_docs=len(made), fields=names)


def index(
    corpus: Corpus,
    path: Path,
    fields: dict[str, Field] | None = None,
    formula: tuple[str, float, float] = ("lucene", 1.5, 0.75),
    *,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> SearchIndex:
    """Index a corpus.

    Parameters
    ----------
    corpus : Corpus
        The documents.
    path : Path
        Folder of the index.
    fields : dict, optional
        Name -> `Field`; by default what suits the language.
    formula : (str, float, float)
        Variant of BM25, k1 and b.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told how far the work is.

    Returns
    -------
    SearchIndex
        Open.
    """
    from malgil.search import SearchIndex
    from malgil.search.building import build_index, prepare

    incoming, settings = prepare(corpus, fields, *formula, delta=0.5)
    return SearchIndex(*build_index(incoming, settings, path, n_jobs=n_jobs, progress=progress), path)


def read_field_options(options: Sequence[str]) -> dict[str, Field]:
    """Read ``--field NAME=TOKENIZER@COLUMN^WEIGHT``; column and weight may be left out.

    Parameters
    ----------
    options : sequence of str
        One field each.

    Returns
    -------
    dict
        Name -> `Field`.

    Raises
    ------
    ParameterError
        If one cannot be read.
    """
    from malgil.search.fields import TEXT, Field

    fields: dict[str, Field] = {}
    for option in options:
        found = _FIELD.fullmatch(option.strip())
        if found is None:
            raise ParameterError("cli.bad_field", value=option)
        weight = read_number("--field", found["weight"] or "1")
        fields[found["name"].strip()] = Field(found["tokenizer"].strip(), weight, found["column"] or TEXT)
    return fields
