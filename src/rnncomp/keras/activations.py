"""``keras.activations``: functions of arrays, which layers take in place of their names."""

from collections.abc import Callable
from typing import NoReturn

from rnncomp.keras.left_out import stand_in
from rnncomp.nn.activations import BY_NAME, get

celu = BY_NAME["celu"]
elu = BY_NAME["elu"]
exponential = BY_NAME["exponential"]
gelu = BY_NAME["gelu"]
hard_shrink = BY_NAME["hard_shrink"]
hard_sigmoid = BY_NAME["hard_sigmoid"]
hard_silu = hard_swish = BY_NAME["hard_silu"]
hard_tanh = BY_NAME["hard_tanh"]
leaky_relu = BY_NAME["leaky_relu"]
linear = BY_NAME["linear"]
log_sigmoid = BY_NAME["log_sigmoid"]
log_softmax = BY_NAME["log_softmax"]
mish = BY_NAME["mish"]
relu = BY_NAME["relu"]
relu6 = BY_NAME["relu6"]
selu = BY_NAME["selu"]
sigmoid = BY_NAME["sigmoid"]
silu = swish = BY_NAME["silu"]
soft_shrink = BY_NAME["soft_shrink"]
softmax = BY_NAME["softmax"]
softplus = BY_NAME["softplus"]
softsign = BY_NAME["softsign"]
sparse_plus = BY_NAME["sparse_plus"]
sparse_sigmoid = BY_NAME["sparse_sigmoid"]
squareplus = BY_NAME["squareplus"]
tanh = BY_NAME["tanh"]
tanh_shrink = BY_NAME["tanh_shrink"]

__all__ = [
    "celu",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]


def __getattr__(name: str) -> Callable[..., NoReturn]:
    """Return what stands for a name that is left out."""
    return stand_in("activations", name)
