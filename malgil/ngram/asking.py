"""What a model is asked: the next word, the words in gaps, a text written on, what is surprising, and why."""

from __future__ import annotations

from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.ngram.beams import check_beam, fill_gaps, likeliest_ending
from malgil.ngram.evidence import Evidence, add_evidence
from malgil.ngram.fitted import Fitted
from malgil.ngram.gaps import Filling, filled_text, given_parts
from malgil.ngram.generating import Sampling, check_length, generate
from malgil.ngram.joining import join_words, split_behind
from malgil.ngram.predicting import check_k
from malgil.ngram.surprise import Surprise, surprise
from malgil.strings import string_array


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
        model = self._answering
        found = model.next_words(self._numbers(context, before=True), check_k(k))
        return [(model.words.string(word), prob) for word, prob in found]

    def blank(self, left: str, right: str = "", k: int = 10) -> list[tuple[str, float]]:
        """Find the likeliest words between two sides of a sentence.

        Parameters
        ----------
        left : str
            The sentence before the gap, from its beginning.
        right : str
            The sentence behind it, to its end. Where pieces of words are marked (``syllable``, ``bpe`` ...), it begins
            with a blank unless it goes on in the word of the gap.
        k : int
            How many, >= 1; may exceed the vocabulary.

        Returns
        -------
        list of (str, float)
            Words and probabilities, falling; equal ones by the words' bytes.
        """
        model = self._answering
        sides = self._numbers(left, before=True), self._numbers(right, before=False)
        return [(model.words.string(word), prob) for word, prob in model.gap_words(*sides, check_k(k))]

    def fill(self, text: str, k: int = 10, *, beam: int = 32) -> list[Filling]:
        """Fill the gaps of a sentence, all of them together.

        Parameters
        ----------
        text : str
            The whole sentence; three or more ``_`` in a row are a gap.
        k : int
            How many fillings, >= 1.
        beam : int
            Beginnings that are kept from gap to gap, >= 1. One gap is exact with any beam; two are with one as wide as
            the vocabulary. A narrower one is quicker, may miss a filling, and gives probabilities somewhat too large.

        Returns
        -------
        list of Filling
            Words, probability and the filled sentence, by falling probability. The words of one gap are those of
            `blank`, with the same probabilities; ``<unk>`` stands for any word that the model does not know.

        Raises
        ------
        ParameterError
            If there is no gap, or a number is out of range.
        """
        model, tokenizer, parts = self._answering, self._tokenizer, given_parts(text)
        left, right = self._numbers(parts[0], before=True), self._numbers(parts[-1], before=False)
        between = [model.words.numbers(string_array(split_behind(tokenizer, part))) for part in parts[1:-1]]
        best: list[tuple[tuple[int, ...], float]]
        if check_beam(beam) and not between:
            best = [((number,), prob) for number, prob in model.gap_words(left, right, check_k(k))]
        else:
            best = fill_gaps(self._fitted, [left, *between, right], check_k(k), beam)
        found = []
        for numbers, prob in best:
            words = tuple(model.words.string(number) for number in numbers)
            found.append(Filling(words, prob, filled_text(text, words, tokenizer)))
        return found

    def generate(
        self,
        context: str = "",
        max_tokens: int = 20,
        seed: int = 0,
        *,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        beam: int | None = None,
        whole: bool = False,
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
        beam : int, optional
            Draw nothing, and look for the likeliest continuation as a whole with a beam of this width; 1 is the same
            as ``temperature=0``. Nothing makes up for length: likely continuations are short.
        whole : bool
            Whether to give the context before the new words too.

        Returns
        -------
        str
            The new words, put together as the tokeniser's units are (see `malgil.ngram.joining`); ends where the
            sentence does.
        """
        model, before = self._answering, self._numbers(context, before=True)
        if beam is not None:
            numbers = likeliest_ending(model, before, check_length(max_tokens), check_beam(beam))
        else:
            numbers = generate(model, before, max_tokens, seed, Sampling(temperature, top_k, top_p))
        forms = [model.words.string(number) for number in numbers]
        joined = join_words(self._tokenizer, forms, self._tokenizer.split(context))
        return joined.after(context) if whole else joined.text

    def surprise(self, text: str, k: int = 3) -> Surprise:
        """Find the words of a sentence that are unexpected.

        Parameters
        ----------
        text : str
            The sentence.
        k : int
            How many words to give that were expected instead, >= 1.

        Returns
        -------
        Surprise
            For each word, and for the end: its bits, its span, the order that answered and what was expected.
        """
        return surprise(self._answering, text, self._tokenizer, k)

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
            The chain of orders: backoff weights, then the n-gram that answered with its counts and discounts; sentences
            of the corpus under it, where the model kept it.
        """
        explanation = self._answering.explain(self._numbers(context, before=True), word)
        if self._concordance is None:
            return explanation
        return add_evidence(explanation, self.evidence(context, word))

    def evidence(self, context: str, word: str = "", k: int = 5) -> Evidence:
        """Find sentences of the corpus that hold a word after as much of a context as possible.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        word : str
            The word, or ``</s>``; with none, the end of the context is looked for alone.
        k : int
            Sentences at most, >= 1.

        Returns
        -------
        Evidence
            The longest match, how often it occurs, and sentences with their documents: always the same, spread over
            all occurrences.

        Raises
        ------
        ParameterError
            If the model did not keep its corpus.
        """
        corpus = self._concordance
        if corpus is None:
            raise ParameterError("ngram.no_corpus")
        numbers = self._numbers(context, before=True)
        return corpus.find(numbers, word, check_k(k), lambda forms: join_words(self._tokenizer, forms).text)
