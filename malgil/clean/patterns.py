"""Patterns of the user, each with its own examples, which are tried when the recipe loads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import regex
from numpy.typing import NDArray

from malgil.clean.spans import Replacement, rewrite
from malgil.codepoints import CodePoints, utf8
from malgil.edits import Edit
from malgil.errors import DataError, MalgilError, ParameterError
from malgil.params import choose

_KEYS = dict.fromkeys(("name", "pattern", "replacement", "match", "no_match"))


class UserPattern(NamedTuple):
    r"""A pattern that was checked.

    Parameters
    ----------
    name : str
        What the user calls it.
    form : regex.Pattern
        Compiled.
    replacement : str
        What to write, with ``\1`` or ``\g<name>`` for groups.
    """

    name: str
    form: Any
    replacement: str


@dataclass(frozen=True, kw_only=True)
class Patterns:
    r"""Rewrite what the user's patterns match, one pattern after the other.

    Parameters
    ----------
    patterns : tuple of mapping
        Each with ``name`` and ``pattern`` (syntax of the library ``regex``), and where wanted ``replacement`` (empty by
        default; ``\1`` is a group), ``match`` (texts in which it must match) and ``no_match`` (texts in which it must
        not).
    timeout : float
        Seconds for one pattern on one text, > 0.
    """

    patterns: tuple[Mapping[str, Any], ...] = ()
    timeout: float = 2.0

    def __post_init__(self) -> None:
        if not self.timeout > 0:
            raise ParameterError("clean_steps.pattern_limit", value=self.timeout)
        for pattern, table in zip(self._compiled, self.patterns, strict=True):
            self._try_examples(pattern, table)

    @cached_property
    def _compiled(self) -> tuple[UserPattern, ...]:
        return tuple(_read(table, number) for number, table in enumerate(self.patterns, 1))

    def _try_examples(self, pattern: UserPattern, table: Mapping[str, Any]) -> None:
        for key, is_wanted in (("match", True), ("no_match", False)):
            for example in table.get(key, ()):
                found = list(self._find(pattern, example, ParameterError))
                if bool(found) != is_wanted:
                    raise ParameterError(f"clean_steps.pattern_{key}", name=pattern.name, example=example)

    def _find(self, pattern: UserPattern, text: str, kind: type[MalgilError]) -> Iterator[Replacement]:
        try:
            for match in pattern.form.finditer(text, timeout=self.timeout):
                if match.end() > match.start():
                    yield match.start(), match.end(), match.expand(pattern.replacement)
        except TimeoutError as error:
            start = text[:30]
            raise kind("clean_steps.pattern_timeout", name=pattern.name, seconds=self.timeout, start=start) from error
        except (regex.error, IndexError) as error:
            raise kind(
                "clean_steps.pattern_replacement", name=pattern.name, replacement=pattern.replacement, reason=error
            ) from error

    def needs(self, texts: pa.LargeStringArray) -> NDArray[np.bool_]:
        """Mark the texts that the step may change: any may, unless it is empty.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        ndarray of bool, shape (n_rows,)
            True where the text has a character.
        """
        filled: NDArray[np.bool_] = np.diff(utf8(texts)[1]) > 0
        return filled & bool(self.patterns)

    def apply(self, before: CodePoints) -> Edit | None:
        """Rewrite the texts.

        Parameters
        ----------
        before : CodePoints
            Any texts.

        Returns
        -------
        Edit or None
            ``None`` where nothing had to change.

        Raises
        ------
        DataError
            If a pattern takes longer than `timeout` on a text; names the pattern.
        """
        whole: Edit | None = None
        for pattern in self._compiled:
            texts = before if whole is None else whole.after
            edit = rewrite(texts, partial(self._find, pattern, kind=DataError))
            if edit is None:
                continue
            if whole is not None:
                first, last = whole.first[edit.first], whole.last[edit.last]
                edit = Edit(edit.after, first, last, whole.changed | edit.changed)
            whole = edit
        return whole


def _read(table: Mapping[str, Any], number: int) -> UserPattern:
    if not isinstance(table, Mapping) or not all(isinstance(table.get(key), str) for key in ("name", "pattern")):
        raise ParameterError("clean_steps.pattern_fields", number=number)
    for key in table:
        choose(_KEYS, "pattern", key)
    name, replacement = table["name"], table.get("replacement", "")
    examples = [table.get(key, []) for key in ("match", "no_match")]
    are_texts = all(isinstance(item, list | tuple) and all(isinstance(text, str) for text in item) for item in examples)
    if not isinstance(replacement, str) or not are_texts:
        raise ParameterError("clean_steps.pattern_fields", number=number)
    try:
        form = regex.compile(table["pattern"])
    except regex.error as error:
        position = 0 if error.pos is None else error.pos
        raise ParameterError(
            "clean_steps.pattern_compile", name=name, position=position, reason=error.msg, pattern=table["pattern"]
        ) from error
    return UserPattern(name, form, replacement)
