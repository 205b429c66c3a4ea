"""Word2Vec: vectors from which the words around a word can be told."""

from __future__ import annotations

from dataclasses import dataclass

from malgil.embeddings.predictive import Predictive


@dataclass(kw_only=True, eq=False)
class Word2Vec(Predictive):
    r"""Skip-gram and continuous bag of words, learned by negative sampling.

    Parameters
    ----------
    dim : int
        Length of a vector.
    window : int
        Furthest that a word looks to either side; how far it does is drawn anew each time, from 1 to this.
    min_count : int
        Words that occur less often are left out.
    max_vocab : int, optional
        Most words to keep, the most frequent ones.
    model : {"skipgram", "cbow"}
        A key of `malgil.embeddings.MODELS`: a word predicts each of those around it, or their mean predicts the word.
    negative : int
        Negative words for each pair.
    hs : bool
        Whether to learn by hierarchical softmax instead, along the way to each word in a Huffman tree. It takes one
        core, unless it may run freely.
    sample : float
        Share of the corpus above which frequent words are thinned out; 0 keeps all.
    alpha, min_alpha : float
        Learning rate at the beginning and at the end; it falls in a straight line.
    epochs : int
        Passes over the corpus.
    initial : Vectors, optional
        Vectors to begin with, for the words that it has.
    tokenizer : str, dict or Tokenizer
        How to cut texts: a name, a name with its options, or a tokeniser.
    deterministic : bool
        Whether the same seed gives the same bits for any number of threads. Else threads change the rows without
        waiting for each other, which is somewhat faster.
    n_jobs : int, optional
        Threads, all cores by default.
    seed : int
        Decides all that is drawn.

    Attributes
    ----------
    vectors_ : Vectors
        The words by falling count, with their vectors.
    losses_ : list of float
        Mean loss of a pair in each epoch, in nats: measured on one chunk of every block.

    Notes
    -----
    For each pair of a word w and a word c that it meets, with k negative words n drawn by their count to the power of
    3/4, training climbs

    .. math:: \ln \sigma(v_w \cdot u_c) + \sum_{i=1}^{k} \ln \sigma(-v_w \cdot u_{n_i})

    The k words are not drawn for each pair but 16 for a chunk of 16 neighbouring words, weighed by the number of
    negative pairs they stand for, so that the scores are products of small matrices [3]_. A word is never its own
    negative. The steps of a round of words are taken from the same weights and summed. A round is as long, up to 4,096
    words, as the sum is sure not to overshoot, which depends on the corpus, not on the threads; where even 16 words
    would, because there are but a few different ones, the learning rate is lowered. A sentence longer than the block
    of a round that one thread takes, at most 1,024 words, is cut.

    References
    ----------
    .. [1] Mikolov et al., "Efficient Estimation of Word Representations in Vector Space", ICLR 2013 workshop.
    .. [2] Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", NIPS 2013.
    .. [3] Ji et al., "Parallelizing Word2Vec in Shared and Distributed Memory", 2016.

    Examples
    --------
    >>> texts = ["이 영화 정말 좋다", "이 노래 정말 좋다"] * 20
    >>> model = Word2Vec(dim=8, min_count=1, epochs=20, sample=0).fit(texts)
    >>> model.vectors_.matrix.shape
    (5, 8)
    >>> model.losses_[-1] < model.losses_[0]
    True
    """
