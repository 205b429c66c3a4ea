"""What goes from one batch to the next: tensors in tuples, lists and dicts, detached, and as names on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor


def _mapped(value: Any, change: Callable[[Tensor], Any]) -> Any:
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(part, change) for name, part in value.items()}
    if isinstance(value, tuple | list):
        parts = [_mapped(part, change) for part in value]
        return tuple(parts) if isinstance(value, tuple) else parts
    return value


def detached(carry: Any) -> Any:
    """Cut a state off from the graph that made it.

    Parameters
    ----------
    carry : object
        Tensors and numbers in tuples, lists and dicts.

    Returns
    -------
    object
        The same with detached tensors; named tuples are plain ones.
    """
    return _mapped(carry, Tensor.detach)


def split(carry: Any) -> tuple[Any, dict[str, Tensor]]:
    """Take a state apart for the disk.

    Parameters
    ----------
    carry : object
        Tensors and numbers in tuples, lists and dicts with names.

    Returns
    -------
    tuple of (object, dict of str to Tensor)
        What JSON can hold, in which a tensor is ``{"tensor": name}`` and a tuple ``{"tuple": parts}``; the tensors.
    """
    tensors: dict[str, Tensor] = {}

    def written(value: Any) -> Any:
        if isinstance(value, Tensor):
            tensors[str(len(tensors))] = value
            return {"tensor": str(len(tensors) - 1)}
        if isinstance(value, tuple):
            return {"tuple": [written(part) for part in value]}
        if isinstance(value, list):
            return [written(part) for part in value]
        return {"dict": {name: written(part) for name, part in value.items()}} if isinstance(value, dict) else value

    return written(carry), tensors


def joined(plan: Any, tensors: dict[str, Tensor]) -> Any:
    """Put a state together again.

    Parameters
    ----------
    plan : object
        What JSON held.
    tensors : dict of str to Tensor
        The tensors by name.

    Returns
    -------
    object
        What `split` was given, to the bit.
    """
    if isinstance(plan, list):
        return [joined(part, tensors) for part in plan]
    if not isinstance(plan, dict):
        return plan
    if "tensor" in plan:
        return tensors[plan["tensor"]]
    if "tuple" in plan:
        return tuple(joined(part, tensors) for part in plan["tuple"])
    return {name: joined(part, tensors) for name, part in plan["dict"].items()}
