"""rnncomp against real Keras: 25 random configurations, and those that ever failed.

`make parity` compares 500, with Keras itself, see __main__.py; make_fixtures.py makes the fixtures.
"""

import hashlib
import itertools

import numpy as np
import pytest

from differential import draw, our_side
from differential.chosen import chosen
from differential.compare import off
from differential.draw import configuration, facts
from differential.kept import kept_configurations
from differential.make_fixtures import SOURCES, hashes
from differential.options import CLIPS, LAYERS, LOSSES, METRICS, OPTIMIZERS
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
    """Yield every entry of the tables as a fact that a configuration shows."""
    for group, tables in (("layers", LAYERS), ("optimizers", OPTIMIZERS)):
        for name, table in tables.items():
            for option, values in table.items():
                for value in values:
                    yield from facts({"is": f"{group}.{name}", option: value})
    yield from (f"metrics={name}" for name in METRICS)
    yield from (f"losses.{n}=losses.{n}" if n[0].isupper() else f"loss={n}" for n in LOSSES)


def test_every_entry_of_the_tables_is_drawn():
    drawn = set(itertools.chain.from_iterable(facts(configuration(seed)) for seed in range(500)))
    assert set(entries()) <= drawn
    for limit in (f"{name}={value}" for name in CLIPS for value in CLIPS[name]):
        assert any(fact.endswith(limit) for fact in drawn), limit


def test_a_new_option_changes_nothing_else(monkeypatch):
    before = [configuration(seed) for seed in range(50)]
    wider = {name: {"new": (1, 2), **table} for name, table in LAYERS.items()}
    monkeypatch.setattr(draw, "LAYERS", wider)
    after = [configuration(seed) for seed in range(50)]
    assert any("new" in layer for config in after for layer in config["layers"])
    for config in after:
        config["layers"] = [
            {k: v for k, v in one.items() if k != "new"} for one in config["layers"]
        ]
    assert after == before


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
