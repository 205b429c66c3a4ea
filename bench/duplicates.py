"""How many planted duplicates the drop rules find, and whether what they drop besides is a duplicate too.

The sample's truth says which reviews were planted as copies, as copies with other white space, and as near-duplicates
(a typo, a dropped word, added words, other punctuation). Short reviews also meet by chance, so a dropped review that
was not planted is no mistake in itself: precision is the share of the dropped near-duplicates that, letter by letter,
need few edits to become the review that stays (a normalised Indel similarity of at least 0.7, measured by rapidfuzz),
and the share that has its label. The peer is what a person would write: the first of every text in lower case, without
white space and punctuation.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from recording import version, write

TITLE = {"en": "Duplicates of the sample", "ko": "표본의 중복 글"}
INPUT = {"en": "30,000 reviews of malgil sample, 3 seeds", "ko": "malgil sample의 리뷰 30,000건, 시드 3개"}
N_ROWS, SEEDS = 30_000, (0, 1, 2)
SAME = 0.7  # Indel similarity from which on two texts are nearly the same
THRESHOLDS = (0.5, 0.6, 0.7, 0.8)
_NO_LETTER = re.compile(r"[\W_]+")


def by_malgil(texts: list[str], threshold: float) -> np.ndarray[Any, Any]:
    """Drop duplicates as a recipe does.

    Parameters
    ----------
    texts : list of str
        The reviews.
    threshold : float
        Of near-duplicates.

    Returns
    -------
    ndarray of int64
        For each text the one that stays in its place, -1 for a text that stays.
    """
    from malgil import Cleaner

    return Cleaner({"drop": {"duplicates": "near", "near_threshold": threshold}}).dropped(texts).twin


def by_hand(texts: list[str]) -> np.ndarray[Any, Any]:
    """Drop what is equal in lower case, without white space and punctuation.

    Parameters
    ----------
    texts : list of str
        The reviews.

    Returns
    -------
    ndarray of int64
        As `by_malgil`.
    """
    first: dict[str, int] = {}
    twins = np.full(len(texts), -1, np.int64)
    for row, text in enumerate(texts):
        key = _NO_LETTER.sub("", text.lower()) or text
        twins[row] = -1 if first.setdefault(key, row) == row else first[key]
    return twins


def judge(twins: np.ndarray[Any, Any], made: Any) -> dict[str, float]:
    """Hold what was dropped against the truth.

    Parameters
    ----------
    twins : ndarray of int64
        As `by_malgil` gives them.
    made : malgil.sample.Sample
        The reviews and their truth.

    Returns
    -------
    dict
        Recall of each kind of planted pair (a pair is found if one of its two is dropped), and the precision of what
        was dropped without having the same letters.
    """
    from rapidfuzz.fuzz import ratio

    ids, texts, labels = (made.table[name].to_pylist() for name in ("id", "text", "label"))
    row_of = {id: row for row, id in enumerate(ids)}
    figures = {}
    for kind in ("exact", "whitespace", "near"):
        groups = [[row_of[id] for id in fact["ids"]] for fact in made.truth[f"{kind}_duplicates"]]
        figures[f"recall_{kind}"] = float(np.mean([(twins[group] >= 0).sum() >= len(group) - 1 for group in groups]))
    bare = [_NO_LETTER.sub("", text.lower()) for text in texts]
    near = [(row, int(twin)) for row, twin in enumerate(twins.tolist()) if twin >= 0 and bare[row] != bare[twin]]
    figures["n_dropped"] = float((twins >= 0).sum())
    figures["n_near"] = float(len(near))
    if near:
        figures["precision_near"] = float(np.mean([ratio(bare[a], bare[b]) >= 100 * SAME for a, b in near]))
        figures["same_label_near"] = float(np.mean([labels[a] == labels[b] for a, b in near]))
    return figures


def main() -> None:
    """Judge each way on each sample, write the means."""
    from malgil.sample import generate

    samples = [generate(N_ROWS, seed=seed) for seed in SEEDS]
    ways: dict[tuple[str, str], Any] = {("malgil", f"near, {t}"): lambda x, t=t: by_malgil(x, t) for t in THRESHOLDS}
    ways = {("malgil", "near, 0.6 (the default)"): lambda x: by_malgil(x, 0.6)} | ways
    del ways["malgil", "near, 0.6"]
    ways["python", "lower case, without white space and punctuation"] = by_hand
    rows = []
    for (who, setting), way in ways.items():
        judged = [judge(way(made.table["text"].to_pylist()), made) for made in samples]
        names = [name for name in judged[0] if all(name in one for one in judged)]
        figures = {name: round(float(np.mean([one[name] for one in judged])), 4) for name in names}
        rows.append({"who": who, "version": version(who), "case": "", "setting": setting, "figures": figures})
        print(f"  {who:<7} {setting:<48}", "   ".join(f"{name} {value:g}" for name, value in figures.items()))
    write("duplicates", title=TITLE, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
