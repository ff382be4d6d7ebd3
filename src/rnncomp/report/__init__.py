"""Report: one self-contained HTML page from a comparison; draws what it is given.

NumPy loads when a page is made: `rnncomp --help` asks every command what it is.
"""

from rnncomp.report.page import page, write_page

__all__ = ["page", "write_page"]
