"""A word's vector from its letters, to stand beside the word's own: rare words share what their spelling says."""

from __future__ import annotations

import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from malgil.nn.convolution import Convolution
from malgil.nn.embedding import Embedding

CHARACTER_SIZE = 32


class CharacterEncoder(nn.Module):
    """Convolution over the characters (or jamo) of each word and the largest of each number [1]_ [2]_.

    Parameters
    ----------
    table : array_like of int, shape (n_terms, C)
        Characters of each term, 0 = none. A term without any, such as a special one, gets the vector 0.
    n_characters : int
        Distinct characters, the 0 included.
    size : int
        Numbers in a word's vector.
    widths : tuple of int
        Characters that a window of the convolution sees.
    dropout : float
        Share of the numbers of the characters' vectors that training sets to 0, in [0, 1).

    Notes
    -----
    Each distinct word of a batch is read once. The table is part of the state dict.

    References
    ----------
    .. [1] Kim et al., "Character-Aware Neural Language Models", AAAI 2016, section 2.2.
    .. [2] Ma and Hovy, "End-to-end Sequence Labeling via Bi-directional LSTM-CNNs-CRF", ACL 2016, section 2.1.
    """

    table: Tensor

    def __init__(
        self,
        table: ArrayLike,
        n_characters: int,
        size: int = 64,
        *,
        widths: tuple[int, ...] = (2, 3, 4),
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.output_size = size
        self.register_buffer("table", torch.as_tensor(table, dtype=torch.int32))
        self.characters = Embedding(n_characters, CHARACTER_SIZE)
        self.dropout = nn.Dropout(dropout)
        self.convolution = Convolution(CHARACTER_SIZE, size, widths)

    def spell(self, spellings: Tensor) -> Tensor:
        """Read words that need not be in the table.

        Parameters
        ----------
        spellings : Tensor of int64, shape (n, C)
            Characters of each word, 0 = none.

        Returns
        -------
        Tensor, shape (n, size)
            A vector for each word.
        """
        keep = spellings != 0
        y = self.convolution(self.dropout(self.characters(spellings)), keep)
        # the outputs are >= 0 and 0 on padding: padding never is the largest
        return y.amax(dim=1)  # type: ignore[no-any-return]

    def forward(self, words: Tensor) -> Tensor:
        """Read the words of a batch.

        Parameters
        ----------
        words : Tensor of int64, shape (B, T), or (B, T, C)
            Terms of the table; or the characters of each word, which unknown words have too.

        Returns
        -------
        Tensor, shape (B, T, size)
            A vector for each word; 0 for one without characters.
        """
        distinct, places = torch.unique(words.flatten(0, 1), return_inverse=True, dim=0)
        spellings = self.table[distinct].long() if words.dim() == 2 else distinct
        vectors = self.spell(spellings)[places]
        return vectors.unflatten(0, words.shape[:2])  # type: ignore[no-any-return]
