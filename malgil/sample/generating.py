"""A sample corpus: reviews composed from a hand-written grammar, with realistic noise and planted facts.

The facts (label errors, duplicates, a trend, a weekly season, one anomaly, the noise) are recorded in the truth beside
the table, so that whatever looks for them can be checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus.files import format_of, suffixes
from malgil.errors import ParameterError
from malgil.files import writing
from malgil.sample import compose_en, compose_ko, copying, noising, planning, recording
from malgil.sample.draw import Draw

TextLang = Literal["both", "ko", "en"]
MAX_ROWS = 1_000_000
_LINE_FORMATS = ("txt", "tsv")  # a text must not hold a line end or a tab there
_WRONG_RATE, _EMPTY_RATE = 0.012, 0.003
_MIN_WRONG = 12
_RATINGS = {
    (True, "plain"): (10,) * 5 + (9,) * 4 + (8,) * 3 + (7,),
    (True, "mixed"): (9, 8, 8, 7, 7, 7, 6, 6),
    (True, "short"): (10,) * 5 + (9, 9, 8),
    (False, "plain"): (1,) * 5 + (2,) * 3 + (3,) * 3 + (4,),
    (False, "mixed"): (2, 3, 3, 4, 4, 4, 5, 5),
    (False, "short"): (1,) * 5 + (2, 2, 3),
}


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample corpus and what is true of it.

    Attributes
    ----------
    table : pyarrow.Table
        Columns id, text, label (``"positive"`` or ``"negative"``), rating (int8, 1 to 10), time (timestamp[us]),
        product, lang; in order of time.
    truth : dict
        The planted facts, JSON-able: ``wrong_labels, exact_duplicates, whitespace_duplicates, near_duplicates, trend,
        season, anomaly, noise, empty, very_short`` and what the corpus was made from. A fact that so few rows cannot
        carry is absent.
    """

    table: pa.Table
    truth: dict[str, Any]


class _Rows:
    """The columns in the making."""

    def __init__(self, plan: planning.Plan, draw: Draw, *, one_line: bool) -> None:
        self.plan, self.one_line = plan, one_line
        self.product = plan.product.tolist()
        self.positive = plan.positive.copy()
        self.langs = [plan.products[at].lang for at in self.product]
        self.texts: list[str] = []
        self.kinds: list[str] = []
        self.ratings: list[int] = []
        self._compose(draw)
        n = len(self.texts)
        self.ids = [f"r{row:07d}" for row in range(1, n + 1)]

    def _compose(self, draw: Draw) -> None:
        positive, is_burst = self.positive.tolist(), self.plan.is_burst.tolist()
        for at, good, in_burst in zip(self.product, positive, is_burst, strict=True):
            thing = self.plan.products[at]
            if in_burst:
                compose = compose_ko.compose_burst if thing.lang == "ko" else compose_en.compose_burst
                text, kind = compose(draw, thing.category), "plain"
            elif thing.lang == "ko":
                text, kind = compose_ko.compose(draw, thing.category, thing.name, positive=good)
            else:
                text, kind = compose_en.compose(draw, thing.category, positive=good)
            self.texts.append(self._flat(text))
            self.kinds.append(kind)
            self.ratings.append(draw.pick(_RATINGS[good, kind]))

    def _flat(self, text: str) -> str:
        return text.replace("\n", " ").replace("\t", " ") if self.one_line else text

    def free(self, rng: np.random.Generator) -> list[int]:
        """List the rows that carry no planted fact yet, in random order."""
        kept = np.isin(self.plan.product, self.plan.trends) | self.plan.is_burst
        return list(rng.permutation(np.flatnonzero(~kept)).tolist())

    def copy(self, source: int, target: int, text: str) -> None:
        """Make a row a review of the same thing with the same verdict as another."""
        self.texts[target] = self._flat(text)
        self.product[target], self.langs[target] = self.product[source], self.langs[source]
        self.kinds[target], self.ratings[target] = self.kinds[source], self.ratings[source]
        self.positive[target] = self.positive[source]

    def table(self) -> pa.Table:
        """Put the columns together."""
        names = [thing.name for thing in self.plan.products]
        return pa.table(
            {
                "id": pa.array(self.ids, pa.string()),
                "text": pa.array(self.texts, pa.large_string()),
                "label": pa.array(["positive" if good else "negative" for good in self.positive.tolist()], pa.string()),
                "rating": pa.array(self.ratings, pa.int8()),
                "time": pa.array(self.plan.time, pa.timestamp("us")),
                "product": pa.array([names[at] for at in self.product], pa.string()),
                "lang": pa.array(self.langs, pa.string()),
            }
        )


def generate(n: int = 3000, *, text_lang: TextLang = "both", seed: int = 0) -> Sample:
    """Compose a sample corpus.

    Parameters
    ----------
    n : int
        Reviews, 1 to 1,000,000.
    text_lang : {"both", "ko", "en"}
        Language of the reviews; ``"both"`` is six Korean to four English ones.
    seed : int
        Any whole number of 0 or more. The same three arguments give the same bytes.

    Returns
    -------
    Sample
        The table and its truth.

    Raises
    ------
    ParameterError
        If an argument is out of range.

    Examples
    --------
    >>> sample = generate(5, text_lang="ko", seed=1)
    >>> sample.table.column_names
    ['id', 'text', 'label', 'rating', 'time', 'product', 'lang']
    """
    return _generate(n, text_lang, seed, one_line=False)


def _generate(n: int, text_lang: str, seed: int, *, one_line: bool) -> Sample:
    _validate(n, text_lang, seed)
    rng = np.random.Generator(np.random.PCG64(seed))
    plan = planning.plan(rng, n, text_lang)
    draw = Draw(rng)
    rows = _Rows(plan, draw, one_line=one_line)
    free = rows.free(rng)
    empty = _emptied(rows, free)
    wrong = _choose_wrong(rows, free)
    copies = copying.choose(rng, rows.texts, free)
    noise = noising.Noise(rows.texts, rows.langs, rows.positive)
    noise.spread(rng, draw, _noisy_rows(n, empty, copies))
    edits = _copied(rows, draw, copies)
    truth = _head(rows, text_lang, seed)
    truth |= _facts(rows, noise, copies, edits)
    truth["wrong_labels"] = _mislabelled(rows, wrong)
    return Sample(rows.table(), truth)


def _validate(n: int, text_lang: str, seed: int) -> None:
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= MAX_ROWS:
        raise ParameterError("sample.bad_n", value=n, most=MAX_ROWS)
    if text_lang not in get_args(TextLang):
        raise ParameterError("sample.bad_lang", value=text_lang, choices=", ".join(get_args(TextLang)))
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ParameterError("sample.bad_seed", value=seed)


def _emptied(rows: _Rows, free: list[int]) -> list[int]:
    empty = [free.pop() for _ in range(min(len(free), round(_EMPTY_RATE * len(rows.texts))))]
    for row in empty:
        rows.texts[row] = ""
    return empty


def _choose_wrong(rows: _Rows, free: list[int]) -> list[int]:
    """Take rows for wrong labels out of `free`: plain reviews long enough to be sure of."""
    want = round(_WRONG_RATE * len(rows.texts))
    wrong = [row for row in free if rows.kinds[row] == "plain" and len(rows.texts[row]) >= _MIN_WRONG][:want]
    taken = set(wrong)
    free[:] = [row for row in free if row not in taken]
    return sorted(wrong)


def _noisy_rows(n: int, empty: list[int], copies: list[copying.Copy]) -> NDArray[np.int64]:
    clean = set(empty) | {copy.target for copy in copies}
    clean |= {copy.source for copy in copies if copy.kind == "near"}
    return np.array([row for row in range(n) if row not in clean], dtype=np.int64)


def _copied(rows: _Rows, draw: Draw, copies: list[copying.Copy]) -> dict[int, str]:
    """Write the copies; return the kind of edit of each near-duplicate by its row."""
    edits = {}
    for source, target, kind in copies:
        text = rows.texts[source]
        if kind == "whitespace":
            text = copying.respace(draw, text)
        elif kind == "near":
            text, edits[target] = copying.edit(draw, text, noising.phrases(rows.langs[source])["added"])
        rows.copy(source, target, text)
    return edits


def _head(rows: _Rows, text_lang: str, seed: int) -> dict[str, Any]:
    n = len(rows.texts)
    return {
        "version": recording.VERSION,
        "n": n,
        "text_lang": text_lang,
        "seed": int(seed),
        "rows_by_lang": {lang: rows.langs.count(lang) for lang in ("ko", "en") if lang in rows.langs},
        "first_day": str(planning.FIRST_DAY),
        "last_day": str(planning.FIRST_DAY + planning.N_DAYS - 1),
    }


def _facts(rows: _Rows, noise: noising.Noise, copies: list[copying.Copy], edits: dict[int, str]) -> dict[str, Any]:
    ids, plan = rows.ids, rows.plan._replace(product=np.array(rows.product))  # copies moved rows to other products
    exact = {copy.target for copy in copies if copy.kind == "exact"}
    inherited = {copy.target: copy.source for copy in copies if copy.kind != "near"}
    spaced = [(copy.source, copy.target) for copy in copies if copy.kind == "whitespace"]
    near = [(copy.source, copy.target) for copy in copies if copy.kind == "near"]
    facts: dict[str, Any] = {
        "exact_duplicates": recording.duplicates(rows.texts, ids, exact),
        "whitespace_duplicates": [{"ids": [ids[a], ids[b]]} for a, b in sorted(spaced)],
        "near_duplicates": [{"ids": [ids[a], ids[b]], "edit": edits[b]} for a, b in sorted(near)],
        "noise": recording.noise(noise, inherited, ids),
        **recording.short(rows.texts, ids),
    }
    if plan.trends:
        facts["trend"] = recording.trends(plan)
    if plan.has_season:
        facts["season"] = recording.season(plan)
    if plan.burst:
        facts["anomaly"] = recording.anomaly(plan, ids)
    return facts


def _mislabelled(rows: _Rows, wrong: list[int]) -> list[dict[str, Any]]:
    """Turn labels round, the rating with them, as by a reader who takes the scale the other way."""
    record = []
    for row in wrong:
        record.append({"id": rows.ids[row], "right": "positive" if rows.positive[row] else "negative"})
        rows.positive[row] = not rows.positive[row]
        rows.ratings[row] = 11 - rows.ratings[row]
    return record


def write_sample(path: str | Path, n: int = 3000, *, text_lang: TextLang = "both", seed: int = 0) -> Sample:
    """Compose a sample corpus and write it, with ``truth.json`` beside it.

    Parameters
    ----------
    path : str or Path
        The file; its suffix says the format (also with ``.gz`` or ``.zst`` after it). Its folder is made. In ``.txt``
        and ``.tsv`` every review stands on one line; ``.txt`` holds the texts alone.
    n, text_lang, seed
        As in `generate`.

    Returns
    -------
    Sample
        What was written.

    Raises
    ------
    ParameterError
        If an argument is out of range or the suffix names no format; nothing is written then.
    StorageError
        If a file cannot be written.
    """
    path = Path(path)
    known = format_of(path.name)
    if known is None:
        raise ParameterError("sample.bad_suffix", path=path, choices=suffixes())
    sample = _generate(n, text_lang, seed, one_line=known[0] in _LINE_FORMATS)
    from malgil.corpus.writers import write

    truth = path.parent / "truth.json"
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write(sample.table, path)
    with writing(truth):
        truth.write_text(json.dumps(sample.truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return sample
