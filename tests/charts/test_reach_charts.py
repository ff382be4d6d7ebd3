"""The charts of reach, parts and lags: what they hold, on which scale, and what is left out."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from drawn import legend_texts, lines, notes
from rnncomp.charts.attribution import (
    attribution_figure,
    draw_lags,
    draw_part_map,
    draw_parts,
    draw_window,
)
from rnncomp.charts.heat import draw_input, draw_map
from rnncomp.charts.reach import DECADES, draw_reach, reach_figure
from rnncomp.charts.style import (
    FEATURE_COLOURS,
    MINUS,
    MINUS_ON_DARK,
    NETWORK_COLOURS,
    PLUS,
    PLUS_ON_DARK,
    SIGNED_MAP,
)

AWKWARD = r"$\frac{$"  # no formula


def curve(name="gru", kind="gru", factor=0.5, steps=40, dashed=False):
    x = np.arange(1, steps + 1)
    y = factor ** np.arange(steps - 1, -1, -1.0)
    return {"name": name, "kind": kind, "label": name, "x": x, "y": y, "dashed": dashed}


def parts(features=1, steps=8):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(steps, features))
    return {
        "window": rng.normal(size=(steps, features)),
        "baseline": np.zeros((steps, features)),
        "parts": values,
        "by_step": values.sum(axis=1),
        "columns": [f"column {f}" for f in range(features)],
        "times": [f"19{t:02d}-01" for t in range(steps)],
        "title": "What Each Step Adds",
        "note": "gap 0",
    }


def test_norms_are_on_a_log_scale_along_the_steps():
    back = {**curve("b", "lstm"), "x": np.arange(40, 0, -1)}
    ax = draw_reach({"curves": [curve("a"), back], "note": "one window"})
    assert ax.get_yscale() == "log"
    drawn = lines(ax)
    np.testing.assert_array_equal(drawn["a"].get_ydata(), curve()["y"])
    np.testing.assert_array_equal(drawn["b"].get_xdata(), np.arange(1, 41))
    np.testing.assert_array_equal(drawn["b"].get_ydata(), curve()["y"][::-1])
    assert notes(ax) == ["one window"]


def test_what_vanished_is_a_gap_and_the_scale_ends():
    faded = curve(factor=0.1)
    faded["y"][3] = 0.0
    ax = draw_reach({"curves": [faded], "note": ""})
    assert np.isnan(lines(ax)["gru"].get_ydata()[3])
    low, high = ax.get_ylim()
    assert low == pytest.approx(10.0**-DECADES, rel=0.9)
    assert high > 1.0
    nothing = {**faded, "y": np.zeros(40)}
    draw_reach({"curves": [nothing], "note": ""}).figure.draw_without_rendering()


def test_each_name_has_one_colour_the_cells_their_own():
    curves = [
        curve("a", "lstm"), curve("a", "lstm", dashed=True), curve("b", "lstm"), curve("c", "gru"),
    ]  # fmt: skip
    for k, one in enumerate(curves):
        one["label"] = str(k)
    drawn = lines(draw_reach({"curves": curves, "note": ""}))
    colours = [to_hex(drawn[str(k)].get_color()) for k in range(4)]
    assert colours[0] == colours[1] == NETWORK_COLOURS["lstm"].lower()
    assert colours[3] == NETWORK_COLOURS["gru"].lower()
    assert len(set(colours)) == 3
    assert drawn["1"].get_linestyle() == "--"


def test_the_legend_of_a_log_scale_hides_no_curve():
    curves = [curve(f"network {k}", factor=0.9**k) for k in range(1, 7)]
    ax = draw_reach({"curves": curves, "note": ""})
    ax.figure.draw_without_rendering()
    legend = ax.get_legend().get_window_extent()
    for line in ax.get_lines():
        points = ax.transData.transform(np.column_stack(line.get_data()))
        assert points[:, 1].max() < legend.y0


def test_panels_keep_one_scale_with_legends_of_different_length():
    long = {"curves": [curve(str(k), factor=0.2) for k in range(5)], "note": ""}
    figure = reach_figure({"before": long, "after": {"curves": [curve()], "note": ""}})
    left, right = figure.axes
    assert left.get_ylim() == right.get_ylim()


def test_bars_are_coloured_by_sign():
    given = parts()
    ax = draw_parts(given)
    for bar, part in zip(ax.patches, given["by_step"], strict=True):
        assert to_hex(bar.get_facecolor()) == (PLUS if part >= 0 else MINUS).lower()
        assert bar.get_height() == part
    assert notes(ax) == ["gap 0"]


def reddish(colour):
    red, _, blue, *_ = to_rgb(colour)
    return red > 1.5 * blue


def test_one_sign_has_one_colour_in_every_chart():
    """Red above zero and blue below it: of a bar, of a map of parts, of a map of states."""
    values = [[1.0], [-1.0]]
    bars = draw_parts({"by_step": [1.0, -1.0], "times": ["1", "2"], "title": "", "note": ""})
    drawn = {"bars": [bar.get_facecolor() for bar in bars.patches]}
    ax = Figure().add_subplot()
    draw_map(ax, np.array(values), (-1.0, 1.0), SIGNED_MAP)
    of_parts = draw_part_map({"parts": values, "columns": ["x"], "times": ["1", "2"]})
    for name, on in (("states", ax), ("parts", of_parts)):
        (image,) = on.get_images()
        drawn[name] = image.to_rgba(np.array([1.0, -1.0]))
    for name, (above, below) in drawn.items():
        assert reddish(above), name
        assert not reddish(below), name
    assert reddish(PLUS_ON_DARK)
    assert not reddish(MINUS_ON_DARK)


def test_a_feature_has_the_same_colour_in_every_chart():
    given = parts(3)
    ours = [to_hex(line.get_color()) for line in draw_window(given).get_lines()[::2]]
    theirs = [to_hex(line.get_color()) for line in draw_input(given["window"], "abc").get_lines()]
    assert ours == theirs == [colour.lower() for colour in FEATURE_COLOURS[:3]]


@pytest.mark.parametrize("features", [1, 4])
@pytest.mark.parametrize("steps", [1, 8, 300])
def test_all_panels_share_the_steps(features, steps):
    figure = attribution_figure(parts(features, steps)).figure
    panels = figure.axes[: 3 if features > 1 else 2]
    assert len({ax.get_xlim() for ax in panels}) == 1
    assert len(figure.axes) == (4 if features > 1 else 2)  # the map has a bar of its colours
    figure.draw_without_rendering()
    shown = [tick.get_text() for tick in panels[-1].get_xticklabels() if tick.get_text()]
    assert set(shown) <= set(parts(features, steps)["times"])
    boxes = [t.get_window_extent() for t in panels[-1].get_xticklabels() if t.get_text()]
    assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))


def test_the_map_is_even_around_zero():
    given = parts(3)
    (image,) = draw_part_map(given).get_images()
    most = np.abs(given["parts"]).max()
    assert image.get_clim() == (-most, most)
    (image,) = draw_part_map({**given, "parts": np.zeros((8, 3))}).get_images()
    assert image.get_clim() == (-1.0, 1.0)


def test_lags_count_back_from_the_right():
    given = {
        "network": [0.1, 0.2, 0.7], "label": "network", "others": {"ridge": [0.3, 0.3, 0.4]},
        "title": "Lags", "note": "", "y_label": "Mean |Part|",
    }  # fmt: skip
    ax = draw_lags(given)
    places = {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in ax.patches}
    assert places == {3: 0.1, 2: 0.2, 1: 0.7}
    assert list(lines(ax)["ridge"].get_xdata()) == [3, 2, 1]
    assert legend_texts(ax) == ["network", "ridge"]
    assert ax.get_xlim()[0] > ax.get_xlim()[1]
    assert ax.get_ylim()[0] == 0.0


def test_axes_are_used_when_given():
    reach = {"curves": [curve()], "note": ""}
    for draw in (draw_parts, draw_part_map):
        ax = Figure().add_subplot()
        assert draw(parts(2), ax=ax) is ax
    ax = Figure().add_subplot()
    assert draw_reach(reach, ax=ax) is ax


def test_a_dollar_sign_opens_no_mathematics():
    columns, times = ["$", AWKWARD], [AWKWARD] * 8
    bars = attribution_figure({**parts(2), "columns": columns, "times": times})
    lags = draw_lags({
        "network": [0.1, 0.2], "label": AWKWARD, "others": {AWKWARD: [0.3, 0.4]},
        "title": AWKWARD, "note": AWKWARD, "y_label": AWKWARD,
    })  # fmt: skip
    reach = reach_figure({AWKWARD: {"curves": [curve(AWKWARD)], "note": AWKWARD}})
    for figure in (bars.figure, lags.figure, reach):
        figure.draw_without_rendering()
    assert (lags.get_title(), lags.get_ylabel()) == (AWKWARD, AWKWARD)
    assert legend_texts(lags) == [AWKWARD, AWKWARD]


def test_the_last_step_has_its_name():
    for steps in (1, 8, 300):
        ax = draw_parts(parts(steps=steps))
        assert ax.get_xticklabels()[-1].get_text() == parts(steps=steps)["times"][-1]
