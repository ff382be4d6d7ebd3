"""The program that estimates models with statsforecast, in a process of its own.

``python -m rnncomp.forecasting.baselines.worker`` reads requests from its standard input, each a
line of JSON and then the series as the bytes of a .npy file, and answers each with a line of JSON.
statsforecast is compiled and listens to nobody while it works, so it lives where it can be killed.
The process ends when its input ends, that is when the one who asks is gone, however it went.
"""

from __future__ import annotations

import faulthandler
import io
import json
import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Request = tuple[dict[str, Any], Array]

_GRACE_SECONDS = 10.0  # beyond the budget: whoever asked should have killed us by then


def theta_parameters(found: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `ThetaRecursion` from what `statsforecast.models.Theta` found."""
    seasonal = found["seas_forecast"]["mean"] if found.get("decompose") else []
    return {
        "level": float(found["par"]["initial_smoothed"]),
        "alpha": float(found["par"]["alpha"]),
        "theta": float(found["par"]["theta"]),
        "seasonal": [float(value) for value in seasonal],
        "multiplies": found.get("decomposition_type") == "multiplicative",
        "end": int(found["n"]),
    }


def ets_parameters(found: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `ETSRecursion` from what `statsforecast.models.AutoETS` found."""
    _, trend, seasonal, damped = found["components"]
    alpha, beta, gamma, phi, level, *states = (float(value) for value in found["par"])
    slope = states.pop(0) if trend != "N" else 0.0
    return {
        "alpha": alpha,
        "beta": beta if trend != "N" else 0.0,
        "gamma": gamma if seasonal != "N" else 0.0,
        "phi": phi if damped != "N" else 1.0,
        "level": level,
        "slope": slope,
        "seasonal": states[::-1],  # newest first there: the last entry is that of the first row
        "multiplies": seasonal == "M",
    }


def arima_parameters(found: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `ARIMARecursion` from what `statsforecast.models.AutoARIMA` found."""
    return {
        **{name: found["model"][name].tolist() for name in ("phi", "theta", "delta")},
        "intercept": float(found["coef"].get("intercept", 0.0)),
        "drift": float(found["coef"].get("drift", 0.0)),
    }


MODELS = {
    "theta": ("Theta", theta_parameters),
    "ets": ("AutoETS", ets_parameters),
    "arima": ("AutoARIMA", arima_parameters),
}
"""By name: the class in statsforecast.models, and how its findings are read."""


def answer(head: dict[str, Any], y: Array) -> dict[str, Any]:
    """Return the parameters of a model, and the next value as statsforecast itself sees it."""
    import statsforecast.models  # noqa: PLC0415

    name, parameters = MODELS[head["model"]]
    try:
        model = getattr(statsforecast.models, name)(season_length=head["season"]).fit(y)
        after = float(model.predict(h=1)["mean"][0])
        reply = {"parameters": parameters(model.model_), "next": after}
        json.dumps(reply, allow_nan=False)
    except MemoryError:
        return {"error": "there is not enough memory"}
    except Exception as error:  # statsforecast raises whatever NumPy and SciPy do, and Exception
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())}
    return reply


def _listen(stream: BinaryIO, requests: SimpleQueue[Request]) -> None:
    """Put requests into the queue; the end of the input is the end of the process."""
    while line := stream.readline():
        head = json.loads(line)
        series = io.BytesIO(stream.read(head["bytes"]))
        requests.put((head, np.load(series, allow_pickle=False)))
    os._exit(0)


def main() -> None:
    """Answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked, who then kills us
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not look like a reply
    requests: SimpleQueue[Request] = SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    try:
        import statsforecast.models  # noqa: PLC0415

        hello = {"ready": statsforecast.__version__}
    except ImportError as error:
        hello = {"error": str(error)}
    print(json.dumps(hello), file=replies, flush=True)
    while True:
        head, y = requests.get()
        # A clock in C: it ends us even while compiled code keeps the interpreter to itself.
        faulthandler.dump_traceback_later(head["seconds"] + _GRACE_SECONDS, exit=True)
        reply = answer(head, y)
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main()
