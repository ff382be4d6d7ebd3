"""Report: self-contained HTML pages, of a comparison and of one prediction; draws what it is given.

NumPy loads when a page is made: `rnncomp --help` asks every command what it is.
"""

from rnncomp.report.page import page, write_page
from rnncomp.report.steps import steps_page, write_steps

__all__ = ["page", "steps_page", "write_page", "write_steps"]
