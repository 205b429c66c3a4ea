"""The report: one HTML file that holds all it shows, in Korean and English."""

from __future__ import annotations

import os
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from malgil.eda import figures, views
from malgil.eda.cloud import word_cloud
from malgil.eda.data import ReportData
from malgil.eda.fonts import FAMILY, font_face_css
from malgil.eda.frequency import MIN_COUNT
from malgil.eda.gather import OTHERS
from malgil.eda.labels import MAX_TERMS, PRIOR_TOKENS
from malgil.eda.languages import CLEAR_RATIO
from malgil.errors import StorageError
from malgil.messages import LANGUAGES, catalogue, render
from malgil.params import choose

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_FONT_MARK = "/*fonts*/"
_WIDE, _NARROW = (960, 400, 110), (360, 420, 60)


def write_report(path: str | Path, data: ReportData, lang: str = "en") -> None:
    """Write the report.

    Parameters
    ----------
    path : str or Path
        The HTML file; what was there stays whole until the new one is complete.
    data : ReportData
        What to show.
    lang : str
        Language shown first, ``"en"`` or ``"ko"``; the other is in the file, too.

    Raises
    ------
    StorageError
        If the file cannot be written.
    ParameterError
        If the language is not known.
    """
    page = report_html(data, lang).encode("utf-8")
    target = Path(path)
    try:
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise StorageError("house.cannot_write", path=target, reason=error.strerror or error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(0o644)
        Path(aside).replace(target)
    except OSError as error:
        raise StorageError("house.cannot_write", path=target, reason=error.strerror or error) from error
    finally:
        Path(aside).unlink(missing_ok=True)


def report_html(data: ReportData, lang: str = "en") -> str:
    """Draw the report.

    Parameters
    ----------
    data : ReportData
        What to show.
    lang : str
        Language shown first, ``"en"`` or ``"ko"``.

    Returns
    -------
    str
        A whole page without references to anything outside; the same for the same data.

    Raises
    ------
    ParameterError
        If the language is not known.
    """
    choose({language: language for language in LANGUAGES}, "lang", lang)
    page = _environment().get_template("report.html.jinja").render(_context(data), lang=lang, title=_title(data, lang))
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return page.replace(_FONT_MARK, font_face_css(shown + " ▲▼●"), 1)


def _title(data: ReportData, lang: str) -> str:
    sources = data.source.get("sources")
    name = ", ".join(sources) if isinstance(sources, list) else ""
    return " · ".join(part for part in (render("report.title", lang=lang), name) if part)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("malgil.eda"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=_both, message=_Message, tick=_tick_text, ratio=views.ratio)
    environment.globals.update(font_family=FAMILY, font_mark=_FONT_MARK, others=OTHERS, messages=catalogue("report"))
    environment.filters.update(percent=views.percent_text, share=views.share_text, bytes=views.bytes_text)
    return environment


class _Message(NamedTuple):
    """A message inside another one: its name."""

    name: str


def _both(name: str, /, **fields: object) -> Markup:
    """Say a message in both languages; the page's style shows one."""
    from markupsafe import Markup

    texts = [(language, _said(name, language, fields)) for language in LANGUAGES]
    return Markup("").join(Markup('<span class="{0}" lang="{0}">{1}</span>').format(*pair) for pair in texts)


def _said(name: str, language: str, fields: dict[str, object]) -> str:
    inner = {
        key: _said(value.name, language, {}) if isinstance(value, _Message) else value for key, value in fields.items()
    }
    return render(f"report.{name}", lang=language, **inner)


def _tick_text(value: float | str) -> Markup:
    """Write a number at an axis, short in both languages."""
    from markupsafe import Markup, escape

    if isinstance(value, str):
        return escape(value)
    korean, english = _short_number(value, _KOREAN), _short_number(value, _ENGLISH)
    if korean == english:
        return escape(korean)
    return Markup('<span class="ko" lang="ko">{}</span><span class="en" lang="en">{}</span>').format(korean, english)


_ENGLISH = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k"))
_KOREAN = ((10**12, "조"), (10**8, "억"), (10**7, "천만"), (10**4, "만"), (10**3, "천"))


def _short_number(value: float, units: tuple[tuple[int, str], ...]) -> str:
    for size, name in units:
        if value >= size:
            return f"{value / size:.4g}{name}"
    return f"{value:g}"


def _context(data: ReportData) -> dict[str, Any]:
    letters, rows = views.letter_counts(data), views.checks(data)
    label_bars = views.bars({label.name: label.n_docs for label in data.labels}, data.sizes["docs"] - data.n_unlabelled)
    by_count, by_weight = views.compared_words(data)
    series_names = data.timeline.names if data.timeline else []
    colours = [*views.series_colours([name for name in series_names if name != OTHERS]), "#8c8c8c"]
    return {
        "data": data,
        "sections": _sections(data),
        "has_text": data.sizes["docs"] > data.checks["blank"],
        "checks": rows,
        "n_look": sum(row.level in ("look", "bad") for row in rows),
        "letters": views.bars(letters),
        "n_letters": sum(letters.values()),
        "languages": views.bars(data.languages),
        "clear_percent": 100 * CLEAR_RATIO,
        "words": views.bars({word.term: word.count for word in data.counted[:20]}, data.sizes["tokens"]),
        "words_percent": 100 * views.ratio(sum(word.count for word in data.counted[:20]), data.sizes["tokens"]),
        "repeated": views.bars(data.repeated, data.noise["repeated"][1]),
        "labels": label_bars,
        "label_colours": views.series_colours([label.name for label in data.labels]),
        "by_count": by_count,
        "by_weight": by_weight,
        "largest": max(label_bars, key=lambda bar: bar.n, default=None),
        "pair_bars": views.pair_bars(data.pair) if data.pair else [],
        "expected": views.expected_bars(data.continuations),
        "peak": views.peak(data.timeline) if data.timeline else None,
        "times": views.label_times(data) if data.labels else 1.0,
        "uneven": views.UNEVEN,
        "plots": _plots(data, colours),
        "spy": figures.spy_path(data.sparseness.corner, data.sparseness.corner_terms),
        "clouds": [word_cloud(data.cloud, *size) for size in (_WIDE, _NARROW)],
        "growth": 100 * (2**data.heaps.exponent - 1),
        "constants": {"least": MIN_COUNT, "terms": MAX_TERMS, "prior": PRIOR_TOKENS},
        "formula": _formula(str(data.settings.get("counts.weighting", ""))),
        "legend": list(zip(series_names, colours, strict=False)),
    }


def _sections(data: ReportData) -> list[str]:
    has_words = bool(data.sparseness.n_entries)
    shown = {"laws": has_words, "dtm": has_words, "labels": bool(data.labels), "time": data.timeline is not None}
    shown |= {"ngram": data.continuations is not None, "model": data.classifying is not None}
    every = (
        "quality",
        "script",
        "length",
        "words",
        "laws",
        "dtm",
        "ngram",
        "noise",
        "labels",
        "model",
        "time",
        "method",
    )
    return [name for name in every if shown.get(name, True)]


def _formula(variant: str) -> str:
    from malgil.vectorize import TFIDF

    weighting = TFIDF.get(variant)
    return f"tf = {weighting.tf_formula}, idf = {weighting.idf_formula}" if weighting else variant


def _plots(data: ReportData, colours: list[str]) -> dict[str, figures.Plot | None]:
    return {
        "chars": figures.histogram_plot(data.chars),
        "tokens": figures.histogram_plot(data.tokens),
        "zipf": figures.power_law_plot(data.zipf, ("series_measured", "series_fit")) if data.zipf.x else None,
        "heaps": figures.power_law_plot(data.heaps, ("series_measured", "series_fit")) if data.heaps.x else None,
        "time": figures.timeline_plot(data.timeline, colours[: len(data.timeline.names)]) if data.timeline else None,
    }
