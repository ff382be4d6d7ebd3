"""`rnncomp report`: the page of a run folder."""

import json

import pytest
from command import assert_one_line_error

import rnncomp


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "airline"
    options = {"window": 12, "units": 4, "epochs": 1, "seeds": 1, "cells": ["gru"]}
    return rnncomp.compare("airline", **options).save(folder)


@pytest.fixture
def folder(saved, tmp_path):
    """A copy of a run folder, to break."""
    copied = tmp_path / "airline"
    copied.mkdir()
    for path in saved.iterdir():
        (copied / path.name).write_bytes(path.read_bytes())
    return copied


def test_the_page_is_written_anew(rnncomp_program, folder):
    (folder / "report.html").write_text("an old page", encoding="utf-8")
    result = rnncomp_program("report", "airline")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("wrote airline/report.html: 0.")
    text = (folder / "report.html").read_text(encoding="utf-8")
    sentence = rnncomp.Run.load(folder).comparison.verdict[0]
    assert sentence in text
    assert '"label":"persistence"' in text, "the lines of baselines come from predictions.csv"


def test_as_json(rnncomp_program, folder):
    result = rnncomp_program("report", folder, "--json").json()
    assert result == {"path": str(folder / "report.html"), "bytes": result["bytes"]}
    assert result["bytes"] == (folder / "report.html").stat().st_size


def test_broken_folders_are_one_line(rnncomp_program, folder, tmp_path):
    (folder / "report.html").unlink()
    assert_one_line_error(rnncomp_program("report", "gone"), "gone/comparison.json", "cannot be")
    path = folder / "comparison.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["charts"]["timeline"] = {"index": [0]}
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert_one_line_error(
        rnncomp_program("report", "airline"), "airline/comparison.json: charts.timeline must be"
    )
    path.write_text("{", encoding="utf-8")
    assert_one_line_error(rnncomp_program("report", "airline"), "airline/comparison.json", "JSON")
    assert not (folder / "report.html").exists()
