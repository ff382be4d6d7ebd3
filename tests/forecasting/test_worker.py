"""What statsforecast estimates in a process of its own: cut, crashed, interrupted, orphaned."""

import _thread
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import BaselineCutError, BaselineError, MissingExtraError
from rnncomp.forecasting import ARIMA, ETS, Theta
from rnncomp.forecasting.baselines import Worker
from rnncomp.series import load

SHORT = (np.random.default_rng(0).normal(size=40) + 9.0)[:, None]


@pytest.fixture(scope="module")
def worker():
    return Worker()


@pytest.fixture
def endless():
    """An estimation that nobody has time for: ARIMA on ten thousand rows with season 48."""
    return load("nyc_taxi").values


def when_busy(worker, action):
    """Do something a moment after the process has been asked."""

    def wait():
        while worker._process is None or not worker._lock.locked():
            time.sleep(0.05)
        time.sleep(0.5)
        action()

    threading.Thread(target=wait, daemon=True).start()


def test_an_estimation_is_cut_at_its_budget_and_the_next_one_is_served(worker, endless):
    arima = ARIMA(48, budget_seconds=1.5, worker=worker)
    with pytest.raises(BaselineCutError, match=r"^ARIMA was cut after 1\.5 s; ") as caught:
        arima.learn(endless, len(endless))
    assert caught.value.seconds == 1.5
    assert caught.value.baseline == "ARIMA"
    assert worker._process.returncode is not None  # killed, and waited for
    ETS(worker=worker).learn(SHORT, 40)
    one = worker._process
    Theta(worker=worker).learn(SHORT, 40)
    assert worker._process is one  # it serves all of a run


def test_forecasts_use_the_budget_that_learning_has_left(worker):
    theta = Theta(budget_seconds=60, worker=worker).learn(SHORT, 40)
    theta._learn_seconds = 60.0
    with pytest.raises(BaselineCutError, match="Theta was cut after 60 s"):
        theta.forecast_at(SHORT, range(30, 40), 2)


def test_a_crash_is_a_reason_and_the_next_one_is_served(worker, endless):
    Theta(worker=worker).learn(SHORT, 40)
    when_busy(worker, lambda: worker._process.kill())
    with pytest.raises(BaselineError, match=r"ARIMA failed: its process ended with code -?[0-9]+"):
        ARIMA(48, worker=worker).learn(endless, len(endless))
    Theta(worker=worker).learn(SHORT, 40)


@pytest.fixture
def interruptible():
    """Let Ctrl-C interrupt: what runs in the background was started without."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_the_process_too(worker, endless, interruptible):
    Theta(worker=worker).learn(SHORT, 40)
    process = worker._process
    when_busy(worker, _thread.interrupt_main)
    with pytest.raises(KeyboardInterrupt):
        ARIMA(48, worker=worker).learn(endless, len(endless))
    assert process.returncode is not None


def gone(pid):
    """Whether a process has ended, be it that nobody has asked how."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who lives")
def test_it_ends_when_whoever_asked_is_killed():
    code = (
        "import threading, rnncomp\n"
        "from rnncomp.forecasting.baselines import Worker, ARIMA\n"
        "values, worker = rnncomp.load('nyc_taxi').values, Worker()\n"
        "ARIMA(worker=worker).learn(values[:60], 60)\n"
        "print(worker._process.pid, flush=True)\n"
        "ARIMA(48, worker=worker).learn(values, len(values))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        assert not gone(pid)
        time.sleep(0.5)
        parent.kill()
    for _ in range(400):
        if gone(pid):
            return
        time.sleep(0.05)
    os.kill(pid, 9)
    pytest.fail("it lives on")


def test_what_statsforecast_refuses_is_a_reason(worker):
    with pytest.raises(BaselineError, match=r"ETS cannot be estimated on 3 rows: .*tiny") as caught:
        ETS(worker=worker).learn(SHORT, 3)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [Theta, ETS, ARIMA])
def test_a_constant_history_goes_on(worker, make):
    for value in (7.0, 0.0):
        values = np.full((60, 1), value)
        made = make(4, worker=worker).learn(values, 60).forecast_at(values, range(59, 60), 3)
        np.testing.assert_allclose(made, value, rtol=1e-9)


def test_another_meaning_of_the_parameters_is_noticed(worker, monkeypatch):
    whole = Worker.fit

    def other(self, *args, **kwargs):
        reply = whole(self, *args, **kwargs)
        reply["parameters"]["level"] += 1.0
        reply["parameters"]["alpha"] /= 1.01
        return reply

    monkeypatch.setattr(Worker, "fit", other)
    with pytest.raises(BaselineError, match="ETS failed: this version of statsforecast"):
        ETS(worker=worker).learn(SHORT, 40)


def test_forecasts_that_are_no_numbers_are_a_reason(worker):
    values = SHORT.copy()
    ets = ETS(worker=worker).learn(values, 30)
    values[35] = np.inf
    with pytest.raises(BaselineError, match="ETS failed: its forecasts grow beyond"):
        ets.forecast_at(values, range(30, 40), 2)


def test_without_statsforecast_the_extra_is_named(worker, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    with pytest.raises(MissingExtraError, match=r"Theta needs .*rnncomp\[baselines\]"):
        Theta(worker=worker).learn(SHORT, 40)
