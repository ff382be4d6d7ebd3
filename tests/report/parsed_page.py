"""The page taken apart, for tests that read it."""

import itertools
from html.parser import HTMLParser

from rnncomp.report import page

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Parsed(HTMLParser):
    """Tags in balance, attributes, and the text of everything by tag."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words, self.ids = [], [], [], set()
        self.rows, self.scripts, self.styles = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, values))
        if "id" in values:
            assert values["id"] not in self.ids
            self.ids.add(values["id"])
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] == "style":
            self.styles.append(data)
        else:
            self.words.append(data)
            if {"th", "td"} & set(self.open):
                self.rows[-1][-1] += data

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def parsed(comparison, **options):
    return Parsed(page(comparison, **options))


def leaderboard_names(made):
    """Return the first words of each row of the first table of the page."""
    start = next(k for k, row in enumerate(made.rows) if row[:1] == ["Contender"])
    rows = itertools.takewhile(
        lambda row: len(row) == len(made.rows[start]), made.rows[start + 1 :]
    )
    return [" ".join(row[0].split()).removesuffix(" chosen") for row in rows]
