"""The two windows of the comparison: over time (15 x 10 in), and about training (15 x 6 in)."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rnncomp._files import write_whole
from rnncomp.charts.evidence import draw_folds, draw_steps
from rnncomp.charts.style import shown_figure
from rnncomp.charts.timeline import draw_test, draw_timeline
from rnncomp.charts.training import draw_losses, draw_scores
from rnncomp.errors import OutputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

TIMELINE_SIZE, TRAINING_SIZE = (15.0, 10.0), (15.0, 6.0)
DPI = 110

# matplotlib falls back to agg by itself where there is no display or no window toolkit.
WINDOWLESS = ("agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


class Page(NamedTuple):
    """One figure that can be saved, or shown in a window.

    Attributes:
        file: Name of its file, such as ``loss.png``.
        size: Width and height in inches.
        draw: Draws on an empty figure of that size.
    """

    file: str
    size: tuple[float, float]
    draw: Callable[[Figure], object]


def comparison_pages(charts: Mapping[str, Any]) -> tuple[Page, Page]:
    """Return both windows of a comparison as pages.

    Args:
        charts: As in `timeline_figure` and `training_figure`.
    """
    return (
        Page("timeline.png", TIMELINE_SIZE, lambda on: timeline_figure(charts, figure=on)),
        Page("training.png", TRAINING_SIZE, lambda on: training_figure(charts, figure=on)),
    )


def axes_page(file: str, size: tuple[float, float], draw: Callable[[Axes], object]) -> Page:
    """Return a page with one chart on it.

    Args:
        file: Name of its file.
        size: Width and height in inches.
        draw: Draws on empty axes.
    """
    return Page(file, size, lambda on: draw(on.add_subplot()))


def save_pages(pages: Iterable[Page], folder: str | Path) -> list[Path]:
    """Write pages into `folder`, which must exist; return the paths written."""
    paths = []
    for page in pages:
        figure = new_figure(page.size)
        page.draw(figure)
        paths.append(Path(folder) / page.file)
        _save(figure, paths[-1])
    return paths


def show_pages(pages: Iterable[Page]) -> None:
    """Open a window for each page, and wait until all are closed; ask `can_show` first."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    for page in pages:
        page.draw(plt.figure(figsize=page.size, layout=_layout()))
    plt.show()


def timeline_figure(charts: Mapping[str, Any], *, figure: Figure | None = None) -> Figure:
    """Draw the first window: the complete series above, the test part below.

    Args:
        charts: ``labels`` and ``timeline`` as in `draw_timeline`.
        figure: An empty figure to draw on; None for a new one of 15 x 10 in.

    Returns:
        The figure.
    """
    figure = figure or new_figure(TIMELINE_SIZE)
    top, bottom = figure.subplots(2, 1)
    draw_timeline(charts["timeline"], charts["labels"], ax=top)
    draw_test(charts["timeline"], charts["labels"], ax=bottom)
    return figure


def training_figure(charts: Mapping[str, Any], *, figure: Figure | None = None) -> Figure:
    """Draw the second window: losses over epochs beside the errors on the test part.

    Args:
        charts: ``labels``, ``timeline`` (its ``strategy``) and ``training`` as in `draw_losses`
            and `draw_scores`.
        figure: An empty figure to draw on; None for a new one of 15 x 6 in.

    Returns:
        The figure.
    """
    figure = figure or new_figure(TRAINING_SIZE)
    left, right = figure.subplots(1, 2)
    words = {"strategy": charts["timeline"]["strategy"]}
    draw_losses(charts["training"], charts["labels"], ax=left, **words)
    draw_scores(charts["training"], charts["labels"], ax=right, **words)
    return figure


def save_figures(charts: Mapping[str, Any], folder: str | Path) -> list[Path]:
    """Write ``timeline.png`` and ``training.png`` into `folder`, which must exist.

    Of several steps ahead also ``steps.png``, of several folds ``folds.png``.

    Args:
        charts: As in `timeline_figure` and `training_figure`; ``steps`` with the ``curves`` of
            everyone, and ``folds``, the rows of the parts of each, may be absent.
        folder: Where to write.

    Returns:
        The paths written.
    """
    drawn = {"timeline.png": timeline_figure(charts), "training.png": training_figure(charts)}
    if charts.get("steps"):
        drawn["steps.png"] = _steps_figure(charts)
    if len(charts.get("folds") or ()) > 1:
        drawn["folds.png"] = _folds_figure(charts)
    paths = [Path(folder) / name for name in drawn]
    for path, figure in zip(paths, drawn.values(), strict=True):
        _save(figure, path)
    return paths


def _steps_figure(charts: Mapping[str, Any]) -> Figure:
    curves, labels = charts["steps"]["curves"], charts["labels"]
    steps = {
        "networks": {n: dict.fromkeys(("mean", "low", "high"), curves[n]) for n in labels
                     if n in curves},
        "baselines": {name: errors for name, errors in curves.items() if name not in labels},
        "error_label": charts["steps"]["label"],
        "strategy": charts["timeline"]["strategy"],
    }  # fmt: skip
    return draw_steps(steps, labels).figure  # type: ignore[return-value]


def _folds_figure(charts: Mapping[str, Any]) -> Figure:
    folds = {
        "folds": charts["folds"],
        "times": False,
        "strategy": charts["timeline"]["strategy"],
        "time_label": "Row",
    }
    return draw_folds(folds).figure  # type: ignore[return-value]


def _save(figure: Figure, path: Path) -> None:
    """Write a figure, laid out once and drawn once.

    `Figure.savefig` lays it out twice, and draws it once more for that, to the same picture.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415

    figure.set_dpi(DPI)
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    canvas: Any = FigureCanvasAgg(figure)  # whose methods have no types
    canvas.print_png(path, pil_kwargs={"compress_level": 3})


def write_figure(figure: Figure | SubFigure, path: str | os.PathLike[str]) -> None:
    """Write a figure; the ending of `path` chooses PNG, SVG or PDF.

    Raises:
        OutputError: The file cannot be written, or has another ending; nothing is left behind.
    """
    target = Path(path)
    kinds = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
    if target.suffix.lower() not in kinds:
        raise OutputError(f"{target}: a picture must end in .png, .svg or .pdf; choose one of them")
    data = io.BytesIO()
    whole = figure.get_figure(root=True)
    assert whole is not None
    whole.savefig(data, dpi=DPI, format=kinds[target.suffix.lower()])
    try:
        write_whole(target, data.getvalue())
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{target}: cannot be written ({why}); choose another place") from None


def can_show() -> bool:
    """Tell whether windows can be opened here: a display, and a library that draws windows."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    return plt.get_backend().lower() not in WINDOWLESS


def show_figures(charts: Mapping[str, Any]) -> None:
    """Open both windows and wait until they are closed; ask `can_show` first.

    Args:
        charts: As in `timeline_figure` and `training_figure`.
    """
    show_pages(comparison_pages(charts))


def new_figure(size: tuple[float, float]) -> Figure:
    """Return an empty figure of `size` inches, laid out by the house rules."""
    return shown_figure(size, _layout())


def _layout() -> ConstrainedLayoutEngine:
    """Keep labels apart, and off the edge of the page."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine  # noqa: PLC0415

    return ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12, wspace=0.03, hspace=0.03)
