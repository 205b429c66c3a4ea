"""A graph of ONNX operators, put together node by node.

Written with ``onnx.helper`` out of standard operators of set 18, so that any runtime since 2023 can run it; no exporter
traces the Python code, so what stands in the graph is what these files say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import MissingError

_OPSET, _IR_VERSION = 18, 8


class Slot(NamedTuple):
    """An input or output of a graph.

    Parameters
    ----------
    name : str
        What the runtime knows it by.
    dtype : str
        A name of numpy, such as ``"float32"``.
    shape : sequence of int or str
        A name stands for a length that may differ from run to run.
    """

    name: str
    dtype: str
    shape: Sequence[int | str]


class Graph:
    """Nodes and constants so far; a value is known by its name, a string.

    Parameters
    ----------
    outer : Graph, optional
        The graph whose loop this one is the body of: its values can be used here.
    """

    def __init__(self, outer: Graph | None = None) -> None:
        self._outer = outer
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._n_names = 0

    def __call__(self, operator: str, *inputs: str | float | NDArray[Any], **attributes: object) -> str:
        """Add a node of one output.

        Parameters
        ----------
        operator : str
            Name of a standard operator.
        *inputs : str, float or ndarray
            As for `several`.
        **attributes : object
            Of the operator.

        Returns
        -------
        str
            Name of the output.
        """
        return self.several(operator, 1, *inputs, **attributes)[0]

    def several(
        self, operator: str, n_outputs: int, *inputs: str | float | NDArray[Any], **attributes: object
    ) -> tuple[str, ...]:
        """Add a node.

        Parameters
        ----------
        operator : str
            Name of a standard operator.
        n_outputs : int
            How many of its outputs are used.
        *inputs : str, float or ndarray
            Values; an empty name leaves an optional input out, a number or array becomes a constant.
        **attributes : object
            Of the operator.

        Returns
        -------
        tuple of str
            Names of the outputs.
        """
        names = [value if isinstance(value, str) else self.constant(np.asarray(value)) for value in inputs]
        outputs = tuple(self.fresh(operator.lower()) for _ in range(n_outputs))
        self._nodes.append(load_onnx().helper.make_node(operator, names, list(outputs), **attributes))
        return outputs

    def constant(self, array: NDArray[Any]) -> str:
        """Add a constant; that of a body is kept by the outermost graph.

        Parameters
        ----------
        array : ndarray
            Numbers; float64 become float32, as all weights are.

        Returns
        -------
        str
            Its name.
        """
        if self._outer is not None:
            return self._outer.constant(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        name = self.fresh("constant")
        self._constants.append(load_onnx().numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def fresh(self, stem: str) -> str:
        """Make a name that nothing has yet.

        Parameters
        ----------
        stem : str
            What it begins with.

        Returns
        -------
        str
            The name.
        """
        if self._outer is not None:
            return self._outer.fresh(stem)
        self._n_names += 1
        return f"{stem}_{self._n_names}"

    def named(self, value: str, name: str) -> str:
        """Give a value the name that the runtime is to know it by.

        Parameters
        ----------
        value : str
            Any value.
        name : str
            Its new name.

        Returns
        -------
        str
            `name`.
        """
        self._nodes.append(load_onnx().helper.make_node("Identity", [value], [name]))
        return name

    def body(self, name: str, inputs: Sequence[Slot], outputs: Sequence[Slot]) -> Any:
        """Close the graph.

        Parameters
        ----------
        name : str
            For people.
        inputs, outputs : sequence of Slot
            What goes in and comes out.

        Returns
        -------
        onnx.GraphProto
            The graph.
        """
        return load_onnx().helper.make_graph(
            self._nodes,
            name,
            [_declared(slot) for slot in inputs],
            [_declared(slot) for slot in outputs],
            self._constants,
        )

    def to_bytes(self, name: str, inputs: Sequence[Slot], outputs: Sequence[Slot]) -> bytes:
        """Close the graph as a model.

        Parameters
        ----------
        name : str
            For people.
        inputs, outputs : sequence of Slot
            What goes in and comes out.

        Returns
        -------
        bytes
            Content of a ``.onnx`` file, checked.
        """
        onnx = load_onnx()
        model = onnx.helper.make_model(
            self.body(name, inputs, outputs),
            opset_imports=[onnx.helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="malgil",
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))


def _declared(slot: Slot) -> Any:
    onnx = load_onnx()
    kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(slot.dtype))
    return onnx.helper.make_tensor_value_info(slot.name, kind, list(slot.shape))


def load_onnx() -> Any:
    """Import onnx.

    Returns
    -------
    module
        With ``helper``, ``numpy_helper`` and ``checker``.

    Raises
    ------
    MissingError
        If it is not installed.
    """
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise MissingError("models.no_onnx") from error
    return onnx
