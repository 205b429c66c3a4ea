"""Texts, tokens or numbers, all as tokens whose forms are distinct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from malgil.corpus import text_blocks
from malgil.ngram.settings import make_tokenizer
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer, encode_blocks
from malgil.tokenizers.factory import SUBWORDS
from malgil.tokenizers.saving import ready
from malgil.tokens import Tokens


def tokenizer_for(texts: object, given: str | Mapping[str, Any] | Tokenizer) -> Tokenizer:
    """Make the tokeniser that vectors are learned with; one that has to learn itself does so first.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        The corpus.
    given : str, dict or Tokenizer
        A name, a folder, a name with its options, or a tokeniser, which is not changed.

    Returns
    -------
    Tokenizer
        Ready to cut, unless the corpus is cut already.
    """
    made = make_tokenizer(given)
    return made if isinstance(texts, Tokens | Ragged) else ready(made, lambda: text_blocks(texts))


def learned_meta(made: Tokenizer) -> dict[str, Any]:
    """Give what vectors must keep of a tokeniser that learned: without it no text could be cut as theirs was.

    Parameters
    ----------
    made : Tokenizer
        As `tokenizer_for` gives it.

    Returns
    -------
    dict
        Its parameters as ``"tokenizer"``; empty where its name says all.
    """
    return {"tokenizer": made.params} if made.name in SUBWORDS else {}


def as_tokens(texts: object, tokenizer: Tokenizer, n_jobs: int | None = None) -> Tokens:
    """Cut texts, or take what is cut already.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        The words of a `Ragged` are its numbers.
    tokenizer : Tokenizer
        How to cut texts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Tokens
        Without spans where forms had to be joined.

    Raises
    ------
    DataError
        If ids are out of range or borders do not fit.
    """
    if isinstance(texts, Tokens):
        texts.ragged().check(len(texts.forms))
        return _distinct(texts)
    if isinstance(texts, Ragged):
        texts.check(np.iinfo(np.int32).max)
        used, ids = np.unique(texts.ids, return_inverse=True)
        return Tokens(string_array([str(n) for n in used.tolist()]), ids.astype(np.int32), np.asarray(texts.indptr))
    return encode_blocks(tokenizer, text_blocks(texts), n_jobs, spans=False)[0]


def _distinct(tokens: Tokens) -> Tokens:
    coded = tokens.forms.dictionary_encode()
    if len(coded.dictionary) == len(tokens.forms):
        return tokens
    places = np.asarray(coded.indices, np.int32)
    forms = pa.array(coded.dictionary, pa.large_string())
    return Tokens(forms, places[tokens.ids], tokens.indptr)
