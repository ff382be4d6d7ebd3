"""Every stored run parses, and its summary is the one that its rows give."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RUNS = BENCHMARKS / "runs"
RAW = sorted(RUNS.glob("*/raw.csv"))
TUTORIAL = sorted(RUNS.glob("*-tutorial1"))


@pytest.fixture(autouse=True)
def scripts_importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in ("crew", "rows", "summary", "tasks", "tutorial1_summary"):
        sys.modules.pop(name, None)


def sample_rows():
    from rows import Row
    from tasks import Task

    def row(peer, cell, number, ms):
        task = Task(cell)
        return Row(
            bench="cells", name="base", round=number, peer=peer, cores=1, **task.to_dict(),
            setting="{}", epochs=5, epoch_ms=ms, fit_ms=ms, gflop=task.gflop, peak_gflops=100.0,
            error=1e-7,
        )  # fmt: skip

    return [row(*facts) for facts in (
        ("rnncomp", "lstm", 0, 10.0), ("torch", "lstm", 0, 50.0),
        ("rnncomp", "lstm", 1, 12.0), ("torch", "lstm", 1, 60.0),
        ("rnncomp", "lstm", 2, 11.0), ("torch", "lstm", 2, 55.0),
    )]  # fmt: skip


@pytest.mark.parametrize("raw", RAW, ids=lambda path: path.parent.name)
def test_summary_is_made_from_the_rows(raw):
    from rows import read_rows
    from summary import render

    rows = read_rows(raw)
    assert rows
    assert (raw.parent / "summary.md").read_text(encoding="utf-8") == render(rows)
    for row in rows:
        assert row.gflop == pytest.approx(row.task.gflop, rel=1e-6)  # written to seven digits


@pytest.mark.parametrize("folder", TUTORIAL, ids=lambda path: path.name)
def test_summary_of_the_tutorial_is_made_from_its_files(folder):
    from tutorial1_summary import render

    assert (folder / "summary.md").read_text(encoding="utf-8") == render(folder)


@pytest.mark.parametrize("path", sorted(RUNS.glob("*/*")), ids=lambda path: path.name)
def test_no_run_names_a_folder_of_the_machine(path):
    text = path.read_text(encoding="utf-8")
    assert "/home/" not in text
    assert "/work" not in text
    assert "/tmp" not in text


def test_rows_survive_the_file(tmp_path):
    from rows import read_rows, write_rows

    rows = [replace(row, epoch_ms=12.34567) for row in sample_rows()]
    write_rows(tmp_path / "raw.csv", rows)
    again = read_rows(tmp_path / "raw.csv")
    assert [replace(row, gflop=0.1) for row in again] == [replace(row, gflop=0.1) for row in rows]


@pytest.mark.parametrize("fault", [{"epoch_ms": 0.0}, {"error": float("nan")}, {"setting": "{"}])
def test_impossible_rows_are_refused(fault):
    with pytest.raises(ValueError):
        replace(sample_rows()[0], **fault)


def test_summary_holds_medians_ratio_and_share():
    from summary import render

    text = render(sample_rows())
    # An epoch of this LSTM has 1.933 GFLOP: in 11 ms that is 175.7 GFLOP/s, of a limit of 100.
    assert "| LSTM | rnncomp | 11.0 | 10.0 to 12.0 | 1.0 | 175.7 % | 1.0e-07 |" in text
    assert "| LSTM | torch | 55.0 | 50.0 to 60.0 | 5.0 |" in text


def test_arithmetic_of_an_epoch():
    from tasks import Task

    # By hand, F = 1, U = 50, T = 50, 640 windows: 2 x 2BTGU(F+U) + 2B(T-1)GU^2 with G = 4.
    rows = 640
    forward = 2 * rows * 50 * 200 * 51
    data = 2 * rows * 49 * 200 * 50
    assert Task("lstm").gflop == (2 * forward + data) / 1e9
    # A second layer of the same size: forward over F = U twice, and the gradient of its inputs.
    second = 2 * (2 * rows * 50 * 200 * 100) + data + 2 * rows * 50 * 200 * 50
    assert Task("lstm", layers=2).gflop == (2 * forward + data + second) / 1e9


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_every_peer_starts_from_weights_that_float32_holds(cell):
    from tasks import Task

    single, double = Task(cell), Task(cell, dtype="float64")
    for narrow, wide in zip(single.first_weights(), double.first_weights(), strict=True):
        assert (narrow.astype("float64") == wide).all()


def test_a_stored_setting_for_every_peer_core_count_and_cell():
    from bench_cells import CELLS, CORES, best_setting
    from crew import FRAMEWORKS

    for peer in FRAMEWORKS:
        for cores in CORES:
            for cell in CELLS:
                assert best_setting(peer, cores, cell)
