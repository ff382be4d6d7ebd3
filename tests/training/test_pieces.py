"""How much work one native call gets, and how many threads: by what the last ones took."""

import pytest

from rnncomp.training import pieces


def test_pieces_reach_the_target_and_not_beyond():
    sizer, sizes, seconds_each = pieces.PieceSizer(), [], 0.0005
    for _ in range(6):
        sizes.append(sizer.next(10_000))
        sizer.record(sizes[-1], sizes[-1] * seconds_each)
    assert sizes == [1, 8, 64, 160, 160, 160]  # 0.08 s / 0.0005 s


@pytest.mark.parametrize(
    ("unit_operations", "first"), [(0, 20_000_000), (1_000_000, 20), (10**9, 1)]
)
def test_the_first_piece_is_sized_by_its_work(unit_operations, first):
    assert pieces.PieceSizer(unit_operations).next(10**9) == first


def test_pieces_shrink_when_work_gets_slower():
    sizer = pieces.PieceSizer()
    sizer.record(1, 1e-5)
    sizer.record(8, 8 * 0.05)
    assert sizer.next(100) == 1


def test_a_short_last_piece_does_not_shrink_the_next():
    sizer = pieces.PieceSizer()
    for _ in range(4):
        sizer.record(sizer.next(10_000), sizer.next(10_000) * 1e-4)
    long = sizer.next(10_000)
    sizer.record(1, 1e-4)
    assert sizer.next(10_000) == long == 800


def test_a_piece_of_unmeasurable_time_grows_by_a_bounded_step():
    sizer = pieces.PieceSizer()
    sizer.record(4, 0.0)
    assert sizer.next(1000) == 32


class Machine:
    """Stands in for cores: pieces take as long as the paces say, trials included."""

    def __init__(self):
        self.team, self.used = pieces.TeamSizer(), []

    def run(self, count, paces):
        """Run `count` pieces; return what share of the work ran on several threads."""
        work = {1: 0.0, 2: 0.0}
        for _ in range(count):
            threads = self.team.next(2)
            seconds = 0.01 if self.team.trial else 0.08
            units = seconds / paces[threads]
            self.team.record(threads, units, seconds)
            work[threads] += units
        return work[2] / sum(work.values())


def test_threads_share_a_batch_while_that_is_faster():
    machine = Machine()
    assert machine.run(200, {1: 1.0, 2: 0.55}) > 0.98
    assert machine.run(200, {1: 1.0, 2: 3.0}) < 0.02  # another process has come
    assert machine.run(200, {1: 1.0, 2: 0.55}) > 0.8  # and has gone
    assert machine.run(200, {1: 1.0, 2: 1.01}) < 0.05


def test_one_thread_is_never_overtaken_by_none():
    team = pieces.TeamSizer()
    for _ in range(100):
        assert team.next(1) == 1
        assert not team.trial
        team.record(1, 1, 0.1)
    assert team.next(4) == 4  # cores have become idle
