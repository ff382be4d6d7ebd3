"""Leaderboards made by hand, with no more than a test needs."""

import math

import numpy as np

from rnncomp.comparison.judgement import judge
from rnncomp.comparison.leaderboard import COLUMNS, MEASURED, METRICS
from rnncomp.comparison.statistics import mean, sample_sd


def empty(name, kind):
    """A row without a number."""
    row = dict.fromkeys(COLUMNS) | {measured: {} for measured in MEASURED}
    return row | {"name": name, "kind": kind, "note": ""}


def network(name, *scores):
    """A network with these MAEs, one a seed; None for a seed that diverged."""
    finished = [score for score in scores if score is not None and math.isfinite(score)]
    row = empty(name, "network") | {"n_seeds": len(scores)}
    for metric in METRICS:
        row |= {metric: mean(finished) if finished else None}
        row |= {f"{metric}_spread": sample_sd(finished)}
    row |= {"diverged": len(scores) - len(finished), "n_params": 9, "fit_seconds": 0.5}
    return row | {
        "predict_microseconds": 2.0,
        "seeds": list(range(len(scores))),
        "scores": {metric: list(scores) for metric in METRICS},
        "validation_scores": {"mae": list(scores)},
    }


def baseline(name, mae):
    row = empty(name, "baseline") | {"diverged": 0}
    return row | {"n_params": 0, "fit_seconds": 0.0, **dict.fromkeys(METRICS, mae)}


LSTM = network("lstm", 0.0100, 0.0104, 0.0101, 0.0102, 0.0105)
LIKE_LSTM = network("simple_rnn", 0.0101, 0.0108, 0.0099, 0.0106, 0.0102)
GRU = network("gru", 0.0130, 0.0131, 0.0135, 0.0129, 0.0133)
WEAK = [baseline("ridge", 0.5), baseline("persistence", 0.6), baseline("mean", 0.9)]
STRONG = [baseline("ridge", 0.0091), baseline("persistence", 0.0120), baseline("mean", 0.3)]


def losses_of(rows, n=300, wiggle=0.0):
    """Losses whose means are the scores of `rows`, by name, shape (S, n).

    All go up and down together; `wiggle` is how much, as a share, each does by itself.
    """
    together = np.random.default_rng(0).normal(size=n)
    losses = {}
    for row in rows:
        scores = row["scores"]["mae"] if row["kind"] == "network" else [row["mae"]]
        finished = [score for score in scores if score is not None and math.isfinite(score)]
        # By name, so that the order of rows does not matter.
        alone = np.random.default_rng(list(row["name"].encode())).normal(size=n)
        shape = 0.1 * (together - together.mean()) + wiggle * (alone - alone.mean())
        if finished:
            losses[row["name"]] = np.array(finished)[:, None] + np.mean(finished) * shape
    return losses


def judged(rows, best, *, wiggle=0.0, **options):
    return judge(rows, best, losses=losses_of(rows, wiggle=wiggle), **options)


def relations(judgement):
    return {name: claim.relation for name, claim in judgement.claims.items()}
