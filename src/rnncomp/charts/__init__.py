"""Charts: draw plain mappings and arrays on given axes; compute nothing."""

from rnncomp.charts.attribution import (
    attribution_figure,
    draw_lags,
    draw_part_map,
    draw_parts,
    draw_window,
)
from rnncomp.charts.cutting import draw_windows
from rnncomp.charts.evidence import draw_folds, draw_steps
from rnncomp.charts.figures import (
    Page,
    can_show,
    comparison_pages,
    save_figures,
    save_pages,
    show_figures,
    show_pages,
    timeline_figure,
    training_figure,
    write_figure,
)
from rnncomp.charts.forecast import draw_forecast
from rnncomp.charts.heat import draw_input, draw_values
from rnncomp.charts.inside import draw_states, trace_figure
from rnncomp.charts.layers import draw_layers
from rnncomp.charts.reach import draw_reach, reach_figure
from rnncomp.charts.timeline import draw_test, draw_timeline
from rnncomp.charts.training import draw_losses, draw_scores
from rnncomp.charts.tutorials import (
    beyond_page,
    draw_beyond,
    draw_fit,
    draw_learning,
    fit_page,
    layers_page,
    learning_page,
    windows_page,
)
from rnncomp.charts.unrolled import draw_unrolled

__all__ = [
    "Page",
    "attribution_figure",
    "beyond_page",
    "can_show",
    "comparison_pages",
    "draw_beyond",
    "draw_fit",
    "draw_folds",
    "draw_forecast",
    "draw_input",
    "draw_lags",
    "draw_layers",
    "draw_learning",
    "draw_losses",
    "draw_part_map",
    "draw_parts",
    "draw_reach",
    "draw_scores",
    "draw_states",
    "draw_steps",
    "draw_test",
    "draw_timeline",
    "draw_unrolled",
    "draw_values",
    "draw_window",
    "draw_windows",
    "fit_page",
    "layers_page",
    "learning_page",
    "reach_figure",
    "save_figures",
    "save_pages",
    "show_figures",
    "show_pages",
    "timeline_figure",
    "trace_figure",
    "training_figure",
    "windows_page",
    "write_figure",
]
