"""Run: a comparison with its trained networks, in memory and as a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnncomp import charts
from rnncomp._check import as_path
from rnncomp._files import check_new_folder, new_folder
from rnncomp._tables import read_csv, write_csv
from rnncomp.comparison.comparison import Comparison
from rnncomp.comparison.tables import leaderboard_columns, leaderboard_frame, trial_columns
from rnncomp.errors import DataFileError, InvalidArgumentError
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.report import write_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COMPARISON, LEADERBOARD, PREDICTIONS = "comparison.json", "leaderboard.csv", "predictions.csv"
REPORT, TRIALS = "report.html", "trials.csv"


class Run:
    """What `compare` returns: the comparison, and every network that it trained.

    Args:
        comparison: The result as plain data.
        forecasters: The fitted forecasters of each network, one a seed that did not diverge.
        predictions: Columns of the test part: truth and predictions, a row each window and step.
            Those of a new run are made when they are asked for, each time by forecasting again;
            ``dict(run.predictions)`` makes all once, for a frame.
        frame_type: The kind of frame that `leaderboard` makes, such as ``polars`` or ``pandas``.

    Example:
        >>> import rnncomp
        >>> run = rnncomp.compare("airline", window=12, units=4, epochs=1, seeds=1, cells=["gru"])
        >>> len(run.best.predict(steps=2))
        2
    """

    def __init__(
        self,
        *,
        comparison: Comparison,
        forecasters: Mapping[str, Sequence[RecurrentForecaster]],
        predictions: Mapping[str, Any],
        frame_type: str = "polars",
    ) -> None:
        self.comparison = comparison
        self.forecasters = {name: list(fitted) for name, fitted in forecasters.items()}
        self.predictions = predictions
        self.frame_type = frame_type

    @property
    def verdict(self) -> str:
        """What the numbers say, in words."""
        return " ".join(self.comparison.verdict)

    @property
    def best(self) -> RecurrentForecaster:
        """The best network: chosen, as its seed, by the lowest error on the validation part.

        Raises:
            InvalidArgumentError: No training finished.
        """
        name, seed = self.comparison.best, self.comparison.best_seed
        fitted = self.forecasters.get(name, []) if name is not None else []
        for forecaster in fitted:
            if forecaster.seed == seed:
                return forecaster
        raise InvalidArgumentError(
            "run.best must be a network that finished its training, got none; "
            "compare again with a smaller learning_rate"
        )

    def leaderboard(self) -> Any:
        """Return the leaderboard as a frame of the caller's kind, polars unless known."""
        return leaderboard_frame(self.comparison.leaderboard, self.frame_type)

    def plot(self) -> tuple[Figure, Figure]:
        """Return the two figures: over time (15 x 10 in), and about training (15 x 6 in)."""
        data = self.comparison.charts
        return charts.timeline_figure(data), charts.training_figure(data)

    @staticmethod
    def check_folder(folder: str | os.PathLike[str]) -> None:
        """Raise at once what `save` would raise after a long training; nothing is left behind.

        Args:
            folder: Where to save.

        Raises:
            OutputError: It holds something else, or cannot be written.
        """
        check_new_folder(folder)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write comparison, tables, charts, report and networks to a new folder, whole or not.

        Args:
            folder: Where to; must be absent or empty.

        Returns:
            The folder.

        Raises:
            OutputError: It holds something else, or cannot be written; nothing is left behind.

        Example:
            >>> import tempfile, rnncomp
            >>> options = {"window": 12, "units": 4, "epochs": 1, "seeds": 1, "cells": ["gru"]}
            >>> run = rnncomp.compare("airline", **options)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     saved = run.save(f"{folder}/airline")
            ...     sorted(path.name for path in saved.glob("*.safetensors"))
            ['gru-seed0.safetensors']
        """
        with new_folder(folder, last=COMPARISON) as work:
            write_csv(work / LEADERBOARD, leaderboard_columns(self.comparison.leaderboard))
            write_csv(work / PREDICTIONS, self.predictions)
            charts.save_figures(self.comparison.charts, work)
            if "search" in self.comparison.charts:
                write_csv(work / TRIALS, trial_columns(self.comparison.charts["search"]))
            write_page(work / REPORT, self.comparison.to_dict(), predictions=self.predictions)
            for name, fitted in self.forecasters.items():
                for forecaster in fitted:
                    forecaster.save(work / network_file(name, forecaster.seed))
            text = json.dumps(
                self.comparison.to_dict(), indent=2, allow_nan=False, ensure_ascii=False
            )
            (work / COMPARISON).write_text(text + "\n", encoding="utf-8", newline="\n")
        return Path(folder)

    @classmethod
    def load(cls, folder: str | os.PathLike[str], *, frame_type: str = "polars") -> Run:
        """Return the run that `save` wrote.

        Args:
            folder: Where it is.
            frame_type: The kind of frame that `leaderboard` makes.

        Raises:
            DataFileError: It is no run folder, or one of its files is damaged.
            ModelFileError: A network is damaged.

        Example:
            >>> import tempfile, rnncomp
            >>> options = {"window": 12, "units": 4, "epochs": 1, "seeds": 1, "cells": ["gru"]}
            >>> run = rnncomp.compare("airline", **options)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     rnncomp.Run.load(run.save(f"{folder}/airline")).verdict == run.verdict
            True
        """
        path = as_path("folder", folder)
        comparison = _read_comparison(path / COMPARISON)
        return cls(
            comparison=comparison,
            forecasters=_read_forecasters(path, comparison),
            predictions=_read_predictions(path / PREDICTIONS),
            frame_type=frame_type,
        )

    def __repr__(self) -> str:
        """Return one line: the comparison, and how many networks there are."""
        networks = sum(map(len, self.forecasters.values()))
        return f"Run({self.comparison!r}, {networks} networks)"

    def _repr_html_(self) -> str:
        """Return verdict and leaderboard for a notebook."""
        return self.comparison._repr_html_()


def _read_comparison(path: Path) -> Comparison:
    try:
        return Comparison.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        hint = "name a folder that Run.save or `rnncomp compare` wrote"
        raise DataFileError(f"{path}: cannot be read ({error.strerror}); {hint}") from None
    except InvalidArgumentError as error:
        raise DataFileError(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise DataFileError(f"{path}: must be JSON, got {why}; write it again") from None


def _read_predictions(path: Path) -> dict[str, Any]:
    try:
        return dict(read_csv(path))
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror}); save it again") from None
    except ValueError as error:
        raise DataFileError(f"{path}: must be a table ({error}); save it again") from None


def _read_forecasters(folder: Path, comparison: Comparison) -> dict[str, list[RecurrentForecaster]]:
    """Read the networks of the leaderboard; a seed that diverged has no score and no file."""
    found: dict[str, list[RecurrentForecaster]] = {}
    for row in comparison.leaderboard:
        if row["kind"] == "network":
            seeds = zip(row["seeds"], row["validation_scores"]["mae"], strict=True)
            finished = [seed for seed, score in seeds if score is not None]
            paths = [folder / network_file(row["name"], seed) for seed in finished]
            found[row["name"]] = [RecurrentForecaster.load(path) for path in paths]
    return found


def network_file(name: str, seed: int) -> str:
    """Return the file name of a network, ``lstm-seed0.safetensors``."""
    return f"{name}-seed{seed}.safetensors"
