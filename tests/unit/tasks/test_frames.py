"""A label for each frame of a clip: pixels are read as they are, and padding and other clips change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from malgil.errors import ArtefactError, DataError, ParameterError
from malgil.sample.clips import draw_clips
from malgil.tasks.frames import joined_frames, shares_of
from malgil.tasks.inputs import Reader
from malgil.tasks.tagger import SequenceTagger
from malgil.tasks.transducer import SequenceTransducer

COLOURS = {"빨강": (255, 0, 0), "파랑": (0, 0, 255)}


def made_clips() -> tuple[list[np.ndarray], list[list[str]]]:
    """Clips of unequal length whose frames have one colour or the other."""
    rng = np.random.default_rng(0)
    names = [[str(name) for name in rng.choice(list(COLOURS), rng.integers(1, 5))] for _ in range(40)]
    clips = [
        np.stack([np.broadcast_to(COLOURS[name], (6, 4, 3)) for name in row]).astype(np.uint8) // 2 for row in names
    ]
    return clips, names


@pytest.fixture(scope="module")
def tagger() -> SequenceTagger:
    made = SequenceTagger(encoder="mlp", hidden_size=8, embedding_size=8, epochs=20, validation=0.0, dropout=0.0)
    return made.set_params(learning_rate=0.02, verbose=False, precision="float32").fit(*made_clips())


def test_frames_are_labelled(tagger: SequenceTagger) -> None:
    assert tagger.score(*made_clips()) == 1.0


def test_other_clips_and_their_length_change_nothing(tagger: SequenceTagger) -> None:
    clips = [clip.frames[:, :6, :4] for clip in draw_clips(5, 7)]
    clips = [clip[: row + 1] for row, clip in enumerate(clips)]
    assert tagger.predict(clips) == [tagger.predict([clip])[0] for clip in clips]


def test_bytes_and_shares_are_the_same_picture(tagger: SequenceTagger) -> None:
    clips, _ = made_clips()
    shares = [shares_of(clip) for clip in clips]
    assert tagger.predict(shares) == tagger.predict([*clips[:3], *shares[3:]]) == tagger.predict(clips)


def test_saved_is_opened(tagger: SequenceTagger, tmp_path: Path) -> None:
    tagger.save(tmp_path / "모델")
    clips, _ = made_clips()
    assert SequenceTagger.open(tmp_path / "모델").predict(clips) == tagger.predict(clips)


def test_there_is_no_onnx_form(tagger: SequenceTagger, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="ONNX"):
        tagger.export(tmp_path / "x.onnx")


def test_a_clip_is_cut_at_the_limit() -> None:
    clips, _ = made_clips()
    read = Reader(max_length=2).fit(clips)
    assert read.lengths.tolist() == [min(len(clip), 2) for clip in clips]
    assert read.numbers is not None
    assert read.numbers.dtype == np.uint8
    assert (read.numbers[: read.lengths[0]] == clips[0][:2].reshape(-1, 72)).all()


@pytest.mark.parametrize(
    "clip",
    [
        np.zeros((2, 6, 5, 3), np.uint8),
        np.zeros((2, 6, 4, 1), np.uint8),
        np.zeros((6, 4, 3), np.uint8),
        np.full((2, 6, 4, 3), 256),
        np.full((2, 6, 4, 3), 1.5),
        np.full((2, 6, 4, 3), np.nan),
        np.full((2, 6, 4, 3), "가"),
    ],
)
def test_another_clip_is_refused_with_its_row(clip: np.ndarray) -> None:
    with pytest.raises(DataError, match="Row 1"):
        joined_frames([np.zeros((3, 6, 4, 3), np.uint8), clip])


def test_frames_are_no_series_to_predict() -> None:
    clips, _ = made_clips()
    with pytest.raises(DataError):
        SequenceTransducer(epochs=1).fit(clips, clips)


@pytest.mark.parametrize("frame", [[6, 4], [6, 4, 0], "가나다", 3])
def test_a_reader_of_odd_frames_is_refused(frame: object) -> None:
    reader = Reader()
    reader.fit(made_clips()[0])
    with pytest.raises(ArtefactError):
        Reader.from_json(reader.to_json() | {"frame": frame}, "model")
