"""Layers of a network from the bottom to the top: lower ones learn more slowly, and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from malgil.training.settings import Settings


class Layers:
    r"""The weights of a network by layer, with a rate for each, and those that learn in an epoch.

    Parameters
    ----------
    network : torch.nn.Module
        Its ``layers()``, where there is one, gives lists of weights from the bottom to the top; otherwise all weights
        are one layer.
    settings : Settings
        Of the training: `layer_decay` and `unfreeze`.

    Attributes
    ----------
    weights : list of list of Tensor
        Those that learn, layer by layer.

    Notes
    -----
    Discriminative rates and gradual unfreezing [1]_, with :math:`\gamma` for `layer_decay`, layers 1 to L and u for
    `unfreeze`:

    .. math:: \eta_l = \gamma^{L - l} \eta, \quad l \text{ learns from epoch } u (L - l) + 1 \text{ on}

    References
    ----------
    .. [1] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3.
    """

    def __init__(self, network: nn.Module, settings: Settings) -> None:
        given = getattr(network, "layers", None)
        found = [list(network.parameters())] if given is None else given()
        self.weights = [[weight for weight in layer if weight.requires_grad] for layer in found]
        self._unfreeze = settings.unfreeze
        self._decay = settings.layer_decay

    def scaled(self) -> list[tuple[float, list[Tensor]]]:
        """Give each layer the factor of its rate.

        Returns
        -------
        list of (float, list of Tensor)
            From the bottom to the top, whose factor is 1.
        """
        top = len(self.weights) - 1
        return [(self._decay ** (top - at), layer) for at, layer in enumerate(self.weights)]

    def thaw(self, epoch: int) -> None:
        """Let the layers learn that do so in an epoch, and no others.

        Parameters
        ----------
        epoch : int
            Epochs that are done.
        """
        n_learning = len(self.weights) if self._unfreeze is None else 1 + epoch // self._unfreeze
        for at, layer in enumerate(reversed(self.weights)):
            for weight in layer:
                weight.requires_grad_(at < n_learning)

    def thaw_all(self) -> None:
        """Leave the weights as they were found."""
        for layer in self.weights:
            for weight in layer:
                weight.requires_grad_()
