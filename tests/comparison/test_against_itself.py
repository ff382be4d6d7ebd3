"""A network against itself under other seeds: hardly ever a winner; a worse one: nearly always."""

import numpy as np
import pytest
from leaderboards import network

from rnncomp.comparison.judgement import judge
from rnncomp.comparison.verdict import make_verdict
from rnncomp.nn import Dense, SimpleRNN
from rnncomp.training import Adam, Sequential
from rnncomp.windows import make_samples

POOL, COMPARISONS, SEEDS = 60, 200, 5
NAMES = ("simple_rnn", "lstm", "gru")


@pytest.fixture(scope="module")
def pool():
    """(validation, test) MAE of real trainings that differ in the seed alone, shape (60, 2)."""
    rng = np.random.default_rng(0)
    values = np.sin(0.3 * np.arange(160)) + 0.1 * rng.normal(size=160)
    samples = make_samples(values[:, None], window=8, dtype="float32")
    train, rest = samples.take(slice(0, 96)), samples.take(slice(96, None))
    half = len(rest) // 2

    def errors(seed):
        model = Sequential([SimpleRNN(4, input_shape=(8, 1)), Dense(1)], seed=seed)
        model.compile(optimizer=Adam(0.01), loss="mse")
        model.fit(train, epochs=15, batch_size=16, verbose=0)
        off = np.abs(model.predict(rest, verbose=0) - rest.targets)
        return float(off[:half].mean()), float(off[half:].mean())

    return np.array([errors(seed) for seed in range(POOL)])


def boards(pool, handicaps=(0.0, 0.0, 0.0), seeds=SEEDS):
    """Draw networks of five seeds, all different, and choose on the validation errors."""
    many = len(handicaps)
    for draw in range(COMPARISONS):
        picked = np.random.default_rng(draw).permutation(POOL)[: many * seeds].reshape(many, seeds)
        scores = pool[picked] + np.array(handicaps)[:, None, None]  # (networks, seeds, 2)
        best = NAMES[int(scores[:, :, 0].mean(axis=1).argmin())]
        yield [network(n, *s[:, 1].tolist()) for n, s in zip(NAMES, scores, strict=False)], best


def test_the_pool_is_what_other_seeds_give(pool):
    assert np.isfinite(pool).all()
    assert len(np.unique(pool[:, 1])) == POOL
    assert pool[:, 1].std() > 0.05 * pool[:, 1].mean()


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
@pytest.mark.parametrize("networks", [2, 3])
def test_names_a_winner_in_at_most_5_percent(pool, networks, seeds):
    """Two networks are the hard case: of three, one would have to beat both others by chance."""
    drawn = boards(pool, (0.0,) * networks, seeds)
    winners = sum(judge(rows, best).winner is not None for rows, best in drawn)
    assert winners <= 0.05 * COMPARISONS


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_names_a_winner_in_at_most_5_percent_where_seeds_spread_normally(seeds):
    """The t-test promises no less than its level here; validation and test errors go together."""
    rng = np.random.default_rng(1)
    winners = 0
    for _ in range(10 * COMPARISONS):
        test = rng.normal(1.0, 0.1, size=(2, seeds))
        validation = 1.0 + 0.9 * (test - 1.0) + 0.04 * rng.normal(size=(2, seeds))
        rows = [network(n, *s.tolist()) for n, s in zip(NAMES, test, strict=False)]
        best = NAMES[int(validation.mean(axis=1).argmin())]
        winners += judge(rows, best).winner is not None
    assert winners <= 0.03 * 10 * COMPARISONS


def test_claims_any_difference_in_at_most_5_percent(pool):
    claims = sum(
        any(relation in ("better", "worse") for relation in judge(rows, best).relations.values())
        for rows, best in boards(pool)
    )
    assert claims <= 0.05 * COMPARISONS


def test_the_words_name_no_other_winner_than_the_numbers(pool):
    for rows, best in boards(pool):
        said = "is the best network" in " ".join(make_verdict(rows, best))
        assert said == (judge(rows, best).winner is not None)


def test_a_network_that_is_better_is_named(pool):
    """Silence would pass the tests above, too."""
    handicap = 6 * pool[:, 1].std()
    named = [judge(rows, best).winner for rows, best in boards(pool, (0.0, handicap, handicap))]
    assert named.count("simple_rnn") >= 0.9 * COMPARISONS
