"""The recurrent language model as an estimator: asked as `malgil.NgramLM` is, and never out of context."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import DataError, NotFittedError, ParameterError
from malgil.messages import Message
from malgil.ngram.answering import LanguageModel
from malgil.ngram.asking import Asking
from malgil.ngram.measuring import Measuring
from malgil.ngram.scoring import as_tokens
from malgil.ngram.sequence import END, N_SPECIALS, SPECIALS, frame
from malgil.ngram.surprise import Surprise
from malgil.ngram.words import Words
from malgil.nn.dropouts import Dropouts
from malgil.nn.encoders import EncoderConfig
from malgil.nn.word_softmax import cheapest_borders
from malgil.params import choose
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tasks.fingerprints import Prints, fingerprints
from malgil.tasks.kinds import rows_of
from malgil.tasks.language_answers import InOrder, RecurrentAnswers, turned
from malgil.tasks.language_network import LanguageNetwork
from malgil.tasks.learning import Learning
from malgil.tasks.stream import SHIFT, Stream
from malgil.tokenizers import Tokenizer
from malgil.tokens import Tokens
from malgil.training.ranges import is_number

SOFTMAXES = {"full": False, "adaptive": True}
"""Softmax over the words -> whether it has classes of rare ones."""
DIRECTIONS = {"forward": False, "backward": True}
"""Direction of reading -> whether sentences are read from their ends."""


@dataclass(kw_only=True, eq=False)
class RecurrentLM(Learning, Measuring, Asking):
    """A neural language model: the probability of a word after all words of its sentence before it.

    Parameters
    ----------
    epochs, batch_size, learning_rate, optimizer, weight_decay, schedule, clip, patience, validation, precision, seed
        As in `malgil.tasks.learning.Learning`; ``"ntasgd"`` is that of the AWD-LSTM. `batch_size` is the number of
        columns of the stream (`malgil.tasks.stream.Stream`), `validation` a share of the sentences, or other texts.
    device, verbose, checkpoints
        As there.
    encoder : str
        A key of `malgil.nn.encoders.ENCODERS`; ``cnn`` is causal.
    tokenizer : str, dict or Tokenizer
        How to cut texts, as for `malgil.NgramLM`.
    min_count : int
        Rarer words are ``<unk>``. From 2 on the model learns what unknown words are like.
    max_terms : int, optional
        Words at most: the most frequent ones.
    embedding_size, hidden_size, num_layers : int
        Of words and encoder.
    tied : bool
        Whether words are scored by their input vectors.
    softmax : {"full", "adaptive"}
        ``"adaptive"`` sorts rare words into classes (`malgil.nn.word_softmax.AdaptiveSoftmax`): several times faster
        with tens of thousands of words, at nearly the same perplexity; probabilities are exact with both.
    bptt : int
        Steps through which gradients go back, on average.
    dropout : float
        Chance of dropout on inputs and outputs of layers, one mask for all steps, in [0, 1).
    recurrent_dropout, weight_drop, zoneout, word_dropout : float
        As in `malgil.nn.dropouts.Dropouts` and `malgil.nn.embedding.Embedding`; of recurrent encoders only.
    layer_norm : bool
        Whether layers normalise what they compute.
    stateful : bool
        Whether the state goes on from one text to the next, in training and in `score`, `score_tokens`, `perplexity`
        and `log10_prob` of a list, as results on the Penn Treebank are given; texts must then be in their order.
        What is asked about one text alone begins anew.
    direction : {"forward", "backward"}
        ``"backward"`` reads every text from its end: `next` gives the words before a text, ``</s>`` is its beginning.
    activation_regularization, temporal_regularization : float
        Penalties of large outputs and of outputs that change from step to step (alpha and beta of [2]_, section 4.5;
        2 and 1 there).

    Attributes
    ----------
    model_ : RecurrentAnswers
        The words and the network.
    history_ : History
        How training went.
    seen_ : ndarray of uint64
        Fingerprints of the texts that it has read (`malgil.tasks.fingerprints`).

    Notes
    -----
    Every document is one sentence between ``<s>`` and ``</s>``, where the state starts anew unless `stateful`. A gap
    is filled by weighing the 512 likeliest words (`RecurrentAnswers.gap_words`). `fill` takes one gap, and there is no
    `evidence`, since the corpus is not kept. A backward model neither generates nor finds what is surprising.

    References
    ----------
    .. [1] Mikolov et al., "Recurrent neural network based language model", Interspeech 2010.
    .. [2] Merity et al., "Regularizing and Optimizing LSTM Language Models", ICLR 2018.

    Examples
    --------
    >>> texts = ["이 영화 재밌다", "이 영화 별로", "저 노래 재밌다"] * 8
    >>> lm = RecurrentLM(epochs=12, hidden_size=16, batch_size=4, learning_rate=0.02, validation=0, dropout=0)
    >>> lm.fit(texts).next("이", k=1)[0][0]
    '영화'
    """

    encoder: str = "lstm"
    tokenizer: str | Mapping[str, Any] | Tokenizer = "whitespace"
    min_count: int = 2
    max_terms: int | None = None
    embedding_size: int = 128
    hidden_size: int = 256
    num_layers: int = 1
    tied: bool = True
    softmax: str = "full"
    bptt: int = 35
    dropout: float = 0.2
    recurrent_dropout: float = 0.0
    weight_drop: float = 0.0
    zoneout: float = 0.0
    word_dropout: float = 0.0
    layer_norm: bool = False
    stateful: bool = False
    direction: str = "forward"
    activation_regularization: float = 0.0
    temporal_regularization: float = 0.0
    seen_: Prints = field(init=False, repr=False)
    task: ClassVar[str] = "lm"
    _arrays: ClassVar[tuple[str, ...]] = ("seen_",)
    n_jobs = 1  # torch has threads of its own; no annotation, so that it is no parameter

    def fit(self, texts: object, y: object = None) -> Self:
        """Learn from texts.

        Parameters
        ----------
        texts : list of str or of list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
            One sentence a document. The words of a `Ragged` are its numbers.
        y : object, optional
            Not used.

        Returns
        -------
        RecurrentLM
            Itself.

        Raises
        ------
        DataError
            If there is nothing to learn from, no word is frequent enough, or a text holds ``<s>``, ``</s>`` or
            ``<unk>`` as a word.
        ParameterError
            If a parameter is out of range.
        """
        self._check()
        texts = tokens_of(texts)
        self.seen_ = fingerprints(texts)
        self._learn_tokenizer(texts)
        tokens = as_tokens(texts, self._tokenizer)
        given = None if is_number(self.validation) else self.validation
        learn, apart = (np.arange(tokens.n_docs), np.arange(0)) if given is not None else self._split(tokens.n_docs)
        self.words_ = self._learn_words(tokens, learn)
        numbers = self.words_.numbers(tokens.forms)[tokens.ids]
        self._borders = self._learn_borders(numbers, len(learn))
        examples = self._stream(_framed(numbers, tokens.indptr, learn))
        validation = self._stream(_framed(numbers, tokens.indptr, apart)) if len(apart) else None
        if given is not None:
            tokens = as_tokens(tokens_of(given), self._tokenizer)
            numbers = self.words_.numbers(tokens.forms)[tokens.ids]
            validation = self._stream(frame(numbers, tokens.indptr))
        self._train(examples, validation)
        if len(examples) < (size := self.batch_size * self.bptt):
            self._note(Message("writing.small_corpus", {"n": len(examples), "size": size}))
        return self

    def generate(self, context: str = "", max_tokens: int = 20, seed: int = 0, **sampling: Any) -> str:
        """Write on from a context.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        max_tokens : int
            New words at most.
        seed : int
            The same seed gives the same words.
        **sampling : object
            `temperature`, `top_k`, `top_p`, `beam` and `whole` of `malgil.NgramLM.generate`.

        Returns
        -------
        str
            The new words.

        Raises
        ------
        ParameterError
            If the model reads backward, or a number is out of range.
        """
        self._needs_forward("generate")
        return super().generate(context, max_tokens, seed, **sampling)

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
            For each word, and for the end: its bits, its span and what was expected.

        Raises
        ------
        ParameterError
            If the model reads backward, or a number is out of range.
        """
        self._needs_forward("surprise")
        return super().surprise(text, k)

    def _needs_forward(self, name: str) -> None:
        if self.direction != "forward":
            raise ParameterError("writing.reads_backward", name=name)

    @property
    def _scoring(self) -> LanguageModel:
        model = self._answering
        return InOrder(model) if self.stateful and isinstance(model, RecurrentAnswers) else model

    def _check(self) -> None:
        super()._check()
        choose(DIRECTIONS, "direction", self.direction)
        choose(SOFTMAXES, "softmax", self.softmax)

    def _stream(self, ids: NDArray[np.int32]) -> Stream:
        """Make examples of framed sentences, in the order of reading."""
        return Stream(ids[turned(ids)] if DIRECTIONS[self.direction] else ids, self.batch_size, self.bptt)

    def _learn_words(self, tokens: Tokens, rows: NDArray[np.int64]) -> Words:
        """Choose the words: by falling count among the rows to learn from, equal ones by their code points."""
        counts = np.zeros(len(tokens.forms), np.int64)
        for row in rows.tolist():
            np.add.at(counts, tokens.ids[tokens.indptr[row] : tokens.indptr[row + 1]], 1)
        forms = tokens.forms.to_pylist()
        for at in np.flatnonzero(np.bincount(tokens.ids, minlength=len(forms))).tolist():
            if forms[at] in SPECIALS:
                row = int(np.searchsorted(tokens.indptr, np.flatnonzero(tokens.ids == at)[0], side="right")) - 1
                raise DataError("writing.special_word", word=forms[at], row=row)
        kept = [at for at in range(len(forms)) if counts[at] >= max(1, self.min_count)]
        if not kept:
            raise DataError("writing.no_frequent_words", least=max(1, self.min_count))
        kept = sorted(kept, key=lambda at: (-counts[at], forms[at]))[: self.max_terms]
        return Words.of(string_array([forms[at] for at in kept]))

    def _learn_borders(self, numbers: NDArray[np.int32], n_docs: int) -> tuple[int, ...]:
        """Choose the classes of rare words, by the words' numbers in the network."""
        if not SOFTMAXES[self.softmax]:
            return ()
        counts = np.bincount(numbers + SHIFT, minlength=len(self.words_) + SHIFT)
        counts[END + SHIFT] = n_docs
        return cheapest_borders(counts)

    def _build(self) -> nn.Module:
        dropouts = Dropouts(
            self.dropout, self.dropout, self.recurrent_dropout, self.weight_drop, self.zoneout, locked=True
        )
        config = EncoderConfig(
            self.encoder,  # type: ignore[arg-type]  # looked up by name
            self.embedding_size,
            self.hidden_size,
            self.num_layers,
            bidirectional=False,
            causal=True,
            layer_norm=self.layer_norm,
            dropouts=dropouts,
        )
        n_terms = len(self.words_) + SHIFT
        return LanguageNetwork(
            n_terms,
            config,
            tied=self.tied,
            borders=self._borders,
            word_dropout=self.word_dropout,
            stateful=self.stateful,
            activation_regularization=self.activation_regularization,
            temporal_regularization=self.temporal_regularization,
        )

    def _use(self, network: nn.Module) -> None:
        super()._use(network)
        backward = choose(DIRECTIONS, "direction", self.direction)
        self.model_ = RecurrentAnswers(self.words_, network, backward=backward)  # type: ignore[arg-type]

    def _kept(self) -> dict[str, Any]:
        if "words_" not in self.__dict__:
            raise NotFittedError("writing.not_fitted", name=type(self).__name__)
        terms = self.words_.strings.to_pylist()[N_SPECIALS:]
        return {"terms": terms, "tokenizer": dict(self._tokenizer.params), "borders": list(self._borders)}

    def _restore(self, kept: Any, path: Path) -> None:
        self.tokenizer = kept["tokenizer"]  # as it was when it learned
        self.words_ = Words.of(string_array(kept["terms"]))
        self._borders = tuple(kept.get("borders", ()))  # older files have none


def tokens_of(texts: object) -> object:
    """Take lists of words as tokens; leave all else as it is.

    Parameters
    ----------
    texts : object
        What a language model is given.

    Returns
    -------
    object
        `Tokens` for a list of lists of words.

    Raises
    ------
    ParameterError
        If it is nothing, a single text, or no sequence.
    DataError
        If a word is no string; names its row.
    """
    if texts is None or isinstance(texts, str | bytes | Mapping | Set):
        rows_of(texts)  # says what is wrong
    if isinstance(texts, Tokens | Ragged) or not isinstance(texts, list | tuple) or not texts:
        return texts
    if not all(isinstance(row, list | tuple) for row in texts):
        return texts
    for number, row in enumerate(texts):
        if (odd := [word for word in row if not isinstance(word, str)]) != []:
            raise DataError("tasks.no_token", row=number, value=odd[0])
    forms = list(dict.fromkeys(word for row in texts for word in row))
    places = {form: at for at, form in enumerate(forms)}
    ids = np.array([places[word] for row in texts for word in row], np.int32)
    return Tokens(string_array(forms), ids, np.cumsum([0, *(len(row) for row in texts)]).astype(np.int64))


def _framed(numbers: NDArray[np.int32], indptr: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int32]:
    """Put some sentences one behind the other, between ``<s>`` and ``</s>``."""
    sizes = np.diff(indptr)[rows]
    chosen = np.repeat(indptr[rows] - np.append(0, np.cumsum(sizes)[:-1]), sizes) + np.arange(int(sizes.sum()))
    return frame(numbers[chosen], np.append(0, np.cumsum(sizes)))
