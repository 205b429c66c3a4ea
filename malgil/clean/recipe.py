"""The cleaning recipe: an ordered list of named steps with options, and what to drop."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from malgil.clean.dropping import DropRules
from malgil.clean.steps import DEFAULT_STEPS, STEPS, Learning, Step, make_step
from malgil.errors import DataError, MissingError, ParameterError
from malgil.params import did_you_mean

TABLE = "clean"  # of a recipe file


class NamedStep(NamedTuple):
    """One step of a recipe.

    Parameters
    ----------
    name : str
        Its name in `malgil.clean.STEPS`.
    step : Step or Learning
        What it does.
    """

    name: str
    step: Step | Learning


@dataclass(frozen=True)
class CleaningRecipe:
    """A recipe that was read.

    Parameters
    ----------
    steps : tuple of NamedStep
        In the order in which they run.
    drop : DropRules
        Which of the cleaned texts to leave out.
    """

    steps: tuple[NamedStep, ...]
    drop: DropRules


def read_recipe(recipe: object = None) -> CleaningRecipe:
    """Read a recipe in any of its forms, and make its steps.

    Parameters
    ----------
    recipe : str, Path, list, mapping or None
        A TOML file with a table ``[clean]``; that table; a list of steps, each a name or a table of ``name`` and
        options; or a mapping of steps of `DEFAULT_STEPS` to False, which switches them off. ``None`` is the default
        recipe.

    Returns
    -------
    CleaningRecipe
        Ready to run.

    Raises
    ------
    MissingError
        If the file is not there.
    DataError
        If the file is not TOML.
    ParameterError
        If a table, step, option or value cannot be used.
    """
    if recipe is None:
        return read_recipe(DEFAULT_STEPS)
    if isinstance(recipe, str) and recipe in STEPS:
        raise ParameterError("clean.recipe_is_a_string", value=recipe)
    if isinstance(recipe, str | Path):
        return read_recipe(_table_of(Path(recipe)))
    if isinstance(recipe, Mapping):
        if recipe and all(isinstance(value, bool) for value in recipe.values()):
            return CleaningRecipe(_read_steps(_switched(recipe)), DropRules())
        return _read_table(recipe)
    if isinstance(recipe, Iterable):
        return CleaningRecipe(_read_steps(recipe), DropRules())
    raise ParameterError("clean.recipe_form", value=recipe)


def read_toml(path: Path) -> dict[str, Any]:
    """Read the tables of a recipe file.

    Parameters
    ----------
    path : Path
        A TOML file.

    Returns
    -------
    dict
        Its tables.

    Raises
    ------
    MissingError
        If the file is not there.
    DataError
        If it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin with a mark
    except (FileNotFoundError, IsADirectoryError) as error:
        raise MissingError("workspace.recipe_missing", path=path) from error
    except UnicodeDecodeError as error:
        raise DataError("workspace.recipe_not_utf8", path=path, offset=error.start) from error
    except tomllib.TOMLDecodeError as error:
        raise DataError("workspace.recipe_not_toml", path=path, reason=error) from error


def _table_of(path: Path) -> Mapping[str, object]:
    table = read_toml(path).get(TABLE)
    if not isinstance(table, Mapping):
        raise ParameterError("clean.no_table", path=path)
    return {"steps": DEFAULT_STEPS, **table}


def _read_table(table: Mapping[str, Any]) -> CleaningRecipe:
    known = [field.name for field in fields(CleaningRecipe)]
    for key in table:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise ParameterError("clean.unknown_key", table=TABLE, key=key, known=", ".join(known), hint=hint)
    steps, drop = table.get("steps", DEFAULT_STEPS), table.get("drop", {})
    if isinstance(steps, str | Mapping) or not isinstance(steps, Iterable):
        raise ParameterError("clean.recipe_is_a_string", value=steps)
    return CleaningRecipe(_read_steps(steps), drop if isinstance(drop, DropRules) else DropRules.from_table(drop))


def _switched(recipe: Mapping[str, bool]) -> list[str]:
    _read_steps(recipe)
    return [name for name in DEFAULT_STEPS if recipe.get(name, True)]


def _read_steps(steps: Iterable[object]) -> tuple[NamedStep, ...]:
    read: dict[str, NamedStep] = {}
    for number, entry in enumerate(steps, 1):
        if isinstance(entry, Mapping):
            options: dict[str, object] = dict(entry)
            name = options.pop("name", None)
        else:
            name, options = entry, {}
        if not isinstance(name, str):
            raise ParameterError("clean.step_without_name", number=number, value=entry)
        if name in read:
            raise ParameterError("clean.step_twice", step=name)
        read[name] = NamedStep(name, make_step(name, options))
    return tuple(read.values())
