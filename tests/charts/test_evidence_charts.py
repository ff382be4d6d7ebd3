"""The charts of errors by step and of folds: what they hold, say, and keep apart."""

import itertools

import numpy as np
import pytest
from made_up import LABELS
from matplotlib.colors import to_hex
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from drawn import legend_texts, lines, notes
from rnncomp.charts import draw_folds, draw_steps
from rnncomp.charts.evidence import BASELINE_DASHES, BASELINE_GREYS
from rnncomp.charts.style import NETWORK_COLOURS, SPREAD_NOTE

BASELINES = ("persistence", "seasonal_naive", "drift", "mean", "ridge", "theta", "ets")


def made_up_steps(horizon=48, spread=0.1, baselines=BASELINES):
    ahead = np.sqrt(np.arange(1, horizon + 1))
    networks = {}
    for k, name in enumerate(LABELS):
        mean = 0.2 * (k + 1) * ahead
        low, high = mean - spread, mean + spread
        networks[name] = {"mean": mean.tolist(), "low": low.tolist(), "high": high.tolist()}
    return {
        "networks": networks,
        "baselines": {name: (0.3 * k + ahead).tolist() for k, name in enumerate(baselines)},
        "error_label": "MAE",
        "strategy": f"direct, {horizon} steps ahead",
    }


@pytest.mark.parametrize("horizon", [1, 2, 12, 13, 48])
def test_every_contender_has_its_curve(horizon):
    steps = made_up_steps(horizon)
    ax = draw_steps(steps, LABELS)
    drawn = lines(ax)
    assert legend_texts(ax) == [*BASELINES, *LABELS.values()]
    for name, curve in steps["networks"].items():
        line = drawn[LABELS[name]]
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, horizon + 1))
        np.testing.assert_array_equal(line.get_ydata(), curve["mean"])
        assert to_hex(line.get_color()) == NETWORK_COLOURS[name].lower()
    np.testing.assert_array_equal(drawn["ridge"].get_ydata(), steps["baselines"]["ridge"])
    # A few steps are dots, as a single one would be no line.
    assert {line.get_marker() for line in drawn.values()} == {"o" if horizon <= 12 else "None"}
    assert notes(ax) == [f"{steps['strategy']} · {SPREAD_NOTE}"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Step Ahead", "MAE")


@pytest.mark.parametrize("horizon", [1, 3, 48, 132])
def test_there_is_no_step_zero(horizon):
    ax = draw_steps(made_up_steps(horizon), LABELS)
    ax.figure.draw_without_rendering()
    low, high = ax.get_xlim()
    assert 0 < low < 1 and high > horizon  # noqa: PT018
    ticks = [tick for tick in ax.get_xticks() if low <= tick <= high]
    assert ticks == [int(tick) for tick in ticks]
    assert ax.get_ylim()[0] == 0.0


def test_baselines_are_grey_and_all_different():
    made = [
        (BASELINE_GREYS[k % len(BASELINE_GREYS)], BASELINE_DASHES[k % len(BASELINE_DASHES)])
        for k in range(12)
    ]
    assert len(set(made)) == 12
    for red, green, blue in ((c[1:3], c[3:5], c[5:7]) for c in BASELINE_GREYS):
        assert red == green == blue


def test_one_seed_draws_no_band_and_a_diverged_network_no_line():
    steps = made_up_steps(spread=0.0)
    steps["networks"]["gru"] = dict.fromkeys(("mean", "low", "high"), [None] * 48)
    ax = draw_steps(steps, LABELS)
    assert len(ax.collections) == 0
    assert notes(ax) == [steps["strategy"]]
    ax.figure.draw_without_rendering()


def test_the_legend_hides_no_curve():
    ax = draw_steps(made_up_steps(), LABELS)
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    for line in ax.get_lines():
        points = ax.transData.transform(np.column_stack(line.get_data()))
        assert points[:, 1].max() < legend.y0


def stamp(row):
    return str(np.datetime64("2014-07-01", "us") + row * np.timedelta64(30, "m"))


def made_up_folds(n=5, stamped=True, validation=True):
    at = stamp if stamped else int
    folds = [
        {
            "train": [at(0), at(4000 + 1000 * k)],
            "validation": [at(4000 + 1000 * k), at(4800 + 1000 * k)] if validation else None,
            "test": [at(4800 + 1000 * k), at(5800 + 1000 * k)],
        }
        for k in range(n)
    ]
    return {
        "folds": folds, "times": stamped, "strategy": "expanding, refit in every fold",
        "time_label": "Time" if stamped else "Row",
    }  # fmt: skip


@pytest.mark.parametrize("stamped", [True, False])
def test_bars_are_where_the_parts_are(stamped):
    folds = made_up_folds(stamped=stamped)
    ax = draw_folds(folds)
    parts = [(part, k) for part in ("train", "validation", "test") for k in range(5)]
    assert len(ax.patches) == len(parts)
    for bar, (part, k) in zip(ax.patches, parts, strict=True):
        ends = folds["folds"][k][part]
        first, end = date2num(np.array(ends, "datetime64[us]")) if stamped else ends
        assert bar.get_x() == pytest.approx(first, rel=1e-12)
        assert bar.get_x() + bar.get_width() == pytest.approx(end, rel=1e-12)
        assert bar.get_y() + bar.get_height() / 2 == pytest.approx(k + 1)
    assert legend_texts(ax) == ["Train", "Validation", "Test"]
    assert notes(ax) == ["expanding, refit in every fold"]
    ax.figure.draw_without_rendering()
    ticks = [tick.get_text() for tick in ax.get_xticklabels()]
    assert any("2014" in tick for tick in ticks) is stamped


def test_the_first_fold_is_on_top():
    low, high = draw_folds(made_up_folds()).get_ylim()
    assert low > 5 > 1 > high


@pytest.mark.parametrize("n", [1, 5, 40])
def test_the_legend_hides_no_fold(n):
    ax = draw_folds(made_up_folds(n))
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    assert not any(bar.get_window_extent().overlaps(legend) for bar in ax.patches)
    boxes = [tick.get_window_extent() for tick in ax.get_yticklabels()]
    assert len(boxes) == n
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))


def test_folds_without_validation():
    ax = draw_folds(made_up_folds(validation=False))
    assert legend_texts(ax) == ["Train", "Test"]
    assert len(ax.patches) == 10
    # Told apart without colours, too.
    assert len({bar.get_hatch() for bar in ax.patches}) == 2


def test_axes_are_used_when_given():
    for draw in (lambda ax: draw_folds(made_up_folds(), ax=ax),
                 lambda ax: draw_steps(made_up_steps(), LABELS, ax=ax)):  # fmt: skip
        ax = Figure().add_subplot()
        assert draw(ax) is ax
