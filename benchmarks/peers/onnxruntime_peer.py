"""onnxruntime as a peer for inference: an LSTM and a Dense layer as a small ONNX graph."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from worker import requested_cores, serve

CORES = requested_cores()

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from tasks import Array, Task  # noqa: E402

ORDER = [0, 3, 1, 2]  # Keras packs i f c o, ONNX i o f c
OPSET, IR = 17, 8


def blocks(weight: Array) -> Array:
    """Return Keras's (rows, 4U) as ONNX's (1, 4U, rows)."""
    parts = np.split(weight, 4, axis=-1)
    return np.ascontiguousarray(np.concatenate([parts[i] for i in ORDER], axis=-1).T)[None]


def graph(task: Task) -> onnx.ModelProto:
    """Return the network of a task: x (T, B, F) to y (B, 1)."""
    kernel, recurrent, bias, dense, offset = task.first_weights()
    bias_row = np.concatenate([blocks(bias[None]).ravel(), np.zeros_like(bias)])[None]
    weights = {"W": blocks(kernel), "R": blocks(recurrent), "B": bias_row}
    weights |= {"D": dense, "b": offset}
    nodes = [
        helper.make_node("LSTM", ["x", "W", "R", "B"], ["", "h"], hidden_size=task.units),
        helper.make_node("Squeeze", ["h", "axes"], ["last"]),
        helper.make_node("Gemm", ["last", "D", "b"], ["y"]),
    ]
    tensors = [numpy_helper.from_array(np.asarray(v, "float32"), k) for k, v in weights.items()]
    tensors.append(numpy_helper.from_array(np.array([0], "int64"), "axes"))
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [task.window, None, task.features])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])
    made = helper.make_graph(nodes, "lstm", [x], [y], tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(model)
    return model


class OnnxRuntimePeer:
    """A session with as many threads as cores."""

    def describe(self) -> dict[str, str]:
        """Return the versions."""
        return {name: version(name) for name in ("onnxruntime", "onnx", "numpy")}

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the session."""
        self.task = Task.from_dict(task)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = CORES
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            graph(self.task).SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def first_predictions(self, job: str) -> list[float]:
        """Return what the first weights predict for the task's windows."""
        x = self.task.data()[0].transpose(1, 0, 2)
        return self.session.run(None, {"x": np.ascontiguousarray(x)})[0][:, 0].tolist()

    def one_window(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of one window."""
        return self.many_windows(1)

    def many_windows(self, windows: int, chunk: int = 1024) -> Callable[[], Any]:
        """Return the prediction of many windows, in chunks that stay in the cache."""
        x = self.task.but(windows=windows).data()[0]
        parts = [
            np.ascontiguousarray(x[i : i + chunk].transpose(1, 0, 2))
            for i in range(0, windows, chunk)
        ]
        return lambda: [self.session.run(None, {"x": part}) for part in parts]


if __name__ == "__main__":
    serve(OnnxRuntimePeer)
