"""The ordinary checks of what a network may see; tests and canaries call the same ones."""

import numpy as np

from rnncomp.series import Series
from tolerance import assert_same_bytes


def check_windows(make_samples, *, window=5, horizon=2, rows=30):
    """Assert that every window ends where its targets begin.

    Each number of the series is its row, so that a shift by one cannot hide.
    """
    samples = make_samples(np.arange(rows, dtype=np.float64), window=window, horizon=horizon)
    cut = np.concatenate([samples.windows()[:, :, 0], samples.targets], axis=1)
    expected = samples.starts_of()[:, None] + np.arange(window + horizon)
    assert_same_bytes(cut, expected.astype(np.float64), what="windows with their targets")


def check_blind_to_test(make_task, settings, *, rows=120, seed=0):
    """Assert that what is learned from and chosen on is the same for any test part.

    The other test part has a range and a season that the rest does not have.
    """
    rng = np.random.default_rng(seed)
    values = 50 + np.cumsum(rng.normal(size=rows))
    (fold,) = (task := make_task(Series(values[:, None]), settings)).windows
    first_test = fold[0].parts.test[0]
    strange = values.copy()
    strange[first_test:] = 1000 * np.sin(2 * np.pi * np.arange(rows - first_test) / 4)
    other = make_task(Series(strange[:, None]), settings)
    for part in ("train", "validation"):
        one, same = (
            made.windows[0][0].samples(made.windows[0][0].learned[part]) for made in (task, other)
        )
        assert_same_bytes(same.windows(), one.windows(), what=f"{part} windows")
        assert_same_bytes(same.targets.copy(), one.targets.copy(), what=f"{part} targets")
    assert other.curves[0].season == task.curves[0].season, (
        "the season was found with the test part"
    )
