"""Two documents that look alike only through words that every text has, made fit to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malgil.eda.data import AlikePair
from malgil.eda.samples import fetch_rows, shorten
from malgil.similarity import alike_by_common_words

if TYPE_CHECKING:
    from malgil.corpus import Corpus
    from malgil.vectorize import Weights
    from malgil.vocab import Vocabulary

_N_WORDS = 8
_LEAST_FALL = 0.1


def find_alike_pair(weights: Weights, vocabulary: Vocabulary, corpus: Corpus) -> AlikePair | None:
    """Find two documents that raw counts call alike and TF-IDF weights do not.

    Parameters
    ----------
    weights : Weights
        Counts and weights of the corpus.
    vocabulary : Vocabulary
        Its terms.
    corpus : Corpus
        Read for the two texts.

    Returns
    -------
    AlikePair or None
        None where the cosine hardly falls for any pair; see `malgil.similarity.alike_by_common_words`.
    """
    pair = alike_by_common_words(weights)
    if pair is None or pair.counts_cosine - pair.tfidf_cosine < _LEAST_FALL:
        return None
    rows = (pair.doc_a, pair.doc_b)
    shared = pair.shared
    products = [weights.counts.count(rows[0], term) * weights.counts.count(rows[1], term) for term in shared]
    samples = fetch_rows(corpus, rows)
    return AlikePair(
        texts=[text for _, text in samples],
        ids=[identity for identity, _ in samples],
        words=[shorten(vocabulary.term(term)) for term in shared[:_N_WORDS]],
        ratios=[product / sum(products) for product in products[:_N_WORDS]],
        cosine_counts=float(pair.counts_cosine),
        cosine_weights=float(pair.tfidf_cosine),
    )
