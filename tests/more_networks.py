"""Networks of layers beside plain recurrent and dense ones, by the name of what they try."""

import numpy as np

from networks import make_problem
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.layer_specs import (
    ActivationSpec,
    BidirectionalSpec,
    DropoutSpec,
    EmbeddingSpec,
    FlattenSpec,
    MaskingSpec,
    RepeatVectorSpec,
)

WINDOW = 5
KINDS = {
    "simple_rnn": {"kind": "simple_rnn"},
    "lstm": {"kind": "lstm"},
    "gru": {"kind": "gru"},
    "gru before": {"kind": "gru", "reset_after": False},
}


def cell(name, units, **options):
    """Return a recurrent layer."""
    return RecurrentSpec(**KINDS[name], units=units, **options)


def both_ways(first, second, units, merge="concat", **options):
    """Return a bidirectional layer of two kinds of cells."""
    there = cell(first, units, **options)
    return BidirectionalSpec(there, cell(second, units, go_backwards=True, **options), merge)


def problem(spec, *, dtype="float64", samples=3, seed=1, window=WINDOW):
    """Return a problem in which some steps of some windows equal the masking value."""
    p = make_problem(spec, samples=samples, window=window, seed=seed, dtype=dtype)
    if spec.layers[0].kind == "masking":
        rng = np.random.default_rng(seed + 1)
        p.samples.base[rng.random(len(p.samples.base)) < 0.4] = spec.layers[0].mask_value
    return p


def _networks():
    head = DenseSpec(2)
    embedding = EmbeddingSpec(6, 3, mask_zero=True)
    for name in KINDS:
        yield f"{name} backwards", (3, (cell(name, 4, go_backwards=True), head))
        whole = cell(name, 4, go_backwards=True, return_sequences=True)
        yield f"{name} backwards, all steps", (3, (whole, head))
        yield f"{name} masked", (2, (MaskingSpec(0.5), cell(name, 3), head))
        yield (
            f"{name} masked twice",
            (
                1,
                (embedding, cell(name, 4, return_sequences=True), cell(name, 3, go_backwards=True)),
            ),
        )
        inputs_dropped = cell(name, 4, dropout=0.4, return_sequences=True)
        yield f"{name} drops inputs", (3, (inputs_dropped, cell(name, 3, dropout=0.3), head))
        dropped = cell(name, 5, dropout=0.4, go_backwards=True)
        yield f"{name} drops inputs, backwards and masked", (2, (MaskingSpec(0.5), dropped, head))
        yield f"{name} drops states", (3, (cell(name, 5, recurrent_dropout=0.4), head))
        both = cell(name, 5, dropout=0.3, recurrent_dropout=0.4, return_sequences=True)
        yield f"{name} drops both, masked", (2, (MaskingSpec(0.5), both, cell(name, 3)))
    for merge in ("concat", "sum", "mul", "ave"):
        layers = (both_ways("lstm", "gru", 4, merge, return_sequences=True), head)
        yield f"bidirectional {merge}", (3, layers)
        last = both_ways("simple_rnn", "lstm", 3, merge)
        yield f"bidirectional {merge}, last step", (3, (last, head))
        masked = both_ways("gru", "simple_rnn", 3, merge, return_sequences=True)
        yield f"bidirectional {merge}, masked", (2, (MaskingSpec(0.5), masked, head))
    against = BidirectionalSpec(
        cell("gru", 3, return_sequences=True, go_backwards=True),
        cell("lstm", 3, return_sequences=True),
    )
    yield "bidirectional the other way, masked", (2, (MaskingSpec(0.5), against, head))
    dropping = both_ways("lstm", "lstm", 3, dropout=0.3)
    yield "bidirectional drops", (2, (dropping, head))
    yield "embedding", (1, (EmbeddingSpec(6, 3), cell("lstm", 4), head))
    yield "embedding alone", (1, (EmbeddingSpec(6, 3), FlattenSpec(), head))
    yield "flatten", (2, (cell("gru", 3, return_sequences=True), FlattenSpec(), head))
    yield (
        "encoder and decoder",
        (
            2,
            (cell("lstm", 4), RepeatVectorSpec(3), cell("gru", 5, return_sequences=True), head),
        ),
    )
    yield (
        "activation",
        (2, (cell("gru", 3, return_sequences=True), ActivationSpec("sigmoid"), head)),
    )
    yield (
        "dropout",
        (
            2,
            (
                cell("gru", 3, return_sequences=True),
                DropoutSpec(0.4),
                cell("lstm", 4),
                DropoutSpec(0.3),
            ),
        ),
    )


NETWORKS = {
    name: NetworkSpec(features, layers, window=WINDOW) for name, (features, layers) in _networks()
}
