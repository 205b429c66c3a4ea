"""Drawn scenes: captions of images whose pairs of colour and shape training never showed."""

from collections import defaultdict

from common import Row, accuracy, fit, show

from malgil import Captioner
from malgil.sample.captions import caption
from malgil.sample.scenes import Scene, draw_scenes, images

KINDS = ("alone", "several", "around")
"""Relations that are a kind of scene each; the others, side by side, are one together."""
N_KIND = 6_000


def of_every_kind(drawn: list[Scene]) -> list[Scene]:
    """Choose equally many scenes of each kind: one thing, several, one inside another, side by side.

    Parameters
    ----------
    drawn : list of Scene
        To choose from, the first ones first.

    Returns
    -------
    list of Scene
        `N_KIND` of each.
    """
    found: dict[str, list[Scene]] = defaultdict(list)
    for scene in drawn:
        found[scene.relation if scene.relation in KINDS else "beside"].append(scene)
    return [scene for scenes in found.values() for scene in scenes[:N_KIND]]


def rows() -> list[Row]:
    """Train on 24,000 scenes, test once on 500 with unseen pairs, in both languages.

    What the network must not learn is which shapes a colour never has. Strong weight decay and dropout keep it from
    that, label smoothing does not reward it, and the encoder's channel of edges shows shapes without their colours.

    Returns
    -------
    list of Row
        Networks, and the caption of the nearest image.
    """
    from sklearn.neighbors import NearestNeighbors

    drawn, test = draw_scenes(80_000, seed=1), draw_scenes(500, seed=2, unseen=True)
    train = of_every_kind(drawn)
    seen, unseen = images(train), images(test)
    nearest = NearestNeighbors(n_neighbors=1).fit(images(drawn[:4_000]).reshape(4_000, -1))
    places = nearest.kneighbors(unseen.reshape(len(test), -1), return_distance=False)[:, 0]
    found = []
    for lang in ("ko", "en"):
        captions, truth = ([caption(scene, lang) for scene in part] for part in (train, test))
        model = Captioner(
            epochs=8,
            batch_size=64,
            learning_rate=3e-3,
            schedule="one_cycle",
            dropout=0.3,
            weight_decay=1.0,
            label_smoothing=0.1,
        )
        seconds = fit(model, seen, captions)
        right = accuracy(model.predict(unseen), truth)
        found.append(Row(f"captioner, {lang}", {"exact captions": right, "train_s": seconds}))
        near = accuracy([caption(drawn[place], lang) for place in places], truth)
        found.append(Row(f"caption of the nearest of 4,000 images, {lang}", {"exact captions": near}, is_own=False))
    return found


if __name__ == "__main__":
    show(rows())
