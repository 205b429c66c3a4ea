"""``malgil.SearchIndex``: documents that can be searched, and changed at any time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.search.batches import search_batch
from malgil.search.directory import Directory
from malgil.search.editing import Editor
from malgil.search.evaluation import Evaluator, read_ways
from malgil.search.fields import Field
from malgil.search.hit import Hits
from malgil.search.snapshot import Snapshot
from malgil.search.splitting import Splitter, splitters
from malgil.search.storage import Storage
from malgil.search.suggest import Completer, Suggestion
from malgil.strings import string_array

if TYPE_CHECKING:
    from malgil.search.incoming import Incoming

Expand = bool | Collection[str]


class SearchIndex:
    """Documents in a folder or in memory, ranked by BM25, filtered, and changed at any time.

    Made by `build` and `open`. Results are always those of an index built from scratch from the documents that are
    there, in the order in which they came. What `add`, `delete` and `update` have done when they return survives a
    process that is killed. Searches may run on any number of threads, also while documents change.

    Parameters
    ----------
    storage : Storage
        Where the index lives.
    snapshot : Snapshot
        What it holds.
    path : Path, optional
        Its folder.
    """

    def __init__(self, storage: Storage, snapshot: Snapshot, path: Path | None = None) -> None:
        self.path = path
        self._editor = Editor(storage, snapshot)
        self._is_part = isinstance(storage, Directory) and "made_from" in storage.extra

    @classmethod
    def build(
        cls,
        texts: object,
        path: str | Path | None = None,
        fields: Mapping[str, object] | None = None,
        variant: str = "lucene",
        k1: float = 1.5,
        b: float = 0.75,
        n_jobs: int | None = None,
        *,
        delta: float = 0.5,
    ) -> SearchIndex:
        """Index documents.

        Parameters
        ----------
        texts : list of str, Corpus, or NumPy, pandas, polars, Arrow column or table
            The documents. Other columns of a table are for fields and filters; without ids, numbers are the ids.
        path : str or Path, optional
            The folder; an index that is there already is replaced. Without it, the index lives in memory.
        fields : mapping, optional
            Name -> `Field`, or name of a tokeniser: ``{"body": "word"}``. By default what suits the language.
        variant : str
            The formula, a key of `malgil.search.BM25`.
        k1 : float
            How soon further occurrences of a word stop to matter, >= 0.
        b : float
            How much long documents are held back, in [0, 1].
        n_jobs : int, optional
            Threads, all cores by default; never changes the result.
        delta : float
            What an occurrence counts at least in BM25L and BM25+, >= 0.

        Returns
        -------
        SearchIndex
            Ready to answer. Empty documents are there, and never found.

        Raises
        ------
        ParameterError
            If an argument cannot be used.
        DataError
            If the documents cannot be used, or an id stands twice.
        StorageError, BusyError
            If the folder cannot be written, holds other things, or another process writes there.

        Examples
        --------
        >>> index = SearchIndex.build(["영화가 재미있다", "배우 연기가 좋다"], fields={"body": "word"})
        >>> [(hit.id, hit.text) for hit in index.search("연기가")]
        [('1', '배우 연기가 좋다')]
        """
        from malgil.search.building import build_index, prepare

        incoming, settings = prepare(texts, fields, variant, k1, b, delta)
        folder = None if path is None else Path(path)
        return cls(*build_index(incoming, settings, folder, n_jobs=n_jobs), folder)

    @classmethod
    def open(cls, path: str | Path, *, verify: bool | None = None) -> SearchIndex:
        """Open an index.

        Parameters
        ----------
        path : str or Path
            Its folder.
        verify : bool, optional
            Compare checksums: ``None`` those of files up to 1 GB, ``True`` all, ``False`` none.

        Returns
        -------
        SearchIndex
            It shows the documents that are there now, whatever others write, until it is asked to change something.

        Raises
        ------
        MissingError
            If there is no index.
        ArtefactError
            If a file is missing, damaged or of a newer format.
        """
        folder = Path(path)
        storage = Directory(folder)
        return cls(storage, storage.load(verify=verify), folder)

    def __len__(self) -> int:
        return self.snapshot.n_docs

    def __repr__(self) -> str:
        where = "in memory" if self.path is None else repr(str(self.path))
        return f"SearchIndex({len(self)} documents {where}, fields {', '.join(self.fields)})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    @property
    def snapshot(self) -> Snapshot:
        """What it holds now."""
        return self._editor.snapshot

    @property
    def fields(self) -> dict[str, Field]:
        """What is searched."""
        return dict(self.snapshot.settings.fields)

    @cached_property
    def splitters(self) -> dict[str, Splitter]:
        """How each field splits a query."""
        return splitters(self.fields)

    def search(self, query: str, k: int = 10, where: str | None = None, *, expand: Expand = True) -> Hits:
        """Find the documents that answer a query best.

        Parameters
        ----------
        query : str
            Words; ``"a phrase"``, ``+must``, ``-not``, ``field:word``.
        k : int
            How many documents at most, >= 1.
        where : str, optional
            A filter on the other columns, such as ``rating >= 9 and date >= 2014``.
        expand : bool or collection of str
            How a word that no document has is looked for: all or any of ``"initials"``, ``"keyboard"``, ``"typo"``.

        Returns
        -------
        Hits
            A list of `Hit` by falling score, equal scores by number; its ``nearest`` has the words that nobody knows.

        Raises
        ------
        ParameterError
            If `k` is below 1, or the query or the filter cannot be read: with the place.
        """
        evaluator = Evaluator(self.snapshot, self.splitters)
        plan = evaluator.plan(query, read_ways(expand))
        docs, scores = evaluator.scorer.search(plan.clauses, k, evaluator.allowed(plan, where))
        hits = evaluator.answer(plan).hits(docs, scores)
        return Hits(hits, lambda: evaluator.nearest(plan.unknown))

    def search_batch(
        self, queries: Sequence[str], k: int = 10, n_jobs: int | None = 1, *, expand: Expand = True
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Answer many queries.

        Parameters
        ----------
        queries : sequence of str, length n
            As for `search`.
        k : int
            How many documents a query, >= 1.
        n_jobs : int, optional
            Threads, all cores by ``None``; never changes the result.
        expand : bool or collection of str
            As for `search`.

        Returns
        -------
        docs : ndarray of int64, shape (n, k)
            Numbers of the documents that `search` finds, then -1.
        scores : ndarray of float32, shape (n, k)
            Their scores, rounded; 0 where there is no document.

        Raises
        ------
        ParameterError
            If `k` is below 1 or a query cannot be read.
        """
        return search_batch(Evaluator(self.snapshot, self.splitters), queries, k, read_ways(expand), n_jobs)

    def suggest(self, prefix: str, k: int = 10) -> list[Suggestion]:
        """Complete a word that is being typed.

        Parameters
        ----------
        prefix : str
            Its beginning; the last syllable may be unfinished (``영ㅎ``, ``영호`` for 영화).
        k : int
            How many words at most, >= 1.

        Returns
        -------
        list of Suggestion
            Words that live documents have, the most frequent first.

        Raises
        ------
        ParameterError
            If `k` is below 1.
        """
        fields = [field for field, splitter in self.splitters.items() if splitter.shows_words]
        return Completer(self.snapshot.terms(next(iter(fields or self.splitters)))).suggest(prefix, k)

    def explain(self, query: str, id: str, *, expand: Expand = True) -> Explanation:
        """Open the score of a document.

        Parameters
        ----------
        query : str
            As for `search`.
        id : str
            The user's id of the document.
        expand : bool or collection of str
            As for `search`.

        Returns
        -------
        Explanation
            A sum over the words, each with its field and, where it was not typed so, its way.

        Raises
        ------
        ParameterError, TermNotFoundError
            If the query cannot be read, or there is no such document.
        """
        snapshot = self.snapshot
        doc = int(self._editor.docs_of(string_array([str(id)]))[0])
        plan = Evaluator(snapshot, self.splitters).plan(query, read_ways(expand))
        return snapshot.scorer.explain(doc, plan.clauses)

    def add(self, texts: object, ids: object = None, *, n_jobs: int | None = None) -> NDArray[np.int64]:
        """Add documents.

        Parameters
        ----------
        texts : list of str, Corpus, column or table
            As for `build`.
        ids : list of str or column, optional
            Their ids, where no column of `texts` has them. By default the documents are called by their numbers.
        n_jobs : int, optional
            Threads, all cores by default.

        Returns
        -------
        ndarray of int64
            Their numbers.

        Raises
        ------
        DataError
            If an id is there already or stands twice, or the content cannot be used. Nothing is added then.
        BusyError, StorageError
            If another process writes there, or the folder cannot be written; the index is then as it was.
        """
        return self._editor.add(self._take_in(texts, ids), n_jobs)

    def update(self, texts: object, ids: object = None, *, n_jobs: int | None = None) -> NDArray[np.int64]:
        """Replace documents by new ones of the same ids, in one step.

        Parameters
        ----------
        texts, ids, n_jobs : object
            As for `add`; the ids are those of the documents to replace.

        Returns
        -------
        ndarray of int64
            The numbers of the new documents, which stand behind all others.

        Raises
        ------
        ParameterError
            If there are no ids.
        TermNotFoundError, BusyError, StorageError
            If a document is not there, and as from `add`. Nothing is changed then.
        """
        incoming = self._take_in(texts, ids)
        if incoming.ids is None:
            raise ParameterError("search_index.update_needs_ids")
        return self._editor.add(incoming, n_jobs, replaces=True)

    def delete(self, ids: object) -> int:
        """Delete documents.

        Parameters
        ----------
        ids : str, list of str or column
            Their ids; one that stands twice counts once.

        Returns
        -------
        int
            How many were deleted.

        Raises
        ------
        TermNotFoundError, BusyError, StorageError
            If a document is not there, and as from `add`. None is deleted then.
        """
        from malgil.search.incoming import as_ids

        self._check_own()
        return self._editor.delete(as_ids([ids] if isinstance(ids, str | int) else ids))

    def merge(self) -> None:
        """Put all documents into one segment, without the deleted ones; in the background only what need be is merged.

        Raises
        ------
        BusyError, StorageError
            As from `add`.
        """
        self._check_own()
        self._editor.merge(whole=True)

    def info(self) -> dict[str, Any]:
        """Facts about the index.

        Returns
        -------
        dict
            Documents, fields, formula, columns and bytes on disk, ready for JSON.
        """
        files = [] if self.path is None else [file for file in self.path.rglob("*") if file.is_file()]
        path = None if self.path is None else str(self.path)
        return {"path": path, **self.snapshot.facts(), "n_bytes": sum(file.stat().st_size for file in files)}

    def close(self) -> None:
        """Wait for the merge in the background, if there is one.

        Raises
        ------
        StorageError
            If it could not be written. All documents are as they were.
        """
        self._editor.close()

    def _take_in(self, texts: object, ids: object) -> Incoming:
        from malgil.search.incoming import take_in

        self._check_own()
        settings = self.snapshot.settings
        return take_in(texts, ids, settings.fields, settings.text)

    def _check_own(self) -> None:
        if self._is_part:
            raise ParameterError("search_index.part_of_workspace", path=self.path)
