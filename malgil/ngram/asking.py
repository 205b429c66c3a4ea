"""What a model is asked: the next word, the word in a gap, a text written on, and why."""

from __future__ import annotations

from malgil.explain import Explanation
from malgil.ngram.explaining import explain
from malgil.ngram.fitted import Fitted
from malgil.ngram.generating import Sampling, generate
from malgil.ngram.predicting import check_k, gap_words, next_words


class Asking(Fitted):
    """The part of `NgramLM` that predicts and explains."""

    def next(self, context: str = "", k: int = 10) -> list[tuple[str, float]]:
        """Find the likeliest next words.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        k : int
            How many, >= 1; may exceed the vocabulary.

        Returns
        -------
        list of (str, float)
            Words and probabilities, falling; equal ones by the words' bytes. ``</s>`` is the end of the sentence.
        """
        model = self._fitted
        found = next_words(model, self._numbers(context, before=True), check_k(k))
        return [(model.words.string(word), prob) for word, prob in found]

    def blank(self, left: str, right: str = "", k: int = 10) -> list[tuple[str, float]]:
        """Find the likeliest words between two sides of a sentence.

        Parameters
        ----------
        left : str
            The sentence before the gap, from its beginning.
        right : str
            The sentence behind it, to its end.
        k : int
            How many, >= 1; may exceed the vocabulary.

        Returns
        -------
        list of (str, float)
            Words and probabilities, falling; equal ones by the words' bytes.
        """
        model = self._fitted
        sides = self._numbers(left, before=True), self._numbers(right, before=False)
        return [(model.words.string(word), prob) for word, prob in gap_words(model, *sides, check_k(k))]

    def generate(
        self,
        context: str = "",
        max_tokens: int = 20,
        seed: int = 0,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
    ) -> str:
        """Write on from a context.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        max_tokens : int
            New words at most.
        seed : int
            The same seed gives the same words.
        temperature : float
            Below 1 likely words become likelier; 0 always takes the likeliest.
        top_k : int, optional
            Draw among the so many likeliest words only.
        top_p : float, optional
            Draw among the likeliest words that together have this probability only.

        Returns
        -------
        str
            The new words, a blank between them; ends where the sentence does.
        """
        model, before = self._fitted, self._numbers(context, before=True)
        words = generate(model, before, max_tokens, seed, Sampling(temperature, top_k, top_p))
        return " ".join(model.words.string(word) for word in words)

    def explain(self, context: str, word: str) -> Explanation:
        """Open the probability of a word after a context.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        word : str
            The word, or ``</s>``.

        Returns
        -------
        Explanation
            The chain of orders: backoff weights, then the n-gram that answered with its counts and discounts.
        """
        return explain(self._fitted, self._numbers(context, before=True), word)
