"""Captions: an image, or a vector that stands for one, into a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from torch import nn

from malgil.errors import ArtefactError, DataError
from malgil.messages import Message
from malgil.tasks.text_writer import TextWriter
from malgil.tasks.writing_examples import Sources
from malgil.tasks.writing_network import ImageSource, VectorSource


@dataclass(kw_only=True, eq=False)
class Captioner(TextWriter):
    """Images into texts: convolutional encoder, bridge, decoder with attention over the places of the image.

    Parameters
    ----------
    tokenizer, min_count, max_terms, decoder, attention_score, embedding_size, hidden_size, num_layers, feedback
        As in `malgil.tasks.text_writer.TextWriter`.
    input_feeding, tied, dropout, label_smoothing, beam, length_penalty, max_length
        As there.
    epochs, batch_size, learning_rate, optimizer, weight_decay, schedule, clip, patience, validation, precision, seed
        As in `malgil.tasks.learning.Learning`.
    device, verbose, checkpoints
        As there.
    channels : tuple of int
        Of the blocks of the image encoder.

    Attributes
    ----------
    target_ : Wordbook
        The words of the captions.
    shape_ : tuple of int
        Of one image or vector.
    history_ : History
        How training went.
    """

    attention_score: str = "additive"  # on drawn scenes it learns several times faster than "general"
    channels: tuple[int, ...] = (32, 64, 128)
    task: ClassVar[str] = "caption"

    def fit(self, X: Any, y: Any) -> Self:
        """Learn to caption.

        Parameters
        ----------
        X : array_like, shape (n, h, w, 3) or (n, features)
            Images of uint8 or of floats in [0, 1]; or vectors.
        y : sequence of (str or list of str)
            Their captions.

        Returns
        -------
        Captioner
            Itself.

        Raises
        ------
        DataError
            If there is nothing, the numbers differ, or the shape is another.
        """
        self._check()
        self.__dict__.pop("shape_", None)
        self._fit(self._inputs(X), y)
        return self

    def predict(self, X: Any) -> list[str]:
        """Caption.

        Parameters
        ----------
        X : array_like, shape (n, h, w, 3) or (n, features)
            As in `fit`.

        Returns
        -------
        list of str
            Captions, found by beam search.
        """
        self._trained  # noqa: B018  # says so before anything is read
        return self._write(self._sources(self._inputs(X)), self._search())

    def score(self, X: Any, y: Any) -> float:
        """Measure how many captions are right to the letter.

        Parameters
        ----------
        X : array_like
            As in `fit`.
        y : sequence of str
            Their captions.

        Returns
        -------
        float
            Share in [0, 1].
        """
        written = self.predict(X)
        return float(np.mean([one == right for one, right in zip(written, y, strict=True)]))

    def attention(self, image: Any) -> tuple[list[str], NDArray[np.float64]]:
        """Show where the caption of an image looked.

        Parameters
        ----------
        image : array_like, shape (h, w, 3)
            One image.

        Returns
        -------
        tuple of list of str and ndarray of float64, shape (n words, n places)
            Words, and for each the share of each place of the encoder's grid, row by row.

        Raises
        ------
        DataError
            If the model reads vectors.
        """
        self._trained  # noqa: B018
        if len(self.shape_) == 1:
            raise DataError("writing.no_attention")
        return self._attention(self._sources(self._inputs(np.asarray(image)[None])))

    def _inputs(self, X: Any) -> NDArray[Any]:
        try:
            given = np.asarray(X)
        except ValueError as error:  # rows of unequal length
            raise DataError("writing.bad_images", found=type(X).__name__, wanted="") from error
        wanted: tuple[int, ...] | None = getattr(self, "shape_", None)
        is_image = given.ndim == 4 and given.shape[3] == 3
        is_number = given.dtype.kind in "fiu" and bool(np.isfinite(given).all())
        if not (is_image or given.ndim == 2) or not is_number or (wanted is not None and given.shape[1:] != wanted):
            hint = Message("writing.as_learned", {"shape": wanted}) if wanted is not None else ""
            raise DataError("writing.bad_images", found=given.shape, wanted=hint)
        return given if is_image and given.dtype == np.uint8 else given.astype(np.float32)

    def _learn(self, X: Any, rows: NDArray[np.int64]) -> None:
        self.shape_ = tuple(X.shape[1:])

    def _sources(self, X: Any) -> Sources:
        return Sources("image" if X.ndim == 4 else "vector", X)

    def _source(self) -> nn.Module:
        if len(self.shape_) == 1:
            return VectorSource(self.shape_[0], self.hidden_size)
        return ImageSource(self.hidden_size, tuple(self.channels))

    def _kept(self) -> dict[str, Any]:
        return super()._kept() | {"shape": list(self.shape_)}

    def _restore(self, kept: Any, path: Path) -> None:
        super()._restore(kept, path)
        shape = kept.get("shape")
        if not isinstance(shape, list) or not all(isinstance(n, int) and n > 0 for n in shape):
            raise ArtefactError("writing.bad_words", path=path)
        self.shape_ = tuple(shape)
