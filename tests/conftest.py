"""What every test shares: one seed, hypothesis without clocks, and the way to real data."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

# A slow machine is not a failing test: no deadlines. The same examples everywhere: a red test is red for everybody.
settings.register_profile(
    "malgil", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("malgil")

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ["MALGIL_LANG"] = "en"
# The workers of the test run share the cores already; and the same number of threads gives the same bits everywhere.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(autouse=True)
def _fixed_seed() -> None:
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  (for libraries that still read the global state)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Name the folder of real corpora; tests that use it are marked ``real``."""
    folder = os.environ.get("MALGIL_DATA")
    if not folder:
        pytest.skip("MALGIL_DATA is not set")
    return Path(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests of real data where there is none."""
    if os.environ.get("MALGIL_DATA"):
        return
    skip = pytest.mark.skip(reason="MALGIL_DATA is not set")
    for item in items:
        if "real" in item.keywords:
            item.add_marker(skip)
