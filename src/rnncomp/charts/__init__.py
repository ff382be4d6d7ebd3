"""Charts: draw plain mappings and arrays on given axes; compute nothing."""

from rnncomp.charts.attribution import (
    attribution_figure,
    draw_lags,
    draw_part_map,
    draw_parts,
    draw_window,
)
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
from rnncomp.charts.reach import draw_reach, reach_figure
from rnncomp.charts.timeline import draw_test, draw_timeline
from rnncomp.charts.training import draw_losses, draw_scores

__all__ = [
    "attribution_figure",
    "can_show",
    "draw_folds",
    "draw_forecast",
    "draw_lags",
    "draw_losses",
    "draw_part_map",
    "draw_parts",
    "draw_reach",
    "draw_scores",
    "draw_steps",
    "draw_test",
    "draw_timeline",
    "draw_window",
    "reach_figure",
    "save_figures",
    "show_figures",
    "timeline_figure",
    "training_figure",
    "write_figure",
]
