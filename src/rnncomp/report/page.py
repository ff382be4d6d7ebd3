"""The page: every section that the comparison has data for, put into the template."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError, RnncompError
from rnncomp.report.contenders import Contender, contenders
from rnncomp.report.given import Found, listed, part
from rnncomp.report.leaderboard import tables
from rnncomp.report.plots import (
    Plot,
    forecast_plots,
    loss_plots,
    residual_plots,
    step_plots,
)
from rnncomp.report.predictions import first_steps
from rnncomp.report.rendering import packaged, render, write_text
from rnncomp.report.sections import (
    autocorrelations,
    coverages,
    difference_rows,
    facts,
    fold_errors,
    folds,
    heading,
    warnings,
)

T = TypeVar("T")

TITLES = {
    "verdict": "Verdict",
    "warnings": "Warnings",
    "leaderboard": "Leaderboard",
    "differences": "Differences",
    "forecasts": "Forecasts",
    "steps": "Error by step ahead",
    "losses": "Losses",
    "residuals": "Residuals",
    "folds": "Folds",
    "coverage": "Interval coverage",
    "settings": "Settings, environment, data",
    "command": "Run it again",
}
"""The sections in their order, by the name that their data have in the template."""


def write_page(
    path: str | os.PathLike[str],
    comparison: Found,
    *,
    predictions: Mapping[str, Sequence[Any]] | None = None,
) -> None:
    """Write the page of a comparison to a file, whole or not at all.

    Args:
        path: Where to; a file that is there is replaced.
        comparison: As in `page`.
        predictions: As in `page`.

    Raises:
        InvalidArgumentError: As in `page`.
        OutputError: The file cannot be written; what was there is still there.

    Example:
        >>> write_page("report.html", {"verdict": ["GRU is best."]})
    """
    write_text(path, lambda: page(comparison, predictions=predictions))


def page(comparison: Found, *, predictions: Mapping[str, Sequence[Any]] | None = None) -> str:
    """Return a comparison as one HTML page that needs no other file and no network.

    Args:
        comparison: What `Comparison.to_dict` returns. A part that it lacks is a section that the
            page lacks. Shares (``coverage``, ``differences``) are 0 to 1, not per cent.
        predictions: Columns of the test part as `Run.predictions` has them, for the lines of the
            baselines; None to draw the networks alone.

    Raises:
        InvalidArgumentError: A part of the comparison cannot be read.

    Example:
        >>> "GRU is best." in page({"verdict": ["GRU is best."]})
        True
    """
    _check(comparison)
    known = _read("leaderboard", lambda: contenders(comparison))
    plots = _plots(comparison, known, predictions or {})
    sections = _words(comparison) | _sections(comparison, known) | plots
    also = {"residuals"} if sections["autocorrelations"] else set()
    sections["leaderboard"] = _read("leaderboard", lambda: tables(comparison))
    return render(
        "page.html",
        style=_style(),
        script=_script(),
        data=[plot.to_dict() for of_kind in plots.values() for plot in of_kind],
        title=str(part(comparison, "data").get("name") or "Comparison"),
        heading=_read("settings", lambda: heading(comparison)),
        titles=TITLES,
        contents=[key for key in TITLES if sections[key] or key in also],
        **sections,
    )


def _check(comparison: object) -> None:
    if not isinstance(comparison, Mapping):
        hint = "pass what Comparison.to_dict() returned"
        raise fail("comparison", "a mapping", comparison, hint)


def _words(comparison: Found) -> dict[str, Any]:
    """Return what is written as it is."""
    return {
        "verdict": listed(comparison, "verdict"),
        "notes": listed(comparison, "notes"),
        "settings": _read("settings", lambda: _facts(comparison)),
        "command": comparison.get("command"),
    }


def _sections(comparison: Found, known: Mapping[str, Contender]) -> dict[str, Any]:
    charts = part(comparison, "charts")
    return {
        "warnings": _read("warnings", lambda: warnings(comparison, known)),
        "differences": _read("differences", lambda: difference_rows(comparison, known)),
        "folds": _read("charts.folds", lambda: folds(comparison)),
        "fold_errors": _read("leaderboard", lambda: fold_errors(comparison, known)),
        "coverage": _read("leaderboard", lambda: coverages(comparison, known)),
        "autocorrelations": _read(
            "charts.residuals",
            lambda: autocorrelations(charts, known),
        ),
    }


def _plots(
    comparison: Found, known: Mapping[str, Contender], predictions: Mapping[str, Sequence[Any]]
) -> dict[str, list[Plot]]:
    charts = part(comparison, "charts")
    timeline = part(charts, "timeline")
    drawn: dict[str, list[Plot]] = {"forecasts": [], "steps": [], "losses": [], "residuals": []}
    if timeline:
        others = [name for name in known if name not in part(timeline, "predictions")]
        rows = _read(
            "charts.timeline", lambda: [timeline["index"][at] for at in timeline["test_index"]]
        )
        baselines = _read("predictions", lambda: first_steps(predictions, rows, others))
        drawn["forecasts"] = _read(
            "charts.timeline", lambda: forecast_plots(charts, known, baselines)
        )
    if charts.get("steps"):
        drawn["steps"] = _read("charts.steps", lambda: step_plots(charts, known))
    if charts.get("training"):
        drawn["losses"] = _read("charts.training", lambda: loss_plots(charts, known))
    if charts.get("residuals") and timeline:
        drawn["residuals"] = _read("charts.residuals", lambda: residual_plots(charts, known))
    return drawn


def _facts(comparison: Found) -> list[tuple[str, list[tuple[str, str]]]]:
    data = dict(part(comparison, "data"))
    data.pop("parts", None)  # the folds show them
    found = {
        "Settings": part(comparison, "settings"),
        "Environment": part(comparison, "environment"),
        "Data": data,
    }
    return [(title, facts(values)) for title, values in found.items() if values]


def _read(name: str, make: Callable[[], T]) -> T:
    """Return what `make` makes of one part of the comparison; a damaged file may hold anything."""
    try:
        return make()
    except RnncompError:
        raise
    except (AttributeError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise InvalidArgumentError(
            f"{name} must be as rnncomp wrote it, got something that the page cannot show "
            f"({why}); write the comparison again"
        ) from error


def _style() -> str:
    return packaged("uplot/uPlot.min.css") + packaged("page.css")


def _script() -> str:
    """Return the program of the page; the licence of uPlot goes with every copy of it."""
    licence = "/*!\n" + packaged("uplot/LICENSE") + "\n*/\n"
    return "\n".join([licence, packaged("uplot/uPlot.iife.min.js"), packaged("page.js")])
