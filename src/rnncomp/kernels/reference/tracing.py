"""What a forward pass computed, under the names of `rnncomp.kernels.tracing`."""

from __future__ import annotations

from typing import Any

from rnncomp.kernels.layer_specs import BidirectionalSpec, DenseSpec, LayerSpec, RecurrentSpec
from rnncomp.kernels.reference.types import Array
from rnncomp.kernels.tracing import traced_columns


def named_arrays(layer: LayerSpec, trace: Any) -> dict[str, Array]:
    """Return what `layer` computed beside its output, by name, from what its forward pass left."""
    if isinstance(layer, DenseSpec):
        return {"sums": trace.z}
    if isinstance(layer, RecurrentSpec):
        return _of_cell(layer, trace.steps, "")
    if isinstance(layer, BidirectionalSpec):
        prefixes = [prefix for prefix, _, _ in traced_columns(layer)]
        one, other = (
            _of_cell(child, steps.steps, prefix)
            for child, steps, prefix in zip(layer.children, trace.traces, prefixes, strict=True)
        )
        return one | other
    return {}


def _of_cell(layer: RecurrentSpec, steps: Any, prefix: str) -> dict[str, Array]:
    own: dict[str, Array] = dict(steps._asdict())
    if layer.kind == "gru":
        own["rh"] = own["r"] * own["q"]
    else:
        own["sums"] = own["z"]
    ((_, names, _),) = traced_columns(layer)
    return {prefix + name: own[name] for name in names}
