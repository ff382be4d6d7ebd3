"""Every activation that a layer may have, in an export: in Dense, in an operator, in a Scan."""

from typing import get_args

import numpy as np
import onnx
import pytest
from random_models import random_weights
from runtime import NEAR, difference

from rnncomp import GRU, LSTM, Dense, Input, Sequential, SimpleRNN
from rnncomp.convert.onnx_activations import EQUATIONS, IN_OPERATORS
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.layer_specs import ACTIVATIONS, OverUnits

OVER_UNITS = get_args(OverUnits)  # of Dense alone
FLOAT32_ALONE = {"gelu"}  # onnxruntime has no erf in float64


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", [*ACTIVATIONS, *OVER_UNITS])
def test_in_a_dense_layer(activation, dtype, tmp_path):
    """Over -9 .. 9, so that every piece of a function is met, and its ends."""
    model = Sequential([Dense(3, activation, input_shape=(2,))], dtype=dtype)
    if dtype == "float64" and activation in FLOAT32_ALONE:
        with pytest.raises(UnsupportedError, match=f"{activation} in float32 alone"):
            model.to_onnx(tmp_path / "m.onnx")
        return
    model.set_weights([np.array([[1, 0, -1], [0, 1, 1]]), np.zeros(3)])
    x = np.stack([np.linspace(-9, 9, 721), np.linspace(3, -3, 721)], axis=1).astype(dtype)
    if activation == "exponential":  # of 12 it is 160,000
        x *= 0.3
    assert difference(model, tmp_path / "m.onnx", x) <= NEAR[dtype] / 10


@pytest.mark.parametrize("activation", sorted({*ACTIVATIONS} - {"exponential", "gelu"}))
def test_between_two_products_in_float64(activation, tmp_path):
    """onnxruntime fuses a scalar into a product beside it, and holds it in float32 there."""
    layers = [Dense(3, activation, use_bias=False), Dense(2, use_bias=False)]
    model = Sequential([Input((2,)), *layers], dtype="float64")
    rng = np.random.default_rng(6)
    random_weights(model, rng)
    x = rng.normal(size=(500, 2)) * 3.0
    assert difference(model, tmp_path / "m.onnx", x) <= 1e-14


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
def test_in_a_cell(cell, activation, tmp_path):
    """As the activation of the state and of the gates; an operator is used where there is one."""
    rng = np.random.default_rng(5)
    gates = {} if cell is SimpleRNN else {"recurrent_activation": activation}
    layers = [cell(3, activation, return_sequences=True), cell(4, **gates)]
    model = Sequential([Input((5, 2)), *layers])
    random_weights(model, rng)
    x = rng.normal(size=(6, 5, 2)).astype("float32")
    assert difference(model, tmp_path / "m.onnx", x) <= NEAR["float32"]
    operations = {node.op_type for node in onnx.load(tmp_path / "m.onnx").graph.node}
    assert ("Scan" in operations) == (activation not in IN_OPERATORS)


def test_every_activation_is_written_or_refused_by_name():
    assert {*ACTIVATIONS, *OVER_UNITS} == set(EQUATIONS)
    assert set(IN_OPERATORS) <= set(EQUATIONS)
