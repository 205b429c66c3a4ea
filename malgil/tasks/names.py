"""Names that can be asked for without loading torch."""

from __future__ import annotations

ENCODERS = ("mlp", "cnn", "rnn", "lstm", "gru", "mingru", "minlstm")
"""Keys of `malgil.nn.encoders.ENCODERS`."""

HOMES = {
    "Captioner": "captioner",
    "Generator": "generator",
    "RecurrentLM": "language_model",
    "SequenceClassifier": "classifier",
    "SequenceRegressor": "regressor",
    "SequenceTagger": "tagger",
    "SequenceTransducer": "transducer",
    "Translator": "translator",
    "VectorClassifier": "vector_classifier",
    "VectorRegressor": "vector_regressor",
}
"""Estimator -> its module in `malgil.tasks`."""

ESTIMATORS = {
    "classify": "SequenceClassifier",
    "regress": "SequenceRegressor",
    "tag": "SequenceTagger",
    "translate": "Translator",
    "caption": "Captioner",
    "lm": "RecurrentLM",
    "generate": "Generator",
}
"""What `malgil train` can do -> the estimator that does it, a key of `HOMES`."""
