"""Which column is the text, the label, the time, the id: by the caller's word, by name, by content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from malgil.corpus import names as known
from malgil.corpus.schemas import TEXT, cast, is_string, plain_type
from malgil.corpus.times import looks_like_times
from malgil.errors import DataError, ParameterError
from malgil.params import did_you_mean

ROW = "row"  # the caller's word for: no column, the row numbers are the ids
_RIVAL = 0.5  # a column is a rival of the longest where its texts are more than half as long
_MIN_LENGTH = 10  # code points on average, for a column without a telling name to be taken as text


@dataclass(frozen=True, kw_only=True)
class Request:
    """The caller's words; ``None`` leaves the choice to `choose_roles`.

    Parameters
    ----------
    text, label, time, id : str or None
        Names of columns; for ``id`` also ``"row"``, which numbers the rows.
    """

    text: str | None = None
    label: str | None = None
    time: str | None = None
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Roles:
    """What was chosen, to be confirmed by a look at all rows.

    Parameters
    ----------
    text : str
        The column of texts.
    label, time : str or None
        Columns, where there are such.
    ids : tuple of str
        Columns that may be ids, the likeliest first.
    must_be_id : bool
        The first of `ids` was named by the caller or is called an id outright: its duplicates are an error.
    is_time_given : bool
        The caller named the time: a value that is no time is an error.
    unclear : dict
        Role -> the columns among which no choice was made.
    """

    text: str
    label: str | None = None
    time: str | None = None
    ids: tuple[str, ...] = ()
    must_be_id: bool = False
    is_time_given: bool = False
    unclear: dict[str, list[str]] = field(default_factory=dict)


def choose_roles(head: pa.RecordBatch, shown: str, request: Request | None = None) -> Roles:
    """Choose the columns.

    Parameters
    ----------
    head : RecordBatch
        All columns, with the first rows.
    shown : str
        What to call the source in a message.
    request : Request or None
        The caller's words.

    Returns
    -------
    Roles
        The text column for certain; the others where they are clear.

    Raises
    ------
    ParameterError
        If a column that the caller named is not there.
    DataError
        If no column or more than one looks like the text.
    """
    request = request or Request()
    for role in ("text", "label", "time", "id"):
        _check_named(getattr(request, role), role, head.schema.names, shown)
    text: str = request.text or _choose_text(head, shown, request)
    free = [name for name in head.schema.names if name not in (text, request.label, request.time, request.id)]
    label, labels = (request.label, []) if request.label else _choose_label(head, free)
    time, times = (request.time, []) if request.time else _choose_time(head, [name for name in free if name != label])
    ids, must_be_id = _choose_ids(head, [name for name in free if name not in (label, time)], request.id)
    return Roles(
        text=text,
        label=label,
        time=time,
        ids=ids,
        must_be_id=must_be_id,
        is_time_given=request.time is not None,
        unclear={role: names for role, names in (("label", labels), ("time", times)) if names},
    )


def _check_named(name: str | None, role: str, names: Sequence[str], shown: str) -> None:
    if name is not None and name not in names and not (role == "id" and name == ROW):
        raise ParameterError(
            "corpus.no_such_column",
            path=shown,
            role=role,
            column=name,
            columns=known.listed(names),
            hint=did_you_mean(name, names),
        )


def _choose_text(head: pa.RecordBatch, shown: str, request: Request) -> str:
    taken = (request.label, request.time, request.id)
    strings: list[str] = [
        name for name in head.schema.names if is_string(head.schema.field(name).type) and name not in taken
    ]
    if strings and head.num_columns == 1:
        return strings[0]
    likely = [name for name in strings if not _is_figures(_sample(head, name))]
    found: list[str] = []
    for is_telling in (known.is_text_name, known.is_numbered_text_name, known.ends_as_text_name):
        found = found or [name for name in likely if is_telling(name)]
    found = found or _longest(head, likely)
    if len(found) > 1:
        raise DataError("corpus.two_text_columns", path=shown, columns=known.listed(found))
    if not found:
        raise DataError("corpus.no_text_column", path=shown, columns=known.listed(head.schema.names))
    return found[0]


def _longest(head: pa.RecordBatch, names: Sequence[str]) -> list[str]:
    """Find the column of long and varied texts, and its rivals."""
    lengths: dict[str, float] = {}
    for name in names:
        texts = _sample(head, name).drop_null()
        is_other = known.is_id_name(name) or known.may_be_id_name(name) or known.is_label_name(name)
        if is_other or len(texts) == 0 or 2 * len(texts.unique()) < len(texts) or looks_like_times(texts, False):
            continue
        lengths[name] = pc.mean(pc.utf8_length(texts)).as_py()
    longest = max(lengths.values(), default=0.0)
    return [name for name, length in lengths.items() if length > _RIVAL * longest and length >= _MIN_LENGTH]


def _choose_label(head: pa.RecordBatch, free: Sequence[str]) -> tuple[str | None, list[str]]:
    names = [name for name in free if known.is_label_name(name) and _may_be_label(head.schema.field(name).type)]
    plain = [name for name in names if known.is_plain_label_name(name)]
    names = plain if len(plain) == 1 else names
    return (names[0], []) if len(names) == 1 else (None, names)


def _may_be_label(kind: pa.DataType) -> bool:
    kind = plain_type(kind)
    return is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind)


def _choose_time(head: pa.RecordBatch, free: Sequence[str]) -> tuple[str | None, list[str]]:
    times = [name for name in free if _holds_times(head, name)]
    named = [name for name in times if known.is_time_name(name)]
    names = named or times
    return (names[0], []) if len(names) == 1 else (None, names)


def _holds_times(head: pa.RecordBatch, name: str) -> bool:
    kind = plain_type(head.schema.field(name).type)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return True
    return is_string(kind) and looks_like_times(_sample(head, name), short_years=known.is_time_name(name))


def _choose_ids(head: pa.RecordBatch, free: Sequence[str], asked: str | None) -> tuple[tuple[str, ...], bool]:
    if asked is not None and (asked != ROW or asked in head.schema.names):
        return (asked,), True
    if asked == ROW:
        return (), False
    kinds = {name: plain_type(head.schema.field(name).type) for name in free}
    able = [name for name, kind in kinds.items() if is_string(kind) or pa.types.is_integer(kind)]
    outright = [name for name in able if known.is_id_name(name)]
    others = [name for name in able if name not in outright and known.may_be_id_name(name)]
    return (*outright, *others), bool(outright)


def _sample(head: pa.RecordBatch, name: str) -> pa.LargeStringArray:
    column = head.column(name)
    return cast(cast(column, plain_type(column.type)), TEXT)


def _is_figures(texts: pa.LargeStringArray) -> bool:
    """Tell whether most texts of a sample are numbers (a column of figures in CSV comes as text)."""
    filled = texts.filter(pc.fill_null(pc.not_equal(texts, ""), False))
    if len(filled) == 0:
        return False
    figures = pc.match_substring_regex(filled, r"^\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?\s*%?\s*$")
    return bool(pc.mean(figures.cast(pa.float64())).as_py() > 0.9)
