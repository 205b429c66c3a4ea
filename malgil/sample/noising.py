"""The noise of real reviews at known rates: what is planted where is returned, not guessed afterwards."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.sample.draw import Draw
from malgil.sample.korean import final_of
from malgil.sample.typos import mistype

# Share of all rows that carry each kind. A row with a typo or without spaces carries no other kind.
RATES = {
    "typo": 0.04,
    "nospace": 0.03,
    "repeated": 0.07,
    "emoji": 0.05,
    "html": 0.015,
    "url": 0.01,
    "email": 0.005,
    "phone": 0.006,
    "nfd": 0.004,
}
_ALONE = ("typo", "nospace")
_SHORT = 4
_STRETCH = {"아": "ㅏㅑ", "우": "ㅜㅠ", "오": "ㅗㅛ", "이": "ㅣ", "어": "ㅓㅕ", "애": "ㅐ", "에": "ㅔㅖ"}
_EN_STRETCH = {" so ": "o", "good": "o", "love": "o", "great": "a", "bad": "a", "slow": "o", "really": "e", "too": "o"}
_TAGS = ("<br>", "<br/>", "<br />", "&nbsp;", "<p>")


@cache
def phrases(lang: str) -> dict[str, Any]:
    """Return what stands in reviews of one language beside the words: addresses, numbers, emoji, additions.

    Parameters
    ----------
    lang : str
        ``"ko"`` or ``"en"``.

    Returns
    -------
    dict
        Kind of noise -> templates.
    """
    file = files("malgil") / "sample" / "lexicons" / f"{lang}_noise.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


class Noise:
    """Noise put into texts, and the record of it.

    Parameters
    ----------
    texts : list of str
        All texts of the corpus; changed in place.
    langs : list of str
        Language of each text.
    positive : ndarray of bool
        Verdict of each text.

    Attributes
    ----------
    rows : dict of str to list of int
        Rows that carry each kind, rising.
    right : dict of str to dict
        For ``typo``: row -> (wrong word, right word); for ``nospace``: row -> (text,) as it was with spaces.
    """

    def __init__(self, texts: list[str], langs: list[str], positive: NDArray[np.bool_]) -> None:
        self.texts, self.langs, self.positive = texts, langs, positive
        self.rows: dict[str, list[int]] = {kind: [] for kind in RATES}
        self.right: dict[str, dict[int, tuple[str, ...]]] = {kind: {} for kind in _ALONE}

    def spread(self, rng: np.random.Generator, draw: Draw, free: NDArray[np.int64]) -> None:
        """Put every kind of noise into the rows `free`, each at its rate of the whole corpus.

        Parameters
        ----------
        rng : numpy.random.Generator
            Chooses the rows.
        draw : Draw
            Chooses what is put in.
        free : ndarray of int64
            Rows that may be changed.
        """
        free = np.array([row for row in free.tolist() if len(self.texts[row]) > _SHORT], dtype=np.int64)
        for kind, rate in RATES.items():
            want = round(rate * len(self.texts))
            done: list[int] = []
            for row in rng.permutation(free).tolist():
                if len(done) >= want:
                    break
                changed = self._changed(draw, kind, row)
                if changed is not None:
                    self.texts[row] = changed
                    done.append(row)
            self.rows[kind] = sorted(done)
            if kind in _ALONE:
                free = np.setdiff1d(free, done)

    def _changed(self, draw: Draw, kind: str, row: int) -> str | None:
        text, lang, good = self.texts[row], self.langs[row], bool(self.positive[row])
        if kind == "typo":
            slip = mistype(draw, text)
            if slip is None:
                return None
            self.right["typo"][row] = slip[1:]
            return slip[0]
        if kind == "nospace":
            closed = close_up(draw, text, lang)
            if closed is not None:
                self.right["nospace"][row] = (text,)
            return closed
        if kind == "repeated":
            return repeat(draw, text, lang, good)
        if kind == "html":
            return tag(draw, text)
        if kind == "emoji":
            return with_emoji(draw, text, phrases(lang)["emoji_good" if good else "emoji_bad"])
        if kind == "nfd":
            return unicodedata.normalize("NFD", text) if lang == "ko" else None
        number = str(1000 + draw.below(9000))
        return f"{text} {draw.pick(phrases(lang)[kind]).format(n=number)}"


def close_up(draw: Draw, text: str, lang: str) -> str | None:
    """Take spaces out: most or all of them in Korean, one or two in English; None where there is none.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.
    lang : str
        ``"ko"`` or ``"en"``.

    Returns
    -------
    str or None
        The text with fewer spaces.
    """
    spaces = [i for i, char in enumerate(text) if char == " "]
    if not spaces:
        return None
    share = draw.pick((1.0, 1.0, 0.7, 0.5)) if lang == "ko" else min(1.0, 1.6 / len(spaces))
    gone = {i for i in spaces if draw.chance(share)} or {draw.pick(spaces)}
    return "".join(char for i, char in enumerate(text) if i not in gone)


def repeat(draw: Draw, text: str, lang: str, good: bool) -> str:
    """Stretch a sound or laugh and cry in writing: at least three of one letter in a row.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.
    lang : str
        ``"ko"`` or ``"en"``.
    good : bool
        Whether the review is positive.

    Returns
    -------
    str
        The text with a run of one letter.
    """
    n = 3 + draw.below(5)
    if lang == "ko":
        sound = next((s for s, vowels in _STRETCH.items() if _last_vowel(text) in vowels), "")
        if sound and draw.chance(0.3):
            return text + sound * n
        letter = draw.pick("ㅋㅋㅋㅎㅠ" if good else "ㅠㅠㅜㅋㅡ")
        return f"{text}{draw.pick(('', ' '))}{letter * n}"
    for word, letter in _EN_STRETCH.items():
        at = text.find(word)
        if at >= 0:
            cut = at + word.index(letter)
            return text[:cut] + letter * n + text[cut:]
    cry, letter = draw.pick(
        (("yes", "s"), ("wow", "w"), ("mm", "m")) if good else (("ugh", "h"), ("no", "o"), ("hm", "m"))
    )
    return f"{text} {cry}{letter * n}"


def _last_vowel(text: str) -> str:
    if not text or not "가" <= text[-1] <= "힣" or final_of(text) != " ":
        return "-"
    return "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"[(ord(text[-1]) - 0xAC00) % 588 // 28]


def tag(draw: Draw, text: str) -> str:
    """Leave a bit of HTML in the text: a break between sentences, an entity, a pair of tags.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.

    Returns
    -------
    str
        The text with the remnant.
    """
    roll = draw.unit()
    if roll < 0.6:
        cut = text.find(" ", len(text) // 3)
        mark = draw.pick(_TAGS)
        return f"{text}{mark}" if cut < 0 else f"{text[:cut]}{mark}{text[cut + 1 :]}"
    if roll < 0.8:
        return f"&quot;{text}&quot;"
    first, space, rest = text.partition(" ")
    return f"<b>{first}</b>{space}{rest}"


def with_emoji(draw: Draw, text: str, choice: list[str]) -> str:
    """Add emoji at the end, now and then at the start or between two sentences.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    text : str
        A review.
    choice : list of str
        Emoji that fit the review.

    Returns
    -------
    str
        The text with one of them.
    """
    mark = draw.pick(choice)
    roll = draw.unit()
    if roll < 0.15:
        return f"{mark} {text}"
    cut = text.find(". ")
    if roll < 0.3 and cut >= 0:
        return f"{text[: cut + 1]} {mark} {text[cut + 2 :]}"
    return f"{text}{draw.pick(('', ' '))}{mark}"
