"""What onnxruntime makes of an exported model, and how near that must be to ours."""

import numpy as np
import onnxruntime

# Of the largest output. In float32 this is the bound: onnxruntime has its own tanh and
# sigmoid; in float64 some hundred roundings a step over a dozen steps.
NEAR = {"float32": 1e-5, "float64": 1e-12}


def session(path):
    """Return an exported model, loaded on one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def difference(model, path, x):
    """Export `model`, run it on `x`, and return the largest error, in units of the largest output.

    An output below 1 counts as 1; a wrong shape or precision as infinitely far.
    """
    model.to_onnx(path)
    (theirs,) = session(path).run(["y"], {"x": x})
    ours = model.predict(x, verbose=0)
    assert np.abs(ours).max() < 100, "the model blows up: nobody could agree with it"
    if theirs.shape != ours.shape or theirs.dtype != ours.dtype:
        return np.inf
    return float(np.abs(theirs - ours).max() / max(1.0, np.abs(ours).max()))
