"""The last syllable of a number as it is read in Korean, which decides the particle behind it."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?")
_DIGITS = "영일이삼사오육칠팔구"
_PLACES = ("", "십", "백", "천")
#: What stands behind so many groups of four digits.
_GROUPS = ("", "만", "억", "조", "경", "해", "자", "양", "구", "간", "정", "재", "극")


def last_syllable_of_number(number: str) -> str:
    """Read the end of a number.

    Parameters
    ----------
    number : str
        Digits, perhaps with commas between thousands and a decimal point.

    Returns
    -------
    str
        One syllable: 10 ends in 십, 2.5 in 오, 1,000 in 천, 0 in 영. Digits behind the point are read one by one, and
        so are rows that begin with 0 (010) or are longer than the names of numbers go.

    Examples
    --------
    >>> [last_syllable_of_number(number) for number in ("3", "10", "2.5", "1,000", "30000", "0")]
    ['삼', '십', '오', '천', '만', '영']
    """
    whole, _, decimals = number.replace(",", "").partition(".")
    digits = decimals or whole
    n_zeros = len(digits) - len(digits.rstrip("0"))
    is_spelt = bool(decimals) or digits.startswith("0") or len(digits) > 4 * len(_GROUPS)
    if is_spelt or n_zeros == 0:
        return _DIGITS[int(digits[-1])]
    return _GROUPS[n_zeros // 4] or _PLACES[n_zeros]
