"""docs/index.md names every page once, and names no page that is not there."""

import re
from collections import Counter
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_every_page_is_named_once():
    contents = (DOCS / "index.md").read_text(encoding="utf-8").split("\n## ")[0]
    links = re.findall(r"^- \[[^\]]+\]\(([^)#]+)\)", contents, re.MULTILINE)
    named = Counter((DOCS / link).resolve() for link in links)
    pages = {path for path in DOCS.glob("*.md") if path.name != "index.md"}
    assert {path: count for path, count in named.items() if count > 1} == {}
    assert {path for path in named if not path.exists()} == set()
    assert pages - set(named) == set()
    assert DOCS / "notebooks" / "README.md" in named
