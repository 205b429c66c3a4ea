"""Where and how precisely a network computes: the device, and bfloat16 where the processor has units for it."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from malgil.errors import ParameterError
from malgil.params import choose

PRECISIONS = {"auto": None, "float32": torch.float32, "bfloat16": torch.bfloat16}
DEVICES = {"auto": None, "cpu": "cpu", "cuda": "cuda"}
# What makes products in bfloat16 faster than in float32: tiles or dot products on x86, matrix products on ARM.
_UNITS = ("amx_bf16", "avx512_bf16", "avx10_2", "sve_bf16", "bf16")


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 faster than float32.

    Parameters
    ----------
    device : torch.device
        Where the network is.

    Returns
    -------
    bool
        On a CPU, whether torch finds one of the instruction sets AMX-BF16, AVX512-BF16 or AVX10.2 (x86), or BF16 (ARM);
        on CUDA, what torch says of the card.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    ask: Any = getattr(torch.cpu, "get_capabilities", None)
    if ask is not None:
        found = ask()
        return any(found.get(name, False) for name in _UNITS)
    older: Any = [getattr(torch.cpu, f"_is_{name}_supported", None) for name in ("avx512_bf16", "amx_tile")]
    return any(asked is not None and asked() for asked in older)


def find_device(name: str) -> torch.device:
    """Choose the device.

    Parameters
    ----------
    name : {"auto", "cpu", "cuda"}
        ``"auto"`` takes CUDA where there is any. Among several cards, ``LOCAL_RANK`` says which.

    Returns
    -------
    torch.device
        It can be used.

    Raises
    ------
    ParameterError
        If the name is unknown, or CUDA is asked for and missing.
    """
    wanted = choose(DEVICES, "device", name)
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ParameterError("training.no_cuda")
    if wanted == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))


def resolve(precision: str, device: torch.device) -> torch.dtype:
    """Choose the type of products.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        ``"auto"`` takes bfloat16 where `has_bfloat16` says yes.
    device : torch.device
        Where the network is.

    Returns
    -------
    torch.dtype
        float32 or bfloat16. The weights stay float32 in both.

    Raises
    ------
    ParameterError
        If the name is unknown.
    """
    dtype = choose(PRECISIONS, "precision", precision)
    if dtype is None:
        dtype = torch.bfloat16 if has_bfloat16(device) else torch.float32
    return dtype


def autocast(dtype: torch.dtype, device: torch.device) -> AbstractContextManager[Any]:
    """Compute in a precision.

    Parameters
    ----------
    dtype : torch.dtype
        What `resolve` gave.
    device : torch.device
        Where the network is.

    Returns
    -------
    context manager
        ``torch.autocast`` for bfloat16; nothing for float32.
    """
    return nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype=dtype)


def device_of(network: torch.nn.Module) -> torch.device:
    """Find where a network is.

    Parameters
    ----------
    network : torch.nn.Module
        All its weights are on one device.

    Returns
    -------
    torch.device
        The CPU for a network without weights.
    """
    return next((weight.device for weight in network.parameters()), torch.device("cpu"))
