"""Sequences ready for a network: padding, batches, merging, packing, special tokens, one-hot vectors, augmentation."""

from malgil.sequences.augmenting import Augmented, Augmenter, augment
from malgil.sequences.batching import buckets
from malgil.sequences.changes import Change, Record, apply
from malgil.sequences.guard import Guard, is_negation
from malgil.sequences.merging import Merged, merge, unmerge
from malgil.sequences.methods import METHODS
from malgil.sequences.one_hot import OneHot, one_hot
from malgil.sequences.packing import Packed, pack, unpack
from malgil.sequences.padding import Padded, pad, unpad
from malgil.sequences.specials import (
    BOS,
    EOS,
    MASK,
    N_SPECIALS,
    PAD,
    SPECIALS,
    UNK,
    with_specials,
    without_specials,
)
from malgil.sequences.synonyms import nearest_synonyms, read_sentiment, read_synonyms
from malgil.sequences.truncating import Cut, length_for, truncate

__all__ = [
    "BOS",
    "EOS",
    "MASK",
    "METHODS",
    "N_SPECIALS",
    "PAD",
    "SPECIALS",
    "UNK",
    "Augmented",
    "Augmenter",
    "Change",
    "Cut",
    "Guard",
    "Merged",
    "OneHot",
    "Packed",
    "Padded",
    "Record",
    "apply",
    "augment",
    "buckets",
    "is_negation",
    "length_for",
    "merge",
    "nearest_synonyms",
    "one_hot",
    "pack",
    "pad",
    "read_sentiment",
    "read_synonyms",
    "truncate",
    "unmerge",
    "unpack",
    "unpad",
    "with_specials",
    "without_specials",
]
