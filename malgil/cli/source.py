"""Read what a command is to work on, once it is sure that writing the result destroys nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from malgil.errors import ParameterError

if TYPE_CHECKING:
    from malgil.corpus import Corpus


def read_source(
    source: str,
    outputs: Iterable[Path],
    *,
    text: str | None = None,
    id: str | None = None,
    label: str | None = None,
    encoding: str | None = None,
    rejects: Path | None = None,
) -> Corpus:
    """Read a corpus whose result goes to files of its own.

    Parameters
    ----------
    source : str
        File, folder, glob or ``-``.
    outputs : iterable of Path
        What the command is going to write.
    text, id, label, encoding, rejects
        As `malgil.read` takes them.

    Returns
    -------
    Corpus
        The documents.

    Raises
    ------
    ParameterError
        If a file of the source or the rejects would be overwritten.
    """
    from malgil.corpus import read
    from malgil.corpus.files import check_apart, find

    files = [] if source == "-" else find(source)[0]
    for output in outputs:
        check_apart(output, files, "--output")
        if rejects is not None and rejects.resolve() == output.resolve():
            raise ParameterError("cli.same_file", path=output, first="--output", second="--rejects")
    return read(source, text=text, id=id, label=label, encoding=encoding, rejects=rejects)
