"""Korean spelling: written rules first, then words of the wrong keyboard state, then slips of the fingers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from malgil.clean.corrections import Correction, Suggestion
from malgil.clean.spelling_candidates import ANY_HANGUL, WORDS, Candidate, KoreanWords, Place, Slip
from malgil.clean.spelling_kiwi import kiwi_candidate
from malgil.clean.spelling_model import ORDER, SpellingModel
from malgil.clean.spelling_rules import rule_hits
from malgil.clean.spelling_words import OwnWords
from malgil.compose import compose
from malgil.edits import OffsetMap, edit_texts
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.hangul import fix_layout, from_keys, join_conjoining, layout_gain, layout_spans

SINGLE = 3.0
"""Nats that a correction of a single syllable must gain beyond others: there are too many to choose from."""
UNLISTED = 2.0
"""The same for a correction to a word that no list has."""
LAYOUT_COST = 5.0
SLACK = 4.0
"""By so much a word of the list may be cheaper than by its syllables."""
_AROUND = 12
_SYLLABLE = re.compile("[가-힣]")


class KoreanSpelling:
    """The speller's Korean side.

    Parameters
    ----------
    model : SpellingModel
        What ships with the package.
    own : OwnWords
        Words of the user's texts; never changed.
    min_gain : float
        Nats that a correction must gain.
    use_kiwi : bool
        Whether Kiwi adds a candidate.
    """

    def __init__(self, model: SpellingModel, own: OwnWords, min_gain: float, *, use_kiwi: bool) -> None:
        self._words = KoreanWords(model, own)
        self._min_gain = min_gain
        self._use_kiwi = use_kiwi

    def suggest(self, word: str, k: int, left: str, right: str) -> list[Suggestion]:
        """Suggest words for a word between its neighbours.

        Parameters
        ----------
        word : str
            Hangul, or Latin letters typed for it.
        k : int
            Most suggestions.
        left, right : str
            The text around it.

        Returns
        -------
        list of Suggestion
            The likeliest first.

        Raises
        ------
        ParameterError
            If the word has other characters than Hangul, and is none typed in Latin state.
        """
        typed, place = join_conjoining(word), self._place(f" {left}", f"{right} ")
        hangul = from_keys(typed)
        if not ANY_HANGUL.fullmatch(hangul):
            raise ParameterError("spelling.no_word", value=word, language="ko")
        state = () if hangul == typed else (Slip("keyboard state", LAYOUT_COST),)
        found: dict[str, Candidate] = {}
        for each in self._candidates(hangul, place, np.inf):
            if each.word not in found or each.slip_cost < found[each.word].slip_cost:
                found[each.word] = each
        explained = [
            self._words.explain(candidate._replace(slips=(*state, *candidate.slips)), place)
            for candidate in found.values()
        ]
        suggestions = [Suggestion(reason.label, reason.value, reason) for reason in explained]
        meant = fix_layout(typed)
        if meant not in (typed, *found):  # a Latin word that was typed in Hangul state
            reason = _layout_reason(typed, meant)
            suggestions.append(Suggestion(meant, reason.value, reason))
        return sorted(suggestions, key=lambda each: (-each.score, each.word))[:k]

    def check(self, text: str) -> list[Correction]:
        """Find what to correct.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        list of Correction
            In its order, with spans of the text as given.
        """
        composed, offsets = _composed(text)
        fixed = [*self._settled(composed)]
        taken = np.zeros(len(composed) + 1, np.bool_)
        for row in fixed:
            taken[row.start : row.end] = True
        for found in WORDS.finditer(composed):
            start, end = found.span()
            if not taken[start:end].any():
                fixed += self._slip(composed, start, end)
        if offsets is None or not fixed:
            return sorted(fixed)
        starts, ends = offsets.to_raw(0, [row.start for row in fixed], [row.end for row in fixed])
        spans = zip(starts.tolist(), ends.tolist(), fixed, strict=True)
        return sorted(row._replace(start=start, end=end, before=text[start:end]) for start, end, row in spans)

    def _settled(self, text: str) -> Iterator[Correction]:
        """Find what needs no judgement: wrong keyboard states and confusions that the orthography settles."""
        end = 0
        spans = layout_spans(text)
        for start, stop, meant in spans:
            yield Correction(start, stop, text[start:stop], meant, _layout_reason(text[start:stop], meant))
        for hit in rule_hits(text):
            if hit.start >= end and not any(start < hit.end and hit.start < stop for start, stop, _ in spans):
                before, end = text[hit.start : hit.end], hit.end
                reason = Explanation(f"{before} > {hit.right}", 1.0, hit.rule.name, source=hit.rule.source)
                yield Correction(hit.start, hit.end, before, hit.right, reason)

    def _slip(self, text: str, start: int, end: int) -> Iterator[Correction]:
        """Judge one word."""
        words, word = self._words, text[start:end]
        if word in words.own.counts or not _SYLLABLE.search(word):
            return
        place = self._place(" " + text[max(0, start - _AROUND) : start], text[end : end + _AROUND] + " ")
        own_cost = words.cost(word, place)
        least = self._min_gain + SINGLE * (len(word) == 1)
        if own_cost < least:
            return
        others = [each for each in self._candidates(word, place, own_cost - least + SLACK) if each.word != word]
        ranked = sorted((each.slip_cost + words.cost(each.word, place), each.word, each) for each in others)
        if ranked:
            cost, meant, candidate = ranked[0]
            if own_cost - cost >= least + UNLISTED * (not words.count(meant)):
                yield Correction(start, end, word, meant, self._gain(word, candidate, place))

    def _candidates(self, word: str, place: Place, limit: float) -> Iterator[Candidate]:
        yield from self._words.candidates(word, place, limit)
        if self._use_kiwi:
            yield from kiwi_candidate(word)

    def _gain(self, word: str, candidate: Candidate, place: Place) -> Explanation:
        """Open by how much a correction is likelier than what was typed."""
        after, before = (self._words.explain(each, place) for each in (candidate, Candidate(word, ())))
        n_slips = len(candidate.slips)
        parts = [*after.terms[:n_slips]]
        for new, old in zip(after.terms[n_slips:], before.terms, strict=True):
            label = "neighbours" if new.label == "neighbours" else f"word {candidate.word} for {word}"
            minus = Explanation(f"- {old.label}", -old.value, old.formula, old.combine, numbers=old.numbers)
            parts.append(Explanation(label, new.value - old.value, "after - before", "sum", (new, minus)))
        value = sum((part.value for part in parts), 0.0)
        return Explanation(f"{word} > {candidate.word}", value, "ln P(after) - ln P(before)", "sum", tuple(parts))

    def _place(self, left: str, right: str) -> Place:
        symbols = self._words.model.symbols
        return Place(symbols(left)[1 - ORDER :], symbols(right)[: ORDER - 1])


def _layout_reason(typed: str, meant: str) -> Explanation:
    formula = "ln P(keys | other language) - ln P(keys | as typed)"
    return Explanation(f"{typed} > {meant}", layout_gain(typed), formula, source="KS X 5002")


def _composed(text: str) -> tuple[str, OffsetMap | None]:
    """Compose a text, with the way back where that changes it."""
    if unicodedata.is_normalized("NFC", text):
        return text, None
    edited = edit_texts(pa.array([text], pa.large_string()), np.zeros(1, np.int64), {"nfc": compose})
    return str(edited.texts[0].as_py()), edited.offsets
