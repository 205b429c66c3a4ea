"""What holds a workspace together: the lock, the page drawn for people, and the manifest that seals all parts."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from malgil.engine import Progress
from malgil.errors import BusyError, StorageError
from malgil.files import checksum, write_whole, writing
from malgil.store import MANIFEST, Writer, open_artefact

KIND = "workspace"
RECIPE = "recipe.toml"
REPORT = "report.html"
REPORT_JSON = "report.json"
LOG = "build.log"
LOCK = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a workspace for this process; the system lets go of the lock when the process dies.

    Parameters
    ----------
    folder : Path
        The workspace; made where it is not there.

    Yields
    ------
    None
        The block that writes into it.

    Raises
    ------
    BusyError
        If another process holds it.
    StorageError
        If it cannot be written, or holds other things than a workspace.
    """
    if folder.exists() and not folder.is_dir():
        raise StorageError("workspace.not_a_folder", path=folder)
    if folder.is_dir() and any(folder.iterdir()) and not any((folder / name).exists() for name in (LOG, MANIFEST)):
        raise StorageError("workspace.not_empty", path=folder)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LOG).touch()
        lock = FileLock(folder / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise BusyError("workspace.busy", path=folder) from error
    try:
        yield
    finally:
        lock.release()


def draw_report(folder: Path, lang: str, progress: Progress) -> dict[str, str]:
    """Draw the page of a workspace, unless it is there already.

    Parameters
    ----------
    folder : Path
        The workspace.
    lang : str
        Language shown first.
    progress : Progress
        Told that it is drawn.

    Returns
    -------
    dict
        ``from`` (digest of the report's data), ``lang`` and ``checksum`` of the page.
    """
    from malgil.eda.data import ReportData
    from malgil.eda.report import write_report

    artefact, page = open_artefact(folder / "report", "report"), folder / REPORT
    drawn = {"from": artefact.digest, "lang": lang}
    if page.is_file() and (before := _drawn_before(folder)) == {**drawn, "checksum": checksum(page)}:
        return before
    progress.start("draw_report", None)
    data = ReportData.from_json(artefact.path_of(REPORT_JSON).read_text(encoding="utf-8"))
    write_report(page, data, lang)
    progress.done()
    return {**drawn, "checksum": checksum(page)}


def _drawn_before(folder: Path) -> dict[str, str]:
    try:
        drawn: dict[str, str] = open_artefact(folder, KIND).meta["drawn"]
    except ValueError:
        return {}
    return drawn


def seal(folder: Path, stages: dict[str, str], recipe: dict[str, dict[str, Any]], drawn: dict[str, str]) -> None:
    """Write the manifest that makes the parts one workspace.

    Parameters
    ----------
    folder : Path
        The workspace.
    stages : dict
        Stage -> digest of its artefact.
    recipe : dict
        The recipe, defaults written out.
    drawn : dict
        As `draw_report` gives it.
    """
    import tomli_w

    write_whole(folder / RECIPE, tomli_w.dumps(recipe).encode())
    with Writer(folder, KIND) as writer:
        files = {RECIPE: checksum(folder / RECIPE), REPORT: drawn["checksum"]}
        writer.meta = {"stages": stages, "recipe": recipe, "files": files, "drawn": drawn}
