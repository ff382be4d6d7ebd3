"""The charts of single tutorials, and pages that are saved and shown."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from drawn import legend_texts, lines, notes
from rnncomp import charts
from rnncomp.charts import beyond_page, draw_beyond, draw_fit, draw_learning, fit_page
from rnncomp.charts.figures import DPI, new_figure


def curve(*values, spread=0.0):
    mean = np.array(values)
    return {
        "mean": mean.tolist(),
        "low": (mean - spread).tolist(),
        "high": (mean + spread).tolist(),
    }


def test_losses_have_a_band_only_over_several_seeds():
    alone = draw_learning({"train": curve(0.4, 0.2), "validation": curve(0.5, 0.3)})
    several = draw_learning({"train": curve(0.4, 0.2, spread=0.1), "validation": curve(0.5, 0.3)})
    assert (len(alone.collections), len(several.collections)) == (0, 1)
    assert notes(alone) == []
    assert notes(several) == ["mean over seeds, band from lowest to highest"]
    assert lines(alone)["Train Loss"].get_ydata().tolist() == [0.4, 0.2]
    assert lines(alone)["Validation Loss"].get_xdata().tolist() == [1, 2]


def test_a_fit_has_its_boundary_where_test_begins():
    fit = {"actual": [1, 2, 3], "predicted": [1, 2, 4], "boundary": 2, "value_label": "x scaled"}
    ax = draw_fit(fit)
    assert lines(ax)["Predictions"].get_ydata().tolist() == [1, 2, 4]
    assert list(ax.get_lines()[-1].get_xdata()) == [2, 2]
    assert ax.get_ylabel() == "x scaled"


def test_a_dollar_sign_in_the_name_of_a_column_opens_no_mathematics():
    name = r"$\frac{$ scaled"
    ax = draw_fit({"actual": [1, 2], "predicted": [1, 2], "boundary": 1, "value_label": name})
    ax.figure.draw_without_rendering()
    assert ax.get_ylabel() == name


def test_beyond_shades_what_was_learned():
    beyond = {
        "true": [1.0, 2.0, 3.0],
        "networks": {"simple_rnn": curve(1.0, 2.5, 3.9, spread=0.2)},
        "learned": [1.0, 2.0],
        "rule": "Last + 1",
    }
    ax = draw_beyond(beyond)
    assert legend_texts(ax) == ["Targets trained on", "Last + 1 (always right)", "SimpleRNN"]
    (span,) = ax.patches
    assert (span.get_x(), span.get_width()) == (1.0, 1.0)
    assert lines(ax)["SimpleRNN"].get_ydata().tolist() == [1.0, 2.5, 3.9]


def test_pages_are_saved_in_their_sizes(tmp_path):
    fit = {"actual": [1, 2], "predicted": [1, 2], "boundary": 1, "value_label": "x"}
    beyond = {"true": [1.0], "networks": {}, "learned": [0.0, 1.0], "rule": "Last"}
    pages = [fit_page(fit), beyond_page(beyond)]
    paths = charts.save_pages(pages, tmp_path)
    assert [path.name for path in paths] == ["fit.png", "beyond.png"]
    for page, path in zip(pages, paths, strict=True):
        height, width = imread(path).shape[:2]
        assert (width, height) == pytest.approx([110 * side for side in page.size], abs=1)


def test_pages_are_shown_in_their_sizes(monkeypatch):
    from matplotlib import pyplot as plt

    sizes = []

    def show():
        sizes.extend(tuple(plt.figure(k).get_size_inches()) for k in plt.get_fignums())

    monkeypatch.setattr(plt, "show", show)
    fit = {"actual": [1, 2], "predicted": [1, 2], "boundary": 1, "value_label": "x"}
    try:
        charts.show_pages([fit_page(fit), fit_page(fit)])
    finally:
        plt.close("all")
    assert sizes == [(15.0, 6.0)] * 2


@pytest.mark.parametrize("of", ["axes", "page", "panels", "window"])
def test_a_notebook_shows_a_figure_without_pyplot(of):
    """It asks the figure for a picture as long as pyplot has not told it how to make one."""
    curve = {
        "name": "a",
        "kind": "gru",
        "x": [1, 2],
        "y": [0.1, 1.0],
        "label": "a",
        "dashed": False,
    }
    panel = {"curves": [curve], "note": ""}
    part = {"window": np.ones((2, 1)), "baseline": np.zeros((2, 1)), "parts": np.ones((2, 1))}
    part |= {"by_step": np.ones(2), "columns": ["x"], "times": ["1", "2"], "title": "", "note": ""}
    figure = {
        "axes": lambda: charts.draw_windows([1.0, 2.0, 3.0], window=2).figure,
        "page": lambda: new_figure((3.0, 2.0)),
        "panels": lambda: charts.reach_figure({"a": panel}),
        "window": lambda: charts.attribution_figure(part).figure,
    }[of]()
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_page_is_drawn_once_and_is_the_picture_that_savefig_makes(tmp_path, monkeypatch):
    """Drawn twice it is the same picture, later."""
    page = beyond_page({"true": [1.0, 2.0], "networks": {"lstm": curve(1.0, 2.5, spread=0.2)},
                        "learned": [1.0, 2.0], "rule": "Last + 1"})  # fmt: skip
    figure = new_figure(page.size)
    page.draw(figure)
    figure.savefig(tmp_path / "plain.png", dpi=DPI)
    drawn = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda *args: drawn.append(draw(*args)))
    (path,) = charts.save_pages([page], tmp_path)
    assert len(drawn) == 1
    np.testing.assert_array_equal(imread(path), imread(tmp_path / "plain.png"))
