"""What a network draws: one state for the CPU and the cards, set, kept and given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def random_states(device: torch.device) -> list[Tensor]:
    """Copy the states of torch's generators.

    Parameters
    ----------
    device : torch.device
        Where the network is.

    Returns
    -------
    list of Tensor of uint8
        That of the CPU; on CUDA, that of the card too.
    """
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states


def set_random_states(states: list[Tensor], device: torch.device) -> None:
    """Go on from states that were copied.

    Parameters
    ----------
    states : list of Tensor of uint8
        What `random_states` gave.
    device : torch.device
        Where the network is.
    """
    torch.set_rng_state(states[0])
    if device.type == "cuda" and len(states) > 1:
        torch.cuda.set_rng_state(states[1], device)


@contextmanager
def apart(device: torch.device, seed: int | None = None) -> Iterator[None]:
    """Draw in a block without moving the generators outside.

    Parameters
    ----------
    device : torch.device
        Where the network is.
    seed : int, optional
        Where the block begins; by default where the generators stand.

    Yields
    ------
    None
        The block.
    """
    before = random_states(device)
    try:
        if seed is not None:
            torch.manual_seed(seed)
        yield
    finally:
        set_random_states(before, device)
