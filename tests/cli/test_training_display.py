"""What is shown while networks train: lines, bars, and the time left."""

import io

import pytest
from command import Terminal
from rich.console import Console

from rnncomp import Progress
from rnncomp.cli import progress as module
from rnncomp.cli.progress import LiveLines, PlainLines, training_display


class Clock:
    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def event(network="gru", seed=0, epoch=1, *, done=False, **more):
    return Progress(network, seed, epoch, 4, 0.25, 0.5, done, **more)


def test_a_line_for_each_training_that_ended(clock, capsys):
    told = PlainLines(20, folds=5)
    told(event(epoch=3))
    told(event(epoch=4, done=True, fold=0))
    told(event("lstm", seed=7, epoch=2, done=True, fold=4, stored=True))
    assert capsys.readouterr().err.splitlines() == [
        "trained GRU, seed 0, fold 1: 4 epochs, loss 0.2500  val 0.5000 (1 of 20)",
        "kept LSTM, seed 7, fold 5: 2 epochs, loss 0.2500  val 0.5000 (2 of 20)",
    ]


def test_a_line_about_the_time_left_now_and_then(clock, capsys):
    told = PlainLines(150)
    for _ in range(100):  # an event a second, from second 1 to 100
        clock.now += 1
        told(event(seconds_left=240.0))
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["0 of 150 trainings, about 4 min left"] * 5


def test_no_time_left_where_nothing_is_left_or_known(clock, capsys):
    told = PlainLines(2)
    clock.now += 1000
    told(event())
    told(event(seconds_left=0.0))
    assert capsys.readouterr().err == ""


@pytest.fixture
def live(clock):
    with module._bars() as bars:
        yield LiveLines(bars, ["gru", "lstm"], seeds=2, folds=3)


def shown(live):
    out = io.StringIO()
    Console(file=out, width=120, markup=False).print(live.bars.get_renderable())
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_a_training_of_each_network_fold_and_seed_counts_by_itself(live):
    for fold in range(3):
        for seed in range(2):
            live(event("gru", seed, 4, done=True, fold=fold))
    live(event("lstm", 1, 2, fold=2))
    gru, lstm, everything = live.bars.tasks
    assert (gru.completed, gru.total) == (6, 6)
    assert (lstm.completed, lstm.total) == (0.5, 6)
    assert (everything.completed, everything.total) == (6.5, 12)
    assert everything.fields["text"] == "6 of 12 trainings"
    assert lstm.fields["text"].startswith("seed 1, fold 3  epoch 2/4")


def test_the_time_left_runs_down_between_events(live, clock):
    live(event(seconds_left=None))
    assert "left" not in shown(live)[-1]
    live(event(seconds_left=600.0))
    assert shown(live)[-1].endswith("about 10 min left")
    clock.now += 300
    assert shown(live)[-1].endswith("about 5 min left")
    clock.now += 900
    assert shown(live)[-1].endswith("a few seconds left")


@pytest.mark.parametrize("terminal", [True, False])
def test_the_display_counts_all_trainings(monkeypatch, terminal):
    monkeypatch.setattr("sys.stderr", Terminal() if terminal else io.StringIO())
    with training_display(["gru", "lstm"], seeds=5, folds=3) as listener:
        assert listener.total == 30
        assert listener.folds == 3
    with training_display(["gru"], seeds=5, quiet=True) as listener:
        assert listener is None
