"""How fast Hangul is taken apart and matched, a whole column at a time, beside packages and plain Python.

``python bench/hangul.py [N_TEXTS]``. The peer ``jamo`` takes a string at a time, as does plain Python, and is left out
where it is not installed. All get the same NSMC reviews; speed is counted in syllables of Hangul.
"""

from __future__ import annotations

import functools
import importlib.util
import re
import sys
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from recording import Contender, race, real_data, write

TITLE = {"en": "Hangul", "ko": "한글 다루기"}
N_TEXTS = 100_000
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_CHOSEN = ("compose", "decompose", "initials", "strokes", "to_keys")


def n_texts() -> int:
    """Read how many texts to take.

    Returns
    -------
    int
        From the command line.
    """
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    return numbers[0] if numbers else N_TEXTS


@functools.cache
def column(n: int) -> pa.LargeStringArray:
    """Read the reviews.

    Parameters
    ----------
    n : int
        How many.

    Returns
    -------
    pa.LargeStringArray
        Their texts.
    """
    path = real_data("nsmc/reviews.parquet")
    assert path is not None
    return pq.read_table(path, columns=["review"])["review"].cast(pa.large_string()).combine_chunks()[:n]


def prepare_malgil(name: str, n: int) -> Callable[[], object]:
    """Load the column for malgil.

    Parameters
    ----------
    name : str
        Function of `malgil.hangul.columns`.
    n : int
        How many texts.

    Returns
    -------
    callable
        What is timed.
    """
    from malgil.hangul import columns

    texts = column(n)
    if name == "compose":
        texts = columns.decompose(texts)
    options = {"match_initials": ("ㅇㅎ",), "particle": ("은/는",)}.get(name, ())
    function = getattr(columns, name)
    return lambda: function(texts, *options)


def prepare_python(name: str, n: int) -> Callable[[], object]:
    """Load the list for plain Python.

    Parameters
    ----------
    name : str
        What is done.
    n : int
        How many texts.

    Returns
    -------
    callable
        What is timed.
    """
    import unicodedata

    texts = column(n).to_pylist()
    if name == "initials":

        def initial(char: str) -> str:
            return _INITIALS[(ord(char) - 0xAC00) // 588] if "가" <= char <= "힣" else char

        return lambda: ["".join(map(initial, text)) for text in texts]
    if name == "match_initials":
        pattern = re.compile("[ㅇ아-잏][ㅎ하-힣]")
        return lambda: [pattern.search(text) is not None for text in texts]
    if name == "particle":
        return lambda: ["은" if text and (ord(text[-1]) - 0xAC00) % 28 else "는" for text in texts]
    if name == "compose":
        loose = [unicodedata.normalize("NFD", text) for text in texts]
        return lambda: [unicodedata.normalize("NFC", text) for text in loose]
    return lambda: [unicodedata.normalize("NFD", text) for text in texts]


def prepare_jamo(n: int) -> Callable[[], object]:
    """Load the package jamo, which takes syllables apart.

    Parameters
    ----------
    n : int
        How many texts.

    Returns
    -------
    callable
        What is timed.
    """
    import jamo

    texts = column(n).to_pylist()
    return lambda: [jamo.j2hcj(jamo.h2j(text)) for text in texts]


def main() -> None:
    """Race and write the result."""
    if real_data("nsmc/reviews.parquet") is None:
        print("  skipped: MALGIL_DATA does not name a folder with nsmc/reviews.parquet")
        return
    n = n_texts()
    contenders = []
    for name in (*_CHOSEN, "is_hangul", "match_initials", "particle", "fix_layout"):
        contenders.append(Contender("malgil", functools.partial(prepare_malgil, name, n), "a column", name))
        if name in ("compose", "decompose", "initials", "match_initials", "particle"):
            setting = "unicodedata" if name in ("compose", "decompose") else "a string at a time"
            contenders.append(Contender("python", functools.partial(prepare_python, name, n), setting, name))
        if name == "decompose":
            if importlib.util.find_spec("jamo"):
                contenders.append(Contender("jamo", functools.partial(prepare_jamo, n), "a string at a time", name))
    rows = race(contenders)
    n_syllables = pc.sum(pc.count_substring_regex(column(n), "[가-힣]")).as_py()
    for row in rows:
        row["extra"] = {"n_texts": n, "n_syllables": n_syllables, "syllables_a_second": n_syllables / row["median"]}
        print(f"  {row['case']:<15} {row['who']:<8} {n_syllables / row['median'] / 1e6:8.1f} M syllables/s")
    source = {"en": f"{n:,} NSMC reviews", "ko": f"NSMC 영화평 {n:,}건"}
    if "--dry" not in sys.argv:
        write("hangul", title=TITLE, source=source, rows=rows)


if __name__ == "__main__":
    main()
