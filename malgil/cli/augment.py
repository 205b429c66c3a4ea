"""``malgil augment``: a labelled corpus with new texts made of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LabelOption,
    LangOption,
    OutputOption,
    QuietOption,
    RejectsOption,
    ShowOption,
    TextOption,
)
from malgil.cli.shell import Shell, plain
from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.sequences import Augmented


def augment_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: OutputOption,
    times: Annotated[int, typer.Option("--times", help="augment_times")] = 1,
    methods: Annotated[str | None, typer.Option("--methods", help="augment_methods", show_default=False)] = None,
    rate: Annotated[float, typer.Option("--rate", help="augment_rate")] = 0.2,
    synonyms: Annotated[Path | None, typer.Option("--synonyms", help="augment_synonyms", show_default=False)] = None,
    sentiment: Annotated[Path | None, typer.Option("--sentiment", help="augment_sentiment", show_default=False)] = None,
    seed: Annotated[int, typer.Option("--seed", help="augment_seed")] = 0,
    text: TextOption = None,
    label: LabelOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the texts of a corpus and new ones made of them, and show some of what was changed."""
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    corpus = read_source(source, [output], text=text, id=id, label=label, encoding=encoding, rejects=rejects)
    settings: dict[str, Any] = {"times": times, "rate": rate, "seed": seed}
    settings["methods"] = None if methods is None else [name.strip() for name in methods.split(",") if name.strip()]
    settings["synonyms"] = None if synonyms is None else _synonyms(synonyms)
    made = augment(corpus, output, **settings, sentiment=sentiment)
    for record, new in list(zip(made.records, made.texts, strict=True))[:show]:
        changed = ", ".join(f"{plain(change.before)} > {plain(change.after)}" for change in record.changes)
        shell.line(f"{record.method}\t{plain(new)}\t[{changed}]")
    if not quiet:
        by_method = ", ".join(f"{name} {n:,}" for name, n in made.by_method.items())
        numbers = {"n": len(corpus), "made": len(made), "skipped": made.n_skipped}
        shell.say("augmented", path=output, **numbers, by_method=by_method or "-")


def augment(corpus: Corpus, output: Path, **settings: Any) -> Augmented:
    """Write a corpus and, behind it, new texts of the same labels.

    Parameters
    ----------
    corpus : Corpus
        Read into memory. A new text has all other columns of its source; its id is that of the source with a number.
    output : Path
        The file; its suffix chooses the format. The columns ``source`` (id of the source) and ``method`` are empty for
        the texts of the corpus.
    **settings : object
        Those of `malgil.sequences.Augmenter`.

    Returns
    -------
    Augmented
        The new texts, and what was changed.

    Raises
    ------
    ParameterError
        If a setting has no such value, or a method lacks what it needs.
    """
    import pyarrow as pa

    from malgil.corpus import write
    from malgil.sequences import augment as make
    from malgil.strings import string_array

    table = corpus.to_table().combine_chunks()
    for name in ("source", "method"):
        if name in table.column_names:
            raise ParameterError("cli.augment_column", name=name)
    labels = table["label"].to_pylist() if "label" in table.column_names else None
    made = make(table["text"].to_pylist(), labels, **settings)
    new = table.take(pa.array(made.rows, pa.int64()))
    columns = {
        "id": string_array(_new_ids(new["id"].to_pylist(), table["id"].to_pylist())),
        "text": string_array(made.texts),
        "source": new["id"].cast(pa.large_string()),
        "method": string_array([record.method for record in made.records]),
    }
    empty = string_array([""] * len(table))
    whole = {name: table[name] for name in table.column_names} | {"source": empty, "method": empty}
    whole["id"] = table["id"].cast(pa.large_string())
    added = {name: columns[name] if name in columns else new[name] for name in whole}
    before, behind = pa.table(whole), pa.table(added)
    write(pa.concat_tables([before, behind.cast(before.schema)]), output)
    return made


def _new_ids(sources: list[Any], known: list[Any]) -> list[str]:
    """Give numbers to the new texts of each source, past ids that the corpus has already."""
    taken, last, ids = {str(value) for value in known}, dict.fromkeys(map(str, sources), 0), []
    for name in map(str, sources):
        last[name] += 1
        while f"{name}+{last[name]}" in taken:
            last[name] += 1
        ids.append(f"{name}+{last[name]}")
    return ids


def _synonyms(path: Path) -> Any:
    """Open word vectors where the path is a folder; a lexicon is read by the augmenter."""
    if not path.is_dir():
        return path
    from malgil.embeddings import Vectors

    return Vectors.open(path)
