"""A scene as a file, of the kind that its name asks for."""

from __future__ import annotations

from pathlib import Path

from malgil.drawing.scene import Scene
from malgil.errors import ParameterError
from malgil.files import write_whole


def check_picture_name(path: Path) -> None:
    """Refuse a name whose end says no kind of picture.

    Parameters
    ----------
    path : Path
        Where a picture is to go.

    Raises
    ------
    ParameterError
        If it ends neither in ``.svg`` nor in ``.png``.
    """
    if path.suffix.lower() not in (".svg", ".png"):
        raise ParameterError("drawing.suffix", path=path)


def write_picture(path: Path, scene: Scene) -> None:
    """Draw a scene and write it.

    Parameters
    ----------
    path : Path
        Ends in ``.svg`` or ``.png``; appears whole or not at all.
    scene : Scene
        What to draw.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    StorageError
        If the file cannot be written.
    """
    check_picture_name(path)
    write_whole(path, scene.to_svg().encode() if path.suffix.lower() == ".svg" else scene.to_png())
