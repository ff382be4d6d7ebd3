"""A real comparison, and what the next version of its format adds to it, made up."""

import numpy as np

import rnncomp

HORIZON = 6


def real_run(source="airline", **changes):
    options = {"window": 12, "units": 4, "epochs": 4, "seeds": 3, "horizon": HORIZON, **changes}
    return rnncomp.compare(source, **options)


def extended(comparison, *, strategies=("direct",), folds=3, seed=0):
    """Return a copy of a /1 mapping with everything that /2 adds."""
    rng = np.random.default_rng(seed)
    made = dict(comparison) | {"format": "rnncomp-comparison/2"}
    horizon = made["settings"]["horizon"]
    timeline = made["charts"]["timeline"]
    rows = []
    for place, row in enumerate(made["leaderboard"]):
        rise = np.linspace(0.7, 1.3, horizon) * row["mae"]
        rows.append(
            row
            | {
                "strategy": strategies[place % len(strategies)],
                "by_step": {"mae": rise.tolist(), "rmse": (1.3 * rise).tolist()},
                "by_fold": {"mae": (row["mae"] * rng.uniform(0.8, 1.2, folds)).tolist()},
                "coverage": {
                    "80": rng.uniform(0.72, 0.86, horizon).tolist(),
                    "95": rng.uniform(0.90, 0.97, horizon).tolist(),
                },
                "width": {"80": (2.6 * rise).tolist(), "95": (4 * rise).tolist()},
            }
        )
    rows.append(
        dict.fromkeys(rows[-1])
        | {"name": "arima", "kind": "baseline", "strategy": strategies[0], "diverged": 0}
        | {"note": "stopped after its 60 s"}
    )
    made["leaderboard"] = rows
    names = [row["name"] for row in rows if row["mae"] is not None]
    best = made["best"]
    made["differences"] = [difference(best, name, rng) for name in names if name != best]
    made["warnings"] = [
        {"code": "shifted", "subject": best, "text": "Its forecast is the last value, shifted."},
        {"code": "short_test", "subject": None, "text": "The test part is too short to tell."},
    ]
    made["charts"] = made["charts"] | {
        "residuals": {name: residuals(len(timeline["test_index"]), rng) for name in names},
        "folds": cut(made["data"]["rows"], folds),
        "steps": {
            "label": "MAE",
            "curves": {row["name"]: row["by_step"]["mae"] for row in rows if row["mae"]},
        },
    }
    made["command"] = "rnncomp compare airline --window 12 --horizon 6 --seeds 3"
    return made


def difference(subject, other, rng):
    middle, half = rng.normal(0, 0.1), rng.uniform(0.02, 0.12)
    low, high = middle - half, middle + half
    relation = "better" if high < 0 else "worse" if low > 0 else "tie"
    made = {"subject": subject, "other": other, "difference": middle, "low": low, "high": high}
    return made | {"level": 0.95, "p": float(rng.uniform(0, 0.4)), "relation": relation}


def residuals(n, rng):
    values = rng.normal(size=n)
    lags = list(range(1, 25))
    return {
        "lags": lags,
        "acf": (0.6 ** np.arange(1, 25) + rng.normal(0, 0.05, 24)).tolist(),
        "band": 1.96 / n**0.5,
        "values": values.tolist(),
    }


def cut(rows, folds):
    """Return an expanding window: each fold tests what follows."""
    test = rows // (2 * folds)
    starts = [rows - (folds - k) * test for k in range(folds)]
    return [
        {"train": [0, s - test], "validation": [s - test, s], "test": [s, s + test]} for s in starts
    ]


def long_comparison(n=10_000, name="a long one"):
    """Return a mapping over `n` rows, of which the last fifth is tested."""
    rng = np.random.default_rng(1)
    test = np.arange(n - n // 5, n)
    values = 100 + np.cumsum(rng.normal(size=n))
    times = np.datetime64("2014-07-01T00:00") + 30 * np.arange(n).astype("m8[m]")
    networks, baselines = ("simple_rnn", "lstm", "gru"), ("persistence", "drift", "ridge")
    bands = {}
    for cell in networks:
        mean = values[test] + rng.normal(size=len(test))
        bands[cell] = {
            "mean": mean.tolist(), "low": (mean - 1).tolist(), "high": (mean + 1).tolist(),
        }  # fmt: skip
    rows = [network_row(cell, 10.0 + k) for k, cell in enumerate(networks)]
    rows += [baseline_row(cell, 10.5 + k) for k, cell in enumerate(baselines)]
    comparison = {
        "format": "rnncomp-comparison/1", "leaderboard": rows, "best": "lstm",
        "verdict": ["No clear difference between the networks, a tie."],
        "settings": {"window": 48, "horizon": 48, "seeds": [0, 1, 2]}, "environment": {},
        "data": {"name": name, "rows": n, "target": "value", "windows": {"test": len(test)}},
        "notes": [],
        "charts": {
            "labels": {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"},
            "timeline": {
                "index": list(range(n)), "times": times.astype(str).tolist(),
                "values": values.tolist(), "train_end": n // 2, "test_start": int(test[0]),
                "test_index": test.tolist(), "test_samples": list(range(len(test))),
                "actual": values[test].tolist(), "predictions": bands,
                "strategy": "direct, 48 steps ahead",
                "shown": "the first step of each window is shown",
                "value_label": "value", "time_label": "timestamp",
            },
        },
    }  # fmt: skip
    columns = {"row": test, "step": np.ones(len(test), int)}
    columns |= {name: values[test - 1] + k for k, name in enumerate(baselines)}
    return comparison, columns


def network_row(name, mae):
    scores = [mae - 0.3, mae, mae + 0.3]
    return baseline_row(name, mae) | {
        "kind": "network", "mae_spread": 0.3, "seeds": [0, 1, 2], "scores": {"mae": scores},
    }  # fmt: skip


def baseline_row(name, mae):
    return {
        "name": name, "kind": "baseline", "mae": mae, "mae_spread": None, "mse": mae**2,
        "rmse": mae * 1.2, "mase": mae / 9, "r2": 0.9, "n_params": 9, "fit_seconds": 0.2,
        "predict_microseconds": 1.5, "validation_mae": mae, "diverged": 0,
    }  # fmt: skip
