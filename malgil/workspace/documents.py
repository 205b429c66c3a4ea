"""The corpus inside a workspace: Parquet for people, flat arrays for jumping to one document."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import xxhash

from malgil.clean.dropping import REASONS
from malgil.engine import Progress
from malgil.errors import ArtefactError, TermNotFoundError
from malgil.params import did_you_mean
from malgil.store import Writer, open_artefact
from malgil.strings import find, sorting_order, string_buffers
from malgil.workspace.leaving_out import LeftOut

if TYPE_CHECKING:
    from malgil.corpus import Corpus

PARQUET = "corpus.parquet"


def write_documents(
    path: Path, corpus: Corpus, progress: Progress, *, made_from: str | None = None, left_out: LeftOut | None = None
) -> None:
    """Read a corpus once and keep it.

    Parameters
    ----------
    path : Path
        Folder of the artefact.
    corpus : Corpus
        What to keep; read block by block.
    progress : Progress
        Told of every block, in documents.
    made_from : str, optional
        What to name as the source; the digest of the corpus by default.
    left_out : LeftOut, optional
        Documents of the source that are not in the corpus.
    """
    import pyarrow.parquet as pq

    digest = _begin_digest(corpus)
    progress.start("corpus", len(corpus))
    with Writer(path, "corpus") as writer:
        ids: list[pa.LargeStringArray] = []
        borders = [0]
        with contextlib.ExitStack() as stack:
            texts = [stack.enter_context(writer.stream(f"texts.{part}", kind)) for part, kind in _STRING_PARTS]
            texts[0].append(np.zeros(1, np.int64))

            def write(file: Any) -> None:
                with pq.ParquetWriter(file, corpus.schema, compression="zstd", compression_level=1) as parquet:
                    for block in corpus.blocks():
                        parquet.write_batch(block)
                        digest.update(block.serialize())
                        ids.append(block.column("id"))
                        offsets, data = string_buffers(block.column("text"))
                        texts[0].append(offsets[1:] + texts[1].length)
                        texts[1].append(data)
                        borders.append(borders[-1] + block.num_rows)
                        progress.advance(block.num_rows)

            writer.file(PARQUET, write)
        all_ids = pa.concat_arrays(ids) if ids else pa.array([], pa.large_string())
        writer.strings("ids", all_ids)
        writer.array("ids.order", sorting_order(all_ids))
        writer.array("borders", np.array(borders, np.int64))
        source = made_from or digest.hexdigest()
        writer.meta = {"made_from": source, "n_docs": borders[-1], "facts": corpus.facts}
        if left_out is not None:
            writer.strings("left_out.ids", left_out.ids)
            writer.strings("left_out.same_as", left_out.same_as)
            writer.array("left_out.reason", left_out.reason)
            writer.meta["left_out"] = left_out.counts
    progress.done()


def digest_of(corpus: Corpus, progress: Progress) -> str:
    """Hash of everything that `write_documents` would keep.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    progress : Progress
        Told of every block, in documents.

    Returns
    -------
    str
        What the artefact of an equal corpus has as ``made_from``.
    """
    digest = _begin_digest(corpus)
    progress.start("corpus_digest", len(corpus))
    for block in corpus.blocks():
        digest.update(block.serialize())
        progress.advance(block.num_rows)
    progress.done()
    return digest.hexdigest()


def _begin_digest(corpus: Corpus) -> xxhash.xxh3_128:
    facts = json.dumps(corpus.facts, sort_keys=True, ensure_ascii=False)
    return xxhash.xxh3_128(corpus.schema.serialize().to_pybytes() + facts.encode())


_STRING_PARTS = (("offsets", np.int64), ("data", np.uint8))


class Documents:
    """The documents of a workspace.

    Parameters
    ----------
    path : Path
        Folder of the artefact that `write_documents` made.
    """

    def __init__(self, path: Path) -> None:
        self._artefact = open_artefact(path, "corpus")
        self.ids = self._artefact.strings("ids")
        self.texts = self._artefact.strings("texts")
        self.facts: dict[str, Any] = self._artefact.meta["facts"]
        self.digest = self._artefact.digest
        self._order = self._artefact["ids.order"]

    def __len__(self) -> int:
        return len(self.texts)

    def text(self, doc: int) -> str:
        """Raw text of one document.

        Parameters
        ----------
        doc : int
            Its number.

        Returns
        -------
        str
            The text.
        """
        return str(self.texts[doc].as_py())

    def id(self, doc: int) -> str:
        """Give the user's name of one document.

        Parameters
        ----------
        doc : int
            Its number.

        Returns
        -------
        str
            Its id.
        """
        return str(self.ids[doc].as_py())

    def left_out(self) -> LeftOut | None:
        """Documents of the source that the drop rules left out.

        Returns
        -------
        LeftOut or None
            ``None`` where the recipe has no drop rule.

        Raises
        ------
        ArtefactError
            If the arrays do not fit one another.
        """
        if "left_out" not in self._artefact.meta:
            return None
        ids, same_as = self._artefact.strings("left_out.ids"), self._artefact.strings("left_out.same_as")
        reason = self._artefact["left_out.reason"]
        is_known = (reason >= 0) & (reason < len(REASONS))
        if not len(ids) == len(same_as) == len(reason) or not is_known.all():
            raise ArtefactError("workspace.damaged_left_out", path=self._artefact.path)
        return LeftOut(ids, reason, same_as, self._artefact.meta["left_out"])

    def number_of(self, id: str) -> int:
        """Find the document that the user calls `id`.

        Parameters
        ----------
        id : str
            The user's id.

        Returns
        -------
        int
            Its number.

        Raises
        ------
        TermNotFoundError
            If there is none.
        """
        doc = find(self.ids, self._order, str(id))
        if doc is None:
            hint = did_you_mean(str(id), self.ids[:2000].to_pylist())
            raise TermNotFoundError("workspace.unknown_doc", id=str(id), path=self._artefact.path.parent, hint=hint)
        return doc

    @cached_property
    def _borders(self) -> list[int]:
        return list(map(int, self._artefact["borders"]))

    def text_blocks(self) -> Iterator[pa.LargeStringArray]:
        """Texts in the blocks that the corpus came in.

        Yields
        ------
        pa.LargeStringArray
            The texts of a block, on the memory map.
        """
        for low, high in pairwise(self._borders):
            yield self.texts.slice(low, high - low)

    def corpus(self) -> Corpus:
        """All columns, as the corpus that the workspace was built from.

        Returns
        -------
        Corpus
            Read from the Parquet file in the same blocks.
        """
        from malgil.corpus import Corpus

        return Corpus(self._batches, self._schema(), len(self), self.facts)

    def others(self) -> pa.Table:
        """Read the columns other than id and text.

        Returns
        -------
        Table
            One row a document.
        """
        import pyarrow.parquet as pq

        names = [name for name in self._schema().names if name not in ("id", "text")]
        with self._artefact.path_of(PARQUET).open("rb") as raw:
            return pq.read_table(raw, columns=names)

    def _schema(self) -> pa.Schema:
        import pyarrow.parquet as pq

        with self._artefact.path_of(PARQUET).open("rb") as raw:  # Arrow cannot open a name that is not UTF-8
            return pq.read_schema(raw)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        import pyarrow.parquet as pq

        with self._artefact.path_of(PARQUET).open("rb") as raw, pq.ParquetFile(raw) as file:
            for group in range(file.num_row_groups):
                yield from file.read_row_group(group).to_batches()
