"""docs/cli.md is what the code says."""

from pathlib import Path

from rnncomp.cli.app import COMMANDS
from rnncomp.cli.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference(), "run `make docs`"


def test_the_page_has_every_command_and_option():
    page = reference()
    for name in COMMANDS:
        assert f"## rnncomp {name}\n" in page
    for option in ("--train-until", "--missing", "--seeds", "--json", "--quiet", "--max-bytes"):
        assert f"| `{option}" in page
