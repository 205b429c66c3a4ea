"""When segments are merged: a simple rule of tiers, so that there are few of them and each document moves rarely.

A segment of up to 1,000 live documents is of tier 0, of up to 8,000 of tier 1, and so on by factors of 8. Where 8
segments of one tier lie together, with nothing larger between them, they become one. So an index of n documents has at
most some 8 log8(n / 1000) segments, and a document is written about log8(n / 1000) times in all. A segment of which
more than half is deleted is written anew.

References
----------
.. [1] O'Neil, Cheng, Gawlick, O'Neil, "The log-structured merge-tree", Acta Informatica 33, 1996.
"""

from __future__ import annotations

from collections.abc import Sequence

FANOUT = 8
_SMALLEST = 1000


def tier(n_docs: int) -> int:
    """Size of a segment, coarsely.

    Parameters
    ----------
    n_docs : int
        Live documents.

    Returns
    -------
    int
        0 for up to 1,000, one more for each factor of 8.
    """
    number, limit = 0, _SMALLEST
    while n_docs > limit:
        number, limit = number + 1, limit * FANOUT
    return number


def plan(n_alive: Sequence[int], n_docs: Sequence[int]) -> tuple[int, int] | None:
    """Choose segments to merge.

    Parameters
    ----------
    n_alive : sequence of int
        Live documents of each segment, in the order of their documents.
    n_docs : sequence of int
        All documents of each.

    Returns
    -------
    low, high : int, or None
        Neighbours ``low`` to ``high - 1`` should become one; ``None`` where all is well.

    Examples
    --------
    >>> plan([5000] + [10] * 8, [5000] + [10] * 8)
    (1, 9)
    >>> plan([400, 3], [1000, 3])
    (0, 1)
    """
    for place, (alive, whole) in enumerate(zip(n_alive, n_docs, strict=True)):
        if 2 * alive < whole:
            return place, place + 1
    tiers = [tier(n) for n in n_alive]
    for number in sorted(set(tiers)):
        low = 0
        for high in range(len(tiers) + 1):
            if high < len(tiers) and tiers[high] <= number:
                continue
            if tiers[low:high].count(number) >= FANOUT:
                return low, high
            low = high + 1
    return None
