"""The model of the fast morpheme tagger: its characters, the labels each may get, and the weights that choose.

A label says which morphemes a character belongs to. It is a row of parts, each with the part of speech of a morpheme
that begins here (or -1: the last one goes on) and what the character gives to its form (or -1: itself). 했 of 했다 has
the label ``(XSV, 하), (EP, 었)``. Labels are learnt from Kiwi's morphemes; nothing is in here that Kiwi did not say.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import Traits, is_space
from malgil.errors import ArtefactError

MODEL = Path(__file__).parent / "data" / "fast_morphemes.npz"
SPACE, EDGE = 0, 1
HANGUL, JAMO, LATIN, DIGIT, HANJA, PICTURE, MARK, OTHER = range(2, 10)
N_CLASSES = 10
MOST_CHOICES = 63
"""Labels that one character may have."""


def _classify(char: str) -> int:
    point, kind = ord(char), unicodedata.category(char)
    if 0xAC00 <= point <= 0xD7A3:
        return HANGUL
    if 0x1100 <= point <= 0x11FF or 0x3131 <= point <= 0x318E:
        return JAMO
    if 0x4E00 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF:
        return HANJA
    if kind[0] == "L":
        return LATIN if "LATIN" in unicodedata.name(char, "") else OTHER
    return DIGIT if kind[0] == "N" else MARK if kind[0] == "P" else PICTURE if kind[0] == "S" else OTHER


_TRAITS = Traits(_classify)


class FastModel(NamedTuple):
    """The arrays of the model.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_characters,)
        Known characters, rising; the others share a symbol with all of their class.
    choices : ndarray of int32, shape (n_choices,)
        Labels that a symbol may have, the most frequent first.
    choice_indptr : ndarray of int64, shape (n_symbols + 1,)
        Borders of symbols in `choices`.
    part_tags, part_texts : ndarray of int16 and int32, shape (n_parts,)
        Parts of labels: places in `TAGS`, or -1; texts, or -1.
    part_indptr : ndarray of int64, shape (n_labels + 1,)
        Borders of labels in the parts.
    text_points, text_indptr : ndarray of uint32 and int64
        Texts that differ from the character.
    weights : ndarray of int8, shape (2 ** n_bits + MOST_CHOICES + 1,)
        Weights of the hashed features.
    """

    points: NDArray[np.uint32]
    choices: NDArray[np.int32]
    choice_indptr: NDArray[np.int64]
    part_tags: NDArray[np.int16]
    part_texts: NDArray[np.int32]
    part_indptr: NDArray[np.int64]
    text_points: NDArray[np.uint32]
    text_indptr: NDArray[np.int64]
    weights: NDArray[np.int8]

    @property
    def mask(self) -> int:
        """What a hash is cut to."""
        return len(self.weights) - MOST_CHOICES - 2

    def opens(self) -> NDArray[np.int16]:
        """Tell the part of speech that each label opens last.

        Returns
        -------
        ndarray of int16, shape (n_labels,)
            Places in `TAGS`; -1 where a label opens none.
        """
        out = np.full(len(self.part_indptr) - 1, -1, np.int16)
        label = np.repeat(np.arange(len(out)), np.diff(self.part_indptr))
        begins = self.part_tags >= 0
        out[label[begins]] = self.part_tags[begins]
        return out

    def symbols(self, points: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Turn code points into symbols, as the model knows them.

        Parameters
        ----------
        points : ndarray of uint32
            Code points of composed texts.

        Returns
        -------
        ndarray of int32
            0 for white space, the class of unknown characters, `N_CLASSES` and above for known ones.
        """
        return number_points(self.points, points)


def number_points(known: NDArray[np.uint32], points: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Turn code points into symbols: white space, known characters, classes of unknown ones.

    Parameters
    ----------
    known : ndarray of uint32, shape (n_characters,)
        Known characters, rising.
    points : ndarray of uint32
        Any code points.

    Returns
    -------
    ndarray of int32
        Symbols.
    """
    table = np.full(int(max(known.max(initial=0), points.max(initial=0))) + 1, -1, np.int32)
    table[known] = np.arange(len(known), dtype=np.int32) + N_CLASSES
    out = table[points]
    new = out < 0
    out[new] = _TRAITS(points[new])
    out[is_space(points)] = SPACE
    return out


@cache
def load_model(path: Path = MODEL) -> FastModel:
    """Read the model, once a process.

    Parameters
    ----------
    path : Path
        The arrays.

    Returns
    -------
    FastModel
        Checked, so that kernels may trust it.

    Raises
    ------
    ArtefactError
        If the file is not such a model.
    """
    with np.load(path, allow_pickle=False) as arrays:
        if sorted(arrays.files) != sorted(FastModel._fields):
            raise ArtefactError("kiwi_fast.bad_model", path=str(path))
        model = FastModel(**{name: arrays[name] for name in FastModel._fields})
    if not is_sound(model):
        raise ArtefactError("kiwi_fast.bad_model", path=str(path))
    return model


def is_sound(model: FastModel) -> bool:
    """Tell whether all places in the arrays are within range.

    Parameters
    ----------
    model : FastModel
        As read.

    Returns
    -------
    bool
        Whether kernels may have it.
    """
    from malgil.tokenizers.morphemes import TAGS

    rows = (
        (model.choice_indptr, len(model.choices), 1),
        (model.part_indptr, len(model.part_tags), 1),
        (model.text_indptr, len(model.text_points), 0),
    )
    n_labels, n_texts = len(model.part_indptr) - 1, len(model.text_indptr) - 1
    size = model.mask + 1
    return (
        all(len(p) > 0 and p[0] == 0 and p[-1] == n and (np.diff(p)[EDGE + 1 :] >= least).all() for p, n, least in rows)
        and all((np.diff(p) >= 0).all() for p, _, _ in rows)
        and len(model.choice_indptr) == len(model.points) + N_CLASSES + 1
        and int(np.diff(model.choice_indptr).max()) <= MOST_CHOICES
        and bool((np.diff(model.points.astype(np.int64)) > 0).all())
        and len(model.part_texts) == len(model.part_tags)
        and _within(model.choices, 0, n_labels)
        and _within(model.part_tags, -1, len(TAGS))
        and _within(model.part_texts, -1, n_texts)
        and _within(model.text_points, 0, 0x110000)
        and size > 0
        and size & (size - 1) == 0
    )


def _within(values: NDArray[np.generic], low: int, high: int) -> bool:
    return not len(values) or (int(values.min()) >= low and int(values.max()) < high)
