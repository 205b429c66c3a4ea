"""Names that can be asked for without loading torch."""

from __future__ import annotations

ENCODERS = ("mlp", "cnn", "rnn", "lstm", "gru", "mingru", "minlstm")
"""Keys of `malgil.nn.encoders.ENCODERS`."""

ESTIMATORS = {
    "classify": "SequenceClassifier",
    "regress": "SequenceRegressor",
    "tag": "SequenceTagger",
    "translate": "Translator",
    "caption": "Captioner",
    "lm": "RecurrentLM",
    "generate": "Generator",
}
"""What `malgil train` can do -> the estimator that does it, a key of `malgil.tasks.saving.ESTIMATORS`."""
