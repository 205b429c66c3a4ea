"""How much personal data is found, and how much else is taken for it: 2,000 planted items among as many look-alikes.

Texts are made with a seed: numbers in the ways people write them, in Korean and English sentences, half of them with no
word that says what the number is. Look-alikes are order and tracking numbers, dates, times, prices, versions, ISBNs,
scores, business and company registrations, ratios, coordinates. The peer is the plain pattern for each kind that
tutorials give; it stands for a first attempt, not for a product. An item counts as found when a span of its kind covers
at least the half of it and nothing beyond it but two code points.

Run: python bench/personal.py [n_items]
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

from recording import version, write

Span = tuple[str, int, int]

PLAIN = {
    "email": r"[\w.+-]+@[\w-]+\.[\w.-]+",
    "phone": r"\b0\d{1,2}-\d{3,4}-\d{4}\b|\b1\d{3}-\d{4}\b|\+\d{8,15}\b",
    "resident": r"\b\d{6}-[1-4]\d{6}\b",
    "card": r"\b\d{4}-\d{4}-\d{4}-\d{4}\b|\b\d{16}\b",
    "account": r"\b\d{3,6}-\d{2,6}-\d{3,7}\b",
    "ip": r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
}
SAID = {
    "email": ["메일은 {} 입니다.", "{}로 자료 보내 주세요.", "문의: {}", "Write to {} please.", "My address is {}."],
    "phone": ["{}로 연락 주세요.", "제 번호는 {}예요", "전화 {} 부탁드려요", "Call me at {} tonight.", "TEL {}"],
    "resident": ["주민번호 {} 확인 바랍니다.", "주민등록번호는 {}입니다", "resident number {} on file", "{} 맞나요?"],
    "card": ["카드번호 {} 로 결제했어요.", "{}로 긁었습니다", "My card is {}.", "카드 {} 분실했습니다"],
    "account": [
        "국민은행 {}로 입금해 주세요",
        "계좌번호: {}",
        "{} (농협) 예금주 김철수",
        "신한 {} 송금 바랍니다",
        "Transfer it to account {}.",
        "카카오뱅크 {} 입니다",
    ],
    "ip": ["서버 주소는 {} 입니다.", "{}에서 접속했네요", "ping {} fails", "Blocked {} yesterday.", "아이피 {} 차단"],
}
BARE = [
    "{}",
    "그 사람이 {} 라고 적어 놨어요.",
    "어제 받은 쪽지에 {} 이렇게 있었음",
    "It just says {}.",
    "ㅋㅋ {} 이거 뭐임",
]
#: Nobody leaves an account number without saying so, except in the form that banks print.
NEEDS_WORD = {"account"}


class Made(NamedTuple):
    """A text with what was planted in it: kind, start, end; look-alikes are not listed."""

    text: str
    planted: list[Span]


def digits(rng: random.Random, n: int) -> str:
    """Draw n digits."""
    return "".join(rng.choice("0123456789") for _ in range(n))


def email(rng: random.Random) -> str:
    """Draw an e-mail address, now and then in the disguise that keeps harvesters off."""
    name = rng.choice(["kim.cs", "hong_gd", "lee+news", "j.park", "qna", "x1", "min-su88", "choi%a", "Sales"]) + digits(
        rng, rng.choice([0, 0, 2, 4])
    )
    host = rng.choice(["naver.com", "gmail.com", "mail.snu.ac.kr", "hanmail.net", "a-b.co.kr", "x.io", "korea.kr"])
    if rng.random() < 0.1:
        return name + rng.choice(["(at)", " [at] ", " 골뱅이 ", "@"]) + host
    return f"{name}@{host}"


def phone(rng: random.Random) -> str:
    """Draw a telephone number of Korea or another country."""
    by = rng.choice(["-", "-", "-", " ", ".", "", " - ", "–", "·"])
    kind = rng.random()
    if kind < 0.4:
        head = rng.choice(["010"] * 6 + ["011", "016", "019"])
        groups = [head, digits(rng, 4 if head == "010" else 3), digits(rng, 4)]
        style = rng.random()
        if style < 0.12:
            return f"({groups[0]}){rng.choice(['', ' '])}{groups[1]}-{groups[2]}"
        if style < 0.25:
            return rng.choice(["+82 ", "+82-", "+82", "+82 (0)", "82-"]) + by.join([head[1:], *groups[1:]])
        if style < 0.3:
            return "-".join(groups).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
        if style < 0.33:
            return by.join(groups).translate(str.maketrans("0123456789", "공일이삼사오육칠팔구"))
        return by.join(groups)
    if kind < 0.6:
        area = rng.choice(["02", "031", "032", "051", "053", "062", "064", "070", "080", "0505"])
        groups = [area, digits(rng, rng.choice([3, 4])), digits(rng, 4)]
        if rng.random() < 0.2:
            return f"{area}) {groups[1]}-{groups[2]}"
        return by.join(groups)
    if kind < 0.75:
        return (
            rng.choice(["1588", "1544", "1577", "1600", "1644", "1661", "1899"])
            + rng.choice(["-", "-", " ", "."])
            + digits(rng, 4)
        )
    if kind < 0.9:
        return rng.choice(
            [
                "+1 212 555 {}",
                "+44 20 7946 {}",
                "+81-3-1234-{}",
                "+33 1 42 68 {}",
                "+4930123{}",
                "0086 10 6552 {}",
                "+1 (415) 555-{}",
                "+65 6123 {}",
            ]
        ).format(digits(rng, 4))
    return rng.choice(["(415) 555-{}", "415-555-{}", "415.555.{}"]).format(digits(rng, 4))


def resident(rng: random.Random) -> str:
    """Draw a resident registration number, with a right check digit in four of ten."""
    year, century = rng.choice([(rng.randrange(30, 100), "1256"), (rng.randrange(0, 26), "3478")])
    head = f"{year:02}{rng.randrange(1, 13):02}{rng.randrange(1, 29):02}" + rng.choice(century) + digits(rng, 5)
    total = sum(int(c) * w for c, w in zip(head, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=True))
    whole = head + (str((11 - total % 11) % 10) if rng.random() < 0.4 else digits(rng, 1))
    by = rng.choice(["-", "-", "-", "-", "", " ", " - ", "–"])
    tail = whole[7:] if rng.random() < 0.9 else "******"
    return whole[:6] + by + whole[6] + tail


def card(rng: random.Random) -> str:
    """Draw a card number that passes the Luhn check."""
    is_amex = rng.random() < 0.15
    head = rng.choice(["34", "37"]) if is_amex else rng.choice(["4", "51", "55", "62", "9410", "6011", "2221"])
    body = head + digits(rng, (14 if is_amex else 15) - len(head))
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(body)))
    whole = body + str(-total % 10)
    by = rng.choice(["-", "-", " ", "", ".", " - "])
    cuts = (0, 4, 10, 15) if is_amex else (0, 4, 8, 12, 16)
    return by.join(whole[i:j] for i, j in pairwise(cuts))


def account(rng: random.Random) -> str:
    """Draw an account number in the form of a Korean bank."""
    form = rng.choice(
        [
            (6, 2, 6),
            (3, 3, 6),
            (4, 3, 6),
            (3, 4, 4, 2),
            (4, 2, 7),
            (3, 6, 5),
            (3, 2, 6, 1),
            (3, 6, 2, 3),
            (12,),
            (14,),
            (4, 4, 4),
        ]
    )
    by = rng.choice(["-", "-", "-", " ", ""])
    return by.join(digits(rng, n) for n in form)


def ip(rng: random.Random) -> str:
    """Draw an address of the Internet, version 4 or 6."""
    if rng.random() < 0.7:
        whole = ".".join(str(rng.randrange(1, 255)) for _ in range(4))
        return whole + rng.choice(["", "", "", ":8080", "/24"])
    return rng.choice(
        ["2001:db8::{}", "fe80::1ff:fe23:4567:{}", "2001:0db8:85a3:0000:0000:8a2e:0370:{}", "::ffff:c0a8:{}"]
    ).format(f"{rng.randrange(1, 65536):x}")


KINDS = {"email": email, "phone": phone, "resident": resident, "card": card, "account": account, "ip": ip}


def look_alike(rng: random.Random) -> str:
    """Draw a sentence with a number that is nobody's."""

    def d(n: int) -> str:
        return digits(rng, n)

    year, month, day = rng.randrange(1950, 2027), rng.randrange(1, 13), rng.randrange(1, 29)
    isbn = f"978-89-{d(4)}-{d(3)}-{d(1)}"
    return rng.choice(
        [
            f"주문번호 {year}{month:02}{day:02}{d(6)} 확인해 주세요",
            f"주문번호: {year}{month:02}{day:02}-{d(7)}",
            f"Order #{d(3)}-{d(7)}-{d(7)} shipped.",
            f"송장번호 {d(4)}-{d(4)}-{d(4)} 조회",
            f"운송장 {d(12)} 배송중",
            f"tracking number {d(12)}",
            f"{year}-{month:02}-{day:02} 10:{d(2)}에 봤어요",
            f"{year}.{month:02}.{day:02}. 개봉",
            f"{year}{month:02}{day:02}",
            f"상영 시간은 12:30:4{d(1)} 입니다",
            f"총 {d(1)},{d(3)},{d(3)},{d(3)}원입니다",
            f"가격은 {rng.randrange(10**9, 10**10)}원",
            f"$1{d(1)},{d(3)},{d(3)}.00 paid",
            f"버전 {d(1)}.{d(2)}.{d(1)}.{d(2)} 업데이트",
            f"version 10.{d(1)}.{d(2)}.{d(1)} released",
            f"v1.{d(1)}.{d(1)}.{d(1)} 패치",
            f"ISBN {isbn}",
            f"ISBN 978{d(10)}",
            f"바코드 880{d(10)}",
            f"사업자등록번호 {d(3)}-{d(2)}-{d(5)}",
            f"법인등록번호 1{d(5)}-{d(7)}",
            f"점수는 {d(2)}-{d(2)}, {d(2)}-{d(2)}",
            f"{year}-{year + 3} 시즌",
            "1988-1994 사이",
            f"우편번호 {d(5)}",
            f"위도 37.{d(6)}, 경도 127.{d(6)}",
            "원주율 3.14159265358979",
            f"사건번호 2023가합{d(6)}",
            f"모델명 SM-G{d(3)}N-{d(4)}",
            f"제{d(1)}.{d(1)}.{d(1)}.{d(1)}절 참고",
            f"시리얼 {d(4)}-{d(4)}-{d(4)}-{d(4)}",
            f"쿠폰 {d(4)}-{d(4)}-{d(4)}",
            f"타임스탬프 17{d(8)}",
            f"별점 10/10, 9.{d(1)}점",
            f"std::vector 3:{d(2)}",
            f"{d(2)}:{d(2)}~{d(2)}:{d(2)} 상영",
            f"인구 {d(2)},{d(3)},{d(3)}명",
            "@감독 @배우 최고",
            f"해시 {d(4)}ab{d(6)}cd",
            f"관객수 {rng.randrange(10**6, 10**7)} 돌파",
            f"티켓 예약번호 {d(10)}",
            f"patent no. 10-{d(4)}-{d(7)}",
            f"1588년 {month}월 {day}일",
            "10000000000000번 봤다",
            f"회원번호 {d(8)}",
            f"{d(3)}.{d(3)}.{d(4)} 몫",
        ]
    )


def make(n_items: int, seed: int = 20241124) -> list[Made]:
    """Make texts: one of the kinds in turn, then a look-alike; some stand in one text."""
    rng = random.Random(seed)
    made = []
    names = list(KINDS)
    for number in range(n_items):
        kind = names[number % len(names)]
        frames = SAID[kind] if kind in NEEDS_WORD or rng.random() < 0.5 else BARE
        value, frame = KINDS[kind](rng), rng.choice(frames)
        start = frame.index("{}")
        other = look_alike(rng)
        gap = rng.choice(["\n", ". ", " / ", "!! "])
        front = other + gap if rng.random() < 0.3 else ""
        if not front:
            made.append(Made(other, []))
        text = front + frame.replace("{}", value)
        made.append(Made(text, [(kind, len(front) + start, len(front) + start + len(value))]))
    return made


def find_plain(text: str) -> list[Span]:
    """Find with one plain pattern a kind."""
    return [(kind, *match.span()) for kind, form in PLAIN.items() for match in re.finditer(form, text)]


def find_malgil(text: str) -> list[Span]:
    """Find with malgil."""
    from malgil.clean.personal import find_personal

    return [(found.kind, found.start, found.end) for found in find_personal(text)]


def is_hit(found: Span, planted: Span) -> bool:
    """Compare what was found with what was planted."""
    low, high = max(found[1], planted[1]), min(found[2], planted[2])
    outside = (found[2] - found[1]) - max(0, high - low)
    return found[0] == planted[0] and (high - low) * 2 >= planted[2] - planted[1] and outside <= 2


def measure(texts: list[Made], find: Any) -> dict[str, float]:
    """Count hits: recall and precision over all and by kind."""
    n_planted: Counter[str] = Counter()
    n_found: Counter[str] = Counter()
    n_hit: Counter[str] = Counter()
    for made in texts:
        found = find(made.text)
        n_planted.update(span[0] for span in made.planted)
        n_found.update(span[0] for span in found)
        n_hit.update(p[0] for p in made.planted if any(is_hit(f, p) for f in found))
    figures = {"recall": n_hit.total() / n_planted.total(), "precision": n_hit.total() / max(1, n_found.total())}
    for kind in KINDS:
        figures[f"recall {kind}"] = n_hit[kind] / max(1, n_planted[kind])
        figures[f"precision {kind}"] = n_hit[kind] / max(1, n_found[kind])
    return {name: round(value, 4) for name, value in figures.items()}


def main() -> None:
    """Measure both and write the result."""
    n_items = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    texts = make(n_items)
    rows = []
    for who, setting, find in (("malgil", "", find_malgil), ("python", "one plain pattern a kind", find_plain)):
        figures = measure(texts, find)
        rows.append({"who": who, "version": version(who), "case": "", "setting": setting, "figures": figures})
        print(who, setting, figures)
    if n_items == 2000:
        write(
            "personal",
            title={"en": "Personal data found among look-alikes", "ko": "비슷한 번호 사이에서 개인정보 찾기"},
            source={"en": "2,000 planted items, made with a seed", "ko": "시드로 만든 글에 심은 개인정보 2,000건"},
            rows=rows,
        )


if __name__ == "__main__":
    main()
