"""Personal data in texts: found, masked as ``<PHONE>``, counted; never shown.

A form alone seldom decides: twelve digits are an account behind "계좌" and a parcel behind "송장". So every form has a
confidence, which the nearest word before it raises or lowers.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from malgil.clean.personal_patterns import KINDS, PATTERNS
from malgil.clean.spans import Replacement, SpanStep
from malgil.codepoints import CodePoints
from malgil.errors import ParameterError
from malgil.params import choose

MODES = {"mask": "mask", "report": "report"}
_BEFORE, _BEHIND = 24, 14
_RAISED, _LOWERED = 0.3, -0.4

#: Full-width digits and signs, and the dashes of word processors, one for one, so that places stay.
_PLAIN: dict[int, int | str] = {
    **{0xFF10 + i: 0x30 + i for i in range(10)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−－ㅡ"), "-"),
    **{0xFF08: "(", 0xFF09: ")", 0xFF0E: ".", 0xFF0B: "+", 0xFF20: "@", 0xA0: " ", 0x3000: " ", 9: " "},
}

_WORDS = {
    "phone": (
        r"전화|연락|휴대|핸드폰|폰|번호는|문자|팩스|상담|"
        r"고객센터|대표번호|문의|콜|카톡|tel|phone|call|fax|mobile|cell|text me|contact|whatsapp|hotline"
    ),
    "card": r"카드|결제|card|visa|master|amex|결재",
    "account": (
        r"계좌|은행|입금|송금|이체|예금|통장|뱅크|농협|수협|신협|새마을|우체국|국민|신한|우리|하나|기업|카뱅|토스|"
        r"제일|씨티|account|acct|a/c|iban|bank|deposit|transfer|wire|\bKB\b|\bNH\b|\bIBK\b"
    ),
    "resident": r"주민|신분증|생년월일|resident|rrn|외국인등록",
    "ip": r"아이피|\bip\b|서버|주소|server|host|ping|address|접속",
    "email": r"메일|mail|contact|연락|문의",
}
_OTHERS = (
    r"주문|송장|운송장|택배|배송|접수|예약|상품|제품|품번|모델|시리얼|일련|사업자|법인|우편|버전|펌웨어|도서|바코드|"
    r"사건|관리|문서|회원|학번|사번|조회|승인|쿠폰|등기|코드|점수|스코어|좌표|특허|허가|인증번호|참조|티켓|절|조항|"
    r"order|tracking|invoice|serial|version|release|firmware|build|isbn|ean|barcode|model|sku|case|ticket|"
    r"coupon|patent|part no|reference|ref\b|section|chapter|score|lot|student|zip|\bver\b|\bv\b|timestamp|id\b"
)
_RIVALS = {"card": "account", "phone": "account", "account": "phone"}
_CUES = {
    kind: re.compile(
        f"(?P<own>{words})|(?P<other>{_OTHERS}|{_WORDS[_RIVALS[kind]] if kind in _RIVALS else 'timestamp'})",
        re.IGNORECASE,
    )
    for kind, words in _WORDS.items()
}
#: What a number before these belongs to does not speak for the number behind them.
_BORDER = re.compile(r"\n|[.!?/]+(?=[ \n])|[0-9]{2,}\S*(?= )|[!?]+")
_SECTION = re.compile(r" ?(?:절|항|조|장|버전|version)")
_UNIT = re.compile(r" ?(?:원|won|달러|명|개|건|점|km|kg|%)")


class PersonalData(NamedTuple):
    """One thing that was found.

    Parameters
    ----------
    kind : str
        Of `KINDS`.
    start, end : int
        Half-open span in code points of the text.
    confidence : float
        In [0, 1].
    """

    kind: str
    start: int
    end: int
    confidence: float


def find_personal(text: str, kinds: Iterable[str] = KINDS, *, min_confidence: float = 0.5) -> list[PersonalData]:
    """Find personal data in a text.

    Parameters
    ----------
    text : str
        The text.
    kinds : iterable of str
        What to look for.
    min_confidence : float
        Least confidence that counts, in [0, 1].

    Returns
    -------
    list of PersonalData
        In the order of the text; spans do not overlap.

    Examples
    --------
    >>> [(found.kind, found.start, found.end) for found in find_personal("연락은 010-1234-5678로")]
    [('phone', 4, 17)]
    >>> find_personal("주문번호 20240102345678, 가격 1,234,567원")
    []
    """
    wanted = set(kinds)
    plain = text.translate(_PLAIN)
    taken = bytearray(len(text))
    found = []
    for pattern in PATTERNS:
        if pattern.kind not in wanted:
            continue
        for match in pattern.form.finditer(plain):
            start, end = match.span()
            added = 0.0 if pattern.holds is None else pattern.holds(match.group())
            if added is None or any(taken[start:end]):
                continue
            confidence = pattern.confidence + added + _nearby(pattern.kind, plain, start, end)
            if confidence >= min_confidence - 1e-9:
                taken[start:end] = bytes([1]) * (end - start)
                found.append(PersonalData(pattern.kind, start, end, round(min(confidence, 1.0), 2)))
    return sorted(found, key=lambda item: item.start)


def _nearby(kind: str, text: str, start: int, end: int) -> float:
    """Say what the nearest word before, else behind, speaks for; an address says what it is by itself."""
    if kind == "email":
        return 0.0
    behind = _BORDER.split(text[end : end + _BEHIND], maxsplit=1)[0]
    before = _BORDER.split(text[max(0, start - _BEFORE) : start])[-1]
    if _UNIT.match(behind) or (kind == "ip" and _SECTION.match(behind)):
        return _LOWERED
    last = deque(_CUES[kind].finditer(before), maxlen=1)
    cue = last[0] if last else _CUES[kind].search(behind)
    if cue is None:
        return 0.0
    return _RAISED if cue["own"] else _LOWERED


@dataclass(frozen=True, kw_only=True)
class Personal(SpanStep):
    """Mask personal data, or only count it.

    Parameters
    ----------
    mode : {"mask", "report"}
        ``mask`` writes ``<EMAIL>``, ``<PHONE>``, ``<RESIDENT>``, ``<CARD>``, ``<ACCOUNT>`` or ``<IP>``; ``report``
        changes nothing.
    kinds : tuple of str
        What to look for: of ``email``, ``phone``, ``resident``, ``card``, ``account``, ``ip``.
    min_confidence : float
        Least confidence that counts, in [0, 1].
    """

    # Six digits with little between them, the same in Hangul, an at sign or what stands for it, two colons.
    hint: ClassVar[str] = (
        r"[0-9０-９*](?:[^0-9０-９*]{0,5}[0-9０-９*]){6}|[공영일이삼사오육칠팔구]{3}|[@＠]|(?i:\bat\b)|골뱅이|:[0-9A-Fa-f]*:|"
        r"[0-9０-９](?:[.．][0-9０-９]+){3}|[A-Z]{2}[0-9]{2}"
    )

    mode: str = "mask"
    kinds: tuple[str, ...] = KINDS
    min_confidence: float = 0.5

    def __post_init__(self) -> None:
        choose(MODES, "mode", self.mode)
        for kind in self.kinds:
            choose(dict.fromkeys(KINDS), "kinds", kind)
        if not 0 <= self.min_confidence <= 1:
            raise ParameterError("clean_steps.personal_confidence", value=self.min_confidence)

    def find(self, text: str) -> Iterable[Replacement]:
        """Find what to mask.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        list of (int, int, str)
            Spans and their masks; empty where the step only reports.
        """
        if self.mode == "report":
            return []
        found = find_personal(text, self.kinds, min_confidence=self.min_confidence)
        return [(item.start, item.end, f"<{item.kind.upper()}>") for item in found]

    def count(self, before: CodePoints) -> dict[str, int]:
        """Count what is found.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        dict of str to int
            Kind -> number found.
        """
        counts: Counter[str] = Counter()
        for row in range(before.n_rows):
            found = find_personal(before.text(row), self.kinds, min_confidence=self.min_confidence)
            counts.update(item.kind for item in found)
        return dict(counts)
