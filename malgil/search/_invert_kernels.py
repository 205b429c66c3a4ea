"""From the words of documents to the documents of words: count, then put every posting where it belongs."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LAST, TF, DF, COUNT = 0, 1, 2, 3  # columns of the rows that `count_words` fills, one row a term
POSTING, POSITION = 1, 2  # columns of the rows that `place_words` reads: where the term's next ones go
_ONE = np.uint64(1)


@njit(nogil=True, cache=True)
def count_words(
    ids: NDArray[np.int32],
    places: NDArray[np.int32],
    indptr: NDArray[np.int64],
    first_doc: int,
    length_ranks: NDArray[np.int32],
    terms: NDArray[np.int32],
    rows: NDArray[np.signedinteger],
    max_tf: NDArray[np.int64],
) -> None:
    """Turn the tokens of some documents into sorted terms, and count documents and occurrences of each.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Forms of the tokens.
    places : ndarray of int32
        Sorted term of each form.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents, from 0.
    first_doc : int
        Number of the first.
    length_ranks : ndarray of int32, shape (> first_doc + n_docs,)
        For each document of the corpus the place of its length among the different lengths.
    terms : ndarray of int32, shape (n_tokens,)
        Output: the tokens' terms.
    rows : ndarray of int32 or int64, shape (n_terms, 4)
        In and out: last document + 1, occurrences in it, documents, occurrences; zero before the first call.
    max_tf : ndarray of int64, shape (n_lengths,)
        In and out: most occurrences of a word in a document of each length.
    """
    for d in range(indptr.size - 1):
        doc = first_doc + d
        most = 1
        for token in range(indptr[d], indptr[d + 1]):
            term = places[ids[token]]
            terms[token] = term
            row = rows[term]
            row[COUNT] += 1
            if row[LAST] == doc + 1:
                row[TF] += 1
                most = max(most, row[TF])
            else:
                row[LAST] = doc + 1
                row[TF] = 1
                row[DF] += 1
        if indptr[d] < indptr[d + 1] and max_tf[length_ranks[doc]] < most:
            max_tf[length_ranks[doc]] = most


@njit(nogil=True, cache=True)
def place_words(
    terms: NDArray[np.int32],
    indptr: NDArray[np.int64],
    first_doc: int,
    length_ranks: NDArray[np.int32],
    first_codes: NDArray[np.int64],
    bits: int,
    rows: NDArray[np.signedinteger],
    postings: NDArray[np.unsignedinteger],
    positions: NDArray[np.unsignedinteger],
) -> None:
    """Write the postings and positions of some documents.

    Parameters
    ----------
    terms : ndarray of int32, shape (n_tokens,)
        Terms of the tokens.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents, from 0.
    first_doc : int
        Number of the first.
    length_ranks : ndarray of int32
        As for `count_words`.
    first_codes : ndarray of int64, shape (n_lengths,)
        Code of one occurrence in a document of each length; the codes of more follow.
    bits : int
        Lowest bits of a posting that hold the code.
    rows : ndarray of int32 or int64, shape (n_terms, 3)
        In and out: last document + 1, place of the term's next posting, and of its next position.
    postings : ndarray of uint32 or uint64
        Output.
    positions : ndarray of unsigned int
        Output: place of each occurrence in its document.
    """
    for d in range(indptr.size - 1):
        doc = first_doc + d
        posting = doc << bits | first_codes[length_ranks[doc]]
        for token in range(indptr[d], indptr[d + 1]):
            row = rows[terms[token]]
            positions[row[POSITION]] = token - indptr[d]
            row[POSITION] += 1
            if row[LAST] == doc + 1:
                postings[row[POSTING] - 1] += _ONE
            else:
                row[LAST] = doc + 1
                postings[row[POSTING]] = posting
                row[POSTING] += 1


@njit(nogil=True, cache=True)
def mark_codes(postings: NDArray[np.unsignedinteger], bits: int, is_used: NDArray[np.bool_]) -> None:
    """Find the codes that occur.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64
        Some postings.
    bits : int
        Lowest bits of a posting that hold the code.
    is_used : ndarray of bool, shape (n_codes,)
        In and out.
    """
    mask = np.uint64((1 << bits) - 1)
    for posting in postings:
        is_used[np.int64(np.uint64(posting) & mask)] = True


@njit(nogil=True, cache=True)
def recode(
    postings: NDArray[np.unsignedinteger],
    bits: int,
    codes: NDArray[np.int64],
    new_bits: int,
    out: NDArray[np.unsignedinteger],
) -> None:
    """Write postings under other codes.

    Parameters
    ----------
    postings : ndarray of uint32 or uint64, shape (n,)
        As they are.
    bits : int
        Lowest bits of a posting that hold the code.
    codes : ndarray of int64, shape (n_codes,)
        New code of each.
    new_bits : int
        Bits of a new code.
    out : ndarray of uint32 or uint64, shape (n,)
        Output; may be `postings` itself.
    """
    mask = np.uint64((1 << bits) - 1)
    for i in range(postings.size):
        posting = np.uint64(postings[i])
        doc = np.int64(posting >> np.uint64(bits))
        out[i] = doc << new_bits | codes[np.int64(posting & mask)]


@njit(nogil=True, cache=True)
def count_kept(
    indptr: NDArray[np.int64],
    postings: NDArray[np.unsignedinteger],
    bits: int,
    tf: NDArray[np.int32],
    new_docs: NDArray[np.int64],
    df: NDArray[np.int64],
    counts: NDArray[np.int64],
    is_used: NDArray[np.bool_],
) -> None:
    """Count what stays of some terms when documents go.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_terms + 1,)
        Their postings.
    postings : ndarray of uint32 or uint64
        ``doc << bits | code``.
    bits : int
        Lowest bits of a posting that hold the code.
    tf : ndarray of int32, shape (n_codes,)
        Occurrences that each code stands for.
    new_docs : ndarray of int64
        New number of each document, -1 where it goes.
    df, counts : ndarray of int64, shape (n_terms,)
        Output: documents and occurrences that stay.
    is_used : ndarray of bool, shape (n_codes,)
        In and out: codes of postings that stay.
    """
    mask = np.uint64((1 << bits) - 1)
    for term in range(indptr.size - 1):
        n_docs, count = 0, 0
        for i in range(indptr[term], indptr[term + 1]):
            posting = np.uint64(postings[i])
            if new_docs[np.int64(posting >> np.uint64(bits))] >= 0:
                code = np.int64(posting & mask)
                is_used[code] = True
                n_docs += 1
                count += tf[code]
        df[term], counts[term] = n_docs, count


@njit(nogil=True, cache=True)
def move_postings(
    indptr: NDArray[np.int64],
    postings: NDArray[np.unsignedinteger],
    bits: int,
    position_indptr: NDArray[np.int64],
    positions: NDArray[np.unsignedinteger],
    tf: NDArray[np.int32],
    new_docs: NDArray[np.int64],
    new_codes: NDArray[np.int64],
    new_bits: int,
    starts: NDArray[np.int64],
    out_postings: NDArray[np.unsignedinteger],
    out_positions: NDArray[np.unsignedinteger],
) -> None:
    """Copy what stays of some terms into a larger index.

    Parameters
    ----------
    indptr, postings, bits
        As for `count_kept`.
    position_indptr : ndarray of int64, shape (n_terms + 1,)
        The terms' positions.
    positions : ndarray of unsigned int
        Places in the documents.
    tf : ndarray of int32, shape (n_codes,)
        Occurrences that each code stands for.
    new_docs : ndarray of int64
        New number of each document, -1 where it goes.
    new_codes : ndarray of int64, shape (n_codes,)
        New code of each.
    new_bits : int
        Bits of a new code.
    starts : ndarray of int64, shape (2, n_terms)
        Where the postings and the positions of each term go.
    out_postings, out_positions : ndarray of unsigned int
        Output.
    """
    mask = np.uint64((1 << bits) - 1)
    for term in range(indptr.size - 1):
        at, at_position = starts[0, term], starts[1, term]
        position = position_indptr[term]
        for i in range(indptr[term], indptr[term + 1]):
            posting = np.uint64(postings[i])
            code = np.int64(posting & mask)
            doc = new_docs[np.int64(posting >> np.uint64(bits))]
            if doc >= 0:
                out_postings[at] = doc << new_bits | new_codes[code]
                at += 1
                for k in range(tf[code]):
                    out_positions[at_position + k] = positions[position + k]
                at_position += tf[code]
            position += tf[code]
