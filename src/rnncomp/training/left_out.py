"""Methods of Keras's models that a Sequential does not have: calling one says what to use."""

from __future__ import annotations

from typing import NoReturn, SupportsIndex

from rnncomp.errors import UnsupportedError
from rnncomp.nn.refused import refused_name

_LOOP = "the loop is compiled: use callbacks, losses and metrics"
_CONFIG = "save(path) and load_model(path) keep layers, weights and optimizer"

# Method of Keras's Sequential -> what to do instead.
LEFT_OUT = {
    "add_loss": "give layers a regularizer",
    "add_metric": "pass metrics to compile",
    "add_variable": "layers are built in",
    "add_weight": "layers are built in",
    "compile_from_config": _CONFIG,
    "compute_loss": _LOOP,
    "compute_metrics": _LOOP,
    "export": "call to_onnx(path), or save(path) with a name that ends in .keras",
    "from_config": _CONFIG,
    "get_compile_config": _CONFIG,
    "get_config": _CONFIG,
    "get_metrics_result": "evaluate returns them, and so does History",
    "quantize": "weights are float32 or float64",
    "reset_metrics": "each epoch and each evaluate starts anew",
    "test_on_batch": "call evaluate(x, y)",
    "test_step": _LOOP,
    "to_json": _CONFIG,
    "train_on_batch": "call fit(x, y, batch_size=len(x), epochs=1, shuffle=False, verbose=0)",
    "train_step": _LOOP,
}


class NotHere:
    """Refuses each of LEFT_OUT by name, and to be pickled."""

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise UnsupportedError(
            f"a {type(self).__name__} is not pickled or copied; save it with save(path), and "
            "load_model(path) returns another one"
        )


for _name, _advice in LEFT_OUT.items():
    setattr(NotHere, _name, refused_name(f"Sequential.{_name}", _advice))
