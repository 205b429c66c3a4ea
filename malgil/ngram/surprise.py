"""Which words of a text are unexpected: the bits of each, the order that answered, and what was expected instead."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.ngram.answering import LanguageModel
from malgil.ngram.predicting import check_k
from malgil.ngram.sequence import END, SPECIALS, UNKNOWN, frame
from malgil.tokenizers import Tokenizer


@dataclass(frozen=True)
class WordSurprise:
    """One word of a text.

    Parameters
    ----------
    word : str
        As the tokeniser cut it; ``</s>`` for the end.
    start, end : int
        Half-open span in code points of the text; both its length for the end.
    bits : float
        ``-log2 P`` of the word after those before it, >= 0.
    order : int
        Length of the n-gram that answered.
    is_known : bool
        Whether the model knows the word.
    expected : tuple of (str, float)
        The likeliest words at this place and their probabilities.
    """

    word: str
    start: int
    end: int
    bits: float
    order: int
    is_known: bool
    expected: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Surprise:
    """How unexpected a text is, word by word.

    Parameters
    ----------
    text : str
        The text.
    words : tuple of WordSurprise
        Its words, ``</s>`` behind them.
    """

    text: str
    words: tuple[WordSurprise, ...]

    @property
    def bits(self) -> float:
        """Bits of the whole text: the surprises add up, since the probabilities multiply."""
        return math.fsum(word.bits for word in self.words)

    @property
    def mean_bits(self) -> float:
        """Bits of a word on average; 2 to this power is the perplexity."""
        return self.bits / len(self.words)

    def to_dict(self) -> dict[str, Any]:
        """Give plain dictionaries, lists and numbers.

        Returns
        -------
        dict
            Ready for JSON.
        """
        rows = [{**asdict(word), "expected": [list(pair) for pair in word.expected]} for word in self.words]
        return {"text": self.text, "bits": self.bits, "mean_bits": self.mean_bits, "words": rows}

    def to_text(self) -> str:
        """Write a line for every word.

        Returns
        -------
        str
            Bits, length of the n-gram that answered, the word (``?`` behind one that the model does not know), and what
            was expected.
        """
        lines = [f"{self.bits:.1f} bits, {self.mean_bits:.1f} a word"]
        for word in self.words:
            expected = ", ".join(f"{other} {prob:.3f}" for other, prob in word.expected)
            mark = "" if word.is_known else " ?"
            lines.append(f"{word.bits:6.1f}  {word.order}-gram  {word.word}{mark}   < {expected}")
        return "\n".join(lines)


def surprise(model: LanguageModel, text: str, tokenizer: Tokenizer, k: int = 3) -> Surprise:
    """Score the words of a text one by one.

    Parameters
    ----------
    model : Model
        The model.
    text : str
        One sentence.
    tokenizer : Tokenizer
        How to cut it.
    k : int
        How many expected words to give, >= 1; ``<unk>`` is never among them.

    Returns
    -------
    Surprise
        Words with spans; the end of the sentence is one of them.
    """
    check_k(k)
    tokens = tokenizer.tokenize([text])
    ids = frame(model.words.numbers(tokens.forms)[tokens.ids], tokens.indptr)
    log10_probs, orders = model.score(ids)
    spans = [*(tokens.spans(0) or [(0, 0)] * tokens.n_tokens), (len(text), len(text))]
    forms = [*tokens.to_lists()[0], SPECIALS[END]]
    words = []
    for at, (form, span) in enumerate(zip(forms, spans, strict=True), start=1):
        number, bits = int(ids[at]), max(0.0, -float(log10_probs[at]) * math.log2(10))
        expected = _expected(model, ids[:at], k)
        words.append(WordSurprise(form, *span, bits, int(orders[at]), number != UNKNOWN, expected))
    return Surprise(text, tuple(words))


def _expected(model: LanguageModel, before: NDArray[np.int32], k: int) -> tuple[tuple[str, float], ...]:
    near = before[max(0, len(before) - model.order + 1) :] if model.order > 1 else before[:0]
    found = [(model.words.string(word), prob) for word, prob in model.next_words(near, k + 1) if word != UNKNOWN]
    return tuple(found[:k])
