"""What is concluded from losses: relations, shares of the level, pairs, plain data."""

import json
import math

import numpy as np
import pytest
from leaderboards import LSTM, WEAK, baseline, judged, losses_of, network, relations

from rnncomp.comparison.comparison import plain
from rnncomp.comparison.judgement import differences, judge
from rnncomp.comparison.statistics import diebold_mariano
from rnncomp.errors import InvalidArgumentError


def test_relations():
    rows = [
        network("gru", 1.0, 1.01, 0.99), network("lstm", 2.0, 2.01, 1.99),
        baseline("ridge", 0.5), baseline("mean", 3.0), baseline("drift", 1.001),
        baseline("persistence", 1.0),
    ]  # fmt: skip
    found = relations(judged(rows, "gru", wiggle=0.05))
    assert found == {
        "lstm": "better", "ridge": "worse", "mean": "better", "drift": "tie",
        "persistence": "equal",
    }  # fmt: skip


def test_one_seed_proves_nothing():
    """It is lower or higher over time; another seed might be neither."""
    rows = [network("gru", 1.0), network("lstm", 2.0, 2.1), *WEAK, baseline("drift", 1.001)]
    judgement = judged(rows, "gru", wiggle=0.05)
    assert relations(judgement) == {
        "lstm": "lower", "ridge": "higher", "persistence": "higher", "mean": "higher",
        "drift": "tie",
    }  # fmt: skip
    assert judgement.winner is None
    assert judgement.claims["drift"].seeds_needed is None


def test_time_counts_as_well_as_seeds():
    """Seeds agree to a thousandth, and the test part does not: no claim."""
    rows = [network("gru", 1.0, 1.001, 0.999), baseline("ridge", 1.02)]
    assert relations(judged(rows, "gru"))["ridge"] == "better"
    assert relations(judged(rows, "gru", wiggle=0.5))["ridge"] == "tie"


def test_more_questions_widen_every_interval():
    rows = [network("gru", 1.0, 1.1, 0.9), baseline("ridge", 1.5)]
    more = [*rows, baseline("mean", 3.0), baseline("drift", 4.0)]
    other = [*rows, network("lstm", 1.0, 1.1, 1.2)]
    alone, beside, among = (
        judged(r, "gru", wiggle=0.1).claims["ridge"] for r in (rows, more, other)
    )
    assert beside.high - beside.low > 1.1 * (alone.high - alone.low)
    assert among.high - among.low > 1.1 * (alone.high - alone.low)
    assert beside.p > 2.0 * alone.p


def test_all_pairs_of_networks_are_questions():
    """Of three networks, three pairs, though only two are with the one that is spoken of."""
    rows = [network(name, 1.0, 1.1, 0.95) for name in ("gru", "lstm")]
    third = network("simple_rnn", 7.0, 7.1, 6.9)
    two = judged(rows, "gru", wiggle=0.1).claims["lstm"]
    three = judged([*rows, third], "gru", wiggle=0.1).claims["lstm"]
    assert (two.p, three.p) == (1.0, 1.0) or three.p == pytest.approx(3.0 * two.p)
    a, b = judged([rows[0], third], "gru").claims, judged([*rows, third], "gru").claims
    assert b["simple_rnn"].p == pytest.approx(3.0 * a["simple_rnn"].p)


def test_claims_are_where_the_interval_leaves_out_nothing():
    seen = set()
    for k in range(20):
        rng = np.random.default_rng(k)
        rows = [network("gru", *rng.normal(1.0, 0.1, 5).tolist()), baseline("ridge", 1.15)]
        claim = judged(rows, "gru", wiggle=0.3).claims["ridge"]
        clear = claim.low > 0.0 or claim.high < 0.0
        assert clear == (claim.p <= claim.level) == (claim.relation in ("better", "worse"))
        seen.add(clear)
    assert seen == {False, True}


def test_networks_with_the_same_seeds_are_paired():
    """Good and bad seeds are so for both; the difference is the same with each."""
    scores = [1.0, 2.0, 3.0, 4.0, 5.0]
    a, b = network("gru", *scores), network("lstm", *[s + 0.1 + 0.001 * s for s in scores])
    losses = {row["name"]: np.array(row["scores"]["mae"])[:, None] * np.ones(60) for row in (a, b)}
    assert relations(judge([a, b], "gru", losses=losses)) == {"lstm": "better"}
    others = b | {"seeds": [5, 6, 7, 8, 9]}
    assert relations(judge([a, others], "gru", losses=losses)) == {"lstm": "tie"}


def test_diverged_seeds_are_left_out_of_pairs():
    """Row 1 of one network is then seed 1, of the other seed 2."""
    a, b = network("gru", 1.0, 2.0, None, 4.0), network("lstm", 1.1, None, 3.1, 4.2)
    judgement = judged([a, b], "gru")
    assert judgement.diverged == {"gru": (1, 4), "lstm": (1, 4)}
    assert judgement.claims["lstm"].high > 1.0


def test_the_unit_does_not_matter():
    rows = [network("gru", 1.0, 1.1, 0.9), baseline("ridge", 1.5)]
    losses = losses_of(rows, wiggle=0.3)
    plain_claim = judge(rows, "gru", losses=losses).claims["ridge"]
    for unit in (2.0**-700, 2.0**700):
        scaled = judge(rows, "gru", losses={k: unit * v for k, v in losses.items()}).claims["ridge"]
        assert scaled.low == pytest.approx(unit * plain_claim.low, rel=1e-9)
        assert scaled.p == plain_claim.p


def test_differences_are_plain_data():
    rows = [LSTM, network("gru", 0.0103, 0.0102, 0.0104, 0.0101, 0.0103), *WEAK]
    judgement = judged(rows, "lstm", wiggle=0.1)
    found = differences(judgement)
    assert [entry["other"] for entry in found] == ["gru", "ridge", "persistence", "mean"]
    assert set(found[0]) == {
        "subject", "other", "difference", "low", "high", "level", "p", "relation", "dm_p",
        "seeds_needed", "windows_needed",
    }  # fmt: skip
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    ridge, claim = found[1], judgement.claims["ridge"]
    of_ridge = next(entry.error for entry in judgement.baselines if entry.name == "ridge")
    for end in ("difference", "low", "high"):
        share = getattr(claim, end) / of_ridge  # which needs no unit
        assert ridge[end] == max(share, -1.0)  # no error is more than 100 % lower
    assert ridge["low"] == -1.0 < claim.difference / of_ridge
    assert ridge["level"] == 0.95
    short = judge(rows, "lstm", losses=losses_of(rows, n=2))
    assert plain(differences(short))[0]["low"] is None


def test_dm_p_is_of_the_mean_over_seeds():
    rows = [network("gru", 1.0, 1.2), baseline("ridge", 1.15)]
    losses = losses_of(rows, wiggle=0.3)
    claim = judge(rows, "gru", losses=losses, horizon=3).claims["ridge"]
    a, b = (losses[name].mean(axis=0) for name in ("gru", "ridge"))
    # The same numbers in another unit.
    assert claim.dm_p == pytest.approx(diebold_mariano(a, b, horizon=3)[1], rel=1e-9)
    groups = np.repeat([0, 1], 150)
    assert judge(rows, "gru", losses=losses, groups=groups).claims["ridge"].dm_p is None
    assert judge(rows, "gru", losses=losses, horizon=300).claims["ridge"].dm_p is None


def test_the_result_does_not_depend_on_chance():
    rows = [LSTM, network("gru", 0.0103, 0.0102), *WEAK]
    assert judged(rows, "lstm", wiggle=0.1) == judged(rows, "lstm", wiggle=0.1)


@pytest.mark.parametrize(
    ("losses", "message"),
    [
        ({}, r"losses must be given for every score, gru too, got \[\]"),
        ({"gru": np.ones((2, 9))}, r"losses of gru must be of shape \(3, windows\)"),
        ({"gru": np.ones(9)}, r"losses of gru must be of shape \(3, windows\)"),
        ({"gru": np.ones((3, 9)), "ridge": np.ones((2, 9))}, r"of ridge must be of shape \(1,"),
        ({"gru": np.ones((3, 9)), "ridge": np.ones((1, 8))}, "of ridge must be of 9 windows, as"),
        ({"gru": np.full((3, 9), math.inf), "ridge": np.ones((1, 9))}, "of gru must be finite"),
    ],
)  # fmt: skip
def test_losses_must_fit_the_rows(losses, message):
    rows = [network("gru", 1.0, 1.1, 0.9), baseline("ridge", 1.5)]
    with pytest.raises(InvalidArgumentError, match=message):
        judge(rows, "gru", losses=losses)
