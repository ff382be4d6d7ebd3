"""Samples: the windows are those that the starts name, however the starts are given."""

import numpy as np
import pytest

from rnncomp.samples import Samples

BASE = np.arange(36.0).reshape(18, 2)


@pytest.mark.parametrize(
    ("starts", "window"),
    [
        (range(18), 1),
        (range(14), 5),
        (range(1, 14, 3), 5),
        (range(13, -1, -2), 5),
        (range(4, 4), 5),
        (range(1), 18),
        (range(0), 19),
    ],
)
def test_windows(starts, window):
    expected = [BASE[start : start + window] for start in starts]
    for given in (starts, np.array(starts, np.int64)):
        windows = Samples(BASE, given, window).windows()
        assert windows.shape == (len(starts), window, 2)
        assert windows.tolist() == [part.tolist() for part in expected]
        assert windows.flags.c_contiguous
        assert not np.shares_memory(windows, BASE), "windows are a copy to work on"
