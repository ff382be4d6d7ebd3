"""A chart of a long series keeps what can be seen."""

import numpy as np

from rnncomp.comparison.thinning import rows_to_draw


def test_a_short_series_is_drawn_whole():
    assert rows_to_draw([np.zeros(40)], stretches=10).tolist() == list(range(40))


def test_every_stretch_keeps_its_extremes_of_every_line():
    one, other = np.random.default_rng(0).normal(size=(2, 1003))
    rows = rows_to_draw(iter([one, other]), stretches=20)
    assert rows[0] == 0
    assert rows[-1] == 1002
    assert (np.diff(rows) > 0).all()
    assert len(rows) <= 20 * 4 + 2
    for first in range(0, 1003, 51):
        inside = rows[(rows >= first) & (rows < first + 51)]
        for line in (one, other):
            part = line[first : first + 51]
            assert {part.min(), part.max()} <= set(line[inside])
