"""What SimpleRNN, LSTM and GRU share: the direction of time, masks, dropout, the last step.

Shapes: B batch, T time steps, F features, U units, S numbers of a state.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.kernels.reference import gru, lstm, simple_rnn
from rnncomp.kernels.reference.products import Factors, draw_factors
from rnncomp.kernels.reference.types import Array, Call, Gradients, Mask, Output, Weights

CELLS: MappingProxyType[str, Any] = MappingProxyType(
    {"simple_rnn": simple_rnn, "lstm": lstm, "gru": gru}
)


class RecurrentTrace(NamedTuple):
    """What a forward pass computed, in the order of the steps."""

    steps: Any  # the trace of the cell
    mask: Mask  # (B, T)
    factors: Factors


def forward(
    spec: RecurrentSpec, weights: Weights, x: Array, call: Call
) -> tuple[Output, RecurrentTrace]:
    """Run the layer over x (B, T, F)."""
    mask = np.ones(x.shape[:2], bool) if call.mask is None else call.mask
    if spec.go_backwards:
        x, mask = x[:, ::-1], mask[:, ::-1]
    factors = draw_factors(spec, call.noise, len(x), x.shape[2])
    steps = CELLS[spec.kind].forward(spec, weights, x, call.states, mask, factors)
    ends = [steps.h[:, -1]] + ([steps.c[:, -1]] if spec.kind == "lstm" else [])
    y = steps.h if spec.return_sequences else steps.h[:, -1:]
    out_mask = call.mask if spec.return_sequences else None
    return Output(y, out_mask, np.concatenate(ends, axis=1)), RecurrentTrace(steps, mask, factors)


def backward(spec: RecurrentSpec, weights: Weights, trace: RecurrentTrace, dy: Array) -> Gradients:
    """Pull dy, of the output's shape, back through time."""
    if not spec.return_sequences:
        last_step = dy
        dy = np.zeros_like(trace.steps.h)  # (B, T, U)
        dy[:, -1:] = last_step
    cell = CELLS[spec.kind]
    result: Gradients = cell.backward(spec, weights, trace.steps, dy, trace.mask, trace.factors)
    return result._replace(dx=result.dx[:, ::-1]) if spec.go_backwards else result
