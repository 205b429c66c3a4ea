"""Padding 150,000 encoded reviews to the length that 95 % of them do not exceed, cut and with a mask.

The peers are what people write: the loop over rows of Keras' ``pad_sequences`` in NumPy, and torch's ``pad_sequence``
where it is installed, each from a list of arrays that is there already. Packing has no peer that is a library; it
stands beside best fit written in plain Python, on fewer texts.
"""

from __future__ import annotations

import bisect
import csv
import gzip
import importlib.util
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from recording import Contender, race, real_data, write

from malgil.ragged import Ragged

TITLE = {"en": "Padding and packing", "ko": "패딩과 채우기"}
INPUT = {"en": "150,000 reviews (NSMC train)", "ko": "리뷰 150,000건(NSMC train)"}
PAD, PACK = "pad to p95", "pack 20,000 texts into rows of 128"
N_PACKED, ROW = 20_000, 128


def encoded() -> Ragged:
    """Encode the reviews by words.

    Returns
    -------
    Ragged
        All of them.
    """
    from malgil.tokenizers import encode_blocks, tokenizer

    path = real_data("nsmc/train.tsv.gz")
    if path is None:
        raise FileNotFoundError("MALGIL_DATA does not name a folder with nsmc/train.tsv.gz")
    lines = io.StringIO(gzip.decompress(path.read_bytes()).decode("utf-8"))
    texts = [row[1] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    tokens, _ = encode_blocks(tokenizer("word"), [pa.array(texts, pa.large_string())])
    return tokens.ragged()


def malgil_pad() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        The work.
    """
    from malgil.sequences import pad

    ragged = encoded()
    return lambda: pad(ragged, length="p95").mask


def rows_and_length() -> tuple[list[NDArray[np.int32]], int]:
    """Give the reviews as a list of arrays, and the length to pad to.

    Returns
    -------
    rows : list of ndarray of int32
        A review each.
    length : int
        Its 95th percentile.
    """
    from malgil.sequences import length_for

    ragged = encoded()
    return [np.array(row) for row in ragged], length_for(np.diff(ragged.indptr), "p95")


def numpy_pad() -> Callable[[], object]:
    """Prepare the loop over rows.

    Returns
    -------
    callable
        The work.
    """
    rows, length = rows_and_length()

    def run() -> object:
        values = np.zeros((len(rows), length), np.int32)
        mask = np.zeros((len(rows), length), np.bool_)
        for at, row in enumerate(rows):
            cut = row[:length]
            values[at, : len(cut)] = cut
            mask[at, : len(cut)] = True
        return values, mask

    return run


def torch_pad() -> Callable[[], object]:
    """Prepare torch.

    Returns
    -------
    callable
        The work.
    """
    torch: Any = importlib.import_module("torch")
    rows, length = rows_and_length()
    tensors = [torch.from_numpy(row) for row in rows]
    lengths = torch.tensor([min(len(row), length) for row in rows])

    def run() -> object:
        values = torch.nn.utils.rnn.pad_sequence([row[:length] for row in tensors], batch_first=True)
        return values, torch.arange(length)[None] < lengths[:, None]

    return run


def malgil_pack() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        The work.
    """
    from malgil.sequences import pack

    ragged = encoded()
    part = Ragged(ragged.ids[: ragged.indptr[N_PACKED]], ragged.indptr[: N_PACKED + 1])
    return lambda: pack(part, ROW)


def python_pack() -> Callable[[], object]:
    """Prepare best fit with a sorted list of the rows' room.

    Returns
    -------
    callable
        The work.
    """
    rows = [row.tolist() for row in encoded()][:N_PACKED]

    def run() -> object:
        open_rows: list[tuple[int, int]] = []
        packed: list[list[list[int]]] = []
        for row in sorted(rows, key=len, reverse=True):
            at = bisect.bisect_left(open_rows, (len(row), -1))
            room, place = open_rows.pop(at) if at < len(open_rows) else (ROW, len(packed))
            if place == len(packed):
                packed.append([])
            packed[place].append(row)
            bisect.insort(open_rows, (room - len(row), place))
        values, segments = np.zeros((2, len(packed), ROW), np.int32)
        for place, texts in enumerate(packed):
            flat = [item for text in texts for item in text]
            values[place, : len(flat)] = flat
            segments[place, : len(flat)] = np.repeat(np.arange(1, len(texts) + 1), [len(text) for text in texts])
        return values, segments

    return run


def main() -> None:
    """Run the race and write the result."""
    contenders = [
        Contender("malgil", malgil_pad, "1 thread", PAD),
        Contender("malgil", malgil_pack, "1 thread", PACK),
        Contender("numpy", numpy_pad, "loop over rows", PAD),
    ]
    if importlib.util.find_spec("torch"):
        contenders.append(Contender("torch", torch_pad, "pad_sequence, 1 process", PAD))
    contenders.append(Contender("python", python_pack, "best fit", PACK))
    write("padding", title=TITLE, source=INPUT, rows=race(contenders))


if __name__ == "__main__":
    main()
