"""A network against itself under other seeds: hardly ever a winner; a worse one: nearly always."""

import numpy as np
import pytest
from leaderboards import network, relations

from rnncomp.comparison.judgement import judge
from rnncomp.comparison.verdict import make_verdict
from rnncomp.nn import Dense, SimpleRNN
from rnncomp.training import Adam, Sequential
from rnncomp.windows import make_samples

POOL, COMPARISONS, SEEDS = 60, 200, 5
NAMES = ("simple_rnn", "lstm", "gru")


@pytest.fixture(scope="module")
def pool():
    """(validation MAE (60,), test losses (60, N)) of real trainings that differ in the seed."""
    rng = np.random.default_rng(0)
    values = np.sin(0.3 * np.arange(160)) + 0.1 * rng.normal(size=160)
    samples = make_samples(values[:, None], window=8, dtype="float32")
    train, rest = samples.take(slice(0, 96)), samples.take(slice(96, None))
    half = len(rest) // 2

    def errors(seed):
        model = Sequential([SimpleRNN(4, input_shape=(8, 1)), Dense(1)], seed=seed)
        model.compile(optimizer=Adam(0.01), loss="mse")
        model.fit(train, epochs=15, batch_size=16, verbose=0)
        return np.abs(model.predict(rest, verbose=0) - rest.targets)[:, 0].astype(float)

    off = np.array([errors(seed) for seed in range(POOL)])
    return off[:, :half].mean(axis=1), off[:, half:]


def boards(pool, handicaps=(0.0, 0.0, 0.0), seeds=SEEDS):
    """Draw networks of five seeds, all different, and choose on the validation errors."""
    validation, test = pool
    many = len(handicaps)
    for draw in range(COMPARISONS):
        picked = np.random.default_rng(draw).permutation(POOL)[: many * seeds].reshape(many, seeds)
        losses = {
            name: test[rows] + more
            for name, rows, more in zip(NAMES, picked, handicaps, strict=False)
        }
        chosen = validation[picked].mean(axis=1) + np.array(handicaps)
        rows = [network(name, *loss.mean(axis=1).tolist()) for name, loss in losses.items()]
        yield judge(rows, NAMES[int(chosen.argmin())], losses=losses)


def test_the_pool_is_what_other_seeds_give(pool):
    scores = pool[1].mean(axis=1)
    assert np.isfinite(scores).all()
    assert len(np.unique(scores)) == POOL
    assert scores.std() > 0.05 * scores.mean()


@pytest.fixture(scope="module")
def judgements(pool):
    return list(boards(pool))


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
def test_names_a_winner_in_at_most_5_percent(pool, seeds):
    """Two networks are the hard case: of three, one would have to beat both others by chance."""
    winners = sum(judgement.winner is not None for judgement in boards(pool, (0.0, 0.0), seeds))
    assert winners <= 0.05 * COMPARISONS


@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_names_a_winner_in_at_most_5_percent_where_seeds_spread_normally(seeds):
    """Validation and test errors go together: the choice is then of a lucky network."""
    rng = np.random.default_rng(1)
    winners, trials = 0, COMPARISONS
    for _ in range(trials):
        test = rng.normal(1.0, 0.1, size=(2, seeds, 1)) + 0.1 * rng.normal(size=(2, 1, 60))
        scores = test.mean(axis=2)
        validation = 1.0 + 0.9 * (scores - 1.0) + 0.04 * rng.normal(size=(2, seeds))
        rows = [network(n, *s.tolist()) for n, s in zip(NAMES, scores, strict=False)]
        best = NAMES[int(validation.mean(axis=1).argmin())]
        losses = dict(zip(NAMES, test, strict=False))
        winners += judge(rows, best, losses=losses).winner is not None
    assert winners <= 0.05 * trials


def test_claims_any_difference_in_at_most_5_percent(judgements):
    claims = sum(
        any(relation in ("better", "worse") for relation in relations(judgement).values())
        for judgement in judgements
    )
    assert claims <= 0.05 * COMPARISONS


def test_the_words_name_no_other_winner_than_the_numbers(judgements):
    for judgement in judgements:
        said = "is the best network" in " ".join(make_verdict(judgement))
        assert said == (judgement.winner is not None)


def test_a_network_that_is_better_is_named(pool):
    """Silence would pass the tests above, too."""
    handicap = 8 * pool[1].mean(axis=1).std()
    named = [judgement.winner for judgement in boards(pool, (0.0, handicap, handicap))]
    assert named.count("simple_rnn") >= 0.9 * COMPARISONS
