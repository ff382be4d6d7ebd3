"""Made tests/forecasting/files/forecaster_1.*, when version 1 was new. It is kept to say how.

The files stay as they are: that they load is the promise to everyone who has old forecasters.
"""

import json
from pathlib import Path

import numpy as np

from rnncomp.forecasting import RecurrentForecaster
from rnncomp.series import Series

FOLDER = Path(__file__).parent / "files"


def main():
    values = 50 + np.random.default_rng(7).normal(size=(40, 2)).cumsum(axis=0)
    series = Series(values, columns=("sold", "price"))
    options = {"window": 5, "horizon": 3, "units": 3, "layers": 2, "epochs": 2, "seed": 9}
    forecaster = RecurrentForecaster("gru", scale="standard", **options).fit(series)
    path = FOLDER / "forecaster_1.safetensors"
    forecaster.save(path)
    facts = {
        "values": values.tolist(),
        "columns": series.columns,
        "forecast": forecaster.predict(series, 3).values.tolist(),
    }
    path.with_suffix(".json").write_text(json.dumps(facts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
