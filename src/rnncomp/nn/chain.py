"""From layers in order to what the arithmetic is told about the network that they make."""

from __future__ import annotations

from collections.abc import Sequence

from rnncomp._check import fail
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.layer_specs import (
    EmbeddingSpec,
    FlattenSpec,
    RepeatVectorSpec,
    need_sequence,
)
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.nn.layer import InputShape, Layer
from rnncomp.nn.network import check_spec


def reads_numbers(layers: Sequence[Layer]) -> bool:
    """Whether the input is (N, T), whole numbers for an Embedding."""
    return bool(layers) and isinstance(layers[0].spec, EmbeddingSpec)


def chain_spec(layers: Sequence[Layer], shape: InputShape) -> NetworkSpec:
    """Return the spec of a network.

    Args:
        layers: In order.
        shape: Of the input: (T, F), (F,) or, for an Embedding, (T,); T None if unknown.

    Raises:
        InvalidArgumentError: The layers cannot stand in this order, or a size is missing.
    """
    specs = tuple(layer.spec for layer in layers)
    if reads_numbers(layers):
        if len(shape) != 1:
            raise fail("input_shape", "(time steps,) of whole numbers", shape, "as in (50,)")
        spec = NetworkSpec(1, specs, shape[0])
    else:
        if shape[-1] is None:
            raise fail("input_shape", "with the number of features", shape)
        flat = len(shape) == 1
        spec = NetworkSpec(shape[-1], specs, None if flat else shape[0], flat)
    for layer, given in zip(layers, spec.shapes, strict=False):
        if given[-1] is None:
            hint = "declare the time steps: Input((50, 1))"
            raise fail(f"input of {layer.name}", "of known size after Flatten", given, hint)
        if layer.reads_sequence:
            need_sequence(layer.kind, given)
    return spec


def check_order(layers: Sequence[Layer], declared: InputShape | None) -> None:
    """Raise if the layers cannot stand in this order; without an input, whatever its sizes."""
    if declared is not None:
        check_spec(chain_spec(layers, declared))
    elif not any(isinstance(layer.spec, FlattenSpec) for layer in layers):
        one_step = isinstance(layers[0].spec, RepeatVectorSpec)
        unknown = (None,) if reads_numbers(layers) else (1,) if one_step else (None, 1)
        check_spec(chain_spec(layers, unknown))


def check_stateful(layers: Sequence[Layer]) -> None:
    """Raise if some recurrent layers keep their states and others do not."""
    if len({layer.stateful for layer in layers if layer.spec.state_size}) == 2:
        raise UnsupportedError(
            "stateful layers beside others that start from zero are not supported; pass "
            "stateful=True to all recurrent layers, or to none"
        )
