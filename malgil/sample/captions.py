"""Captions of drawn scenes by grammar, in Korean with the particles that each noun takes, and in English."""

from __future__ import annotations

from collections.abc import Callable

from malgil.hangul.particles import with_particle
from malgil.params import choose
from malgil.sample.scenes import Scene
from malgil.sample.shapes import Thing

KOREAN = {
    **{"red": "빨간", "yellow": "노란", "green": "초록", "blue": "파란", "purple": "보라", "white": "하얀"},
    **{"circle": "원", "square": "사각형", "triangle": "삼각형", "diamond": "마름모", "star": "별", "heart": "하트"},
    **{"small": "작은", "big": "큰"},
    **{"top left": "왼쪽 위", "top": "위쪽", "top right": "오른쪽 위", "left": "왼쪽", "middle": "한가운데"},
    **{"right": "오른쪽", "bottom left": "왼쪽 아래", "bottom": "아래쪽", "bottom right": "오른쪽 아래"},
    **{"left of": "왼쪽", "right of": "오른쪽", "above": "위", "below": "아래"},
}
"""Korean words of the scenes' terms."""
_COUNTS = {"ko": {2: "두", 3: "세", 4: "네"}, "en": {2: "two", 3: "three", 4: "four"}}
_SIDES = {"left of": "to the left of", "right of": "to the right of", "above": "above", "below": "below"}


def caption(scene: Scene, lang: str = "ko") -> str:
    """Say what a scene shows.

    Parameters
    ----------
    scene : Scene
        From `malgil.sample.scenes`.
    lang : {"ko", "en"}
        Korean or English.

    Returns
    -------
    str
        One sentence; the same image never has two.

    Raises
    ------
    ParameterError
        If there is no such language.

    Examples
    --------
    >>> from malgil.sample.shapes import Thing
    >>> pair = Thing("red", "circle", 5.0, 16.0, 4.0), Thing("blue", "diamond", 26.0, 16.0, 4.0)
    >>> caption(Scene("left of", pair, "", "", 30))
    '빨간 원은 파란 마름모 왼쪽에 있다.'
    >>> caption(Scene("around", pair, "", "", 30))
    '빨간 원이 파란 마름모를 감싸고 있다.'
    """
    return choose(CAPTIONS, "lang", lang)(scene)


def _korean_noun(thing: Thing) -> str:
    return f"{KOREAN[thing.colour]} {KOREAN[thing.shape]}"


def _korean(scene: Scene) -> str:
    first = _korean_noun(scene.things[0])
    if scene.relation == "alone":
        return f"{KOREAN[scene.place]}에 {KOREAN[scene.size]} {with_particle(first, '이/가')} 있다."
    if scene.relation == "several":
        return f"{first} {_COUNTS['ko'][len(scene.things)]} 개가 있다."
    second = _korean_noun(scene.things[1])
    if scene.relation == "around":
        return f"{with_particle(first, '이/가')} {with_particle(second, '을/를')} 감싸고 있다."
    return f"{with_particle(first, '은/는')} {second} {KOREAN[scene.relation]}에 있다."


def _english(scene: Scene) -> str:
    first = f"{scene.things[0].colour} {scene.things[0].shape}"
    if scene.relation == "alone":
        place = f"in the {scene.place}" if scene.place == "middle" else f"at the {scene.place}"
        return f"There is a {scene.size} {first} {place}."
    if scene.relation == "several":
        return f"There are {_COUNTS['en'][len(scene.things)]} {first}s."
    second = f"{scene.things[1].colour} {scene.things[1].shape}"
    if scene.relation == "around":
        return f"The {first} surrounds the {second}."
    return f"The {first} is {_SIDES[scene.relation]} the {second}."


CAPTIONS: dict[str, Callable[[Scene], str]] = {"ko": _korean, "en": _english}
"""Language -> its grammar."""
