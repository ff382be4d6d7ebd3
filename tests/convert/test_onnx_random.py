"""Random models, exported and run by onnxruntime, agree with our own predictions.

RNNCOMP_PARITY=1 runs all of them, as `make parity` does; the suite runs the first few.
"""

import os

import pytest
from random_models import random_model
from runtime import NEAR, difference

MODELS = 240 if os.environ.get("RNNCOMP_PARITY") else 20


@pytest.mark.parametrize("seed", range(MODELS))
def test_onnxruntime_agrees(seed, tmp_path):
    model, x = random_model(seed)
    assert difference(model, tmp_path / "model.onnx", x) <= NEAR[model.dtype], [
        layer.get_config() for layer in model.layers
    ]
