"""How well vectors agree with people: the similarity of word pairs, and analogies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.embeddings.space import ANALOGIES, dots
from malgil.embeddings.vectors import Vectors
from malgil.params import choose

Floats = NDArray[np.float64]

_RESAMPLES = 1000
_FEWEST = 3  # pairs from which on a rank correlation says something


class Pair(NamedTuple):
    """Two words and how alike people find them.

    Parameters
    ----------
    a, b : str
        The words.
    score : float
        The mean judgement, on any scale.
    """

    a: str
    b: str
    score: float


class Agreement(NamedTuple):
    """Rank correlation of cosines with judgements.

    Parameters
    ----------
    spearman : float
        From -1 to 1; NaN for fewer than three covered pairs, or where all cosines or all judgements are equal.
    low, high : float
        Ends of its 95 % interval.
    n_covered : int
        Pairs of which both words have a vector: only these count.
    n_pairs : int
        All pairs.
    """

    spearman: float
    low: float
    high: float
    n_covered: int
    n_pairs: int

    @property
    def covered_ratio(self) -> float:
        """Share of the pairs that count, from 0 to 1."""
        return self.n_covered / self.n_pairs if self.n_pairs else 0.0


class Section(NamedTuple):
    """Analogies of one sort.

    Parameters
    ----------
    name : str
        What they are about.
    questions : list of tuple
        Four words each: a is to b as c is to d.
    """

    name: str
    questions: list[tuple[str, str, str, str]]


class Answered(NamedTuple):
    """How many analogies of a section were answered.

    Parameters
    ----------
    name : str
        What they are about.
    n_correct : int
        Questions whose best answer is the fourth word.
    n_covered : int
        Questions of which all four words have a vector: only these are asked.
    n_questions : int
        All questions.
    """

    name: str
    n_correct: int
    n_covered: int
    n_questions: int

    @property
    def accuracy(self) -> float:
        """Share of right answers among the questions asked; NaN where none was."""
        return self.n_correct / self.n_covered if self.n_covered else float("nan")

    @property
    def covered_ratio(self) -> float:
        """Share of the questions that were asked, from 0 to 1."""
        return self.n_covered / self.n_questions if self.n_questions else 0.0


def find_word(vectors: Vectors, word: str) -> str | None:
    """Find a word of a test set among the vectors.

    Parameters
    ----------
    vectors : Vectors
        The vectors.
    word : str
        As the set has it.

    Returns
    -------
    str or None
        The word or its lower case, whichever has a vector, that of its n-grams included; ``None`` where neither has.
    """
    for form in (word, word.lower()):
        if form in vectors:
            return form
    if vectors.subwords is not None and len(vectors.subwords.ids(word)):
        return word
    return None


def evaluate_similarity(vectors: Vectors, pairs: Iterable[Pair | Sequence[Any]], *, seed: int = 0) -> Agreement:
    """Compare cosines with the judgements of people.

    Parameters
    ----------
    vectors : Vectors
        To be judged.
    pairs : iterable of Pair
        Or of three values each.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Agreement
        Spearman's rank correlation over the covered pairs, with the percentile interval of 1,000 bootstrap samples.

    References
    ----------
    .. [1] Finkelstein et al., "Placing Search in Context: The Concept Revisited", ACM TOIS 20(1), 2002 (WordSim-353).
    .. [2] Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    """
    asked = [Pair(str(a), str(b), float(score)) for a, b, score in pairs]
    found = [(find_word(vectors, pair.a), find_word(vectors, pair.b), pair.score) for pair in asked]
    covered = [(a, b, score) for a, b, score in found if a is not None and b is not None]
    cosines = np.array([vectors.similarity(a, b) for a, b, _ in covered])
    scores = np.array([score for _, _, score in covered])
    if len(covered) < _FEWEST:
        return Agreement(np.nan, np.nan, np.nan, len(covered), len(asked))
    drawn = np.random.default_rng(seed).integers(0, len(covered), (_RESAMPLES, len(covered)))
    resampled = spearman(cosines[drawn], scores[drawn])
    resampled = resampled[np.isfinite(resampled)]
    low, high = np.quantile(resampled, [0.025, 0.975]).tolist() if len(resampled) else (np.nan, np.nan)
    return Agreement(float(spearman(cosines[None], scores[None])[0]), low, high, len(covered), len(asked))


def spearman(a: Floats, b: Floats) -> Floats:
    """Rank correlation of rows.

    Parameters
    ----------
    a, b : ndarray of float64, shape (m, n)
        Values; equal ones share the mean of their ranks.

    Returns
    -------
    ndarray of float64, shape (m,)
        From -1 to 1; NaN where all values of a row are equal.
    """
    from scipy.stats import rankdata

    ranks = [rankdata(side, axis=1) for side in (a, b)]
    left, right = (side - side.mean(axis=1, keepdims=True) for side in ranks)
    size = np.sqrt((left * left).sum(axis=1) * (right * right).sum(axis=1))
    found: Floats = np.divide((left * right).sum(axis=1), size, out=np.full(len(size), np.nan), where=size > 0)
    return found


def evaluate_analogies(vectors: Vectors, sections: Iterable[Section], *, method: str = "3cosadd") -> list[Answered]:
    """Ask analogies.

    Parameters
    ----------
    vectors : Vectors
        To be judged.
    sections : iterable of Section
        The questions.
    method : {"3cosadd", "3cosmul"}
        A key of `ANALOGIES`.

    Returns
    -------
    list of Answered
        One for each section. A question with a word that has no vector of its own is not asked.

    Raises
    ------
    ParameterError
        If there is no such method.

    References
    ----------
    .. [1] Mikolov et al., "Efficient Estimation of Word Representations in Vector Space", 2013, section 4.
    """
    choose(ANALOGIES, "method", method)
    return [_answered(vectors, section, method) for section in sections]


def _answered(vectors: Vectors, section: Section, method: str) -> Answered:
    asked = []
    for question in section.questions:
        words = [find_word(vectors, word) for word in question]
        places = [None if word is None else vectors.keys.place(word) for word in words]
        if None not in places:
            asked.append(places)
    questions = np.array(asked, np.int64).reshape(-1, 4)
    n_correct, step = 0, max(1, 8_000_000 // max(1, len(vectors)))
    for low in range(0, len(questions), step):
        n_correct += _n_correct(vectors, questions[low : low + step], method)
    return Answered(section.name, n_correct, len(questions), len(section.questions))


def _n_correct(vectors: Vectors, questions: NDArray[np.int64], method: str) -> int:
    """Count the questions whose best answer is the fourth word."""
    space, score = vectors.space, ANALOGIES[method]
    sides = [space.rows(questions[:, k]) for k in range(3)]
    if method == "3cosadd":  # the sum of three products is the product with the sum
        rough = space.cosines(sides[1] - sides[0] + sides[2])
    else:
        rough = score(*(space.cosines(side) for side in sides))
    n = 0
    for row, (a, b, c, d) in enumerate(questions.tolist()):
        own = [side[row] for side in sides]

        def exact(rows: Floats, own: list[Floats] = own) -> Floats:
            found: Floats = score(*(dots(rows, side) for side in own))
            return found

        places, _ = space.closest(rough[row], exact, 1, np.array([a, b, c]))
        n += len(places) > 0 and int(places[0]) == d
    return n
