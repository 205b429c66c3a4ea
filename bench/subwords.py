"""Byte-pair encoding and unigram pieces: malgil and Hugging Face tokenizers with the same table on the same reviews.

``python bench/subwords.py [N_TEXTS]``, which writes its result only for all texts. The table is learned once; the peer
gets it as a model of its own, with the same cut at blanks. Cutting: malgil makes ids, spans and the vocabulary; the
peer runs ``encode_batch``, with the offsets that it always makes, and ``encode_batch_fast``, which leaves them out.
Learning, from the first 40,000 reviews, since the trainer of unigram takes minutes for all: both run the same trainer;
malgil composes the texts before and reads its table after.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

from malgil.tokenizers import tokenizer

N_TEXTS = int(sys.argv[1]) if len(sys.argv) > 1 else None
N_TERMS, N_JOBS, NAMES = 8000, 2, ("bpe", "unigram")
_BLOCK_ROWS, _LEARNED_FROM = 32_768, 40_000


@cache
def reviews() -> pa.LargeStringArray:
    """Load the texts.

    Returns
    -------
    pa.LargeStringArray
        All, or as many as were asked for.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    column = pq.read_table(path, columns=["review"])["review"].slice(0, N_TEXTS)
    return column.combine_chunks().cast(pa.large_string())


def blocks(texts: pa.LargeStringArray) -> list[pa.LargeStringArray]:
    """Cut texts as a corpus comes.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The texts.

    Returns
    -------
    list of pa.LargeStringArray
        Blocks.
    """
    return [texts.slice(low, _BLOCK_ROWS) for low in range(0, len(texts), _BLOCK_ROWS)]


def lesson() -> pa.LargeStringArray:
    """Give the texts that pieces are learned from.

    Returns
    -------
    pa.LargeStringArray
        The first reviews.
    """
    return reviews().slice(0, _LEARNED_FROM)


def as_peer(name: str, learned: list[Any]) -> Any:
    """Give the peer malgil's table.

    Parameters
    ----------
    name : str
        One of `NAMES`.
    learned : list
        From the parameters of a tokeniser.

    Returns
    -------
    tokenizers.Tokenizer
        Ready to cut.
    """
    import tokenizers as hf

    if name == "bpe":
        model: Any
        merges = [tuple(merge.split(" ")) for merge in learned]
        chars = {char for text in reviews().to_pylist() for char in text if not char.isspace()} | {"▁"}
        pieces = dict.fromkeys([*sorted(chars), *("".join(pair) for pair in merges)])
        model = hf.models.BPE({piece: at for at, piece in enumerate(pieces)}, merges)
    else:
        model = hf.models.Unigram([("<unk>", 0.0), *map(tuple, learned)], unk_id=0)
    peer = hf.Tokenizer(model)
    peer.pre_tokenizer = hf.pre_tokenizers.Metaspace()
    return peer


def cut(who: str, name: str, learned: list[Any]) -> Callable[[], object]:
    """Load the texts and make what is timed: cutting them.

    Parameters
    ----------
    who : {"malgil", "encode_batch", "encode_batch_fast"}
        Whose.
    name : str
        One of `NAMES`.
    learned : list
        The table.

    Returns
    -------
    callable
        Cuts all texts.
    """
    if who == "malgil":
        from malgil.tokenizers import encode_blocks

        made, parts = tokenizer(name, n_terms=N_TERMS, learned=learned), blocks(reviews())
        return lambda: encode_blocks(made, parts, N_JOBS)
    os.environ["RAYON_NUM_THREADS"] = str(N_JOBS)
    texts, peer = reviews().to_pylist(), as_peer(name, learned)
    return lambda: getattr(peer, who)(texts)


def learn(who: str, name: str) -> Callable[[], object]:
    """Load the texts and make what is timed: learning from them.

    Parameters
    ----------
    who : {"malgil", "tokenizers"}
        Whose.
    name : str
        One of `NAMES`.

    Returns
    -------
    callable
        Learns the table.
    """
    os.environ["RAYON_NUM_THREADS"] = str(N_JOBS)
    if who == "malgil":
        parts = blocks(lesson())
        return lambda: tokenizer(name, n_terms=N_TERMS).fit_blocks(parts)  # type: ignore[attr-defined]
    import tokenizers as hf

    texts = lesson().to_pylist()

    def run() -> object:
        peer = hf.Tokenizer(hf.models.BPE() if name == "bpe" else hf.models.Unigram())
        peer.pre_tokenizer = hf.pre_tokenizers.Metaspace()
        options: dict[str, Any] = {"vocab_size": N_TERMS, "show_progress": False}
        if name == "bpe":
            trainer: Any = hf.trainers.BpeTrainer(min_frequency=2, **options)
        else:
            trainer = hf.trainers.UnigramTrainer(unk_token="<unk>", special_tokens=["<unk>"], **options)
        peer.train_from_iterator(texts, trainer)
        return peer

    return run


def main() -> None:
    """Race and write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("bench/subwords.py needs NSMC: set MALGIL_DATA")
        return
    rows = []
    for name in NAMES:
        learned = list(tokenizer(name, n_terms=N_TERMS).fit(lesson()).params["learned"])  # type: ignore[attr-defined]
        cutting = [
            Contender("malgil", partial(cut, "malgil", name, learned), f"{N_JOBS} threads, with spans", f"{name}: cut"),
            *(
                Contender("tokenizers", partial(cut, who, name, learned), f"{N_JOBS} threads, {who}", f"{name}: cut")
                for who in ("encode_batch", "encode_batch_fast")
            ),
        ]
        learning = [
            Contender(who, partial(learn, who, name), f"{N_JOBS} threads", f"{name}: learn")
            for who in ("malgil", "tokenizers")
        ]
        rows += [*race(cutting, n_runs=3), *race(learning, n_runs=3, n_warm=0)]
    if N_TEXTS is None:
        write(
            Path(__file__).stem,
            title={"en": "Subwords: cutting and learning", "ko": "서브워드: 자르기와 학습"},
            source={"en": "691,442 reviews (NSMC), 8,000 pieces", "ko": "리뷰 691,442건(NSMC), 조각 8,000개"},
            rows=rows,
        )


if __name__ == "__main__":
    main()
