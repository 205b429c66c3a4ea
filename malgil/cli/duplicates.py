"""``malgil duplicates``: the texts of a corpus that are copies, or copies but for small edits."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    JsonOption,
    LangOption,
    QuietOption,
    RejectsOption,
    ShowOption,
    TextOption,
    WorkersOption,
)
from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.similarity import NearDuplicates


class Outcome(NamedTuple):
    """What was found in a corpus.

    Parameters
    ----------
    found : NearDuplicates
        Pairs and groups, by row.
    ids, texts : pa.ChunkedArray
        Of each row.
    """

    found: NearDuplicates
    ids: pa.ChunkedArray
    texts: pa.ChunkedArray

    def pairs(self) -> list[dict[str, Any]]:
        """List the pairs with the ids of the corpus.

        Returns
        -------
        list of dict
            ``a``, ``b`` and ``jaccard``, in the order of the corpus.
        """
        ids = self.ids.to_pylist()
        rows = zip(self.found.pairs.tolist(), self.found.jaccard.tolist(), strict=True)
        return [{"a": ids[a], "b": ids[b], "jaccard": value} for (a, b), value in rows]


def duplicates_cli(
    ctx: typer.Context,
    source: InputArgument,
    threshold: Annotated[float, typer.Option("--threshold", help="duplicates_threshold")] = 0.8,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="option_output", show_default=False)] = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 5,
    json: JsonOption = False,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Find near-duplicates, show the largest groups, and write the pairs."""
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    outputs = [] if output is None else [output]
    corpus = read_source(source, outputs, text=text, id=id, encoding=encoding, rejects=rejects)
    outcome = duplicates(corpus, threshold, output=output, n_jobs=workers)
    if json:
        shell.json(outcome.pairs())
        return
    _show_groups(shell, outcome, show)
    if not quiet:
        found = outcome.found
        n_copies = int((found.copy_of != range(found.n_texts)).sum())
        numbers = {"n": found.n_texts, "n_groups": len(found.groups()), "n_extra": len(found.extras())}
        shell.say("duplicates_found", **numbers, n_copies=n_copies)


def duplicates(
    corpus: Corpus, threshold: float = 0.8, *, output: Path | None = None, n_jobs: int | None = None
) -> Outcome:
    """Find the near-duplicates of a corpus.

    Parameters
    ----------
    corpus : Corpus
        Read into memory.
    threshold : float
        Least Jaccard similarity of the shingles.
    output : Path, optional
        Where to write the pairs; the suffix chooses the format.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    Outcome
        Pairs and groups, with ids and texts.
    """
    import pyarrow as pa

    from malgil.corpus import write
    from malgil.similarity import near_duplicates

    table = corpus.to_table()
    outcome = Outcome(near_duplicates(table["text"], threshold, n_jobs=n_jobs), table["id"], table["text"])
    if output is not None:
        pairs, ids = outcome.found.pairs, table["id"]
        sides = {name: ids.take(pa.array(pairs[:, side])) for side, name in enumerate("ab")}
        write(pa.table({**sides, "jaccard": pa.array(outcome.found.jaccard)}), output)
    return outcome


def _show_groups(shell: Shell, outcome: Outcome, n: int) -> None:
    """Show the largest groups: the text to keep, and below it the others with their closest pair."""
    found, ids, texts = outcome
    best: defaultdict[int, float] = defaultdict(float)
    for (_, b), value in zip(found.pairs.tolist(), found.jaccard.tolist(), strict=True):
        best[b] = max(best[b], value)
    for group in sorted(found.groups(), key=len, reverse=True)[:n]:
        for row in group:
            closeness = f"{best[row]:.4f}" if row in best else "      "
            shell.line(f"{closeness}  {plain(str(ids[row]))}  {plain(texts[row].as_py())}")
        shell.line("")
