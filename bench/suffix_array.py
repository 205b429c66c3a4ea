"""Sorted suffixes of a corpus, and what they answer, beside other ways to sort them.

``python bench/suffix_array.py``. All NSMC reviews, split at white space and encoded before: the sorting alone is timed.
Every suffix ends with its sentence and equal ones stand by place. The peers sort plain rows of numbers, so each gets
another number for the end of each sentence, with which they come to the same order; it is compared. NumPy doubles the
sorted length with a stable sort of ranks in each round, which is what one would write without a library. The answers
are those of the same corpus as a model without a limit of order, with reviews cut after their third word as contexts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from recording import Contender, race, real_data, write

N_ASKED = 1000
Run = Callable[[], object]


def reviews() -> list[str]:
    """Load the texts.

    Returns
    -------
    list of str
        All reviews.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    return [text or "" for text in pq.read_table(path, columns=["review"])["review"].to_pylist()]


def encoded() -> tuple[NDArray[np.int32], int]:
    """Encode the texts.

    Returns
    -------
    ids : ndarray of int32
        Sentences between 1 and 2.
    n_words : int
        Size of the vocabulary.
    """
    from malgil.ngram.sequence import read_sequence
    from malgil.tokenizers import tokenizer

    sequence = read_sequence(pa.array(reviews(), pa.large_string()), tokenizer("whitespace"))
    return sequence.ids, len(sequence.run) + 3


def _with_own_ends(ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give every sentence end a number of its own, below all words."""
    ends = ids == 2
    n = int(ends.sum())
    return np.where(ends, np.cumsum(ends) - 1, ids + np.int32(n)).astype(np.int32)


def _sort_malgil(n_jobs: int) -> Run:
    from malgil.ngram.suffix_array import sort_corpus

    ids, n_words = encoded()
    return lambda: sort_corpus(ids, n_words, n_jobs)


def malgil_one() -> Run:
    """Prepare malgil on one thread.

    Returns
    -------
    callable
        What is timed.
    """
    return _sort_malgil(1)


def malgil_two() -> Run:
    """Prepare malgil on two threads.

    Returns
    -------
    callable
        What is timed.
    """
    return _sort_malgil(2)


def _checked(sort: Callable[[NDArray[np.int32]], Any]) -> Run:
    """Prepare a peer, and compare what it gives."""
    from malgil.ngram.suffix_array import sort_corpus

    ids, n_words = encoded()
    own = _with_own_ends(ids)
    few = own[: len(own) // 50]
    few = few[: int(np.flatnonzero(ids[: len(few)] == 2)[-1]) + 1]
    wanted, found = sort_corpus(ids[: len(few)], n_words).places, np.asarray(sort(few))
    is_word = ids[wanted] != 2  # a suffix that is only an end stands elsewhere
    assert np.array_equal(wanted[is_word], found[ids[found] != 2])
    return lambda: sort(own)


def divsufsort() -> Run:
    """Prepare pydivsufsort, which sorts the numbers as bytes.

    Returns
    -------
    callable
        What is timed.
    """
    import pydivsufsort

    return _checked(pydivsufsort.divsufsort)


def double(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """Sort suffixes by prefix doubling (Manber, Myers 1993) in NumPy.

    Parameters
    ----------
    ids : ndarray of int32
        Any numbers.

    Returns
    -------
    ndarray of int64
        Where the suffixes begin.
    """
    ranks, length = np.unique(ids, return_inverse=True)[1].astype(np.int64), 1
    while True:
        after = np.zeros(len(ids), np.int64)
        after[:-length] = ranks[length:] + 1
        keys = ranks * (len(ids) + 1) + after
        places = np.argsort(keys, kind="stable")
        rises = np.concatenate([[0], np.diff(keys[places]) > 0])
        ranks[places] = np.cumsum(rises)
        if int(ranks[places[-1]]) == len(ids) - 1:
            return places
        length *= 2


def numpy_doubling() -> Run:
    """Prepare NumPy.

    Returns
    -------
    callable
        What is timed.
    """
    return _checked(double)


def _asked(ask: Callable[[Any, str], object]) -> Run:
    from malgil import NgramLM

    texts = reviews()
    lm = NgramLM(order=None).fit(texts)
    contexts = [" ".join(text.split()[:3]) for text in texts[:: len(texts) // N_ASKED]][:N_ASKED]
    return lambda: [ask(lm, context) for context in contexts]


def next_words() -> Run:
    """Prepare questions for the next word.

    Returns
    -------
    callable
        What is timed.
    """
    return _asked(lambda lm, context: lm.next(context))


def first_words() -> Run:
    """Prepare questions for the first word of a sentence, after which any may come.

    Returns
    -------
    callable
        What is timed.
    """
    return _asked(lambda lm, _: lm.next(""))


def evidence() -> Run:
    """Prepare questions for sentences.

    Returns
    -------
    callable
        What is timed.
    """
    return _asked(lambda lm, context: lm.evidence(context))


def score() -> Run:
    """Prepare the scores of all texts, every token.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil import NgramLM

    texts = pa.array(reviews(), pa.large_string())
    lm = NgramLM(order=None, n_jobs=1).fit(texts)
    return lambda: lm.perplexity(texts)


def main() -> None:
    """Race, and write the result file."""
    sorting = [
        Contender("malgil", malgil_two, "2 threads", "sorting"),
        Contender("malgil", malgil_one, "1 thread", "sorting"),
        Contender("pydivsufsort", divsufsort, "1 thread", "sorting"),
    ]
    asking = [
        Contender("malgil", next_words, "order=None", f"next, {N_ASKED} contexts"),
        Contender("malgil", first_words, "order=None", f"next after no word, {N_ASKED} times"),
        Contender("malgil", evidence, "order=None", f"evidence, {N_ASKED} contexts"),
        Contender("malgil", score, "order=None, 1 thread", "scoring all texts"),
    ]
    rows = race(sorting, n_runs=3)
    rows += race([Contender("numpy", numpy_doubling, "prefix doubling", "sorting")], n_runs=1, n_warm=0)
    rows += race(asking, n_runs=3)
    write(
        "suffix_array",
        title={"en": "Sorting all suffixes of a corpus", "ko": "말뭉치의 모든 접미사 정렬"},
        source={"en": "All NSMC reviews, split at white space", "ko": "NSMC 리뷰 전체, 공백으로 나눔"},
        rows=rows,
    )


if __name__ == "__main__":
    main()
