"""Examples in docstrings run and give what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.house.source import modules

WITH_EXAMPLES = [module.name for module in modules() if ">>> " in module.text]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_of_a_module_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dotted = ".".join(("malgil", *Path(name).with_suffix("").parts)).removesuffix(".__init__")
    module = importlib.import_module(dotted)
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    outcome = doctest.testmod(module, extraglobs={"np": np, "pa": pa}, optionflags=options, report=False)
    assert outcome.attempted > 0
    assert outcome.failed == 0
