"""What happened in a training, epoch by epoch: for people a line each, for programs JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from malgil.errors import DataError, MissingError
from malgil.files import write_whole
from malgil.messages import Message, render

_TIMES = ("tokens_per_s", "seconds")


@dataclass(frozen=True)
class Row:
    """One epoch.

    Parameters
    ----------
    epoch : int
        From 1.
    step : int
        Steps of the optimizer so far.
    loss : float
        Mean loss of an item in training, while the weights were changing.
    validation : dict of str to float
        Figures of the validation part after the epoch: ``"loss"``, and what was measured; empty without one.
    learning_rate : float
        Of the last step.
    norm : float
        Mean norm of the gradient before clipping.
    tokens_per_s : float
        Real steps of sequences, without padding, a second of training; rows where there is no time.
    seconds : float
        Of training, without the validation.
    is_best : bool
        Whether the watched figure was the best so far.
    """

    epoch: int
    step: int
    loss: float
    validation: dict[str, float]
    learning_rate: float
    norm: float
    tokens_per_s: float
    seconds: float
    is_best: bool

    def message(self) -> Message:
        """Say the epoch in a line.

        Returns
        -------
        Message
            In no language yet.
        """
        figures = "".join(f"  {name} {value:.4f}" for name, value in self.validation.items() if name != "loss")
        fields: dict[str, object] = {"epoch": self.epoch, "loss": self.loss, "figures": figures}
        fields |= {"speed": self.tokens_per_s, "seconds": self.seconds, "mark": "*" if self.is_best else ""}
        if "loss" in self.validation:
            return Message("training.epoch_validated", fields | {"validation": self.validation["loss"]})
        return Message("training.epoch", fields)


@dataclass
class History:
    """The course of a training.

    Parameters
    ----------
    rows : list of Row
        One for each epoch.
    notes : list of Message
        What happened besides, such as a batch that had to be cut for want of memory, or an early stop.
    """

    rows: list[Row] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __str__(self) -> str:
        return self.to_text()

    @property
    def best(self) -> Row | None:
        """The epoch whose weights the network has: the last one that was best, or the last."""
        marked = [row for row in self.rows if row.is_best]
        return (marked or self.rows or [None])[-1]  # type: ignore[list-item]

    def to_text(self, lang: str = "en") -> str:
        """Say the training, a line an epoch.

        Parameters
        ----------
        lang : str
            ``"en"`` or ``"ko"``.

        Returns
        -------
        str
            The lines, then the notes; an epoch that was the best so far has a star.
        """
        said = [*(row.message() for row in self.rows), *self.notes]
        return "\n".join(render(message.key, lang, **message.fields) for message in said)

    def to_dict(self, times: bool = True) -> dict[str, Any]:
        """Give the rows in a form that JSON can hold.

        Parameters
        ----------
        times : bool
            With the figures that depend on the clock; without them, the same training gives the same numbers.

        Returns
        -------
        dict
            ``rows`` and ``notes``.
        """
        rows = [asdict(row) for row in self.rows]
        if not times:
            rows = [{name: value for name, value in row.items() if name not in _TIMES} for row in rows]
        return {"rows": rows, "notes": [{"key": note.key, "fields": dict(note.fields)} for note in self.notes]}

    def to_json(self, path: str | Path) -> None:
        """Write the rows.

        Parameters
        ----------
        path : str or Path
            The file; appears whole or not at all.

        Raises
        ------
        StorageError
            If it cannot be written.
        """
        write_whole(Path(path), (json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n").encode())

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> History:
        """Take what `to_dict` gave.

        Parameters
        ----------
        value : dict
            With or without times.

        Returns
        -------
        History
            Equal to the one that was written; times that are missing are 0.
        """
        rows = [Row(**{**dict.fromkeys(_TIMES, 0.0), **row}) for row in value["rows"]]
        return cls(rows, [Message(str(note["key"]), dict(note["fields"])) for note in value["notes"]])

    @classmethod
    def from_json(cls, path: str | Path) -> History:
        """Read what `to_json` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        History
            Equal to the one that was written.

        Raises
        ------
        MissingError
            If there is no such file.
        DataError
            If it holds something else.
        """
        if not Path(path).is_file():
            raise MissingError("training.no_history", path=path)
        try:
            return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError("training.bad_history", path=path) from error

    def draw(self, path: str | Path, lang: str = "en") -> None:
        """Draw the curves of loss, measured figures and learning rate.

        Parameters
        ----------
        path : str or Path
            Ends in ``.png`` or ``.svg``; appears whole or not at all.
        lang : str
            ``"en"`` or ``"ko"``.

        Raises
        ------
        ParameterError
            If the name ends otherwise.
        StorageError
            If the file cannot be written.
        """
        from malgil.training.curves import draw_history

        draw_history(self, Path(path), lang)
