"""Learn where Korean sentences end from text that says so, and write the weights that ship with the package.

Positive examples are the places behind full stops in the petitions and in carefully written reviews, and the seams
where two reviews are joined; negative ones are the other gaps between words of such texts. The marks themselves are not
among the features, so the model learns to do without. Some joined reviews get an ending of a dialect in place of the
standard one, by the correspondences below.

Run with MALGIL_DATA set: ``python tools/sentence_borders.py``; some two minutes.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from malgil.codepoints import decode
from malgil.compose import compose_texts
from malgil.tokenizers import _border_kernels as kernels
from malgil.tokenizers.borders import SCALE, WEIGHTS
from malgil.tokenizers.places import Places, find_places

SEED = 11
SIZE = 1 << 19
STEP = 40
EPOCHS = 4
RATE = 0.15
DECAY = 2e-6
N_SEAMS = 260_000
LONGEST_SENTENCE = 24
FORMAL_COPIES = 2
FINAL_RATIO = 0.35
SAFE = 0.5
PRIOR = -0.3
"""Seams are more frequent among the examples than borders in text; chosen on texts held out."""
N_REVIEWS = 260_000
DIALECT_RATIO = 0.25
HELD_OUT = 10
"""One text in so many is not learned from."""

# What standard final endings become in the dialects, after the surveys of regional speech (Chungcheong, Gyeongsang,
# Jeolla, Gangwon, Jeju) and in chats. Several rows may fit; one is drawn.
DIALECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"네요$", ("네유", "네용", "구먼유", "구만요", "네예", "드래요", "더만", "는구먼", "네잉", "구마", "는갑소")),
    (r"([어아여해])요$", (r"\1유", r"\1용", r"\1예", r"\1여", r"\1염", "걸랑", "걸랑요", "더라구요", "지라", "당께요")),
    (r"(지요|죠)$", ("쥬", "지유", "제", "지예", "지라", "쥬우", "재", "지용")),
    (
        r"(입니다|이에요|예요)$",
        ("이래요", "이드래요", "이여", "이유", "이여유", "인겨", "인디요", "이라예", "이랑께", "인기라"),
    ),
    (r"습니다$", ("슴다", "습니더", "슈", "어라", "드래요", "습니당", "시유")),
    (
        r"([했었았])다$",
        (r"\1당께", r"\1데이", r"\1구먼", r"\1제", r"\1응께", r"\1다카이", r"\1는기라", r"\1다안카나", r"\1드라"),
    ),
    (
        r"([했었았])다$",
        (r"\1다아이가", r"\1다 아이가", r"\1구마이", r"\1는디", r"\1다이가", r"\1수다", r"\1걸랑", r"\1삐따"),
    ),
    (r"는다$", ("는당께", "는다카이", "는기라", "는구먼", "는갑다", "는겨", "는단다", "능교")),
    (r"([가-힣])다$", (r"\1당", r"\1데이", r"\1당께", r"\1다카이", r"\1구먼", r"\1네잉", r"\1다잉", r"\1다 안카나")),
    (r"(거야|것이다|겁니다|거다)$", ("겨", "기라", "거여", "기다", "것이여", "거랑께", "거구먼", "긴데이", "것이제")),
    (r"더라$", ("드라", "드라구", "더라고", "더라카이", "드라고잉", "더마", "더랑께", "드만", "더구먼")),
    (r"([가-힣])지$", (r"\1제", r"\1재", r"\1쟤", r"\1지라", r"\1쥐", r"\1지잉", r"\1지뭐")),
    (
        r"(있|없|했|었|았|겠)나$",
        (r"\1노", r"\1는교", r"\1긋나", r"\1능교", r"\1는감", r"\1는가배", r"\1당가", r"\1는겨"),
    ),
    (
        r"(있|없|했|었|았|겠)(냐|니|을까|나요)$",
        (r"\1노", r"\1는교", r"\1긋노", r"\1당가", r"\1는겨", r"\1냐니께", r"\1을랑가"),
    ),
    (r"까$", ("꼬", "까이", "까나", "까잉", "랑가", "까유")),
    (r"니까$", ("니께", "니까네", "응께", "니깐", "니께유", "이까네")),
    (r"해$", ("혀", "햐", "해유", "허이", "허제", "한디", "하드라", "하재")),
    (r"([어아])$", (r"\1잉", r"\1야", "부러", "붓어", "뿟다", "쌌네", "삤지")),
    (r"([함음임])$", (r"\1요", r"\1여", r"\1다", r"\1ㅋ")),
)
_DIALECTS = tuple((re.compile(pattern), endings) for pattern, endings in DIALECTS)
_TAIL = re.compile(r"[^가-힣]*$")


class Examples(NamedTuple):
    """Features of places, and whether a sentence ends there."""

    features: NDArray[np.int32]
    labels: NDArray[np.bool_]


def petitions() -> list[str]:
    """Read the contents of the petitions."""
    path = Path(os.environ["MALGIL_DATA"]) / "text" / "korean_petitions.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["content"] for line in file]


def reviews() -> list[str]:
    """Read the reviews."""
    path = Path(os.environ["MALGIL_DATA"]) / "nsmc" / "reviews.parquet"
    texts = pq.read_table(path, columns=["review"])["review"].to_pylist()
    return [text.strip() for text in texts if text.strip()]


def learned(texts: list[str]) -> list[str]:
    """Leave out what is held out."""
    return [text for i, text in enumerate(texts) if i % HELD_OUT]


def places_of(texts: list[str]) -> Places:
    """Find the places of texts."""
    return find_places(decode(compose_texts(pa.array(texts, pa.large_string())).texts))


@njit(nogil=True)
def _describe(points, kinds, indptr, rows, left, right, mask, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    row = np.empty(out.shape[1], np.int64)
    for n in range(rows.size):
        low, high = indptr[rows[n]], indptr[rows[n] + 1]
        kernels.hash_features(points, kinds, low, high, left[n], right[n], mask, row)
        out[n] = row


def describe(places: Places, kept: NDArray[np.int64]) -> NDArray[np.int32]:
    """Features of some places."""
    out = np.empty((len(kept), kernels.N_FEATURES), np.int32)
    columns = (places.rows[kept], places.left[kept], places.right[kept])
    _describe(places.folded, places.kinds, places.texts.indptr, *columns, SIZE - 1, out)
    return out


def from_stops(texts: list[str]) -> Examples:
    """Learn from the sentences between two full stops, where they are of ordinary length and hold no softer marks."""
    places = places_of(texts)
    soft = kernels.ELLIPSIS | kernels.JAMO_RUN | kernels.TILDES | kernels.FACES | kernels.QUOTED | kernels.INNER
    before = places.kinds[places.left - 1]
    ends = (places.marks & kernels.HARD) != 0
    same = np.append(places.rows[1:] == places.rows[:-1], False)
    closes = ends | ~same
    sentence = np.cumsum(closes) - closes
    bad = ((places.marks & soft) != 0) | (~ends & ((places.marks & kernels.NEW_LINE) != 0))
    n_words, n_bad = np.bincount(sentence), np.bincount(sentence, bad)
    careful = (n_words <= LONGEST_SENTENCE) & (n_bad == 0)
    last = np.zeros(len(careful), np.bool_)
    last[sentence[np.flatnonzero(~same & ~ends)]] = True  # what stands behind a text's last stop
    usable = (careful & ~last)[sentence] & (before == kernels.HANGUL)
    kept = np.flatnonzero(usable & (ends | ((places.marks & ~kernels.BRACKETED) == 0)))
    return Examples(describe(places, kept), ends[kept])


def is_careful(text: str) -> bool:
    """Tell whether a text ends with a full stop, and its sentences are of ordinary length."""
    stops = len(re.findall(r"[가-힣][.!?]+(?=\s|$)", text))
    n_words = len(text.split())
    return text[-1:] in ".!?" and ".." not in text and stops > 0 and 2 <= n_words / stops <= 22


def final_syllables(texts: list[str]) -> set[str]:
    """Syllables that stand before a full stop often, for how often they end a word."""
    ends, words = Counter[str](), Counter[str]()
    for text in texts:
        ends.update(re.findall(r"([가-힣])[.!?]+(?:\s|$)", text))
        words.update(re.findall(r"([가-힣])(?:[.!?,]*)(?=\s|$)", text))
    return {syllable for syllable, n in ends.items() if n > 20 and n / words[syllable] > FINAL_RATIO}


def to_dialect(text: str, random: np.random.Generator) -> str:
    """Give the last word an ending of a dialect, where a correspondence fits."""
    tail = _TAIL.search(text)
    body, marks = (text[: tail.start()], text[tail.start() :]) if tail else (text, "")
    fitting = [(pattern, endings) for pattern, endings in _DIALECTS if pattern.search(body)]
    if not fitting:
        return text
    pattern, endings = fitting[random.integers(len(fitting))]
    return pattern.sub(endings[random.integers(len(endings))], body) + marks


def from_seams(texts: list[str], finals: set[str], random: np.random.Generator) -> tuple[Examples, Examples]:
    """Gather the seams of joined reviews, and the gaps within them, of which some are borders after all."""
    pool = [text for text in texts if (body := _TAIL.sub("", text)) and body[-1] in finals]
    order = random.permutation(len(pool))[: N_SEAMS + 1].tolist()
    joined, seams = [], []
    for one, other in pairwise(order):
        first = to_dialect(pool[one], random) if random.random() < DIALECT_RATIO else pool[one]
        joined.append(f"{first} {pool[other]}")
        seams.append(len(first) + 1)
    places = places_of(joined)
    seam = np.array(seams)[places.rows]
    here = places.right - places.texts.indptr[places.rows]
    hangul = places.kinds[places.left - 1] == kernels.HANGUL
    at = np.flatnonzero((here == seam) & hangul)
    gaps = np.flatnonzero((here < seam) & hangul & (places.marks == 0))
    return (
        Examples(describe(places, at), np.ones(len(at), np.bool_)),
        Examples(describe(places, gaps), np.zeros(len(gaps), np.bool_)),
    )


@njit(nogil=True)
def _learn(features, labels, order, weights, squares, rate, decay):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take one pass of AdaGrad over the logistic loss; the last weight is the bias."""
    size = weights.size - 1
    loss = 0.0
    for n in order:
        total = weights[size]
        for place in features[n]:
            total += weights[place]
        error = 1.0 / (1.0 + np.exp(-total)) - labels[n]
        loss += np.log1p(np.exp(-total if labels[n] else total))
        squares[size] += error * error
        weights[size] -= rate * error / np.sqrt(squares[size])
        for place in features[n]:
            gradient = error + decay * weights[place] * order.size / 100
            squares[place] += gradient * gradient
            weights[place] -= rate * gradient / np.sqrt(squares[place])
    return loss / order.size


def learn(examples: Examples, random: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Fit the logistic regression."""
    weights, squares = np.zeros(SIZE + 1), np.full(SIZE + 1, 1.0)
    labels = examples.labels.astype(np.float64)
    for _ in range(EPOCHS):
        _learn(examples.features, labels, random.permutation(len(labels)), weights, squares, RATE, DECAY)
    return weights[:-1], float(weights[-1])


def joined(parts: list[Examples]) -> Examples:
    """Put examples together."""
    features, labels = zip(*parts, strict=True)
    return Examples(np.concatenate(features), np.concatenate(labels))


def log_odds(features: NDArray[np.int32], weights: NDArray[np.float64], bias: float) -> NDArray[np.float64]:
    """Ask a model about examples."""
    return np.concatenate([weights[part].sum(axis=1) for part in np.array_split(features, 64)]) + bias


def teach(random: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Learn twice: the first model tells which gaps within reviews without stops are safe to call no border."""
    formal, casual = learned(petitions()), learned(reviews())
    chosen = [text for text in casual if is_careful(text)]
    chosen = [chosen[i] for i in random.permutation(len(chosen))[:N_REVIEWS].tolist()]
    seams, gaps = from_seams(casual, final_syllables(formal + chosen), random)
    stops = [from_stops(formal)] * FORMAL_COPIES + [from_stops(chosen)]
    weights, bias = learn(joined([*stops, seams]), random)
    safe = log_odds(gaps.features, weights, bias) < SAFE
    weights, bias = learn(joined([*stops, seams, Examples(gaps.features[safe], gaps.labels[safe])]), random)
    return weights, bias + PRIOR


def write(weights: NDArray[np.float64], bias: float) -> None:
    """Write the weights in steps of `STEP`, the zeros left out."""
    values = np.clip(np.rint(weights * SCALE / STEP), -127, 127).astype(np.int8)
    places = np.flatnonzero(values)
    steps = np.diff(places, prepend=0).astype(np.uint16)
    WEIGHTS.parent.mkdir(exist_ok=True)
    columns = {"values": values[places], "steps": steps, "size": np.int64(SIZE), "step": np.int64(STEP)}
    np.savez_compressed(WEIGHTS, bias=np.int64(round(bias * SCALE)), **columns)


def main() -> None:
    """Gather, learn, write."""
    write(*teach(np.random.default_rng(SEED)))


if __name__ == "__main__":
    main()
