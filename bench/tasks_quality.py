"""How well the networks of malgil do, each beside its baseline on the same split: the recipes of ``examples/``.

``python bench/tasks_quality.py trec sst2`` runs some; the rows of the others stay in the result file. Without a name
all are run, which takes hours on two cores.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from recording import RESULTS, ROOT, version, write

RECIPES = (
    "trec",
    "sst2",
    "lines",
    "conll2000",
    "clips",
    "scenes",
    "nsmc",
    "nsmc_rating",
    "precision",
    "imdb",
    "intent",
    "multi30k",
    "generator",
    "chatbot",
    "nsmc_pretrained",
    "imdb_pretrained",
    "ptb",
)


def run(name: str) -> list[dict[str, Any]]:
    """Run a recipe.

    Parameters
    ----------
    name : str
        Of the script in ``examples/``.

    Returns
    -------
    list of dict
        Rows of the result file, malgil's first.
    """
    made = []
    for row in importlib.import_module(name).rows():
        figures = {key: round(value, 4) for key, value in row.figures.items()}
        print(f"  {name:<10} {row.setting:<56} {figures}", flush=True)
        who = "malgil" if row.is_own else "baseline"
        made.append({"who": who, "version": version(who), "case": name, "setting": row.setting, "figures": figures})
        if row.history is not None:
            made[-1]["history"] = row.history.to_dict()
    return made


def kept(names: list[str]) -> list[dict[str, Any]]:
    """Read the rows of earlier runs.

    Parameters
    ----------
    names : list of str
        Recipes that are run anew.

    Returns
    -------
    list of dict
        Rows of the other recipes.
    """
    path = RESULTS / "tasks_quality.json"
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    return [row for row in rows if row["case"] not in names]


def main() -> None:
    """Run the recipes that the command line names, write the result after each."""
    sys.path.insert(0, str(ROOT / "examples"))
    for name in sys.argv[1:] or RECIPES:
        if name not in RECIPES:
            raise SystemExit(f"no recipe {name}; there are {', '.join(RECIPES)}")
        try:
            made = run(name)
        except FileNotFoundError as error:
            print(f"  {name} skipped: {error}")
            continue
        rows = sorted(made + kept([name]), key=lambda row: RECIPES.index(row["case"]))
        write(
            "tasks_quality",
            title={"en": "Networks beside their baselines", "ko": "기준 모델과 비교한 신경망"},
            source={"en": "the test part of each data set", "ko": "각 자료의 시험 부분"},
            rows=rows,
        )


if __name__ == "__main__":
    main()
