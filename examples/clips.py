"""Drawn clips: where the shape moves, frame by frame."""

import numpy as np
from common import Row, fit, show, step_accuracy

from malgil import SequenceTagger
from malgil.sample.clips import draw_clips


def rows() -> list[Row]:
    """Train on 4,000 clips of 16 frames, test once on 500 others.

    Returns
    -------
    list of Row
        Network, and logistic regression that sees one frame at a time.
    """
    from sklearn.linear_model import LogisticRegression

    train, test = draw_clips(4_000, seed=1), draw_clips(500, seed=2)
    truth = [clip.motions for clip in test]
    model = SequenceTagger(characters=None, embedding_size=64, hidden_size=128, epochs=15, dropout=0.0)
    seconds = fit(model, [clip.frames for clip in train], [clip.motions for clip in train])
    own = {"frame accuracy": step_accuracy(model.predict([clip.frames for clip in test]), truth), "train_s": seconds}
    frames, later = (np.concatenate([clip.frames.reshape(16, -1) / 255 for clip in part]) for part in (train, test))
    alone = LogisticRegression(max_iter=1_000).fit(frames[::16], np.concatenate([clip.motions for clip in train])[::16])
    single = {"frame accuracy": float((alone.predict(later) == np.concatenate(truth)).mean())}
    return [
        Row("convolution of each frame, BiGRU", own),
        Row("logistic regression on single frames", single, is_own=False),
    ]


if __name__ == "__main__":
    show(rows())
