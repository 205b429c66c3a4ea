"""Korean reviews: clauses of one speech style, joined into sentences, opened and closed as people do."""

from __future__ import annotations

from functools import cache
from typing import Any

from malgil.sample import endings, korean
from malgil.sample.draw import Draw
from malgil.sample.lexicon import lexicon

_STYLES = ("yo",) * 8 + ("eum",) * 5 + ("da",) * 3 + ("hae",) * 3 + ("nida",) * 2
_N_CLAUSES = (1,) * 28 + (2,) * 30 + (3,) * 20 + (4,) * 12 + (5,) * 6 + (6,) * 4
_SIDES = ("bad", "good")
_PAST_SHARE = (0.0, 0.9)  # of a writer who tells how it is, and of one who tells how it was
# How a noun stands at the head of a clause: particles, repeated by weight; the one-letter keys are internal.
_HEADS: dict[str, dict[str, tuple[str, ...]]] = {
    "first": {"formal": ("이",) * 5 + ("은",) * 3 + ("",), "casual": ("이",) * 4 + ("은",) * 2 + ("",) * 3},
    "also": {"formal": ("도",) * 5 + ("이",) * 2, "casual": ("도",) * 4 + ("",) * 2},
    "against": {"formal": ("은",), "casual": ("은",)},
}
_HEADS["first"]["eum"] = ("",) * 5 + ("이",) * 2 + ("은",) * 2
_HEADS["also"]["eum"] = ("",) * 4 + ("도",) * 3
_HEADS["against"]["eum"] = ("은",) * 4 + ("",)
_SPEECH = {"yo": "formal", "nida": "formal", "hae": "casual", "da": "casual", "eum": "eum"}
_STOPS = {
    "yo": (".",) * 6 + ("",) * 4 + ("!", "~", ".."),
    "eum": (".",) * 5 + ("",) * 6 + ("..",),
    "da": (".",) * 8 + ("",) * 3 + ("..",),
    "hae": (".",) * 3 + ("",) * 6 + ("!", ".."),
    "nida": (".",) * 9 + ("",),
}


def _seamless(noun: str, particle: str) -> str:
    return korean.attach(noun, particle) if particle else noun


@cache
def _heads(category: str, aspect: int, place: str, speech: str) -> tuple[str, ...]:
    nouns = lexicon("ko").categories[category]["aspects"][aspect]["nouns"]
    return tuple(_seamless(noun, particle) for noun in nouns for particle in _HEADS[place][speech])


def _forms_of(entries: list[str], style: str, role: str, past: float, *, sure: bool = False) -> list[endings.Form]:
    forms = []
    for pred in map(korean.parse, entries):
        if role == "end":
            forms += endings.final_forms(pred, style, past, sure=sure)
        else:
            forms += endings.joining_forms(pred, style, role, past) * 10
    return forms


@cache
def _tails(category: str, aspect: int, side: str, role: str, speech: tuple[str, bool]) -> tuple[endings.Form, ...]:
    style, past = speech[0], _PAST_SHARE[speech[1]]
    parts = lexicon("ko").categories[category]["aspects"][aspect]
    forms = _forms_of(parts[side], style, role, past)
    for pred in map(korean.parse, parts[_SIDES[side == "bad"]]):
        for adverb, denied in endings.negated(pred) if pred.negatable else ():
            said = endings.final_forms(denied, style, past) if role == "end" else ()
            said = said or endings.joining_forms(denied, style, role, past)
            forms += [endings.Form(adverb + form.text, endings.NONE) for form in said[:5]]
    return tuple(forms)


@cache
def _wholes(category: str, key: str, speech: tuple[str, bool]) -> tuple[tuple[str, ...], ...]:
    """List the forms of each whole clause of a category."""
    style, past = speech[0], _PAST_SHARE[speech[1]]
    entries = lexicon("ko").categories[category][key]
    return tuple(tuple(form.text for form in _forms_of([entry], style, "end", past, sure=True)) for entry in entries)


@cache
def _said(table: str, side: str, style: str) -> tuple[str, ...]:
    return tuple(form.text for form in _forms_of(lexicon("ko").phrases[table][side], style, "end", 0.0, sure=True))


@cache
def _words(table: str, key: str, style: str) -> tuple[str, ...]:
    words = lexicon("ko").phrases[table][key]
    casual = lexicon("ko").phrases["intensifiers"]["casual"] if style == "nida" else []
    return tuple(word for word in words if word not in casual)


@cache
def _shorts(category: str, side: str) -> tuple[str, ...]:
    return lexicon("ko").shorts(category, side)


class _Review:
    """One review in the making: who speaks how, and what has been said."""

    def __init__(self, draw: Draw, category: str, side: str) -> None:
        self.draw, self.category, self.side = draw, category, side
        self.other = _SIDES[side == "bad"]
        self.style = draw.pick(_STYLES)
        self.entry: dict[str, Any] = lexicon("ko").categories[category]
        self.speech = (self.style, draw.chance(self.entry["past"]))
        self.fresh = list(range(len(self.entry["aspects"])))
        self.told: set[tuple[str, int]] = set()
        self.sentences: list[str] = []
        self.has_so = self.has_but = self.has_turn = False

    def clause(self, side: str, role: str, place: str) -> str:
        """Say something of one aspect not yet spoken of."""
        aspect = self.fresh.pop(self.draw.below(len(self.fresh)))
        head = self.draw.pick(_heads(self.category, aspect, place, _SPEECH[self.style]))
        form = self.draw.pick(_tails(self.category, aspect, side, role, self.speech))
        return f"{head} {self._stressed(form, side)}"

    def _stressed(self, form: endings.Form, side: str) -> str:
        text, grade = form
        if grade == endings.STRONG and self.draw.chance(0.4):
            return f"{self.draw.pick(_words('intensifiers', side, self.style))} {text}"
        if grade == endings.PHRASE and self.draw.chance(0.25):
            return f"{self.draw.pick(_words('intensifiers', 'noun_' + side, self.style))} {text}"
        if grade == endings.HEDGE and self.draw.chance(0.35):
            return f"{self.draw.pick(_words('intensifiers', 'hedge', self.style))} {text}"
        return text

    def whole(self, key: str) -> str:
        """Say a clause that the lexicon has whole, one not yet said where there is one."""
        clauses = _wholes(self.category, key, self.speech)
        at = self.draw.below(len(clauses))
        if (key, at) in self.told:
            at = (at + 1) % len(clauses)
        self.told.add((key, at))
        return self.draw.pick(clauses[at])

    def sentence(self, budget: int, place: str) -> int:
        """Add a sentence of the review's own polarity; return how many clauses it took."""
        side, roll = self.side, self.draw.unit()
        if roll < 0.36 and budget >= 2 and len(self.fresh) >= 2:
            self.sentences.append(f"{self.clause(side, 'and', place)} {self.clause(side, 'end', 'also')}")
            return 2
        if roll < 0.44 and not self.has_so:
            self.has_so = True
            reaction = self.draw.pick(_said("react", side, self.style))
            self.sentences.append(f"{self.clause(side, 'so', place)} {reaction}")
        elif roll < 0.64 and len(self.told) < 2:
            self.sentences.append(self.whole("full_" + side))
        else:
            self.sentences.append(self.clause(side, "end", place))
        return 1

    def body(self) -> bool:
        """Write the sentences in the middle; return whether both polarities have their say."""
        draw = self.draw
        budget = draw.pick(_N_CLAUSES)
        mixed = budget >= 2 and draw.chance(0.3)
        turn = mixed and draw.chance(0.5)
        if mixed and not turn:
            first = self.clause(self.other, "but", "against")
            self.sentences.append(f"{first} {self.clause(self.side, 'end', 'first')}")
            budget -= 2
            self.has_but = True
        against = self.clause(self.other, "end", "against") if turn else ""
        budget -= turn
        while budget > 0 and self.fresh:
            place = "also" if self.sentences and draw.chance(0.4) else "first"
            budget -= self.sentence(budget, place)
            if len(self.sentences) > 1 and draw.chance(0.16):
                self.sentences[-1] = f"{draw.pick(_words('joins', place, self.style))} {self.sentences[-1]}"
        if turn:
            self.has_turn = True
            word = draw.pick(_words("joins", "turn_" + self.other, self.style))
            self.sentences.append(f"{word} {against}")
        return mixed

    def opened(self, product: str, *, mixed: bool) -> None:
        """Put an opening before the sentences: how the writer came by the product, or a cry."""
        draw, roll = self.draw, self.draw.unit()
        if roll < 0.3 and not self.has_but:
            key = "leads" if mixed or draw.chance(0.7) else "leads_" + self.side
            self.sentences[0] = f"{draw.pick(self.entry[key])} {self.sentences[0]}"
        elif roll < 0.4:
            word = draw.pick(lexicon("ko").phrases["open"][self.side])
            if " " in word:
                self.sentences.insert(0, word)
            elif not self.has_but:
                self.sentences[0] = f"{word}{draw.pick((' ', ', ', '.. ', '~ '))}{self.sentences[0]}"
        elif roll < 0.43:
            name = product.split(" ", 1)[1].removeprefix("앱 ").removeprefix("의자 ")  # kinds of two words
            self.sentences.insert(0, f"{name} 후기")

    def closed(self) -> None:
        """Put a verdict after the sentences."""
        if self.draw.chance(0.66) or (self.has_turn and self.side == "bad"):
            return
        if self.draw.chance(0.5):
            verdict = self.whole("close_" + self.side)
        else:
            verdict = self.draw.pick(_said("close", self.side, self.style))
        self.sentences.append(f"그래도 {verdict}" if self.has_turn else verdict)

    def text(self) -> str:
        """Put the sentences together in the writer's way of punctuating."""
        draw = self.draw
        stop = draw.pick(_STOPS[self.style])
        if stop in ("!", "~") and self.side == "bad":
            stop = ".."
        text = (stop + ("\n" if draw.chance(0.03) else " ")).join(self.sentences)
        if draw.chance(0.12):
            return f"{text} {draw.pick(lexicon('ko').phrases['open']['tail_' + self.side])}"
        return text + ("" if draw.chance(0.2) else stop)


def compose(draw: Draw, category: str, product: str, *, positive: bool) -> tuple[str, str]:
    """Write one Korean review.

    Parameters
    ----------
    draw : Draw
        Where the choices come from.
    category, product : str
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
        return draw.pick(_shorts(category, side)), "short"
    review = _Review(draw, category, side)
    mixed = review.body()
    review.opened(product, mixed=mixed)
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
