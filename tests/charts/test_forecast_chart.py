"""The chart of a forecast: history, forecast, bands, stamps, and the strategy."""

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from drawn import legend_texts, lines, notes
from rnncomp.charts import draw_forecast
from rnncomp.charts.forecast import ENDLESS_NOTE


def made_up_forecast(steps=48, rows=240, levels=(80, 95), stamped=True):
    history = 10 + 3 * np.sin(np.arange(rows) / 8)
    values = 10 + 3 * np.sin((rows + np.arange(steps)) / 8)
    width = 0.2 * np.sqrt(np.arange(1, steps + 1))
    intervals = {
        level: {"low": (values - width * k).tolist(), "high": (values + width * k).tolist()}
        for k, level in enumerate(levels, start=1)
    }
    first = np.datetime64("2014-07-01", "us")
    times = [str(first + k * np.timedelta64(30, "m")) for k in range(rows + steps)]
    return {
        "index": list(range(rows + steps)), "times": times if stamped else None,
        "history": history.tolist(), "values": values.tolist(), "intervals": intervals,
        "name": "GRU", "strategy": f"direct, {steps} steps ahead", "value_label": "mw",
        "time_label": "Time",
    }  # fmt: skip


@pytest.mark.parametrize("stamped", [True, False])
def test_history_and_forecast_are_drawn_where_they_are(stamped):
    forecast = made_up_forecast(stamped=stamped)
    ax = draw_forecast(forecast)
    drawn = lines(ax)
    x = np.array(forecast["times"], "datetime64[us]") if stamped else np.arange(288)
    np.testing.assert_array_equal(drawn["History"].get_xdata(), x[:240])
    np.testing.assert_array_equal(drawn["History"].get_ydata(), forecast["history"])
    np.testing.assert_array_equal(drawn["GRU"].get_xdata(), x[240:])
    np.testing.assert_array_equal(drawn["GRU"].get_ydata(), forecast["values"])
    assert drawn["Forecast Start"].get_xdata()[0] == x[239]
    assert ax.get_title() == "Forecast of mw, 48 Steps Ahead"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time", "mw")
    assert notes(ax) == ["direct, 48 steps ahead"]
    ax.figure.draw_without_rendering()
    assert any("2014" in tick.get_text() for tick in ax.get_xticklabels()) is stamped


def test_bands_hold_their_levels_the_widest_behind():
    forecast = made_up_forecast()
    ax = draw_forecast(forecast)
    assert legend_texts(ax) == [
        "History",
        "GRU",
        "95 % interval",
        "80 % interval",
        "Forecast Start",
    ]
    at = date2num(np.array(forecast["times"][240:], "datetime64[us]"))
    for band, level in zip(ax.collections, (95, 80), strict=True):
        points = band.get_paths()[0].vertices
        ends = forecast["intervals"][level]
        for column, wanted in (("low", points[:, 1].min()), ("high", points[:, 1].max())):
            edge = min if column == "low" else max
            assert edge(ends[column]) == pytest.approx(wanted, rel=1e-12)
        assert points[:, 0].min() == pytest.approx(at[0], rel=1e-12)
    wide, narrow = (band.get_alpha() for band in ax.collections)
    assert wide < narrow


def test_levels_are_ordered_as_numbers():
    forecast = made_up_forecast(levels=("9", "80", "99.5"))
    shown = [text for text in legend_texts(draw_forecast(forecast)) if "%" in text]
    assert shown == ["99.5 % interval", "80 % interval", "9 % interval"]


def test_bands_without_an_end_are_said():
    forecast = made_up_forecast()
    forecast["intervals"][95] = {"low": [None] * 48, "high": [None] * 48}
    ax = draw_forecast(forecast)
    assert "95 % interval" not in legend_texts(ax)
    assert notes(ax) == [f"direct, 48 steps ahead · {ENDLESS_NOTE}"]
    forecast = made_up_forecast()
    forecast["intervals"][95]["low"][40:] = [None] * 8
    ax = draw_forecast(forecast)
    assert "95 % interval" in legend_texts(ax)
    assert ENDLESS_NOTE in notes(ax)[0]


@pytest.mark.parametrize("levels", [(), (80,), (50, 80, 95)])
@pytest.mark.parametrize("steps", [1, 2, 200])
def test_any_number_of_levels_and_steps(steps, levels):
    forecast = made_up_forecast(steps=steps, levels=levels)
    ax = draw_forecast(forecast)
    ax.figure.draw_without_rendering()
    assert len(ax.collections) == len(levels)
    if steps == 1:  # an area over one step has no width and cannot be seen
        assert all(band.get_linewidth()[0] > 1 for band in ax.collections)
    assert lines(ax)["GRU"].get_marker() == ("o" if steps <= 12 else "")
    assert ax.get_title().endswith("1 Step Ahead" if steps == 1 else f"{steps} Steps Ahead")
    legend = ax.get_legend().get_window_extent()
    for values in [forecast["history"], *(band["high"] for band in forecast["intervals"].values())]:
        assert ax.transData.transform((0, max(values)))[1] < legend.y0


def test_no_line_that_was_never_forecast():
    """What joins history and forecast is dotted, and has no name in the legend."""
    (joint,) = [line for line in draw_forecast(made_up_forecast()).get_lines()
                if line.get_linestyle() == ":"]  # fmt: skip
    assert joint.get_label().startswith("_")
    assert len(joint.get_xdata()) == 2


def test_axes_are_used_when_given():
    ax = Figure().add_subplot()
    assert draw_forecast(made_up_forecast(), ax=ax) is ax
