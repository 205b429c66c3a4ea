"""Draw the pictures of the five shapes for the manual: each network is trained on data made here, then drawn.

    python tools/shape_pictures.py docs/images

Takes a few minutes on two cores. The seeds are fixed: the same machine draws the same pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import malgil
from malgil.drawing import Trace, draw, write_picture
from malgil.sample.captions import caption
from malgil.sample.scenes import draw_scenes, images
from malgil.vectorize import TfidfVectorizer

GOOD = ("바다가 맑아서 좋아요", "바람이 시원해서 좋아요", "숲이 조용해서 행복해요", "하늘이 맑아서 행복해요")
BAD = ("바다가 흐려서 싫어요", "바람이 차가워서 싫어요", "숲이 시끄러워서 슬퍼요", "하늘이 흐려서 슬퍼요")
TEXTS = [*GOOD, *BAD] * 6
LABELS = (["긍정"] * len(GOOD) + ["부정"] * len(BAD)) * 6
NOUNS, VERBS, ADVERBS = ("바다", "바람", "숲", "하늘"), ("본다", "듣는다", "걷는다"), ("오늘", "천천히")
SIZES = {"embedding_size": 16, "hidden_size": 12, "validation": 0.0, "verbose": False, "seed": 0}


def one_to_one() -> Trace:
    """Trace a vector of TF-IDF and its label."""
    vectoriser = TfidfVectorizer()
    X = vectoriser.fit_transform(TEXTS).toarray()
    model = malgil.VectorClassifier(hidden_size=12, validation=0.0, verbose=False, seed=0)
    return model.fit(X, LABELS).trace(X[0])


def one_to_many() -> Trace:
    """Trace a drawn scene and its caption."""
    scenes = draw_scenes(4000, seed=0)
    captions = [caption(scene) for scene in scenes]
    settings = {"embedding_size": 32, "epochs": 30, "schedule": "one_cycle", "learning_rate": 5e-3, "seed": 0}
    model = malgil.Captioner(hidden_size=64, **settings)
    model.fit(images(scenes), captions)
    return model.trace(draw_scenes(1, seed=4)[0].image())


def many_to_one() -> Trace:
    """Trace a text and its label."""
    model = malgil.SequenceClassifier(
        encoder="lstm", pooling="last", bidirectional=False, tokenizer="word", min_count=1, **SIZES
    )
    return model.fit(TEXTS, LABELS).trace("숲이 시원해서 정말 좋아요", contributions=True)


def aligned() -> Trace:
    """Trace the words of a sentence and the part of speech of each."""
    rows = [[adverb, noun, "를", verb] for adverb in ADVERBS for noun in NOUNS for verb in VERBS]
    rows += [[noun, "를", adverb, verb] for adverb in ADVERBS for noun in NOUNS for verb in VERBS]
    kinds = (
        dict.fromkeys(NOUNS, "명사") | dict.fromkeys(VERBS, "동사") | dict.fromkeys(ADVERBS, "부사") | {"를": "조사"}
    )
    tags = [[kinds[word] for word in row] for row in rows]
    model = malgil.SequenceTagger(encoder="gru", characters=None, **SIZES)
    return model.fit(rows, tags).trace(["오늘", "바다", "를", "천천히", "걷는다"])


def unaligned() -> Trace:
    """Trace a Korean caption and its translation."""
    scenes = draw_scenes(2000, seed=1)
    pairs = [(caption(scene), caption(scene, "en")) for scene in scenes]
    settings = {"embedding_size": 32, "epochs": 60, "schedule": "one_cycle", "learning_rate": 1e-2, "seed": 0}
    model = malgil.Translator(hidden_size=48, **settings)
    model.fit([korean for korean, _ in pairs], [english for _, english in pairs])
    return model.trace(pairs[3][0])


SHAPES: dict[str, Callable[[], Trace]] = {
    "one_to_one": one_to_one,
    "one_to_many": one_to_many,
    "many_to_one": many_to_one,
    "aligned": aligned,
    "unaligned": unaligned,
}


def main() -> None:
    """Draw every shape, or those named, in both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=", ".join(SHAPES))
    given = parser.parse_args()
    for name in given.shapes or SHAPES:
        trace = SHAPES[name]()
        for lang, ending in (("en", ".svg"), ("ko", ".ko.svg")):
            write_picture(given.folder / f"shape_{name}{ending}", draw(trace, lang=lang))


if __name__ == "__main__":
    main()
