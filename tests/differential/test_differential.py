"""rnncomp against real Keras: 25 random configurations, and those that ever failed.

`make parity` compares 500, with Keras itself, see __main__.py; make_fixtures.py makes the fixtures.
"""

import hashlib
import itertools
import json
import re

import numpy as np
import pytest

from differential import draw, our_side
from differential.chosen import chosen
from differential.compare import off
from differential.draw import configuration, facts
from differential.kept import kept_configurations
from differential.make_fixtures import SOURCES, hashes
from differential.options import BATCHES, CLIPS, LAYERS, LOSSES, METRICS, OPTIMIZERS
from differential.suite import ABOUT, CONFIGURATIONS, FOLDER, check

PLACES = range(len(CONFIGURATIONS))
NAMES = [f"seed-{config['seed']}" for config in CONFIGURATIONS]


def test_fixtures_are_those_of_the_programs_beside_them():
    digest = hashlib.sha256((FOLDER / "keras.npz").read_bytes()).hexdigest()
    assert digest == ABOUT["arrays_sha256"]
    assert hashes() == ABOUT["sources_sha256"], f"{SOURCES} changed: make the fixtures again"
    assert (FOLDER / "keras.npz").stat().st_size < 1_000_000


def test_fixtures_have_the_chosen_configurations_and_all_that_ever_failed():
    assert [*chosen(), *kept_configurations()] == CONFIGURATIONS


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("place", PLACES, ids=NAMES)
def test_native_is_keras(place, dtype):
    assert check(place, dtype) == []


@pytest.mark.parametrize("place", PLACES, ids=NAMES)
def test_the_reference_is_keras(place, monkeypatch):
    """The first epoch of the training: all hundred steps take seconds in plain NumPy."""
    monkeypatch.setenv("RNNCOMP_BACKEND", "reference")
    assert check(place, "float64", our_side.QUICK_PARTS) == []


def entries():
    """Return every entry of the tables as the facts that a configuration with it shows."""
    tables = {f"layers.{name}": table for name, table in LAYERS.items()}
    tables |= {f"optimizers.{name}": table for name, table in OPTIMIZERS.items()}
    tables |= {f"losses.{name}": table for name, (_, table) in LOSSES.items()}
    options = [(owner, *item) for owner, table in tables.items() for item in table.items()]
    parts = [{"is": owner, name: value} for owner, name, values in options for value in values]
    parts += [{"metrics": [metric]} for metrics in METRICS.values() for metric in metrics]
    parts += [{"is": f"losses.{n}"} if n[0].isupper() else {"loss": n} for n in LOSSES]
    parts += [{"weights": way} for way in ("none", "samples", "steps", "class")]
    return set(itertools.chain.from_iterable(map(facts, parts)))


def test_every_entry_of_the_tables_is_drawn():
    drawn = set(itertools.chain.from_iterable(facts(configuration(seed)) for seed in range(500)))
    assert entries() - drawn == set()
    for limit in (f"{name}={value}" for name in CLIPS for value in CLIPS[name]):
        assert any(fact.endswith(limit) for fact in drawn), limit


def test_a_new_option_or_value_changes_nothing_else(monkeypatch):
    before = [configuration(seed) for seed in range(50)]
    wider = {name: {"new": (1, 2), **table} for name, table in LAYERS.items()}
    monkeypatch.setattr(draw, "LAYERS", wider)
    monkeypatch.setattr(draw, "BATCHES", (*BATCHES, 7))
    after = json.dumps([configuration(seed) for seed in range(50)])
    assert '"new": 1' in after
    after = json.loads(re.sub(r', "new": \d', "", after))
    others = {"batch_size", "rows"}
    for one, other in zip(before, after, strict=True):
        kept = {key: value for key, value in other.items() if key not in others}
        assert other == one or (other["batch_size"] == 7 and kept.items() <= one.items())


def test_a_difference_names_the_weight_and_its_place():
    theirs = np.array([1.0, 2.0, 3.0])
    difference = off("last", np.array([1.0, 2.0, 4.0]), theirs, 1e-7, [("a", 1), ("b", 2)])
    assert str(difference).startswith("last[b, 1]: 4.0, Keras has 3.0, off by 1, allowed")
    assert off("last", theirs, theirs, 1e-7, [("a", 1), ("b", 2)]) is None
    assert off("y", np.array([[np.nan]]), np.array([[1.0]]), 1e-12, []).where == "[0, 0]"


def test_both_sides_must_have_been_given_the_same(monkeypatch):
    monkeypatch.setattr(our_side.given, "digest", lambda arrays: "other")
    with pytest.raises(AssertionError, match="given different numbers"):
        check(0, "float64", our_side.QUICK_PARTS)
