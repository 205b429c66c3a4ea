"""Heads: from a vector to classes, values or the words of a vocabulary, and what a wrong answer costs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from malgil.nn.masks import wide
from malgil.sequences.specials import PAD


class Head(nn.Module):
    r"""A linear layer to scores of classes or to values; for a whole sequence or for each of its steps.

    Parameters
    ----------
    input_size : int
        Numbers in a vector.
    output_size : int
        Classes or values.
    dropout : float
        Share of the vector's numbers that training sets to 0, in [0, 1).

    Notes
    -----
    .. math:: z = W x + b; \qquad p = softmax(z) \text{ for classes}, \quad y = z \text{ for values}
    """

    def __init__(self, input_size: int, output_size: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(input_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Map vectors.

        Parameters
        ----------
        x : Tensor, shape (..., D)
            Vectors.

        Returns
        -------
        Tensor of at least float32, shape (..., output_size)
            Scores or values.
        """
        return wide(self.project(self.dropout(x)))

    def parts(self, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Say what scores are made of, for a loss that never holds all of them.

        Parameters
        ----------
        x : Tensor, shape (n, D)
            Vectors.
        weight : Tensor
            Not used: this head has its own.

        Returns
        -------
        tuple of Tensor, shapes (n, D), (output_size, D) and (output_size,)
            Vectors, weights and biases: scores are ``x @ weight.T + bias``.
        """
        return self.dropout(x), self.project.weight, self.project.bias


class HiddenHead(nn.Module):
    r"""Scores of classes through a small hidden layer.

    Parameters
    ----------
    input_size : int
        Numbers in a vector, D.
    hidden_size : int
        Numbers of the hidden layer, H.
    output_size : int
        Classes.
    dropout : float
        Share of the numbers that training sets to 0 before each linear layer, in [0, 1).

    Notes
    -----
    .. math:: z = W_2 \max(0, \mathrm{norm}(W_1 x)) + b

    with layer normalisation where [1]_ normalises over the batch: a row's scores must not depend on the other rows.

    References
    ----------
    .. [1] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3.
    """

    def __init__(self, input_size: int, hidden_size: int, output_size: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(input_size, hidden_size, bias=False)
        self.norm = nn.LayerNorm(hidden_size)
        self.project = nn.Linear(hidden_size, output_size)

    def forward(self, x: Tensor) -> Tensor:
        """Map vectors.

        Parameters
        ----------
        x : Tensor, shape (..., D)
            Vectors.

        Returns
        -------
        Tensor of at least float32, shape (..., output_size)
            Scores.
        """
        hidden = torch.relu(self.norm(self.hidden(self.dropout(x))))
        return wide(self.project(self.dropout(hidden)))


class TiedHead(nn.Module):
    """Scores of words by the vectors that also stand for them as input [1]_ [2]_.

    Parameters
    ----------
    input_size : int
        Numbers in a vector.
    n_terms : int
        Words, V.
    size : int
        Numbers in the words' vectors, E; where it is not `input_size`, a linear layer comes between.

    Notes
    -----
    .. math:: z = W P x + b

    ``<pad>`` is not learned from here, so that its vector stays 0.

    References
    ----------
    .. [1] Press and Wolf, "Using the Output Embedding to Improve Language Models", EACL 2017.
    .. [2] Inan et al., "Tying Word Vectors and Word Classifiers", ICLR 2017.
    """

    def __init__(self, input_size: int, n_terms: int, size: int) -> None:
        super().__init__()
        self.project = nn.Identity() if size == input_size else nn.Linear(input_size, size, bias=False)
        self.bias = nn.Parameter(torch.zeros(n_terms))

    def forward(self, x: Tensor, weight: Tensor) -> Tensor:
        """Score the words.

        Parameters
        ----------
        x : Tensor, shape (..., D)
            Vectors.
        weight : Tensor, shape (V, E)
            The words' vectors: ``Embedding.weight``.

        Returns
        -------
        Tensor of at least float32, shape (..., V)
            Scores.
        """
        return wide(nn.functional.linear(self.project(x), without_padding(weight), self.bias))

    def parts(self, x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Say what scores are made of, for a loss that never holds all of them.

        Parameters
        ----------
        x : Tensor, shape (n, D)
            Vectors.
        weight : Tensor, shape (V, E)
            The words' vectors; that of ``<pad>`` learns nothing where its bias is minus infinity.

        Returns
        -------
        tuple of Tensor, shapes (n, E), (V, E) and (V,)
            Vectors, weights and biases: scores are ``x @ weight.T + bias``.
        """
        return self.project(x), weight, self.bias


def without_padding(weight: Tensor) -> Tensor:
    """Keep the vector of ``<pad>`` from learning where words are scored by their vectors.

    Parameters
    ----------
    weight : Tensor, shape (V, E)
        The words' vectors.

    Returns
    -------
    Tensor, shape (V, E)
        The same numbers; without gradients `weight` itself.
    """
    if not torch.is_grad_enabled():
        return weight
    return torch.cat([weight[: PAD + 1].detach(), weight[PAD + 1 :]])


def log_loss(log_probs: Tensor, targets: Tensor, *, smoothing: float = 0.0) -> Tensor:
    r"""Cross entropy with label smoothing [1]_.

    Parameters
    ----------
    log_probs : Tensor, shape (n, K)
        Natural logarithms of the classes' probabilities.
    targets : Tensor of int64, shape (n,)
        The right classes.
    smoothing : float
        Share of the target that goes to all classes alike, in [0, 1).

    Returns
    -------
    Tensor, shape (n,)
        In nats.

    Notes
    -----
    .. math:: (1 - \epsilon) (-\log p_y) + \epsilon \frac{1}{K} \sum_k -\log p_k

    References
    ----------
    .. [1] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
    """
    return smooth(-log_probs.gather(1, targets.unsqueeze(1)).squeeze(1), log_probs, smoothing)


def smooth(losses: Tensor, log_probs: Tensor, smoothing: float) -> Tensor:
    """Mix the losses of the right classes with the mean loss of all classes.

    Parameters
    ----------
    losses : Tensor, shape (n,)
        Losses of the right classes.
    log_probs : Tensor, shape (n, K)
        Natural logarithms of all classes' probabilities.
    smoothing : float
        Share of the mean, in [0, 1).

    Returns
    -------
    Tensor, shape (n,)
        `losses` themselves where the share is 0.
    """
    return (1 - smoothing) * losses - smoothing * log_probs.mean(dim=1) if smoothing else losses


def class_losses(
    scores: Tensor, targets: Tensor, *, smoothing: float = 0.0, class_weights: Tensor | None = None
) -> Tensor:
    """Cross entropy of scores, each example multiplied with the weight of its right class.

    Parameters
    ----------
    scores : Tensor, shape (n, K)
        Scores from a head.
    targets : Tensor of int64, shape (n,)
        The right classes.
    smoothing : float
        As in `log_loss`.
    class_weights : Tensor, shape (K,), optional
        Weights of the classes; None = 1 for each.

    Returns
    -------
    Tensor, shape (n,)
        In nats.
    """
    losses = log_loss(torch.log_softmax(wide(scores), dim=1), targets, smoothing=smoothing)
    return losses if class_weights is None else losses * class_weights[targets]
