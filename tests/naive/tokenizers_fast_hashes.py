"""Features of the fast morpheme tagger as lists of what they are made of."""

from __future__ import annotations

from typing import Any

MULTIPLY = 0x5851F42D4C957F2D


def wrap(value: Any) -> Any:
    """Cut to 64 bits with a sign."""
    return (value + 2**63) % 2**64 - 2**63


def chain(*values: Any) -> Any:
    out = values[0]
    for value in values[1:]:
        out = wrap(out * MULTIPLY) ^ value
    return wrap(out * MULTIPLY)


def fill_features(context: Any, mask: Any) -> Any:
    left3, left2, left1, here, right1, right2, right3 = context["near"]
    c, tag, before = here + 7, context["tag"], context["before"]
    part, part_before, rest = context["part"], context["part_before"], context["rest"]
    tagged, parted = (c + 40000, tag), (c + 40000, tag, part)
    rows = [
        (c,),
        (c, right1 + 20000),
        (c, left1),
        (c, left1, right1 + 30000),
        (c, right1 + 20000, right2),
        (c, left1, left2),
        (c, left1, left2, right1 + 30000),
        (c, left1, right1 + 50000, right2),
        (c, right1 + 20000, right2, right3),
        (c, left1, left2, left3 + 60000),
        (*tagged, right1 + 70000),
        parted,
        (*parted, right1 + 80000),
        (*tagged, before + 90000),
        (*parted, right1 + 100000, right2),
        (*parted, part_before, before),
    ]
    hashes = [chain(*row) for row in rows]
    hashes.append(wrap((wrap((context["word"] ^ (context["at"] + 110000)) * MULTIPLY) ^ c) * MULTIPLY))
    hashes.append(chain(*tagged, rest))
    hashes.append(chain(*parted, rest, context["next_word"]))
    hashes.append(wrap((wrap((rest ^ (c + 120000)) * MULTIPLY) ^ left1) * MULTIPLY))
    hashes.append(chain(*parted, right1 + 130000, right2, right3))
    hashes.append(chain(*parted, part_before, right1 + 140000))
    return [(wrap((value ^ (value >> 29)) * MULTIPLY) >> 23) & mask for value in hashes]
