"""Ctrl-C during a training: never in the middle of a step, and with a word on how to go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from malgil.messages import render


class Interrupted(KeyboardInterrupt):
    """A training that was stopped by Ctrl-C.

    Parameters
    ----------
    key : str
        Message key, ``"training.<name>"``.
    **fields : object
        Values for the message's placeholders.
    """

    def __init__(self, key: str, /, **fields: object) -> None:
        super().__init__(key)
        self.key = key
        self.fields = fields

    def sentence(self, lang: str = "en") -> str:
        """Say where the training stopped and how it goes on.

        Parameters
        ----------
        lang : str
            ``"en"`` or ``"ko"``.

        Returns
        -------
        str
            One or two sentences.
        """
        return render(self.key, lang=lang, **self.fields)

    def __str__(self) -> str:
        return self.sentence()


@contextmanager
def whole() -> Iterator[None]:
    """Hold Ctrl-C back until a block has run to its end.

    Yields
    ------
    None
        The block. On another thread than the main one nothing is done: no signal arrives there.

    Raises
    ------
    KeyboardInterrupt
        After the block, where Ctrl-C came during it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or handler is not signal.default_int_handler:
        yield
        return
    came = False

    def note(*_: object) -> None:
        nonlocal came
        came = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if came:
        raise KeyboardInterrupt
