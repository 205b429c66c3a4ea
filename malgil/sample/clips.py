"""Short clips to label frame by frame: a shape that goes left, right, up, down, or stands still."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ParameterError
from malgil.sample.draw import Draw
from malgil.sample.scenes import check_count, check_seed
from malgil.sample.shapes import COLOURS, SHAPES, SIDE, Thing, draw_things

MOTIONS: dict[str, tuple[int, int]] = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1), "still": (0, 0)}
"""Motion -> its direction, to the right and downwards."""
_STEPS = (1.0, 1.5, 2.0)  # pixels from frame to frame
_STAYS = (2, 3, 4, 5)  # frames that a motion lasts
_RADIUS = 4.0


class Clip(NamedTuple):
    """A clip.

    Parameters
    ----------
    frames : ndarray of uint8, shape (n_frames, 32, 32, 3)
        Images in their order.
    motions : list of str
        For each frame how the shape came there from the frame before, a key of `MOTIONS`; the first frame has the
        motion of the second.
    """

    frames: NDArray[np.uint8]
    motions: list[str]


def draw_clips(n: int, n_frames: int = 16, *, seed: int = 0) -> list[Clip]:
    """Make up clips.

    Parameters
    ----------
    n : int
        How many, 1 to 1,000,000.
    n_frames : int
        Frames of each, >= 2.
    seed : int
        The same arguments give the same bytes.

    Returns
    -------
    list of Clip
        In each one shape, which never leaves the canvas.

    Raises
    ------
    ParameterError
        If a number is out of range.

    Examples
    --------
    >>> clip = draw_clips(1, 6)[0]
    >>> clip.frames.shape, len(clip.motions)
    ((6, 32, 32, 3), 6)
    """
    if isinstance(n_frames, bool) or not isinstance(n_frames, int | np.integer) or n_frames < 2:
        raise ParameterError("sample.bad_n_frames", value=n_frames)
    draw = Draw(np.random.Generator(np.random.PCG64(check_seed(seed))))
    return [_clip(draw, int(n_frames)) for _ in range(check_count(n))]


def _clip(draw: Draw, n_frames: int) -> Clip:
    kind, background = (draw.pick(tuple(COLOURS)), draw.pick(tuple(SHAPES))), 20 + draw.below(40)
    free = SIDE - 2 * _RADIUS
    x, y = _RADIUS + draw.unit() * free, _RADIUS + draw.unit() * free
    places, motions = [(x, y)], [""]
    while len(places) < n_frames:
        motion, step = draw.pick(tuple(MOTIONS)), draw.pick(_STEPS)
        for _ in range(draw.pick(_STAYS)):
            x, y = x + step * MOTIONS[motion][0], y + step * MOTIONS[motion][1]
            if not (_RADIUS <= min(x, y) and max(x, y) <= SIDE - _RADIUS):
                x, y = places[-1]
                break
            places.append((x, y))
            motions.append(motion)
    motions[0] = motions[1]
    frames = [draw_things([Thing(*kind, *place, _RADIUS)], background) for place in places[:n_frames]]
    return Clip(np.stack(frames), motions[:n_frames])
