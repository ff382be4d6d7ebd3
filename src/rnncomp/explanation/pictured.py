"""trace_data: a trace as plain values, all that the pictures and the stepping page read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.charts.heat import round_up
from rnncomp.explanation.computed import Computed, LayerTrace
from rnncomp.kernels.layer_specs import BidirectionalSpec, RecurrentSpec, StepShape

NAMES = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
SAME = ("masking", "dropout")  # what comes out has the columns that went in
NO_STEPS = ("flatten", "repeat_vector")
STATES = ("h", "c")
OPEN_SHUT = ("sigmoid", "hard_sigmoid", "sparse_sigmoid")  # a gate between 0, shut, and 1, open
BETWEEN_ONES = ("tanh", "hard_tanh", "softsign", *OPEN_SHUT)

Places = Sequence[int] | None
"""Which step of the window each step of a layer is, or None where it is none of them."""


def trace_data(trace: Computed) -> dict[str, Any]:
    """Return a trace as lists, numbers and words, ready for JSON.

    Numbers keep every digit; one that is not finite is None. Shapes: T steps, F features, U units,
    O outputs.

    Args:
        trace: What was computed.

    Returns:
        ``title``, ``notes``, ``dtype``, ``columns`` (F,), ``times`` (T,), ``window`` (T, F);
        ``output``, ``worked_output`` and ``output_names`` (O,), ``values`` (O,) or None; the
        largest ``difference`` between engine and equations, with what is ``allowed`` in the layer
        that has it; ``parameters``; and ``layers``, in order, both directions of a Bidirectional
        one before it. Each of them has

        - ``name``, ``kind``, ``title``; ``inside``, the name of the Bidirectional one, or None;
        - ``activation``, ``recurrent_activation``, ``reset_after``, ``sequences``, ``backwards``,
          ``merge``: as it was made, None where it has no such thing;
        - ``input_shape``, ``output_shape``, ``inputs`` (names of its F where they are columns),
          ``parameters``, ``weights`` (name to ``shape`` and ``values``);
        - ``order`` and ``there`` (T,), as in `LayerTrace`, and ``places`` (T,): which step of the
          window each of its steps is, None where it is none;
        - ``initial`` (state to (U,)), ``x`` (T, F), ``sums`` and ``gates`` (letter to (T, U)),
          ``others`` (``a``, ``q``, ``rh``), ``h`` and ``c`` (T, U) or None, ``y``;
        - ``scales`` (letter to both ends of its colours, see `scale`), ``difference``, ``allowed``.

    Example:
        >>> import rnncomp
        >>> layers = [rnncomp.LSTM(2, input_shape=(3, 1)), rnncomp.Dense(1)]
        >>> data = trace_data(rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0]))
        >>> [(layer["title"], layer["output_shape"]) for layer in data["layers"]]
        [('LSTM', [2]), ('Dense', [1])]
    """
    layers = _layers(trace)
    gaps = [np.inf if layer["difference"] is None else layer["difference"] for layer in layers]
    worst = layers[int(np.argmax(gaps))]
    return {
        "title": trace.title,
        "notes": list(trace.notes),
        "dtype": str(trace.output.dtype),
        "columns": list(trace.columns),
        "times": list(trace.times),
        "window": plain(trace.window),
        "output": plain(trace.output.ravel()),
        "worked_output": plain(trace.worked_output.ravel()),
        "output_names": list(trace.output_names),
        "values": None if trace.values is None else plain(trace.values),
        "difference": worst["difference"],
        "allowed": worst["allowed"],
        "parameters": sum(layer["parameters"] for layer in layers if layer["inside"] is None),
        "layers": layers,
    }


def plain(array: NDArray[Any]) -> Any:
    """Return an array as nested lists of numbers, None for one that is not finite.

    Example:
        >>> plain(np.array([[1.0, np.nan]]))
        [[1.0, None]]
    """
    if np.isfinite(array).all():
        return array.tolist()
    gaps = array.astype(object)
    gaps[~np.isfinite(array)] = None
    return gaps.tolist()


def scale(layer: LayerTrace, letter: str) -> list[float]:
    """Return the ends of the colours of a gate or a state: known ones where there are any.

    0 and 1 of a gate that opens and shuts. Else the largest number on both sides of 0; -1 and 1
    where it is above 0.5 and lies between them, so that maps of several windows can be compared.
    """
    spec: Any = layer.spec  # of a recurrent layer
    gate = letter in layer.gates and letter != "g"
    gates = getattr(spec, "recurrent_activation", "sigmoid")
    if gate and gates in OPEN_SHUT:
        return [0.0, 1.0]
    bounded = gates in BETWEEN_ONES if gate else spec.activation in BETWEEN_ONES
    # h is o * a, or a mean of h and g: between the ends of a and g if the gates only open and shut.
    if letter == "h" and layer.kind != "simple_rnn":
        bounded = bounded and gates in OPEN_SHUT
    values = layer.arrays[letter]
    size = round_up(float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)))
    if bounded and letter != "c" and size > 0.5:
        size = 1.0
    return [-size, size]


def _layers(trace: Computed) -> list[dict[str, Any]]:
    """Return all layers in order, with the shapes that the network itself states."""
    shapes = trace.network.spec.shapes_from(len(trace.window))
    places: Places = list(range(len(trace.window)))
    columns: list[str] | None = list(trace.columns)
    made = []
    for layer, given, left in zip(trace.layers, shapes[:-1], shapes[1:], strict=True):
        both = [
            _layer(way, (given, (*left[:-1], way.y.shape[-1])), places)
            | {"inputs": columns, "inside": layer.name}
            for way in layer.directions
        ]
        whole = _layer(layer, (given, left), places) | {"inputs": columns}
        whole["parameters"] += sum(one["parameters"] for one in both)
        made += [*both, whole]
        places = _after(layer, places)
        columns = columns if layer.kind in SAME else None
    return made


def _after(layer: LayerTrace, places: Places) -> Places:
    """Return which steps of the window the steps of a layer's output are."""
    spec = layer.spec
    if places is None or spec.kind in NO_STEPS:
        return None
    if isinstance(spec, BidirectionalSpec):
        return places if spec.forward_layer.return_sequences else None
    if isinstance(spec, RecurrentSpec):
        return [places[step] for step in layer.order] if spec.return_sequences else None
    return places


def _layer(
    layer: LayerTrace, shapes: tuple[StepShape, StepShape], places: Places
) -> dict[str, Any]:
    spec: Any = layer.spec
    named = {"sums", "y", *layer.gates, *STATES}
    arrays = layer.arrays
    return {
        "name": layer.name,
        "kind": layer.kind,
        "title": NAMES.get(layer.kind, layer.kind.replace("_", " ").capitalize()),
        "inside": None,
        "activation": getattr(spec, "activation", None),
        "recurrent_activation": spec.recurrent_activation if layer.gates else None,
        "reset_after": spec.reset_after if layer.kind == "gru" else None,
        "sequences": getattr(spec, "return_sequences", None),
        "backwards": getattr(spec, "go_backwards", None),
        "merge": getattr(spec, "merge", None),
        "input_shape": list(shapes[0]),
        "output_shape": list(shapes[1]),
        "parameters": sum(int(weight.size) for weight in layer.weights.values()),
        "weights": {
            name: {"shape": list(weight.shape), "values": plain(weight)}
            for name, weight in layer.weights.items()
        },
        "order": layer.order.tolist(),
        "there": layer.there.tolist(),
        "places": None if places is None else [places[step] for step in layer.order],
        "initial": {name: plain(state) for name, state in layer.initial.items()},
        "x": plain(layer.x),
        "sums": {letter: plain(sums) for letter, sums in layer.sums.items()},
        "gates": {letter: plain(gate) for letter, gate in layer.gates.items()},
        "others": {name: plain(arrays[name]) for name in arrays if name not in named},
        **{state: plain(arrays[state]) if state in arrays else None for state in STATES},
        "y": plain(layer.y),
        "scales": {
            letter: scale(layer, letter) for letter in (*layer.gates, *STATES) if letter in arrays
        },
        "difference": plain(np.asarray(layer.difference)),
        "allowed": plain(np.asarray(layer.allowed_difference)),
    }
