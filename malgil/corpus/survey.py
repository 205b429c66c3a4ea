"""The first pass over a source: its columns, its number of rows, and whether the chosen columns are what they seem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.corpus.columns import Request, Roles, choose_roles
from malgil.corpus.ids import first_duplicate, hash_strings, suspects
from malgil.corpus.names import listed
from malgil.corpus.pieces import Piece, Source
from malgil.corpus.plan import ids_of, labels_of, make_plan, texts_of, times_of
from malgil.corpus.rejects import Rejects
from malgil.corpus.schemas import cast, plain_type, unify
from malgil.errors import DataError, MalgilError

CACHE_BYTES = 256 << 20  # a source whose columns take less stays in memory after its first pass
_HEAD_ROWS = 2000


class Survey:
    """What the first pass found.

    Parameters
    ----------
    source : Source
        The rows.
    request : Request
        The caller's words on the columns.
    rejects : Rejects
        Receives rows that cannot be used.

    Attributes
    ----------
    plan : Plan
        Which column becomes what.
    roles : Roles
        As they were chosen by name and by the first rows.
    n_rows : int
        Rows that can be used, > 0.
    n_null_texts, n_empty_texts : int
        Rows whose text is missing, and those whose text is missing or empty.
    n_rows_of : dict
        What messages call each file -> rows in it that can be used.

    Raises
    ------
    ParameterError
        If a column that the caller named is not there.
    DataError
        If the source has no rows, the text column is not clear, or ids are not unique.
    """

    def __init__(self, source: Source, request: Request, rejects: Rejects) -> None:
        self._source = source
        self._rejects = rejects
        self._cache: list[Piece] | None = []
        self._cached_bytes = 0
        self._schema: dict[str, pa.DataType] = {}
        self._columns_of: dict[str, set[str]] = {}
        self.n_rows_of: dict[str, int] = {}
        self.roles, checks = self._first_pass(request)
        self.n_rows = sum(self.n_rows_of.values())
        self.n_null_texts, self.n_empty_texts = checks.n_null_texts, checks.n_empty_texts
        self.plan = make_plan(
            self._schema, id=self._choose_id(checks), text=self.roles.text, label=self.roles.label, time=checks.time
        )

    def pieces(self) -> Iterator[Piece]:
        """Pass over the rows once more, out of memory where they are few.

        Yields
        ------
        Piece
            The next rows.

        Raises
        ------
        DataError
            If the source was changed since the first pass.
        """
        self._source.check_unchanged()
        if self._cache is None:
            yield from self._source.pieces(self._rejects)
        else:
            yield from self._cache
            self._source.check_unchanged()

    def _first_pass(self, request: Request) -> tuple[Roles, _Checks]:
        """Read everything once, checking the columns that the first rows suggest; again where these misled."""
        shown = self._source.shown
        head: list[Piece] = []
        checks: _Checks | None = None
        for piece in self._source.pieces(self._rejects):
            self._note(piece)
            if checks is not None:
                checks.add(piece)
            elif sum(part.batch.num_rows for part in head) < _HEAD_ROWS:
                head.append(piece)
            else:
                checks = self._begin_checks([*head, piece], request)
        if not any(self.n_rows_of.values()):
            key = "all_rejected" if self._rejects.n else "header_only" if self._schema else "empty"
            raise DataError(f"corpus.{key}", path=shown, columns=listed(self._schema))
        roles = choose_roles(self._head(head), shown, request)
        self._check_every_file_has(roles.text)
        self._rejects.commit()
        if checks is None or checks.roles != roles:
            checks = _Checks(roles)
            for piece in self.pieces():
                checks.add(piece)
        return roles, checks

    def _begin_checks(self, pieces: list[Piece], request: Request) -> _Checks | None:
        try:
            checks = _Checks(choose_roles(self._head(pieces), self._source.shown, request))
        except MalgilError:  # rows further down may bring the columns that are lacking
            return None
        for piece in pieces:
            checks.add(piece)
        return checks

    def _note(self, piece: Piece) -> None:
        """Remember the columns, the number of rows and, while they are few, the rows themselves."""
        columns = self._columns_of.setdefault(piece.place, set())
        for field in piece.batch.schema:
            kind = plain_type(field.type)
            self._schema[field.name] = unify(self._schema.get(field.name, kind), kind)
            columns.add(field.name)
        self.n_rows_of[piece.place] = self.n_rows_of.get(piece.place, 0) + piece.batch.num_rows
        self._cached_bytes += piece.batch.nbytes
        if self._cache is not None:
            self._cache.append(piece)
        if self._cached_bytes > CACHE_BYTES:
            self._cache = None

    def _head(self, pieces: Iterable[Piece]) -> pa.RecordBatch:
        """Join the first rows, with all columns seen so far."""
        names, rows = list(self._schema), []
        n_left = _HEAD_ROWS
        for piece in pieces:
            batch = piece.batch.slice(0, n_left)
            n_left -= batch.num_rows
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            arrays = [
                cast(columns[name], self._schema[name])
                if name in columns
                else pa.nulls(batch.num_rows, self._schema[name])
                for name in names
            ]
            rows.append(pa.RecordBatch.from_arrays(arrays, names))
        return pa.concat_batches(rows)

    def _check_every_file_has(self, text: str) -> None:
        for place, columns in self._columns_of.items():
            if text not in columns and self.n_rows_of[place]:
                names = listed(sorted(columns))
                raise DataError("corpus.file_lacks_text", path=place, column=text, columns=names)

    def _choose_id(self, checks: _Checks) -> str | None:
        for name in self.roles.ids:
            hashes = checks.hashes.get(name)
            if hashes is None:
                continue
            suspected = suspects(hashes)
            found = self._duplicate(name, suspected) if len(suspected) else None
            if found is None:
                return name
            if self.roles.must_be_id:
                raise found
        return None

    def _duplicate(self, name: str, suspected: NDArray[np.uint64]) -> DataError | None:
        """Look whether ids whose hashes are equal are equal themselves."""
        found = first_duplicate((ids_of(piece, name, 0) for piece in self.pieces()), suspected)
        if found is None:
            return None
        value, first, second = found
        base = 0
        places = []
        for piece in self.pieces():
            end = base + piece.batch.num_rows
            places += [(piece.place, int(piece.rows[at - base])) for at in (first, second) if base <= at < end]
            base = end
            if len(places) == 2:
                break
        (path, row), (other, other_row) = places
        key = "corpus.duplicate_id" if path == other else "corpus.duplicate_id_across"
        return DataError(key, path=path, column=name, id=value, first=row, second=other_row, other=other)


class _Checks:
    """What all rows say about the columns that were chosen.

    A column that was only a guess and does not hold up is dropped from ``hashes`` or ``time``; one that the caller
    named, or that is called an id outright, raises instead.
    """

    def __init__(self, roles: Roles) -> None:
        self.roles = roles
        self.time = roles.time
        self.hashes: dict[str, list[NDArray[np.uint64]]] = {name: [] for name in roles.ids}
        self.n_null_texts = 0
        self.n_empty_texts = 0

    def add(self, piece: Piece) -> None:
        """Look at some more rows."""
        if piece.batch.num_rows == 0:
            return
        texts = texts_of(piece, self.roles.text)
        index = piece.batch.schema.get_field_index(self.roles.text)
        self.n_null_texts += piece.batch.column(index).null_count if index >= 0 else len(texts)
        self.n_empty_texts += pc.sum(pc.equal(pc.binary_length(texts), 0)).as_py()
        if self.roles.label is not None:
            labels_of(piece._replace(batch=piece.batch.slice(0, 1)), self.roles.label)  # raises for a wrong type
        self._add_time(piece)
        for name in list(self.hashes):
            self._add_ids(piece, name)

    def _add_time(self, piece: Piece) -> None:
        if self.time is None:
            return
        try:
            times_of(piece, self.time)
        except DataError:
            if self.roles.is_time_given:
                raise
            self.time = None

    def _add_ids(self, piece: Piece, name: str) -> None:
        is_required = self.roles.must_be_id and name == self.roles.ids[0]
        try:
            self.hashes[name].append(hash_strings(ids_of(piece, name, 0)))
        except DataError:
            if is_required:
                raise
            del self.hashes[name]
