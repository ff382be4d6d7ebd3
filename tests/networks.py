"""Networks with independent random weights, for tests of the arithmetic."""

from itertools import product
from typing import NamedTuple

import numpy as np

from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.layer_specs import ACTIVATIONS, OVER_UNITS, EmbeddingSpec
from rnncomp.samples import Samples

RECURRENT = (
    {"kind": "simple_rnn"},
    {"kind": "lstm"},
    {"kind": "gru", "reset_after": True},
    {"kind": "gru", "reset_after": False},
)


class Problem(NamedTuple):
    """A network with everything a call of an engine needs."""

    spec: NetworkSpec
    params: np.ndarray  # (P,)
    samples: Samples  # N windows, with targets (N, O)
    states: np.ndarray  # (N, S)
    dy: np.ndarray  # (N, O)


def layer_options(units):
    """Pairs of activations of every layer, with and without bias, whole sequence or not.

    Every pair of the usual five; the others each with tanh or sigmoid as the other one.
    """
    layers = [
        DenseSpec(units, activation=a, use_bias=b)
        for a, b in product((*ACTIVATIONS, *OVER_UNITS), (True, False))
    ]
    for kind in RECURRENT:
        for (a, r), plain in product(pairs_of_activations(kind["kind"]), (True, False)):
            if plain and r.endswith("shrink"):  # a gate shut at one step of five: no gradient
                continue
            layers.append(
                RecurrentSpec(
                    **kind,
                    units=units,
                    activation=a,
                    recurrent_activation=r,
                    use_bias=plain,
                    return_sequences=not plain,
                )
            )
    return layers


def pairs_of_activations(kind):
    """Pairs of activation and recurrent_activation."""
    usual, others = ACTIVATIONS[:5], ACTIVATIONS[5:]
    if kind == "simple_rnn":
        return [(a, "sigmoid") for a in ACTIVATIONS]
    alone = [pair for a in others for pair in ((a, "sigmoid"), ("tanh", a))]
    return [*product(usual, usual), *alone, ("silu", "softplus"), ("hard_tanh", "log_sigmoid")]


def layer_spec(kind, **options):
    """Return the spec of a recurrent layer or a dense one from plain values."""
    return DenseSpec(**options) if kind == "dense" else RecurrentSpec(kind, **options)


def describe(layer):
    """Return a short name of a layer for a test's id."""
    words = [layer.kind, layer.activation]
    if layer.kind in ("lstm", "gru"):
        words.append(layer.recurrent_activation)
    if layer.kind == "gru":
        words.append("after" if layer.reset_after else "before")
    words += ["bias"] * layer.use_bias
    words += ["sequence"] * getattr(layer, "return_sequences", False)
    return "-".join(words)


def gain_of(layer):
    """Return how large the weights of a layer may be, and how large its kernel has to be."""
    both = tuple(getattr(layer, n, "sigmoid") for n in ("activation", "recurrent_activation"))
    if "exponential" in both:
        return (0.1, 0.1) if both[0] == "exponential" else (0.25, 0.25)
    if both[0].endswith("shrink"):  # little comes through
        return 0.6, 3.0
    if both[1].endswith("shrink"):  # the same, but a gate that is wide open makes states grow
        return 0.4, 1.0
    gain = 1.0 if both[1] in ("sigmoid", "hard_sigmoid", "sparse_sigmoid") else 0.5
    return gain, gain


def random_params(spec, rng):
    """Return independent normal weights (P,); recurrent matrices have spectral radius 0.9.

    Constant weights could not tell one gate from another, and with a larger radius the dynamics
    turn chaotic, where no two correct programs agree. Gates outside 0 .. 1 (tanh, relu, linear)
    stretch states at any radius; their layers get weights half as large.
    """
    parts = []
    for layer, shapes in zip(spec.layers, spec.weight_shapes, strict=True):
        gain, kernel_gain = gain_of(layer)
        for name, shape in shapes.items():
            w = rng.normal(size=shape) / np.sqrt(max(shape[0], 3))
            if name.endswith("recurrent_kernel"):
                blocks = np.split(w, w.shape[1] // w.shape[0], axis=1)
                w = np.hstack([0.9 * b / np.abs(np.linalg.eigvals(b)).max() for b in blocks])
            parts.append((kernel_gain if name == "kernel" else gain) * w.ravel())
    return np.concatenate(parts)


def make_problem(spec, *, samples, window, seed, dtype="float64", overlapping=False):
    """Return a Problem of numbers that float32 holds exactly, in `dtype`."""
    rng = np.random.default_rng(seed)

    def take(values):
        return values.astype(np.float32).astype(dtype)

    rows = samples + window - 1 if overlapping else samples * window
    params = take(random_params(spec, rng))
    series = rng.normal(size=(rows, spec.features))
    if isinstance(spec.layers[0], EmbeddingSpec):
        series = rng.integers(spec.layers[0].count, size=series.shape).astype(float)
    starts = np.arange(samples, dtype=np.int64) * (1 if overlapping else window)
    outputs = spec.outputs(window)
    return Problem(
        spec,
        params=params,
        samples=Samples(
            take(series),
            starts,
            window,
            take(rng.normal(size=(samples, outputs))),
        ),
        states=take(rng.uniform(-1, 1, size=(samples, spec.state_size))),
        dy=take(rng.normal(size=(samples, outputs))),
    )
