"""Full stops that do not end a sentence: abbreviations, initials, numbered points, quotations that a clause goes on.

The idea of telling abbreviations by class (titles always go on; others go on unless the next word often opens a
sentence) is that of Grefenstette and Tapanainen.

References
----------
.. [1] Grefenstette, Tapanainen, "What is a word, what is a sentence? Problems of tokenization", COMPLEX 1994.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import to_str
from malgil.tokenizers.places import Places

BEFORE_NAMES = frozenset(
    "mr mrs ms messrs mme mlle dr prof gen sen rep gov lt col capt cpl sgt maj cmdr adm rev hon pres supt supt. fr br "
    "st ste mt ft sr. vs v viz cf e.g i.e eg ie no nos vol pp fig figs sec ch eq op ed eds al art arts approx ca "
    "univ dept dist gens sens reps govs profs drs insp det atty asst assoc".split()
)
"""Abbreviations that something always follows."""

ABBREVIATIONS = frozenset(
    "inc co corp ltd bros jr sr esq ph.d m.d b.a m.a d.d.s a.m p.m a.d b.c etc u.s u.n u.k u.s.s.r d.c n.y l.a e.t "
    "ave blvd rd sq apt bldg hwy jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thurs fri sat "
    "sun ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa "
    "penn tenn tex va vt wash wis wyo lb lbs oz ft in yd mi hr hrs min mins sec secs deg est assn bur cie intl mfg "
    "plc s.a n.v".split()
)
"""Abbreviations that a sentence may end with."""

OPENERS = frozenset(
    "the a an this that these those he she it we you they i his her its our their my your there here in on at for of "
    "from to with by as if when while after before since until because although though but and or so yet nor what who "
    "where why how which one two some many most all each every no not now then however moreover meanwhile instead "
    "also only even such another both several few more under over about during between is was are were do does did "
    "can could may might must will would should has have had let perhaps thus therefore indeed".split()
)
"""Words that open a sentence far more often than they are a name's first word."""

_WORD_BEFORE = re.compile(r"[^\W\d_](?:[\w&'’-]|\.(?=\w))*$")
_POINT = re.compile(
    r"(?:^\s*|(?:[가-힣]|[A-Za-z]{4})[.!?]\s+|\n\s*)(?:\d{1,3}|[가나다라마바사아자차카타파하]|[A-Za-z]|[ivxIVX]{1,4})$"
)
_WORD_AFTER = re.compile(r"[\W_]*(\w+)")
_QUOTING = re.compile(
    r"(?:이?(?:라[고는며면던도서니]|란\b|라\b|였|었)|고\b|며\b|하[고며는던면자여]|했|한다|합니다|할\b|말[하했한]|외[치쳤]|물[었으어]"
    r"|대답|[은는이가을를의에로와과도만란]\b|으로|에[서게]|처럼|같[은이]|등[의을이에]?\b|정도|식[의으]|입니다|이다|인데|이[란며고]\b)"
)
_REPORTING = re.compile(r"이?라(?:고|는|며|면서|던)(?:\s|$)")
_LONGEST = 24


def goes_on(places: Places, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where a sentence goes on behind a mark that may end it.

    Parameters
    ----------
    places : Places
        From `malgil.tokenizers.places.find_places`.
    at : ndarray of int64, shape (n,)
        Which of them to look at.

    Returns
    -------
    ndarray of bool, shape (n,)
        Whether the sentence goes on.
    """
    from malgil.tokenizers import _border_kernels as kernels

    whole, indptr = to_str(places.texts.points), places.texts.indptr
    rows = places.rows[at]
    columns = (places.left[at], places.right[at], places.marks[at], indptr[rows], indptr[rows + 1])
    out = np.zeros(len(at), np.bool_)
    for n, (left, right, marks, low, high) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        before = whole[max(low, left - _LONGEST) : left]
        after = whole[right : min(high, right + _LONGEST)]
        if _REPORTING.match(after) or (marks & kernels.QUOTED and _QUOTING.match(after)):
            out[n] = True
        elif marks & kernels.ONE_PERIOD:
            out[n] = _is_short(before, after)
        else:
            out[n] = _opens_small(before, after)
    return out


def _is_short(before: str, after: str) -> bool:
    """Tell whether the full stop between two stretches of text belongs to what stands before it."""
    if _POINT.search(before) and not (before.endswith("I") and len(before) > 1):
        return True
    if before[-1:].isdigit() and after[:1].isdigit():
        return True
    if _opens_small(before, after):
        return True
    found = _WORD_BEFORE.search(before)
    if found is None:
        return False
    word = found.group()
    if len(word) == 1:
        return word.isascii() and word.isupper() and word != "I"
    if word.lower() in BEFORE_NAMES and not (word in ("no", "ed", "al", "art", "in") and after[:1].isupper()):
        return True
    if word.lower() in ABBREVIATIONS or _is_acronym(word):
        if word in ("in", "la", "sun", "mass", "wash", "miss", "ill", "mar", "dec", "sat", "mon", "fri", "min", "sec"):
            return False
        following = _WORD_AFTER.match(after)
        return following is not None and following.group(1).lower() not in OPENERS and not _is_hangul(after)
    return False


def _opens_small(before: str, after: str) -> bool:
    """Tell whether a Latin text goes on with a small letter."""
    following = _WORD_AFTER.match(after)
    if following is None or _is_hangul(before[-1:]):
        return False
    return following.group(1)[0].islower() and following.group(1)[0].isascii()


def _is_acronym(word: str) -> bool:
    """Tell U.S and J.R from a word."""
    parts = word.split(".")
    return len(parts) > 1 and all(len(part) == 1 for part in parts)


def _is_hangul(text: str) -> bool:
    return "가" <= text[:1] <= "힣"
