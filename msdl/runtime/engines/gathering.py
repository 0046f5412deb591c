"""Gathering by ONNX Runtime: rows of a state copied on the threads that also run the sections.

Copying is bound by memory, and two threads copy nearly twice as much. Torch's own are no help here: both pools would
wait for each other's cores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from msdl.runtime.engines.engine import Gather, select

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Bytes from which threads are worth waking: below, one copies as fast.
MANY = 1 << 18

VALUES, ROWS, GATHERED = "values", "rows", "gathered"


def gather(session: InferenceSession) -> Gather:
    """What `select` does, by a session of the model below."""
    import numpy

    binding = session.io_binding()

    def copy(values: Tensor, rows: Tensor, out: Tensor) -> None:
        if out.nbytes < MANY or not values.is_contiguous():
            select(values, rows, out)
            return
        rows = rows.contiguous()
        for name, tensor, kind in ((VALUES, values, numpy.float32), (ROWS, rows, numpy.int64)):
            binding.bind_input(name, "cpu", 0, kind, tuple(tensor.shape), tensor.data_ptr())
        binding.bind_output(GATHERED, "cpu", 0, numpy.float32, tuple(out.shape), out.data_ptr())
        session.run_with_iobinding(binding)

    return copy


def model() -> bytes:
    """Rows of a tensor of any shape, as an ONNX model. Raises ModuleNotFoundError where onnx isn't installed."""
    from onnx import ModelProto, TensorProto, helper

    node = helper.make_node("Gather", [VALUES, ROWS], [GATHERED], axis=0)
    values, gathered = (helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in (VALUES, GATHERED))
    rows = helper.make_tensor_value_info(ROWS, TensorProto.INT64, ["count"])
    graph = helper.make_graph([node], "gather", [values, rows], [gathered])
    made: ModelProto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    content: bytes = made.SerializeToString()
    return content
