"""An index as a list of documents: everything is read again for every question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Document:
    """One document."""

    number: int
    id: str
    text: str
    row: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """Its tokens, as the tokeniser ``word`` gives them."""
        return re.findall(r"\w+", self.text.lower())


class NaiveIndex:
    """Documents in the order in which they came; ids are their numbers where none are given."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.next_number = 0

    def ids(self) -> list[str]:
        """Name the documents."""
        return [document.id for document in self.documents]

    def add(self, texts: list[str], ids: list[str] | None = None, rows: list[dict[str, Any]] | None = None) -> None:
        """Put documents at the end."""
        for place, text in enumerate(texts):
            number = self.next_number
            name = str(number) if ids is None else ids[place]
            self.documents.append(Document(number, name, text, {} if rows is None else rows[place]))
            self.next_number += 1

    def delete(self, ids: list[str]) -> None:
        """Take documents away."""
        self.documents = [document for document in self.documents if document.id not in ids]

    def update(self, texts: list[str], ids: list[str]) -> None:
        """Take documents away and put others at the end."""
        self.delete(ids)
        self.add(texts, ids)

    def search(
        self,
        words: list[str],
        *,
        must: list[list[str]] = [],  # noqa: B006
        never: list[list[str]] = [],  # noqa: B006
        where: Callable[[dict[str, Any]], bool] = lambda row: True,
    ) -> list[tuple[int, str, float]]:
        """Score all documents by Lucene's BM25; `must` and `never` are lists of words that stand one after another."""
        docs = [document.words for document in self.documents]
        avgdl = sum(map(len, docs)) / len(docs) if any(docs) else 1.0
        found = []
        for document, tokens in zip(self.documents, docs, strict=True):
            score = 0.0
            for word in words:
                tf, df = tokens.count(word), sum(word in other for other in docs)
                if tf:
                    idf = math.log(1 + (len(docs) - df + 0.5) / (df + 0.5))
                    score += idf * tf / (tf + 1.5 * (1 - 0.75 + 0.75 * len(tokens) / avgdl))
            is_allowed = all(_holds(tokens, phrase) for phrase in must)
            is_allowed &= not any(_holds(tokens, phrase) for phrase in never) and where(document.row)
            if any(word in tokens for word in words) and is_allowed:
                found.append((document.number, document.id, score))
        return sorted(found, key=lambda row: (-row[2], row[0]))


def _holds(tokens: list[str], phrase: list[str]) -> bool:
    n = len(phrase)
    return any(tokens[place : place + n] == phrase for place in range(len(tokens) - n + 1))
