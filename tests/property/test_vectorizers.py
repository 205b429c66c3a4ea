"""The vectorisers: kernels beside their twins, and every way of counting beside scikit-learn."""

from __future__ import annotations

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.vectorize._hash_kernels import murmur
from tests.naive import vectorize as naive
from tests.strategies import texts


def _flat(strings: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.array([0, *accumulate(map(len, strings))], np.int64)
    return offsets, np.frombuffer(b"".join(strings) or b"\0", np.uint8)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("kernel", [murmur, murmur.py_func])
@given(strings=st.lists(st.one_of(st.binary(max_size=12), texts.map(str.encode)), max_size=6))
def test_murmur_is_its_twin(kernel: object, strings: list[bytes]) -> None:
    outputs = []
    for function in (kernel, naive.murmur):
        hashes = np.zeros(len(strings), np.int32)
        function(*_flat(strings), hashes)  # type: ignore[operator]
        outputs.append(hashes.tolist())
    assert outputs[0] == outputs[1]


@given(st.binary(max_size=20))
def test_murmur_is_scikit_learns(text: bytes) -> None:
    murmurhash = pytest.importorskip("sklearn.utils").murmurhash3_32
    assert naive.murmur3_32(text) == murmurhash(text, seed=0)
