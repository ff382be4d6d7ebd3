"""A finished comparison made up for tests of what is printed."""

import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).parents[1] / "charts"))

from made_up import made_up_charts

from rnncomp import Progress


def row(name, kind, mae, **more):
    spread = 0.0004 if kind == "network" else None
    made = {"name": name, "kind": kind, "mae": mae, "mae_spread": spread, "mse": mae**2 * 1.5}
    made |= {"rmse": mae * 1.2, "mase": mae * 40, "r2": 0.98, "n_params": 0, "diverged": 0}
    made |= {f"{metric}_spread": spread for metric in ("mse", "rmse", "mase", "r2")}
    made |= {"fit_seconds": 0.4, "predict_microseconds": 3.2, "n_seeds": 5}
    made |= {"strategy": None, "note": "", "coverage": {}}
    return made | more


LEADERBOARD = [
    row("ridge", "baseline", 0.0091, n_params=51),
    row("gru", "network", 0.01054, n_params=8001),
    row("persistence", "baseline", 0.0120, fit_seconds=0.0),
    row("lstm", "network", 0.0123, n_params=10451, diverged=1),
    row("simple_rnn", "network", 0.0133, n_params=2651),
    row("mean", "baseline", 0.3, r2=-1.25),
]
DIFFERENCE = {
    "subject": "gru", "other": "ridge", "difference": 0.158, "low": -0.021, "high": 0.33,
    "relation": "tie",
}  # fmt: skip
VERDICT = ["No network beats ridge on the same lags.", "GRU is the best network."]


def made_up_result(**changes):
    result = {
        "format": "rnncomp-comparison/2",
        "leaderboard": LEADERBOARD,
        "verdict": VERDICT,
        "best": "gru",
        "settings": {"window": 50, "horizon": 1, "seeds": [0, 1, 2, 3, 4]},
        "environment": {},
        "notes": ["A season of 12 steps was found."],
        "differences": [DIFFERENCE],
        "warnings": [{"code": "season", "subject": "window", "text": "The window is short."}],
        "charts": made_up_charts(n=200),
        "data": {
            "name": "sines",
            "rows": 1050,
            "windows": {"test": len(made_up_charts(n=200)["timeline"]["test_index"])},
        },
    }
    return result | changes


class MadeUpRun:
    """What `rnncomp.compare` returns, as far as the program reads it."""

    def __init__(self, result=None):
        result = result or made_up_result()
        self.comparison = SimpleNamespace(to_dict=lambda: result, charts=result["charts"])
        self.saved_to = None

    def save(self, folder):
        self.saved_to = Path(folder)
        self.saved_to.mkdir(parents=True)


class MadeUpCompare:
    """Stands in for `rnncomp.compare`: remembers its arguments, tells of two trainings."""

    def __init__(self, run=None):
        self.run, self.settings, self.source, self.command = run or MadeUpRun(), None, None, ""

    def __call__(self, source, *, progress=None, store=None, command="", **settings):
        self.source, self.settings, self.command = source, settings, command
        if progress is not None:
            for event in events():
                progress(event)
        return self.run


def events():
    for network in ("simple_rnn", "lstm"):
        for epoch in (1, 2):
            yield Progress(network, 0, epoch, 2, 0.5 / epoch, 0.6 / epoch, done=epoch == 2)
