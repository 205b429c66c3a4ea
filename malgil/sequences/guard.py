"""Refuse changes that may turn a text's meaning round: of negations, and of words of a sentiment lexicon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from malgil.hangul import join_conjoining
from malgil.sequences.eojeols import without_particle

# Negations that are words, those that begin a word written together with its verb, and stems anywhere in a word.
_KOREAN = (
    "^(?:안|못)$|^(?:안|못)(?:좋|되|돼|된|될|됐|하|해|했|한|할|함|보|봐|봤|본|볼|봄|웃|재|무서|슬|어울|맞|나오|나와|가|간|갈|갔|오|와|쓰)"
    "|않|없|엄슴|업슴|아니|아닌|아닐|아님|아닙|못하|못해|못했|못한|못할|못함|못합|말고|말라|마세요|마라$|지마|모르|몰라"
)
_ENGLISH = (
    r"^(?:no|not|never|none|nor|neither|nobody|nothing|nowhere|without|hardly|barely|scarcely|cannot|lacks?|lacking)$"
    "|n['’]t$|^(?:do|does|did|is|are|was|were|would|could|should|ca|wo|has|have|had|ai)nt$"
)
_NEGATION = re.compile(f"{_KOREAN}|{_ENGLISH}", re.IGNORECASE)


@lru_cache(1 << 16)
def is_negation(word: str) -> bool:
    """Tell whether a word denies: 안, 못, 않-, 없-, 아니-, not, never and their kin.

    Parameters
    ----------
    word : str
        Without marks around it; in doubt a word counts as a negation.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> [is_negation(word) for word in ("안", "않았다", "재미없다", "안녕", "don't", "note")]
    [True, True, True, False, True, False]
    """
    return _NEGATION.search(join_conjoining(word)) is not None


@dataclass(frozen=True)
class Guard:
    """What must not be changed.

    Parameters
    ----------
    sentiment : mapping of str to float
        Word -> above 0 for praise, below 0 for blame.
    """

    sentiment: Mapping[str, float] = field(default_factory=dict)

    def polarity(self, word: str) -> float:
        """Look a word up, with its particle and without.

        Parameters
        ----------
        word : str
            Without marks around it.

        Returns
        -------
        float
            0 where the lexicon does not have it.
        """
        if not self.sentiment:
            return 0.0
        joined = join_conjoining(word)
        forms = (joined, joined.lower(), *(stem for stem, _ in without_particle(joined)))
        return next((self.sentiment[form] for form in forms if form in self.sentiment), 0.0)

    def flips(self, before: str, after: str) -> bool:
        """Whether one word for another would turn the meaning round.

        Parameters
        ----------
        before, after : str
            The words.

        Returns
        -------
        bool
            If one of them denies and the other does not, or one praises and the other blames.
        """
        return is_negation(before) != is_negation(after) or self.polarity(before) * self.polarity(after) < 0

    def holds(self, word: str) -> bool:
        """Whether a word must stay in the text.

        Parameters
        ----------
        word : str
            Without marks around it.

        Returns
        -------
        bool
            If it denies or is in the lexicon.
        """
        return is_negation(word) or self.polarity(word) != 0
