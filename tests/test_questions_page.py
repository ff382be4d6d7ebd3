"""docs/questions.md keeps its promise: nine questions, each answered, all its code runs."""

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "questions.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)


def anchor(heading):
    """Return what a link to a heading is called."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_examples_run():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, attempted > 70) == (0, True)


def test_the_cell_to_paste_runs_alone(capsys):
    """It shows the prediction of the network and, beside it, the one by hand."""
    cells = [
        body
        for body in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
        if not body.startswith(">>>")
    ]
    (cell,) = cells
    exec(compile(cell, "docs/questions.md", "exec"), {})
    *_, network, ours = capsys.readouterr().out.splitlines()
    by_network, by_hand = (float(line.split()[-1]) for line in (network, ours))
    # Some twenty float32 roundings of numbers not much larger than the output.
    assert by_network == pytest.approx(by_hand, rel=1e-5)


def test_every_question_has_an_answer_with_code():
    numbers = [int(n) for heading in HEADINGS for n in re.findall(r"^\d|(?<=and )\d", heading)]
    assert numbers == list(range(1, 10))
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        assert "```python" in part


def test_links_within_the_page_lead_somewhere():
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= {anchor(heading) for heading in HEADINGS}
