from __future__ import annotations

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.sample.captions import caption
from malgil.sample.clips import MOTIONS, draw_clips
from malgil.sample.scenes import HELD_OUT, PLACES, RELATIONS, Scene, draw_scenes, images
from malgil.sample.shapes import COLOURS, SHAPES, Thing, draw_things


def distance(colour: str, image: np.ndarray) -> np.ndarray:
    """Largest difference of a channel from a colour, pixel by pixel."""
    return np.abs(image.astype(int) - np.array(COLOURS[colour])).max(axis=2)


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again, other = (images(draw_scenes(40, seed=seed)).tobytes() for seed in (3, 3, 4))
    assert first == again
    assert first != other
    clips = [draw_clips(3, 9, seed=seed) for seed in (5, 5)]
    assert all(a.frames.tobytes() == b.frames.tobytes() and a.motions == b.motions for a, b in zip(*clips, strict=True))


def test_all_that_can_be_said_is_drawn() -> None:
    scenes = draw_scenes(800, seed=1)
    assert {scene.relation for scene in scenes} == set(RELATIONS)
    assert {scene.place for scene in scenes} == {*PLACES, ""}
    assert {len(scene.things) for scene in scenes} == {1, 2, 3, 4}
    kinds = {(thing.colour, thing.shape) for scene in scenes for thing in scene.things}
    assert kinds == {(colour, shape) for colour in COLOURS for shape in SHAPES} - HELD_OUT


def test_unseen_scenes_hold_what_training_never_shows() -> None:
    assert not any(scene.is_unseen for scene in draw_scenes(300, seed=2))
    unseen = draw_scenes(300, seed=2, unseen=True)
    assert all(any((thing.colour, thing.shape) in HELD_OUT for thing in scene.things) for scene in unseen)
    assert set(RELATIONS) == {scene.relation for scene in unseen}
    # each word of the captions is known from training
    seen = {word for scene in draw_scenes(800, seed=1) for word in caption(scene, "en").strip(".").split()}
    assert all(set(caption(scene, "en").strip(".").split()) <= seen for scene in unseen)


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_where_it_was_put(colour: str, shape: str) -> None:
    image = draw_things([Thing(colour, shape, 10.0, 20.0, 5.0)], 30)
    rows, columns = np.nonzero(distance(colour, image) < 40)
    assert len(rows) > 15
    assert 18 <= rows.mean() + 0.5 <= 22
    assert columns.mean() + 0.5 == pytest.approx(10, abs=0.3)
    assert (image[:14] == 30).all()
    assert (image[:, 17:] == 30).all()


def test_no_two_shapes_look_alike() -> None:
    masks = [draw_things([Thing("white", shape, 16.0, 16.0, 3.0)], 20) > 130 for shape in SHAPES]
    assert min(np.count_nonzero((a ^ b)[..., 0]) for at, a in enumerate(masks) for b in masks[:at]) >= 3


def test_a_pair_stands_as_it_is_said() -> None:
    for scene in draw_scenes(400, seed=6):
        if scene.relation in ("alone", "several"):
            continue
        one, other = scene.things
        is_so = {
            "left of": one.x < other.x - 4,
            "right of": one.x > other.x + 4,
            "above": one.y < other.y - 4,
            "below": one.y > other.y + 4,
            "around": one.radius > 2 * other.radius,
        }
        assert is_so[scene.relation], scene
        assert scene.relation == "around" or one.radius < other.radius  # the small one is said to be beside the big one


@pytest.mark.parametrize(
    ("relation", "shapes", "korean", "english"),
    [
        ("alone", ["heart"], "왼쪽 위에 큰 빨간 하트가 있다.", "There is a big red heart at the top left."),
        ("several", ["star"] * 3, "빨간 별 세 개가 있다.", "There are three red stars."),
        ("above", ["diamond", "star"], "빨간 마름모는 빨간 별 위에 있다.", "The red diamond is above the red star."),
        ("below", ["circle", "heart"], "빨간 원은 빨간 하트 아래에 있다.", "The red circle is below the red heart."),
        (
            "around",
            ["circle", "diamond"],
            "빨간 원이 빨간 마름모를 감싸고 있다.",
            "The red circle surrounds the red diamond.",
        ),
        ("around", ["heart", "star"], "빨간 하트가 빨간 별을 감싸고 있다.", "The red heart surrounds the red star."),
    ],
)
def test_captions_take_the_right_particles(relation: str, shapes: list[str], korean: str, english: str) -> None:
    things = tuple(Thing("red", shape, 5.0, 5.0, 5.0) for shape in shapes)
    place = "top left" if relation == "alone" else ""
    scene = Scene(relation, things, "big", place, 20)
    assert caption(scene) == korean
    assert caption(scene, "en") == english


def test_motions_are_those_of_the_shape() -> None:
    for clip in draw_clips(12, 14, seed=7):
        assert clip.frames.shape == (14, 32, 32, 3)
        background = clip.frames[0, 0, 0].astype(int) if clip.frames[0, :2, :2].std() == 0 else clip.frames[0, -1, -1]
        weights = np.abs(clip.frames.astype(int) - background).sum(axis=3)
        y = (weights.sum(axis=2) * np.arange(32)).sum(axis=1) / weights.sum(axis=(1, 2))
        x = (weights.sum(axis=1) * np.arange(32)).sum(axis=1) / weights.sum(axis=(1, 2))
        for at, motion in enumerate(clip.motions[1:]):
            moved = np.array([x[at + 1] - x[at], y[at + 1] - y[at]])
            assert np.abs(moved).max() < 2.3
            assert np.sign(np.round(moved, 0)).tolist() == list(MOTIONS[motion])
        assert clip.motions[0] == clip.motions[1]


@pytest.mark.parametrize("call", [lambda: draw_scenes(0), lambda: draw_scenes(2, seed=-1), lambda: draw_clips(1, 1)])
def test_what_cannot_be_drawn_is_refused(call: object) -> None:
    with pytest.raises(ParameterError):
        call()  # type: ignore[operator]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ParameterError, match="ko, en"):
        caption(draw_scenes(1)[0], "fr")
