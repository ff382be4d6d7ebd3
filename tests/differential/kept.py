"""Configurations that ever failed, and why: kept whole, as the tables they came from grow."""

import json
from pathlib import Path

FILE = Path(__file__).parent / "failed.json"


def kept_configurations():
    """Return them; each has its seed, which its weights and data are drawn from."""
    return [entry["configuration"] for entry in json.loads(FILE.read_text(encoding="utf-8"))]
