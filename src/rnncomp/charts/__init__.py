"""Charts: draw plain mappings and arrays on given axes; compute nothing."""

from rnncomp.charts.evidence import draw_folds, draw_steps
from rnncomp.charts.figures import (
    can_show,
    save_figures,
    show_figures,
    timeline_figure,
    training_figure,
    write_figure,
)
from rnncomp.charts.forecast import draw_forecast
from rnncomp.charts.timeline import draw_test, draw_timeline
from rnncomp.charts.training import draw_losses, draw_scores

__all__ = [
    "can_show",
    "draw_folds",
    "draw_forecast",
    "draw_losses",
    "draw_scores",
    "draw_steps",
    "draw_test",
    "draw_timeline",
    "save_figures",
    "show_figures",
    "timeline_figure",
    "training_figure",
    "write_figure",
]
