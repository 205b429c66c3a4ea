"""How personal data is written: patterns, what must hold besides, and how sure the form alone makes us.

References
----------
.. [1] Ministry of Science and ICT, Korea, telecommunication numbering plan: 01x, 0N(N), 050, 070, 080, 15xx to 18xx.
.. [2] Resident Registration Act, enforcement rules, article 2: birth date, century and sex; no check digit since 2020.
.. [3] ISO/IEC 7812-1, annex B: the Luhn check of card numbers. ISO 13616: IBAN, modulo 97.
.. [4] ITU-T E.164: international numbers have up to 15 digits.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

_OPEN = r"(?<![0-9A-Za-z_])(?<![0-9][-.,:/])(?<![A-Za-z]-)"
_SHUT = r"(?![0-9A-Za-z_])(?![-.,:/][0-9])"
_TO = r"(?: ?[-.·~/∙] ?| |\) ?|)"  # between groups: a sign, a blank, nothing
_BY = r"(?: ?[-.·~/∙] ?| |\) ?)"  # the same, but there must be something
_MOBILE = rf"(?:\(?01[016789]\)?|\+?\(?82\)?{_TO}\(?0?\)?{_TO}1[016789])"
_AREA = r"(?:02|03[1-3]|04[1-4]|05[1-5]|06[1-4]|070|080|060|050[0-9]?)"
_SERVICE = r"1(?:5(?:22|33|44|66|77|88|99)|6(?:00|22|44|55|61|66|68|70|88)|8(?:00|11|33|55|66|77|99))"
_DIGIT = "[공영일이삼사오육칠팔구]"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._%+\-]*"
_HOST = r"[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,24}"
_DOT = r"(?: ?\.| ?[\[(]dot[\])] ?| dot | ?점 ?)"
_AT = r"(?: ?[\[({<]\s?(?:at|@|골뱅이)\s?[\])}>] ?| at | ?골뱅이 ?|＠)"


class Pattern(NamedTuple):
    """One form of one kind.

    Parameters
    ----------
    kind : str
        Name of the kind.
    form : re.Pattern
        Where it may stand.
    confidence : float
        In (0, 1]: how sure this form is, where no word nearby says more.
    holds : callable, optional
        The text that matched -> what to add to the confidence, or ``None`` where it is no such thing.
    """

    kind: str
    form: re.Pattern[str]
    confidence: float
    holds: Callable[[str], float | None] | None = None


def _digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def luhn_holds(digits: str) -> bool:
    """Check the last digit of a card number.

    Parameters
    ----------
    digits : str
        Only digits.

    Returns
    -------
    bool
        Whether the sum, with every second digit from the right doubled and cast out by nines, is divisible by ten.

    Examples
    --------
    >>> luhn_holds("4111111111111111"), luhn_holds("4111111111111112")
    (True, False)
    """
    doubled = [int(char) * (1 + i % 2) for i, char in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _card(text: str) -> float | None:
    digits = _digits(text)
    return 0.0 if 13 <= len(digits) <= 19 and luhn_holds(digits) and len(set(digits)) > 1 else None


def resident_number(text: str) -> float | None:
    """Judge a resident registration number.

    Parameters
    ----------
    text : str
        Thirteen digits, or stars for some of the last six, with any separator.

    Returns
    -------
    float or None
        0.1 where the check digit of numbers given before October 2020 is right, 0 where it is not, ``None`` where the
        birth date is none or lies in the future of its century digit.

    Examples
    --------
    >>> resident_number("900101-1234568"), resident_number("900101-1234567"), resident_number("901301-1234567")
    (0.1, 0.0, None)
    """
    shown = re.sub("[^0-9*]", "", text)
    century = {"1": 19, "2": 19, "5": 19, "6": 19, "3": 20, "4": 20, "7": 20, "8": 20, "9": 18, "0": 18}[shown[6]]
    try:
        date(century * 100 + int(shown[:2]), int(shown[2:4]), int(shown[4:6]))
    except ValueError:
        return None
    if "*" in shown:
        return 0.0
    total = sum(int(char) * weight for char, weight in zip(shown, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False))
    return 0.1 if (11 - total % 11) % 10 == int(shown[12]) else 0.0


def _international(text: str) -> float | None:
    return 0.0 if 8 <= len(_digits(text)) - 2 * text.startswith("00") <= 15 else None


def _service(text: str) -> float | None:
    digits = _digits(text)
    first, second = int(digits[:4]), int(digits[4:])
    return -0.4 if first < second < 2100 and "-" in text + "-" and not text[4:5].isdigit() else 0.0  # years, from to


def _address(text: str) -> float | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    has_enough = found.version == 4 or len(re.findall("[0-9A-Fa-f]+", text)) > 1 or text == "::1"
    return 0.0 if has_enough else None


def _iban(text: str) -> float | None:
    code = text.replace(" ", "")
    turned = "".join(str(int(char, 36)) for char in code[4:] + code[:4])
    return 0.0 if 15 <= len(code) <= 34 and int(turned) % 97 == 1 else None


def _account(text: str) -> float | None:
    groups = [len(group) for group in re.findall("[0-9]+", text)]
    if not 10 <= sum(groups) <= 16 or groups in ([3, 2, 5], [4, 2, 2], [6, 7]):  # businesses, dates, companies
        return None
    return 0.25 if tuple(groups) in _BANK_FORMS else 0.0


_BANK_FORMS = {
    *((6, 2, 6), (3, 2, 6), (3, 3, 6), (4, 3, 6), (3, 6, 2, 3), (3, 6, 5), (3, 4, 4, 2), (4, 2, 7), (3, 2, 6, 1)),
    *((3, 6, 2, 2), (3, 4, 4, 3), (4, 4, 4, 1), (6, 2, 5), (3, 2, 5, 1), (3, 8, 1), (4, 4, 5), (3, 3, 3, 3)),
    *((6, 2, 2, 4), (3, 6, 2), (3, 10), (4, 2, 6), (3, 2, 4, 3), (3, 2, 7, 1), (3, 3, 8)),
}


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(_OPEN + pattern + _SHUT)


#: Earlier patterns win over later ones.
PATTERNS: tuple[Pattern, ...] = (
    Pattern("email", re.compile(rf"(?<![A-Za-z0-9._%+\-]){_NAME}@{_HOST}(?![A-Za-z0-9])"), 0.95),
    Pattern("email", re.compile(rf"(?<![A-Za-z0-9._%+\-@]){_NAME}@[가-힣A-Za-z0-9\-]+\.(?:한국|닷컴|닷넷)"), 0.9),
    Pattern(
        "email",
        re.compile(rf"(?<![A-Za-z0-9._%+\-]){_NAME}{_AT}(?:[A-Za-z0-9\-]+{_DOT}){{1,3}}[A-Za-z]{{2,6}}(?![A-Za-z0-9])"),
        0.7,
    ),
    Pattern(
        "ip",
        re.compile(
            r"(?<![0-9A-Za-z_.:])[0-9A-Fa-f:]{0,40}:[0-9A-Fa-f:]{0,40}:[0-9A-Fa-f:.]{0,40}[0-9A-Fa-f:](?![0-9A-Za-z_:])"
        ),
        0.9,
        _address,
    ),
    Pattern(
        "ip", re.compile(r"(?<![0-9A-Za-z_.\-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z_]|\.[0-9])"), 0.7, _address
    ),
    Pattern("resident", _form(r"[0-9]{6} ?[-–—·./~∙] ?[0-9][0-9*]{6}"), 0.9, resident_number),
    Pattern("resident", _form(r"[0-9]{6} [0-9][0-9*]{6}"), 0.8, resident_number),
    Pattern("resident", _form(r"(?:[0-9]{13}|[0-9]{7}\*{6})"), 0.7, resident_number),
    Pattern("card", _form(r"[2-69][0-9]{3}(?: ?[-.·∙ ] ?[0-9]{4}){3}(?:[-. ]?[0-9]{1,3})?"), 0.9, _card),
    Pattern("card", _form(r"3[0-9]{3} ?[-.· ] ?[0-9]{6} ?[-.· ] ?[0-9]{4,5}"), 0.9, _card),
    Pattern("card", _form(r"(?:[2-69][0-9]{15}|3[47][0-9]{13}|3[068][0-9]{12})"), 0.75, _card),
    Pattern(
        "account",
        re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![0-9A-Za-z])"),
        0.9,
        _iban,
    ),
    Pattern("phone", _form(rf"{_MOBILE}{_BY}[0-9]{{3,4}}{_BY}[0-9]{{4}}"), 0.95),
    Pattern("phone", _form(rf"{_MOBILE}{_TO}[0-9]{{3,4}}{_TO}[0-9]{{4}}"), 0.8),
    Pattern("phone", _form(rf"\(?{_AREA}{_BY}[0-9]{{3,4}}{_BY}[0-9]{{4}}"), 0.8),
    Pattern(
        "phone", _form(rf"\+?\(?82\)?{_TO}\(?0?\)?{_TO}(?:2|[3-6][1-5]|70|80){_TO}[0-9]{{3,4}}{_TO}[0-9]{{4}}"), 0.75
    ),
    Pattern("phone", _form(rf"{_AREA}[0-9]{{7,8}}"), 0.6),
    Pattern("phone", re.compile(rf"공일[공영일육칠팔구]{_TO}{_DIGIT}{{3,4}}{_TO}{_DIGIT}{{4}}(?!{_DIGIT})"), 0.9),
    Pattern("phone", _form(rf"{_SERVICE} ?[-. ~·] ?[0-9]{{4}}"), 0.75, _service),
    Pattern("phone", _form(rf"{_SERVICE}[0-9]{{4}}"), 0.35, _service),
    Pattern(
        "phone",
        re.compile(
            r"(?<![0-9A-Za-z])(?:\+|00(?=[1-9][0-9]{0,2}[-. ]))[1-9][0-9]{0,2}"
            r"(?:[-. /]?(?:\([0-9]{1,4}\)|[0-9]{1,4})){2,6}(?![0-9])"
        ),
        0.85,
        _international,
    ),
    Pattern("phone", _form(r"(?:1[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[- ])[2-9][0-9]{2}[-. ][0-9]{4}"), 0.65),
    Pattern("phone", _form(r"[2-9][0-9]{2}\.[2-9][0-9]{2}\.[0-9]{4}"), 0.45),
    Pattern("account", _form(r"[0-9]{2,6}(?: ?- ?[0-9]{1,8}){1,3}"), 0.35, _account),
    Pattern("account", _form(r"[0-9]{3,6}(?:[ .][0-9]{2,7}){1,3}"), 0.3, _account),
    Pattern("account", _form(r"[0-9]{10,16}"), 0.3, _account),
)

KINDS: tuple[str, ...] = ("email", "phone", "resident", "card", "account", "ip")
