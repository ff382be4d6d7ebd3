"""Random numbers: pinned, independent by purpose, and of the distributions they claim."""

import hashlib
import threading

import numpy as np
import pytest

from rnncomp._check import check_seed
from rnncomp.errors import InvalidArgumentError
from rnncomp.nn import random

PINNED = {
    "words": [9198680918821543597, 7974813781277505897],
    "uniform": [0.4986614918093636, 0.4323155213414206, 0.4472229953858189],
    "normal": [0.4921192663558867, -1.531518606015926, 0.6509861614428142],
    "permutation": [4, 1, 2, 0, 3, 5, 6],
}


def test_words_are_those_of_philox():
    key = np.frombuffer(hashlib.blake2b(b"7/weights", digest_size=16).digest(), np.uint64)
    np.testing.assert_array_equal(
        random.words(7, "weights", 100), np.random.Philox(key=key).random_raw(100)
    )


def test_numbers_are_pinned():
    """These must never change: a seed in a History is a promise."""
    assert random.words(1, "a", 2).tolist() == PINNED["words"]
    assert random.uniform(1, "a", (3,)).tolist() == PINNED["uniform"]
    assert random.normal(1, "a", (3,)).tolist() == PINNED["normal"]
    assert random.permutation(1, "a", 7).tolist() == PINNED["permutation"]


def test_purposes_and_seeds_are_independent():
    drawn = [random.words(seed, purpose, 4).tolist() for seed in (0, 1) for purpose in ("a", "b")]
    assert len({tuple(words) for words in drawn}) == 4


def test_what_was_drawn_before_does_not_matter():
    first = random.words(3, "x", 5)
    random.words(3, "x", 50)
    random.normal(4, "y", (9,))
    np.testing.assert_array_equal(random.words(3, "x", 5), first)


def test_threads_draw_the_same_numbers():
    results = [None] * 4

    def draw(i):
        results[i] = [random.words(9, f"p{k}", 50).tolist() for k in range(20)]

    threads = [threading.Thread(target=draw, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[0] == results[1] == results[2] == results[3]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 8, 9, 640, 1025])
def test_permutation_holds_every_number_once(n):
    order = random.permutation(5, "shuffle/0", n)
    assert order.dtype == np.int64
    np.testing.assert_array_equal(np.sort(order), np.arange(n))


def test_permutations_of_three_are_equally_likely():
    orders = [tuple(random.permutation(seed, "p", 3)) for seed in range(6000)]
    counts = [orders.count(order) for order in set(orders)]
    assert len(counts) == 6
    # 1000 +- 29 each; six counts beyond 5 standard deviations: odds of 1 in 300,000
    assert max(abs(count - 1000) for count in counts) < 5 * np.sqrt(6000 * 5 / 36)


def test_uniform_fills_its_range_evenly():
    values = random.uniform(2, "u", (40_000,), -3.0, 5.0)
    assert values.min() >= -3.0
    assert values.max() < 5.0
    ranks = (np.sort(values) + 3.0) / 8.0
    distance = np.abs(ranks - (np.arange(40_000) + 0.5) / 40_000).max()
    assert distance < 2.2 / np.sqrt(40_000)  # Kolmogorov: exceeded by chance in 1 of 8,000


def test_normal_is_normal():
    from scipy.special import ndtr

    values = random.normal(2, "n", (200, 200), mean=1.0, sd=2.0)
    assert values.shape == (200, 200)
    ranks = ndtr((np.sort(values.ravel()) - 1.0) / 2.0)
    distance = np.abs(ranks - (np.arange(40_000) + 0.5) / 40_000).max()
    assert distance < 2.2 / np.sqrt(40_000)
    assert abs(np.corrcoef(values.ravel()[:-1], values.ravel()[1:])[0, 1]) < 5 / np.sqrt(40_000)


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3, 0), (2, 3, 4)])
def test_any_shape_can_be_drawn(shape):
    assert random.uniform(1, "s", shape).shape == shape
    assert random.normal(1, "s", shape).shape == shape


def test_log_is_the_logarithm():
    x = np.concatenate([random.uniform(1, "x", (5000,)), 2.0 ** -np.arange(0.0, 107.0)])
    x = x[x > 0.0]
    # Two roundings of the sum and those of a series below 0.35 in size: 4 eps of the value.
    np.testing.assert_allclose(random._log(x), np.log(x), rtol=4 * 2.0**-52, atol=0)


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "1", True, None])
def test_seeds_out_of_range_are_refused(seed):
    with pytest.raises(InvalidArgumentError, match="seed must be an integer"):
        check_seed(seed)


def test_a_numpy_integer_is_a_seed():
    assert check_seed(np.int64(5)) == 5


def test_models_get_different_seeds_that_repeat():
    try:
        random.set_global_seed(11)
        first = [random.next_model_seed() for _ in range(4)]
        random.set_global_seed(11)
        assert [random.next_model_seed() for _ in range(4)] == first
        assert first[0] == 11
        assert len(set(first)) == 4
    finally:
        random.set_global_seed(None)
    assert random.next_model_seed() != random.next_model_seed()
