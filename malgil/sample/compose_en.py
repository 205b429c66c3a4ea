"""English reviews: a noun and what is said of it, joined into sentences, opened and closed as people do."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from malgil.sample.draw import Draw
from malgil.sample.lexicon import lexicon

_N_CLAUSES = (1,) * 28 + (2,) * 30 + (3,) * 20 + (4,) * 12 + (5,) * 6 + (6,) * 4
_SIDES = ("bad", "good")
_STOPS = (".",) * 13 + ("!", "!", "...", "")
_THEM = {"it": "it", "they": "them"}


class _Word(NamedTuple):
    """An adjective of the lexicon with its marks taken off."""

    text: str
    negatable: bool
    graded: bool
    extreme: bool


@cache
def _words(category: str, aspect: int, side: str) -> tuple[_Word, ...]:
    entries = lexicon("en").categories[category]["aspects"][aspect][side]
    words = []
    for entry in entries:
        text = entry.lstrip("~!")
        marks = entry[: len(entry) - len(text)]
        words.append(_Word(text, "~" in marks, "!" not in marks and " " not in text, "!" in marks))
    return tuple(words)


@cache
def _denied(category: str, aspect: int, side: str) -> tuple[str, ...]:
    """List the negated words of the other side: not all that comfortable."""
    other = _SIDES[side == "bad"]
    adverbs = lexicon("en").phrases["intensifiers"]["negated_" + side]
    words = [word for word in _words(category, aspect, other) if word.negatable]
    return tuple(f"not {adverb} {word.text}" for word in words for adverb in adverbs)


@cache
def _shorts(category: str, side: str) -> tuple[str, ...]:
    return lexicon("en").shorts(category, side)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


class _Review:
    """One review in the making."""

    def __init__(self, draw: Draw, category: str, side: str) -> None:
        self.draw, self.category, self.side = draw, category, side
        self.other = _SIDES[side == "bad"]
        self.entry: dict[str, Any] = lexicon("en").categories[category]
        self.phrases = lexicon("en").phrases
        self.is_past = draw.chance(self.entry["past"])
        self.fresh = list(range(len(self.entry["aspects"])))
        self.is_fragment = False
        self.told: set[str] = set()
        self.sentences: list[str] = []

    def _taken(self) -> tuple[int, str, bool]:
        """Take an aspect not yet spoken of: its number, a noun for it, whether that is plural."""
        aspect = self.fresh.pop(self.draw.below(len(self.fresh)))
        noun = self.draw.pick(self.entry["aspects"][aspect]["nouns"])
        return aspect, noun.lstrip("*"), noun.startswith("*")

    def clause(self, side: str, *, feel: float = 0.0) -> str:
        """Say something of one aspect: the bass is really punchy; with probability `feel`, what the writer felt."""
        draw = self.draw
        aspect, noun, is_plural = self._taken()
        if draw.chance(feel) and self.entry["aspects"][aspect].get("feel", True):
            return draw.pick(self.phrases["feel"][side + ("_past" if self.is_past else "")]).format(noun=noun)
        verb = ("were" if is_plural else "was") if self.is_past else "are" if is_plural else "is"
        denied = _denied(self.category, aspect, side)
        if denied and draw.chance(0.18):
            return f"the {noun} {verb} {draw.pick(denied)}"
        return f"the {noun} {verb} {self._stressed(draw.pick(_words(self.category, aspect, side)), side)}"

    def _stressed(self, word: _Word, side: str) -> str:
        if word.graded and self.draw.chance(0.42):
            return f"{self.draw.pick(self.phrases['intensifiers'][side])} {word.text}"
        if word.extreme and self.draw.chance(0.2):
            return f"{self.draw.pick(self.phrases['intensifiers']['extreme'])} {word.text}"
        return word.text

    def fragment(self) -> str:
        """Say it in a breath: punchy bass, snug fit."""
        parts = []
        for _ in range(2 if len(self.fresh) > 1 and self.draw.chance(0.6) else 1):
            aspect, noun, _ = self._taken()
            words = [w for w in _words(self.category, aspect, self.side) if w.text.replace(" ", "").isalpha()]
            single = [word for word in words if " " not in word.text and word.text not in ("off", "loud")]
            parts.append(f"{self.draw.pick(single).text} {noun}" if single else f"no joy with the {noun}")
        return ", ".join(parts)

    def whole(self, key: str) -> str:
        """Say a clause that the lexicon has whole, one not yet said where there is one."""
        clauses = self.entry[key]
        at = self.draw.below(len(clauses))
        text = str(clauses[at] if clauses[at] not in self.told else clauses[(at + 1) % len(clauses)])
        self.told.add(text)
        return text

    def sentence(self, budget: int) -> int:
        """Add a sentence of the review's own polarity; return how many clauses it took."""
        draw, roll = self.draw, self.draw.unit()
        if roll < 0.34 and budget >= 2 and len(self.fresh) >= 2:
            joint = draw.pick((" and ", " and ", ", and ", "; "))
            self.sentences.append(f"{self.clause(self.side)}{joint}{self.clause(self.side)}")
            return 2
        if roll < 0.52 and len(self.told) < 2:
            self.sentences.append(self.whole("full_" + self.side))
        elif roll < 0.62:
            self.is_fragment = self.is_fragment or not self.sentences
            self.sentences.append(self.fragment())
        elif roll < 0.7:
            self.sentences.append(f"{draw.pick(self.entry['after'])}, {self.clause(self.side)}")
        else:
            self.sentences.append(self.clause(self.side, feel=0.35))
        return 1

    def body(self) -> bool:
        """Write the sentences in the middle; return whether both polarities have their say."""
        draw = self.draw
        budget = draw.pick(_N_CLAUSES)
        mixed = budget >= 2 and draw.chance(0.3)
        turn = mixed and draw.chance(0.5)
        if mixed and not turn:
            first, second = self.clause(self.other), self.clause(self.side)
            frame = draw.pick(("{}, but {}", "{} but {}", "although {}, {}", "{}. however, {}"))
            self.sentences.append(frame.format(first, second))
            budget -= 2
        against = self.clause(self.other) if turn else ""
        budget -= turn
        while budget > 0 and self.fresh:
            budget -= self.sentence(budget)
            if len(self.sentences) > 1 and draw.chance(0.14):
                word = draw.pick(self.phrases["joins"]["more" if self.side == "good" else "more_bad"])
                self.sentences[-1] = f"{word} {self.sentences[-1]}"
        if turn:
            word = draw.pick(self.phrases["joins"]["turn_" + self.other])
            self.sentences.append(f"{word} {against}")
        return mixed

    def opened(self, *, mixed: bool) -> None:
        """Put an opening before the sentences: how the writer came by the product, or a cry."""
        draw, roll = self.draw, self.draw.unit()
        if roll < 0.2 or (roll < 0.32 and mixed):
            self.sentences.insert(0, draw.pick(self.entry["leads"]))
        elif roll < 0.3 and not self.is_fragment:
            lead = draw.pick(self.entry["leads_" + self.side])
            self.sentences[0] = f"{lead}, but {self.sentences[0]}"
        elif roll < 0.4:
            self.sentences.insert(0, draw.pick(self.phrases["open"][self.side]))

    def closed(self) -> None:
        """Put a verdict after the sentences."""
        if self.draw.chance(0.36):
            own = self.draw.chance(0.45)
            verdict = self.whole("close_" + self.side) if own else self.draw.pick(self.phrases["close"][self.side])
            self.sentences.append(verdict.replace("{them}", _THEM[self.entry["pronoun"]]))

    def text(self) -> str:
        """Put the sentences together in the writer's way of punctuating."""
        draw, roll = self.draw, self.draw.unit()
        stop = draw.pick(_STOPS)
        if self.side == "bad" and stop == "!":
            stop = "."
        parts = self.sentences if roll < 0.2 else [". ".join(map(_capital, s.split(". "))) for s in self.sentences]
        text = ((stop or ",") + ("\n" if draw.chance(0.03) else " ")).join(parts)
        if not stop:
            text = text.lower()
        elif roll < 0.08:
            text = text.lower()
        elif roll > 0.985:
            text = text.upper()
        if draw.chance(0.08):
            return f"{text}{stop} {draw.pick(self.phrases['open']['tail_' + self.side])}"
        return text + ("" if draw.chance(0.12) else stop)


def compose(draw: Draw, category: str, *, positive: bool) -> tuple[str, str]:
    """Write one English review.

    Parameters
    ----------
    draw : Draw
        Where the choices come from.
    category : str
        What is reviewed.
    positive : bool
        The verdict.

    Returns
    -------
    tuple of (str, str)
        The text, and ``"short"``, ``"plain"`` or ``"mixed"`` (has something to say for the other side too).
    """
    side = _SIDES[positive]
    if draw.chance(0.1):
        text = draw.pick(_shorts(category, side))
        return draw.pick((text, _capital(text), _capital(text) + ".", _capital(text) + "!")), "short"
    review = _Review(draw, category, side)
    mixed = review.body()
    review.opened(mixed=mixed)
    review.closed()
    return review.text(), "mixed" if mixed else "plain"


def compose_burst(draw: Draw, category: str) -> str:
    """Write one review of the day on which something went wrong with a product.

    Parameters
    ----------
    draw : Draw
        Source of chance.
    category : str
        One with a ``burst`` table.

    Returns
    -------
    str
        The text.
    """
    review = _Review(draw, category, "bad")
    review.sentences.append(review.whole("burst"))
    if draw.chance(0.4):
        review.sentences.append(review.whole("full_bad"))
    review.closed()
    return review.text()
