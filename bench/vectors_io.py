"""Word vectors from word2vec text and binary files into memory and back, beside gensim."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from recording import Contender, race, write

N_WORDS, DIM = 20_000, 300
INPUT = {
    "en": f"{N_WORDS:,} made-up words of {DIM} numbers, float32, written by gensim",
    "ko": f"무작위로 만든 단어 {N_WORDS:,}개({DIM}차원, float32), gensim으로 쓴 파일",
}
FOLDER = Path(tempfile.gettempdir()) / "malgil-vectors-io"


@cache
def files() -> tuple[Path, Path]:
    """Make the files, once.

    Returns
    -------
    tuple of (Path, Path)
        Text and binary.
    """
    from gensim.models import KeyedVectors

    text, binary = FOLDER / "vectors.txt", FOLDER / "vectors.w2v"
    if not binary.exists():
        FOLDER.mkdir(exist_ok=True)
        matrix = np.random.default_rng(0).standard_normal((N_WORDS, DIM), np.float32)
        keyed = KeyedVectors(DIM, count=0, dtype=np.float32)
        keyed.add_vectors([f"단어{n}" for n in range(N_WORDS)], matrix)
        keyed.save_word2vec_format(text, binary=False)
        keyed.save_word2vec_format(binary, binary=True)
    return text, binary


def malgil_reads_text() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From the file to vectors.
    """
    from malgil import Vectors

    text, _ = files()
    return lambda: Vectors.read(text)


def malgil_reads_binary() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From the file to vectors.
    """
    from malgil import Vectors

    _, binary = files()
    return lambda: Vectors.read(binary)


def malgil_writes_text() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From vectors to the file.
    """
    from malgil import Vectors

    vectors = Vectors.read(files()[1])
    return lambda: vectors.write(FOLDER / "ours.txt")


def malgil_opens() -> Callable[[], object]:
    """Prepare malgil.

    Returns
    -------
    callable
        From a saved folder to vectors on a memory map.
    """
    from malgil import Vectors

    Vectors.read(files()[1]).save(FOLDER / "saved")
    return lambda: Vectors.open(FOLDER / "saved")


def gensim_reads_text() -> Callable[[], object]:
    """Prepare gensim.

    Returns
    -------
    callable
        From the file to vectors.
    """
    from gensim.models import KeyedVectors

    text, _ = files()
    return lambda: KeyedVectors.load_word2vec_format(text, binary=False)


def gensim_reads_binary() -> Callable[[], object]:
    """Prepare gensim.

    Returns
    -------
    callable
        From the file to vectors.
    """
    from gensim.models import KeyedVectors

    _, binary = files()
    return lambda: KeyedVectors.load_word2vec_format(binary, binary=True)


def gensim_writes_text() -> Callable[[], object]:
    """Prepare gensim.

    Returns
    -------
    callable
        From vectors to the file.
    """
    from gensim.models import KeyedVectors

    keyed = KeyedVectors.load_word2vec_format(files()[1], binary=True)
    return lambda: keyed.save_word2vec_format(FOLDER / "theirs.txt", binary=False)


def gensim_opens() -> Callable[[], object]:
    """Prepare gensim.

    Returns
    -------
    callable
        From its own saved file, mapped into memory, to vectors.
    """
    from gensim.models import KeyedVectors

    path = str(FOLDER / "theirs.kv")
    KeyedVectors.load_word2vec_format(files()[1], binary=True).save(path, separately=["vectors"], sep_limit=0)
    return lambda: KeyedVectors.load(path, mmap="r")


def main() -> None:
    """Race and write the result."""
    files()
    pairs = {
        "read text": (malgil_reads_text, gensim_reads_text),
        "write text": (malgil_writes_text, gensim_writes_text),
        "read binary": (malgil_reads_binary, gensim_reads_binary),
        "open": (malgil_opens, gensim_opens),
    }
    rows = []
    for case, (ours, theirs) in pairs.items():
        contenders = [Contender("malgil", ours, "2 threads", case), Contender("gensim", theirs, "", case)]
        rows += race(contenders, n_runs=1 if "text" in case else 5, n_warm=0 if case == "write text" else 1)
    title = {"en": "Word vectors from and to files", "ko": "단어 벡터를 파일에서 읽고 쓰기"}
    write("vectors_io", title=title, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
