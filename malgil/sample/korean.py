"""Korean inflection for the sample corpus: particles by final consonant, endings of a dictionary form.

Covers what the lexicon needs: vowel contraction, the irregular classes of ㅂ, ㄷ, ㅅ, 르, ㅡ and ㄹ, 하다, 아니다,
nouns with the copula. Hangul syllables are composed by the arithmetic of the Unicode Standard, section 3.12.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_BASE, _LAST = 0xAC00, 0xD7A3
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_KEEP_B = ("좁", "잡", "뽑", "입", "씹", "집", "접", "업")
_DROP_D = ("듣", "걷", "싣", "깨닫")
_DROP_S = ("낫", "짓", "붓", "긋", "잇")
_PLAIN_REU = ("따르", "들르", "치르")
# a vowel stem + 어: the vowel that the two make together
_CONTRACT = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅚ": "ㅙ", "ㅣ": "ㅕ"}
_ABSORB = "ㅏㅓㅐㅔㅕ"


class Predicate(NamedTuple):
    """A dictionary form of the lexicon with its marks taken off.

    Attributes
    ----------
    stem : str
        Dictionary form without 다; the bare noun where `kind` is noun.
    kind : str
        ``"adjective"``, ``"verb"`` or ``"noun"`` (noun + copula).
    tense : str
        ``"any"``, ``"past"`` or ``"present"``: what the lexicon allows.
    negatable : bool
        May be denied under the other polarity.
    graded : bool
        May take an intensifier.
    """

    stem: str
    kind: str  # "adjective", "verb" or "noun" (noun + copula)
    tense: str  # "any", "past" or "present"
    negatable: bool
    graded: bool


@cache
def parse(entry: str) -> Predicate:
    """Read one lexicon entry.

    Parameters
    ----------
    entry : str
        Dictionary form with marks: leading ``~`` (may be negated), leading ``!`` (takes no intensifier), trailing
        ``=`` (noun + copula), then ``/v`` verb, ``P`` past only, ``N`` present only.

    Returns
    -------
    Predicate
        The stem (without 다) and what the marks said.
    """
    body, _, flags = entry.partition("/")
    marks = body[: len(body) - len(body.lstrip("~!"))]
    body = body[len(marks) :]
    if body.endswith("="):
        kind, stem = "noun", body[:-1]
        fixed = stem.endswith((" 거", " 중"))
    else:
        kind, stem, fixed = ("verb" if "v" in flags else "adjective"), body.removesuffix("다"), False
    tense = "past" if "P" in flags else "present" if "N" in flags or fixed else "any"
    graded = "!" not in marks and " " not in stem and (kind != "noun" or stem.endswith("적"))
    return Predicate(stem, kind, tense, "~" in marks, graded)


def _split(syllable: str) -> tuple[int, str, str]:
    code = ord(syllable) - _BASE
    return code // 588, _VOWELS[code % 588 // 28], _FINALS[code % 28]


def _join(lead: int, vowel: str, final: str = " ") -> str:
    return chr(_BASE + lead * 588 + _VOWELS.index(vowel) * 28 + _FINALS.index(final))


def final_of(text: str) -> str:
    """Return the final consonant of the last syllable, a space where there is none (or no Hangul).

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        One compatibility jamo, or a space.
    """
    return _split(text[-1])[2] if text and _BASE <= ord(text[-1]) <= _LAST else " "


def with_final(text: str, final: str) -> str:
    """Put `final` under the last syllable, in place of what is there.

    Parameters
    ----------
    text : str
        Text that ends in a Hangul syllable.
    final : str
        Compatibility jamo, or a space for none.

    Returns
    -------
    str
        The text with its last syllable changed.
    """
    lead, vowel, _ = _split(text[-1])
    return text[:-1] + _join(lead, vowel, final)


def attach(noun: str, particle: str) -> str:
    """Attach a particle in the form that the noun's last sound asks for.

    Parameters
    ----------
    noun : str
        Any text; letters that are not Hangul count as ending in a vowel.
    particle : str
        The form after a consonant: ``이``, ``은``, ``을``, ``과``; other particles are attached as they are.

    Returns
    -------
    str
        Noun and particle without a space.

    Examples
    --------
    >>> attach("소리", "은"), attach("음질", "은")
    ('소리는', '음질은')
    """
    open_form = {"이": "가", "은": "는", "을": "를", "과": "와"}.get(particle, particle)
    return noun + (open_form if final_of(noun) == " " else particle)


def infinitive(stem: str) -> str:
    """Return stem + 아/어, contracted (the form before 요, 서 and the past ending).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        Always ends in an open syllable, except after ㅆ.

    Examples
    --------
    >>> [infinitive(s) for s in ("좋", "예쁘", "가볍", "빠르", "깔끔하", "낫", "느리")]
    ['좋아', '예뻐', '가벼워', '빨라', '깔끔해', '나아', '느려']
    """
    if stem.endswith(("하", "그러")):
        return stem[:-1] + ("해" if stem.endswith("하") else "래")
    lead, vowel, final = _split(stem[-1])
    if stem.endswith("르") and not stem.endswith(_PLAIN_REU):
        return with_final(stem[:-1], "ㄹ") + ("라" if _is_bright(stem[:-1]) else "러")
    if final == " ":
        return _open_infinitive(stem, lead, vowel)
    eu = eu_stem(stem)
    if final == "ㅂ" and eu != stem + "으":
        return eu[:-1] + "워"
    return (stem if eu == stem else eu[:-1]) + ("아" if _is_bright(stem) and final != "ㅆ" else "어")


def _open_infinitive(stem: str, lead: int, vowel: str) -> str:
    if vowel in _ABSORB:
        return stem
    if vowel == "ㅡ":
        return stem[:-1] + _join(lead, "ㅏ" if _is_bright(stem[:-1]) else "ㅓ")
    if vowel in _CONTRACT:
        return stem[:-1] + _join(lead, _CONTRACT[vowel])
    return stem + "어"


def _is_bright(stem: str) -> bool:
    return bool(stem) and _BASE <= ord(stem[-1]) <= _LAST and _split(stem[-1])[1] in "ㅏㅑㅗ"


def eu_stem(stem: str) -> str:
    """Return the stem as it stands before endings in 으 (좋으, 예쁘, 가벼우, 나으; a ㄹ stem stays as it is).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        The stem with its irregular change.
    """
    final = final_of(stem)
    if final in " ㄹ":
        return stem
    if final == "ㅂ" and not stem.endswith(_KEEP_B):
        return with_final(stem, " ") + "우"
    if stem.endswith(_DROP_D):
        return with_final(stem, "ㄹ") + "으"
    if stem.endswith(_DROP_S):
        return with_final(stem, " ") + "으"
    return stem + "으"


def past_stem(stem: str) -> str:
    """Return the stem with the past ending (좋았, 예뻤, 가벼웠).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        Ends in ㅆ.
    """
    if stem.endswith("아니"):
        return stem + "었"
    return with_final(infinitive(stem), "ㅆ")


def light_stem(stem: str) -> str:
    """Return the stem without a final ㄹ (before endings in ㄴ, ㅂ, ㅅ).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        The stem, its last ㄹ dropped.
    """
    return with_final(stem, " ") if final_of(stem) == "ㄹ" else stem


def nominal(stem: str) -> str:
    """Return the form in -(으)ㅁ: 좋음, 예쁨, 가벼움, 듦.

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        The noun made of the predicate.
    """
    base = eu_stem(stem)
    return with_final(base, "ㄻ" if final_of(base) == "ㄹ" else "ㅁ")


def attributive(stem: str, kind: str) -> str:
    """Return the form before a noun in the present: 좋은, 예쁜, 맛있는, 나오는.

    Parameters
    ----------
    stem : str
        Dictionary form without 다.
    kind : str
        ``"adjective"`` or ``"verb"``.

    Returns
    -------
    str
        The modifying form.
    """
    if kind == "verb" or takes_neun(stem):
        return light_stem(stem) + "는"
    return with_final(light_stem(eu_stem(stem)), "ㄴ")


def takes_neun(stem: str) -> bool:
    """Return whether an adjective takes -는 and -는데 all the same (있다, 없다, past, 겠).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    bool
        True for 있다, 없다 and what ends in ㅆ.
    """
    return stem.endswith(("있", "없")) or final_of(stem) == "ㅆ"


def formal(stem: str) -> str:
    """Return the form in -(스)ㅂ니다.

    Parameters
    ----------
    stem : str
        Dictionary form without 다.

    Returns
    -------
    str
        The finished form.
    """
    stem = light_stem(stem)
    return with_final(stem, "ㅂ") + "니다" if final_of(stem) == " " else stem + "습니다"


def plain(stem: str, kind: str) -> str:
    """Return the plain style: 좋다 (adjective), 나온다, 듣는다 (verb).

    Parameters
    ----------
    stem : str
        Dictionary form without 다.
    kind : str
        ``"adjective"`` or ``"verb"``.

    Returns
    -------
    str
        The finished form.
    """
    if kind == "adjective" or takes_neun(stem):
        return stem + "다"
    stem = light_stem(stem)
    return with_final(stem, "ㄴ") + "다" if final_of(stem) == " " else stem + "는다"
