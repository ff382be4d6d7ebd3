"""What the zoomable charts draw: positions, lines, looks and words, as plain JSON types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rnncomp.report.contenders import Contender, by_strategy
from rnncomp.report.given import part
from rnncomp.report.numbers import Number, carried, short
from rnncomp.report.svg import swatch

Seen = Mapping[str, Contender]

LONGEST_TABLE = 400
"""Rows of the longest table of a chart that the file holds."""

SPREAD_NOTE = "mean over seeds, band from lowest to highest"


@dataclass(frozen=True)
class Curve:
    """One line of a chart.

    Attributes:
        label: Its name in the legend.
        values: Heights, at `Plot.at` if that is given, else at `Plot.x`.
        low: Lower edge of its band, parallel to `values`, None for no band.
        high: Upper edge.
        colour: Number of its colour in the style sheet, None for the colour of the text.
        dash: Lengths of dashes and gaps in pixels, empty for a solid line.
        on: Whether it is drawn at the start.
        everywhere: Whether `values` lie at `Plot.x` in spite of `Plot.at`.
        swatch: Its line for the legend, as SVG.
    """

    label: str
    values: list[Number]
    low: list[Number] | None = None
    high: list[Number] | None = None
    colour: int | None = None
    dash: tuple[int, ...] = ()
    on: bool = True
    everywhere: bool = False
    swatch: str = ""


@dataclass(frozen=True)
class Plot:
    """One chart.

    Attributes:
        key: Its id in the page.
        title: What stands above it.
        note: Quieter words below the title.
        x: Positions, increasing; seconds since 1970 if `grain` is given.
        x_label: Words along the horizontal axis.
        y_label: Words along the vertical axis.
        curves: Its lines.
        at: Indices into `x` of the values of its lines, None if those are at all of `x`.
        grain: Letters of a stamp such as 2024-02-29 that are shown, None if `x` is a number.
        window: First and last index into `x` that are shown at the start, None for all.
        y_span: Ends of the vertical axis, None to fit what is seen.
        truth: Whether the first curve is the truth, which keeps wild forecasts from flattening it.
        wide: Whether it takes the whole width of the page and can be zoomed.
    """

    key: str
    title: str
    note: str
    x: list[Number]
    x_label: str
    y_label: str
    curves: list[Curve]
    at: list[int] | None = None
    grain: int | None = None
    window: tuple[int, int] | None = None
    y_span: tuple[float, float] | None = None
    truth: bool = False
    wide: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return what the program of the page draws, as JSON types."""
        made = asdict(self)
        for curve in made["curves"]:
            del curve["swatch"]  # the legend has it already
        return made

    @property
    def rows(self) -> list[list[str]]:
        """Its numbers as a table, empty where that would be long: the page makes it when opened."""
        places = range(len(self.x)) if self.at is None else self.at
        if len(places) > LONGEST_TABLE:
            return []
        columns = [
            [curve.values[at] for at in places] if curve.everywhere else curve.values
            for curve in self.curves
        ]
        heads = [self._stamp(self.x[at]) for at in places]
        return [
            [head, *(short(column[k] if k < len(column) else None) for column in columns)]
            for k, head in enumerate(heads)
        ]

    def _stamp(self, x: Number) -> str:
        if self.grain is None or x is None:
            return short(x, 12)
        import numpy as np  # noqa: PLC0415

        stamp = np.datetime64(round(1e6 * x), "us")
        return str(stamp)[: self.grain].replace("T", " ")


def forecast_plots(
    charts: Mapping[str, Any], known: Seen, baselines: Mapping[str, list[Number]]
) -> list[Plot]:
    """Return the truth and all forecasts of the test part over time, a chart a strategy.

    Args:
        charts: ``charts`` of a comparison.
        known: All that take part.
        baselines: Forecasts of those that ``charts`` does not hold, parallel to ``test_index``.
    """
    timeline = charts["timeline"]
    truth = Curve("truth", carried(timeline["values"]), everywhere=True, swatch=TRUTH_SWATCH)
    bands = part(timeline, "predictions")
    names = [name for name in known if name in bands or name in baselines]
    names += [name for name in bands if name not in known]
    return [
        Plot(
            key=f"forecasts-{place}",
            title="Forecasts on the test part",
            note=_joined(
                strategy or timeline["strategy"],
                timeline.get("shown", ""),
                SPREAD_NOTE if any(_has_band(bands.get(name)) for name in group) else "",
            ),
            **_over_time(timeline),
            y_label=timeline["value_label"],
            curves=[truth, *(_curve(name, known, bands.get(name), baselines) for name in group)],
            truth=True,
        )
        for place, (strategy, group) in enumerate(_groups(names, known, timeline))
    ]


def residual_plots(charts: Mapping[str, Any], known: Seen) -> list[Plot]:
    """Return what is left of the truth when the forecast is taken away, over time."""
    timeline, residuals = charts["timeline"], charts["residuals"]
    names = [name for name in _in_order(residuals, known) if "values" in residuals[name]]
    return [
        Plot(
            key=f"residuals-{place}",
            title="Residuals over time",
            note=_joined(strategy, "truth less forecast", timeline.get("shown", "")),
            **_over_time(timeline),
            y_label=f"Residual of {timeline['value_label']}",
            curves=[_curve(name, known, {"mean": residuals[name]["values"]}, {}) for name in group],
        )
        for place, (strategy, group) in enumerate(_groups(names, known, timeline))
    ]


def step_plots(charts: Mapping[str, Any], known: Seen) -> list[Plot]:
    """Return the error by step ahead, a chart a strategy."""
    steps, timeline = charts["steps"], part(charts, "timeline")
    names = _in_order(steps["curves"], known)
    return [
        Plot(
            key=f"steps-{place}",
            title=f"{steps['label']} by step ahead",
            note=_joined(strategy, "mean over windows and seeds"),
            x=carried(range(1, 1 + max(len(steps["curves"][name]) for name in group))),
            x_label="Steps ahead",
            y_label=steps["label"],
            curves=[
                _curve(name, known, {"mean": steps["curves"][name]}, {}, on=True) for name in group
            ],
        )
        for place, (strategy, group) in enumerate(_groups(names, known, timeline))
    ]


def loss_plots(charts: Mapping[str, Any], known: Seen) -> list[Plot]:
    """Return training and validation losses by epoch: a small chart a network, one scale."""
    training = charts["training"]
    kinds = {"training": training["losses"], "validation": part(training, "validation_losses")}
    bands = [kind[name] for kind in kinds.values() for name in kind]
    seen = [v for band in bands for v in [*band["low"], *band["high"]] if v is not None]
    strategy = part(charts, "timeline").get("strategy", "")
    return [
        Plot(
            key=f"losses-{place}",
            title=_label(name, known, part(charts, "labels")),
            note=_strategy(name, known) or strategy,
            x=carried(range(1, 1 + len(training["losses"][name]["mean"]))),
            x_label="Epoch",
            y_label=training["loss_label"],
            curves=[
                _loss(kind, losses[name], known.get(name))
                for kind, losses in kinds.items()
                if name in losses and losses[name]["mean"]
            ],
            y_span=(0.0, 1.05 * max(seen)),
            wide=False,
        )
        for place, name in enumerate(_in_order(training["losses"], known))
        if training["losses"][name]["mean"]
    ]


def _loss(kind: str, band: Mapping[str, Any], whose: Contender | None) -> Curve:
    colour = whose.colour if whose else 3
    dash = () if kind == "training" else (3, 4)
    return Curve(
        kind,
        carried(band["mean"]),
        carried(band["low"]),
        carried(band["high"]),
        colour,
        dash,
        swatch=swatch(Contender("", "", "", "", colour, dash, True)),
    )


def _curve(
    name: str,
    known: Seen,
    band: Mapping[str, Any] | None,
    others: Mapping[str, list[Number]],
    *,
    on: bool = False,
) -> Curve:
    who = known.get(name) or Contender(name, name, "network", "", 3, (2, 2), True)
    banded = _has_band(band)
    return Curve(
        label=who.label,
        values=carried(band["mean"]) if band is not None else others[name],
        low=carried(band["low"]) if band is not None and banded else None,
        high=carried(band["high"]) if band is not None and banded else None,
        colour=who.colour,
        dash=who.dash,
        on=on or who.shown,
        swatch=swatch(who),
    )


def _has_band(band: Mapping[str, Any] | None) -> bool:
    return band is not None and "low" in band and list(band["low"]) != list(band["high"])


def _over_time(timeline: Mapping[str, Any]) -> dict[str, Any]:
    """Return what charts over time share: positions, and the test part as the window."""
    import numpy as np  # noqa: PLC0415

    times, test = timeline.get("times"), [int(place) for place in timeline["test_index"]]
    seconds = np.array(times or [], dtype="datetime64[us]").astype(np.int64) / 1e6
    x = timeline["index"] if times is None else seconds.tolist()
    return {
        # Not rounded: a second is the tenth digit of a date.
        "x": [int(value) if float(value).is_integer() else float(value) for value in x],
        "x_label": timeline["time_label"],
        "at": test,
        "grain": None if times is None else max(map(len, times), default=0),
        "window": (test[0], test[-1]) if test else None,
    }


def _groups(
    names: Sequence[str], known: Seen, timeline: Mapping[str, Any]
) -> list[tuple[str, list[str]]]:
    """Return names by strategy; a single one is said in the fuller words of the timeline."""
    groups = by_strategy(names, known)
    if len(groups) <= 1:
        full = str(timeline.get("strategy") or "")
        return [(full or strategy, group) for strategy, group in groups.items()]
    return list(groups.items())


def _in_order(names: Mapping[str, Any], known: Seen) -> list[str]:
    """Return names as the leaderboard sorts them."""
    return [name for name in known if name in names] + [n for n in names if n not in known]


def _strategy(name: str, known: Seen) -> str:
    return known[name].strategy if name in known else ""


def _label(name: str, known: Seen, labels: Mapping[str, str]) -> str:
    return known[name].label if name in known else str(labels.get(name, name))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


TRUTH_SWATCH = (
    '<svg viewBox="0 0 34 12" class="swatch" aria-hidden="true">'
    '<line x1="0" y1="6" x2="34" y2="6" class="stroke truth"/></svg>'
)
