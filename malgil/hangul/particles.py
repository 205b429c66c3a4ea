"""Particles that follow the sound before them: 은/는, 이/가, 을/를, 으로/로, 과/와 and their kin.

After Hangul the final consonant decides; after digits, Latin words and letters the way they are read in Korean.
"""

from __future__ import annotations

import re
from functools import lru_cache

from malgil.errors import ParameterError
from malgil.hangul.letters import FINALS, FIRST, N_FINALS
from malgil.hangul.numerals import NUMBER, last_syllable_of_number
from malgil.hangul.syllables import join_conjoining

#: After a consonant, after a vowel. What is written in brackets ("(으)로") or the other way round means the same.
PAIRS: tuple[tuple[str, str], ...] = (
    *(("은", "는"), ("이", "가"), ("을", "를"), ("과", "와"), ("으로", "로"), ("아", "야"), ("이나", "나")),
    *(("이라", "라"), ("이랑", "랑"), ("이며", "며"), ("이든", "든"), ("이든지", "든지"), ("이나마", "나마")),
    *(("이라도", "라도"), ("이라고", "라고"), ("이라는", "라는"), ("이라면", "라면"), ("이란", "란"), ("이여", "여")),
    *(("이야", "야"), ("이시여", "시여"), ("이에요", "예요"), ("이었다", "였다"), ("이다", "다"), ("으로서", "로서")),
    *(("으로써", "로써"), ("으로부터", "로부터"), ("이고", "고"), ("이지만", "지만"), ("이죠", "죠"), ("이네", "네")),
)
#: Letters whose Korean names end in a consonant (엘, 엠, 엔, 알), and those that end in ㄹ.
_CLOSED_LETTERS, _RIEUL_LETTERS = "LMNR", "LR"
PASSED_OVER = " \"'”’».,!?~…:;*_`"
"""Marks at the end of a text that are not read; brackets are passed over too, after a look at what they hold."""
_CLOSING = re.compile(r"""[\s"'”’»」』】〉》)\]}>.,!?~…:;*_`]+$""")
_BRACKETED = re.compile(r"""\((?:[^()]*)\)$""")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+$")
_NUMBER_END = re.compile(rf"(?:{NUMBER.pattern})$")
#: Ends of English words that are read with a final consonant: net, book, app, phone, game; and those read with ㄹ.
_CLOSED_ENDS = re.compile(
    r"(?:[^aeiou][aeiou][kpt]|[aeiou]ck|[lmn]|ng|[lmn]e|ll|mm|nn|[aeiou]b|oo[kpt]|ea[kpt]|ee[kpt]|app)$", re.IGNORECASE
)
_RIEUL_ENDS = re.compile("(?:l|le)$", re.IGNORECASE)
_UNIT = re.compile("[0-9] ?([kcm]?m|m?l|[km]?g)$")
_SIGNS = {
    "%": "",
    "℃": "",
    "℉": "",
    "$": "",
    "€": "",
    "₩": "ㄴ",
    "+": "",
    "&": "",
    "#": "",
    "=": "",
    "㎏": "ㅁ",
    "㎞": "",
}


def final_of(text: str) -> str | None:
    """Find the final consonant of a text as it is read in Korean.

    Parameters
    ----------
    text : str
        Any text. Quotes, brackets and marks at its end are passed over, and a remark in round brackets too.

    Returns
    -------
    str or None
        The consonant, or ``"*"`` for one of a Latin word that is no ㄹ; empty after a vowel; ``None`` where nothing can
        be read. Latin capitals are read by their names (LG), other Latin words by how their ends are usually read.

    Examples
    --------
    >>> final_of("삼성"), final_of("회사(주)"), final_of("10"), final_of("LG"), final_of("Google"), final_of("?")
    ('ㅇ', '', 'ㅂ', '', 'ㄹ', None)
    """
    joined = join_conjoining(text)
    bare = _CLOSING.sub("", _without_remark(joined)) or _CLOSING.sub("", joined)
    if not bare:
        return None
    if number := _NUMBER_END.search(bare):
        return final_of(last_syllable_of_number(number.group()))
    code = ord(bare[-1]) - FIRST
    if 0 <= code < 11172:
        return FINALS[code % N_FINALS]
    if "ㄱ" <= bare[-1] <= "ㅎ":
        return "ㄹ" if bare[-1] == "ㄹ" else "*"  # read by their names: 기역, 니은, 리을
    if "ㅏ" <= bare[-1] <= "ㅣ":
        return ""
    if unit := _UNIT.search(bare):
        return "ㅁ" if unit[1].endswith("g") else ""  # grams, metres and litres
    return _latin_final(found.group()) if (found := _LATIN.search(bare)) else _SIGNS.get(bare[-1])


def _without_remark(text: str) -> str:
    """Take away a remark in brackets at the end, where something stands before it."""
    bare = text.rstrip()
    cut = _BRACKETED.sub("", bare)
    return cut if cut.strip() else bare


def _latin_final(word: str) -> str:
    if word.isupper() or len(word) == 1:
        letter = word[-1].upper()
        return "ㄹ" if letter in _RIEUL_LETTERS else "*" if letter in _CLOSED_LETTERS else ""
    if _RIEUL_ENDS.search(word):
        return "ㄹ"
    return "*" if _CLOSED_ENDS.search(word) else ""


def particle(text: str, pair: str) -> str:
    """Choose the particle that follows a text.

    Parameters
    ----------
    text : str
        What it follows: Hangul, a number, a Latin word, with quotes or brackets at the end or without.
    pair : str
        Both forms, in any order: ``"은/는"``, ``"를/을"``, ``"(으)로"``; or one of them.

    Returns
    -------
    str
        One form; both, as ``"은(는)"``, where the end of the text cannot be read.

    Raises
    ------
    ParameterError
        If the pair is not known; lists those that are.

    Notes
    -----
    으로 becomes 로 behind ㄹ too: 서울로, 1로.

    References
    ----------
    .. [1] 한글 맞춤법 제18항, 표준국어대사전.

    Examples
    --------
    >>> [word + particle(word, "은/는") for word in ("삼성", "카카오", "3", "2.5", "LG", "iPhone")]
    ['삼성은', '카카오는', '3은', '2.5는', 'LG는', 'iPhone은']
    >>> [word + particle(word, "으로/로") for word in ("서울", "부산", "제주", "1")]
    ['서울로', '부산으로', '제주로', '1로']
    """
    closed, opened = read_pair(pair)
    final = final_of(text)
    if final is None:
        return f"{closed}({opened})"
    is_open = not final or (final == "ㄹ" and opened.startswith("로"))
    return opened if is_open else closed


def with_particle(text: str, pair: str) -> str:
    """Put the particle behind a text.

    Parameters
    ----------
    text : str
        What it follows.
    pair : str
        As for `particle`.

    Returns
    -------
    str
        Text and particle.

    Raises
    ------
    ParameterError
        If the pair is not known.

    Examples
    --------
    >>> with_particle("말길", "을/를"), with_particle("'나무'", "이라는/라는")
    ('말길을', "'나무'라는")
    """
    return text + particle(text, pair)


@lru_cache(256)
def read_pair(pair: str) -> tuple[str, str]:
    """Read how a pair of particles is written.

    Parameters
    ----------
    pair : str
        ``"은/는"``, ``"는/은"``, ``"은(는)"``, ``"(으)로"``, ``"(이)라"`` or a single form.

    Returns
    -------
    closed, opened : str
        The form after a consonant and that after a vowel.

    Raises
    ------
    ParameterError
        If the pair is not known.

    Examples
    --------
    >>> read_pair("를/을"), read_pair("(으)로"), read_pair("와")
    (('을', '를'), ('으로', '로'), ('과', '와'))
    """
    wanted = join_conjoining(pair).replace(" ", "")
    if found := re.fullmatch(r"\((.)\)(.+)", wanted):
        forms = {found[1] + found[2], found[2]}
    else:
        forms = set(re.fullmatch(r"(.+?)(?:[/(](.+?)\)?)?", wanted).groups("")) - {""} if wanted else set()  # type: ignore[union-attr]
    known = [each for each in PAIRS if forms and forms <= set(each)]
    if not known:
        raise ParameterError("hangul.no_such_pair", value=pair, choices=", ".join("/".join(each) for each in PAIRS))
    return known[0]
