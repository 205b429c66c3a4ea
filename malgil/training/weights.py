"""The numbers of a network by name, each once, as bytes that run nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from malgil.errors import ArtefactError


def weights_of(network: nn.Module) -> dict[str, Tensor]:
    """List the weights and buffers that are saved.

    Parameters
    ----------
    network : torch.nn.Module
        Any.

    Returns
    -------
    dict of str to Tensor
        In the order of the state dict; shares memory with the network. A tensor that stands in it twice, such as a tied
        projection, has its first name only.
    """
    seen: set[tuple[object, ...]] = set()
    found = {}
    for name, tensor in network.state_dict().items():
        place = (tensor.data_ptr(), tensor.shape, tensor.stride(), tensor.dtype)
        if tensor.numel() and place in seen:
            continue
        seen.add(place)
        found[name] = tensor
    return found


def copies_of(network: nn.Module) -> dict[str, Tensor]:
    """Copy the weights, to come back to them.

    Parameters
    ----------
    network : torch.nn.Module
        Any.

    Returns
    -------
    dict of str to Tensor
        As `weights_of`, in memory of their own.
    """
    return {name: tensor.detach().clone() for name, tensor in weights_of(network).items()}


@torch.no_grad()
def set_weights(network: nn.Module, weights: Mapping[str, Tensor], path: Path | None = None) -> None:
    """Give a network the weights of another that is built alike.

    Parameters
    ----------
    network : torch.nn.Module
        Changed in place; not at all where a name or shape differs.
    weights : mapping of str to Tensor
        What `weights_of` gave; on any device.
    path : Path, optional
        Where they come from, for the message.

    Raises
    ------
    ArtefactError
        If a name is missing or unknown, or a shape differs.
    """
    own = weights_of(network)
    wrong = sorted(set(own) ^ set(weights))
    wrong += [name for name in own if name in weights and own[name].shape != weights[name].shape]
    if wrong:
        raise ArtefactError("training.other_weights", path=path or "", names=", ".join(wrong[:5]))
    for name, tensor in own.items():
        tensor.copy_(weights[name])


def to_bytes(tensors: Mapping[str, Tensor]) -> bytes:
    """Write tensors in the safetensors format.

    Parameters
    ----------
    tensors : mapping of str to Tensor
        On any device.

    Returns
    -------
    bytes
        The same for the same tensors.
    """
    return bytes(save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}))


def from_file(path: Path) -> dict[str, Tensor]:
    """Read tensors in the safetensors format.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of str to Tensor
        On the CPU.

    Raises
    ------
    ArtefactError
        If it is no such file.
    """
    try:
        return load(path.read_bytes())
    except (SafetensorError, OSError, ValueError) as error:
        raise ArtefactError("house.manifest_unreadable", path=path, reason=error) from error
