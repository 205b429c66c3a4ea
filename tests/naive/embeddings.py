"""Word vectors, step by step: training, counting, reading and writing."""

from __future__ import annotations

import io
import math
import re
import struct

import numpy as np

# --- vectors: reading, writing, n-grams


def read_lines(text: str, dim: int) -> list[tuple[str, list[float]]]:
    """Read lines of a word and `dim` numbers; the word is what stands before them."""
    rows = []
    for line in text.split("\n"):
        fields = re.split("[ \t]+", line.rstrip(" \t\r"))
        if len(fields) <= dim:
            raise ValueError("too few")
        word = line.rstrip(" \t\r")
        for _ in range(dim):
            word = re.sub("[ \t]+[^ \t]+$", "", word)
        for field in re.split("[ \t]+", word)[1:]:
            if _is_number(field):
                raise ValueError("too many")
        if not word:
            raise ValueError("no word")
        rows.append((word, [float(np.float32(float(field))) for field in fields[-dim:]]))
    return rows


def _is_number(field: str) -> bool:
    try:
        return math.isfinite(float(field))
    except ValueError:
        return False


def gather_words(text: bytes, words: list[tuple[int, int]]) -> bytes:
    """Put pieces of a text one after the other."""
    return b"".join(text[low:high] for low, high in words)


def write_lines(words: list[str], rows: list[list[float]], style: str, has_blank_last: bool) -> str:
    """Write words and numbers, each by Python's own formatting of float32."""
    spell = {
        "shortest": lambda x: str(np.float32(x)),
        "general": lambda x: f"{x:.5g}",
        "fixed": lambda x: f"{x:.6f}",
    }[style]
    end = " \n" if has_blank_last else "\n"
    return "".join(
        word + "".join(" " + spell(float(np.float32(x))) for x in row) + end
        for word, row in zip(words, rows, strict=True)
    )


def read_word2vec(content: bytes, n: int, dim: int) -> list[tuple[bytes, list[float]]]:
    """Read `n` words, each with a blank and `dim` float32 behind it."""
    file, rows = io.BytesIO(content), []
    for _ in range(n):
        word = b""
        while (byte := file.read(1)) != b" ":
            if not byte:
                raise ValueError("cut off")
            word += b"" if byte == b"\n" and not word else byte
        if not word:
            raise ValueError("no word")
        rows.append((word, list(struct.unpack(f"<{dim}f", file.read(4 * dim)))))
    return rows


def read_dictionary(content: bytes, n: int) -> list[tuple[bytes, int, int]]:
    """Read `n` entries: a word up to a zero byte, its count and its kind."""
    rows = []
    for _ in range(n):
        word, _, content = content.partition(b"\0")
        count, kind = struct.unpack("<qB", content[:9])
        rows.append((word, count, kind))
        content = content[9:]
    return rows


def fasttext_hash(text: str) -> int:
    """FNV-1a of 32 bits, each byte widened with its sign."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ (byte - 256 if byte > 127 else byte)) & 0xFFFFFFFF) * 16777619 & 0xFFFFFFFF
    return value


def add_ngrams(word: str, lengths: tuple[int, int], buckets: list[list[float]]) -> list[int]:
    """Buckets of the n-grams of a word between brackets, in the order of fastText."""
    shortest, longest = lengths
    found = []
    for first in range(len(word)):
        for n in range(shortest, longest + 1):
            last = first + n
            if last > len(word) or (n == 1 and (first == 0 or last == len(word))):
                continue
            found.append(fasttext_hash(word[first:last]) % len(buckets))
    return found


def cosine(a: list[float], b: list[float]) -> float:
    """Cosine of two vectors, 0 where one has no length."""
    size = math.sqrt(math.fsum(x * x for x in a) * math.fsum(x * x for x in b))
    return math.fsum(x * y for x, y in zip(a, b, strict=True)) / size if size > 0 else 0.0


def nearest(rows: list[list[float]], asked: list[float], without: set[int]) -> list[tuple[int, float]]:
    """All rows by falling cosine, equal ones by number."""
    found = [(-cosine(row, asked), number) for number, row in enumerate(rows) if number not in without]
    return [(number, -minus) for minus, number in sorted(found)]


def analogy(rows: list[list[float]], a: int, b: int, c: int, method: str) -> list[tuple[int, float]]:
    """All other rows by falling score as the answer to "a is to b as c is to what"."""
    found = []
    for number, row in enumerate(rows):
        to_a, to_b, to_c = (cosine(row, rows[k]) for k in (a, b, c))
        if method == "3cosadd":
            score = to_b - to_a + to_c
        else:
            score = (1 + to_b) / 2 * (1 + to_c) / 2 / ((1 + to_a) / 2 + 0.001)
        if number not in (a, b, c):
            found.append((-score, number))
    return [(number, -minus) for minus, number in sorted(found)]


def spearman(a: list[float], b: list[float]) -> float:
    """Pearson's correlation of ranks, equal values sharing the mean of theirs."""

    def ranks(values: list[float]) -> list[float]:
        return [sum(w < v for w in values) + (sum(w == v for w in values) + 1) / 2 for v in values]

    left, right = ranks(a), ranks(b)
    x, y = ([v - sum(side) / len(side) for v in side] for side in (left, right))
    return sum(p * q for p, q in zip(x, y, strict=True)) / math.sqrt(sum(p * p for p in x) * sum(q * q for q in y))
