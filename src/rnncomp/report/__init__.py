"""Report: one self-contained HTML page from a comparison; draws what it is given."""

from rnncomp.report.page import page, write_page

__all__ = ["page", "write_page"]
