"""What each code point is to a tokeniser, asked of Python's own ``str`` and ``re`` once.

The tables thus carry the Unicode version of the running interpreter, and the kernels agree with ``re.findall`` and
``str.lower`` by construction. They take about 2 MB and are made on first use.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Rule = Literal["whitespace", "word"]

#: The code points that make tokens, as a pattern of ``re``.
PATTERNS: dict[Rule, str] = {"whitespace": r"\S+", "word": r"\w+"}

#: Flags in `Characters.kind`.
TOKEN, CHANGES, CASED, IGNORABLE = 1, 2, 4, 8

_N_CODE_POINTS = 0x110000
_SURROGATES = slice(0xD800, 0xE000)
_SIGMAS = (0x3A3, 0x3C2, 0x3C3)  # capital, final, small
_LINE_END = 0x0A
# Letters with case, and what stands between them unseen, live here; a unit test asks every code point.
_WITH_CASE = np.concatenate([np.arange(0x20000), np.arange(0xE0000, 0xE1000)]).astype("<u4")


class Characters(NamedTuple):
    """Tables over code points, as the kernels read them.

    Parameters
    ----------
    kind : ndarray of uint8, shape (0x110000,)
        Flags: ``TOKEN`` belongs to a token as it stands, ``CHANGES`` is different in lower case, ``CASED`` and
        ``IGNORABLE`` decide which of its two small forms a capital sigma takes. Without lower-casing only ``TOKEN``.
    lower : ndarray of int32, shape (n,)
        Lower-case code point where ``CHANGES`` is set; ``-1 - row`` where it becomes the several of a row of `longer`.
    longer : ndarray of int32, shape (n_rows, 3)
        Code points of such a row, then -1.
    growth : int
        A text's bytes in lower case are at most this many times its own.
    """

    kind: NDArray[np.uint8]
    lower: NDArray[np.int32]
    longer: NDArray[np.int32]
    growth: int


@cache
def characters(rule: Rule, lowercase: bool) -> Characters:
    """Tables of one tokeniser.

    Parameters
    ----------
    rule : {"whitespace", "word"}
        Which code points make tokens.
    lowercase : bool
        Whether texts are read in lower case.

    Returns
    -------
    Characters
        Made once for each pair of arguments, then shared; read only.
    """
    kind = np.zeros(_N_CODE_POINTS, np.uint8)
    for run in re.finditer(PATTERNS[rule], _decode(np.arange(_N_CODE_POINTS, dtype="<u4"))):
        kind[run.start() : run.end()] = TOKEN
    kind[_SURROGATES] = 0  # no UTF-8 text holds one
    lower, longer, growth = np.zeros(1, np.int32), np.full((1, 3), -1, np.int32), 1
    if lowercase:
        lower, longer, growth = _lower_case()
        kind[np.flatnonzero(lower)] |= CHANGES
        kind[_WITH_CASE] |= _sigma_context()
    for table in (kind, lower, longer):
        table.flags.writeable = False
    return Characters(kind, lower, longer, growth)


def _decode(code_points: NDArray[np.uint32]) -> str:
    return code_points.tobytes().decode("utf-32-le", "surrogatepass")


def _lower_case() -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Ask ``str.lower`` for every code point that may change, a line each."""
    codes = _WITH_CASE[_WITH_CASE != _LINE_END]
    answer = _ask(np.column_stack([codes, np.full_like(codes, _LINE_END)]))
    ends = np.flatnonzero(answer == _LINE_END)
    starts = np.append(0, ends[:-1] + 1)
    changed = np.flatnonzero((ends - starts != 1) | (answer[starts] != codes))
    lower = np.zeros(int(codes[changed[-1]]) + 1, np.int32)
    longer: list[list[int]] = []
    growth = 1
    for line in changed.tolist():
        code, small = int(codes[line]), [int(letter) for letter in answer[starts[line] : ends[line]]]
        growth = max(growth, -(-len("".join(map(chr, small)).encode()) // len(chr(code).encode())))
        if len(small) > 1:
            longer.append([*small, -1, -1][:3])
        lower[code] = small[0] if len(small) == 1 else -len(longer)
    return lower, np.array(longer, np.int32).reshape(-1, 3), growth


def _ask(code_points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Text in lower case, as Python has it."""
    return np.frombuffer(_decode(code_points).lower().encode("utf-32-le", "surrogatepass"), "<u4")


def _sigma_context() -> NDArray[np.uint8]:
    """Find how each code point decides the small form of a capital sigma after it.

    ``str.lower`` looks back over the ignorable ones: the sigma is final where it meets a cased one there and, in the
    same way, none ahead. So ``xΣ`` tells whether x is cased, and ``AxΣ`` whether it is cased or ignorable.
    """
    is_cased = _makes_final("")
    return np.where(is_cased, CASED, np.where(_makes_final("A"), IGNORABLE, 0)).astype(np.uint8)


def _makes_final(before: str) -> NDArray[np.bool_]:
    is_probed = ~np.isin(_WITH_CASE, _SIGMAS)  # so that every sigma in the answer is the probe's own
    probes = np.empty((int(is_probed.sum()), len(before) + 3), "<u4")
    probes[:] = [ord(char) for char in before + "xΣ\n"]
    probes[:, len(before)] = _WITH_CASE[is_probed]
    answer = _ask(probes)
    final = np.zeros(len(_WITH_CASE), np.bool_)
    final[is_probed] = answer[np.isin(answer, _SIGMAS)] == _SIGMAS[1]
    for code in _SIGMAS:
        final[np.searchsorted(_WITH_CASE, code)] = f"{before}{chr(code)}Σ".lower()[-1] == "ς"
    return final
