"""Every stored run parses, its summary is the one that its rows give, and so is README's table."""

import ast
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RUNS = BENCHMARKS / "runs"
RAW = sorted(RUNS.glob("*/raw.csv"))
TUTORIAL = sorted(RUNS.glob("*-tutorial1"))
RECIPES = sorted(RUNS.glob("*-recipes"))
PAGES = sorted(RUNS.glob("*-page-weight"))
PROGRAMS = sorted(p for p in BENCHMARKS.glob("*.py") if "__main__" in p.read_text("utf-8"))
OURS = {path.stem for path in BENCHMARKS.glob("*.py")}


@pytest.fixture(autouse=True)
def scripts_importable(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield
    for name in OURS:
        sys.modules.pop(name, None)


def epoch_row(peer, task, ms, number=0, cores=1, bench="grid", name="base", error=1e-7):
    from rows import Row

    return Row(
        bench=bench, name=name, peer=peer, cores=cores, round=number, measure="epoch_ms", value=ms,
        task=task, epochs=5, setting='{"level": "v3"}', gflop=task.gflop, peak_gflops=100.0,
        error=error,
    )  # fmt: skip


def sample_rows():
    from tasks import Task

    task = Task("lstm")
    return [epoch_row(peer, task, ms, number) for peer, ms, number in (
        ("rnncomp", 30.0, 0), ("torch", 90.0, 0),
        ("rnncomp", 34.0, 1), ("torch", 110.0, 1),
        ("rnncomp", 32.0, 2), ("torch", 96.0, 2),
    )]  # fmt: skip


def mark(rows, what):
    from bar import marks

    (found,) = (one for one in marks(rows) if one.what == what)
    return found


@pytest.mark.parametrize("raw", RAW, ids=lambda path: path.parent.name)
def test_summary_is_made_from_the_rows(raw):
    from rows import read_rows
    from summary import render

    rows = read_rows(raw)
    assert rows
    assert (raw.parent / "summary.md").read_text(encoding="utf-8") == render(rows)
    for row in rows:
        if row.measure == "epoch_ms" and not row.missing:
            assert row.gflop == pytest.approx(row.task.gflop, rel=1e-6)  # to seven digits


def test_the_readme_holds_the_table_of_the_newest_run():
    import readme_table

    page = readme_table.README.read_text(encoding="utf-8")
    wanted = readme_table.with_section(page, readme_table.section(readme_table.newest_run()))
    assert page == wanted, "run python benchmarks/readme_table.py"


def test_the_newest_run_is_the_last_of_the_last_day(tmp_path, monkeypatch):
    import readme_table

    names = ("2026-11-21-x", "2026-11-22-x", "2026-11-22-x-run2", "2026-11-22-x-run10")
    for name in (*names, "2026-11-23-x-tuning", "2026-11-23-x-keras"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "raw.csv").touch()
    monkeypatch.setattr(readme_table, "RUNS", tmp_path)
    assert readme_table.newest_run().name == "2026-11-22-x-run10"


@pytest.mark.parametrize("folder", RECIPES, ids=lambda path: path.name)
def test_summary_of_the_recipes_is_made_from_its_files(folder):
    from recipe_wall import render

    assert (folder / "summary.md").read_text(encoding="utf-8") == render(folder)


@pytest.mark.parametrize("folder", PAGES, ids=lambda path: path.name)
def test_summary_of_the_pages_is_made_from_its_rows(folder):
    from page_weight import render

    assert (folder / "summary.md").read_text(encoding="utf-8") == render(folder)


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
    from rows import Row, read_rows, write_rows

    rows = [replace(row, value=12.34567) for row in sample_rows()]
    rows.append(Row("startup", "wheel", "rnncomp", 1, 0, "file_mb", math.nan, note="no build"))
    write_rows(tmp_path / "raw.csv", rows)
    again = read_rows(tmp_path / "raw.csv")
    assert [replace(row, gflop=0.1) for row in again[:-1]] == [
        replace(row, gflop=0.1) for row in rows[:-1]
    ]
    assert again[-1].missing
    assert again[-1].task is None


@pytest.mark.parametrize(
    "fault",
    [{"value": 0.0}, {"value": math.nan}, {"error": -1.0}, {"setting": "{"}, {"measure": "time"}],
)
def test_impossible_rows_are_refused(fault):
    with pytest.raises(ValueError):
        replace(sample_rows()[0], **fault)


def test_summary_holds_medians_ratio_and_share():
    from summary import render

    text = render(sample_rows())
    # An epoch of this LSTM has 1.933 GFLOP: in 32 ms that is 60.4 GFLOP/s, of a limit of 100.
    assert "| LSTM | rnncomp | 50 | 640 | 32.0 | 30.0 to 34.0 | 1.0 | 60.4 % | 1.0e-07 |" in text
    assert "| LSTM | torch | 50 | 640 | 96.0 | 90.0 to 110 | 3.0 |" in text


def test_what_is_missing_stands_in_the_summary():
    from summary import render

    lost = replace(sample_rows()[1], value=math.nan, note="no environment")
    text = render([*sample_rows(), replace(lost, peer="keras-jax")])
    assert "- grid, Keras on JAX on 1 core(s): no environment" in text


def test_the_fair_time_beside_a_busy_process():
    from rows import Row

    facts = {"bench": "share", "peer": "rnncomp", "cores": 2, "measure": "all_seconds"}
    seconds = {"one core": (1.2, 1.0), "both cores": (0.6, 0.6), "free": (1.1, 9.0)}
    rows = [
        Row(name=f"one fit: {where}", round=number, value=value, **facts)
        for where, values in (seconds | {"kept": (1.5, 1.6)}).items()
        for number, value in enumerate(values)
    ]
    found = mark(rows, "beside a busy process, the worst task, times the fair time")
    # Fair is what one core alone takes, 1 s: 1.1 times where the other may move, 1.5 where kept.
    assert found.reached == pytest.approx(1.5)
    assert found.verdict(found.must) == "NOT HELD"


def test_growth_may_be_below_zero():
    from rows import Row

    rows = [Row("series", "100 cycles", "rnncomp", 2, 0, "bytes_per_cycle", -3.0)]
    found = mark(rows, "growth over cycles of fit and predict")
    assert found.verdict(found.must) == "held"


def test_a_part_that_fails_leaves_the_others(monkeypatch):
    import run
    from crew import WorkerError
    from options import Options
    from summary import render

    def broken(options):
        raise WorkerError("the process ended")

    monkeypatch.setattr(run, "PARTS", {"many": broken, "grid": lambda options: sample_rows()})
    rows = run.measure(["many", "grid"], Options(peak=None))
    assert rows[1:] == sample_rows()
    assert "- the part many: WorkerError: the process ended" in render(rows)


@pytest.mark.parametrize(
    ("level", "torch_ms", "must", "verdict"),
    [
        ("v4", 145.0, 4.5, "held"),
        ("v4", 120.0, 4.5, "NOT HELD"),
        ("v3", 96.0, 2.25, "held"),
        # The limit is 1.933 GFLOP / 100 GFLOP/s = 19.3 ms: torch in 40 ms leaves room for 2.07x.
        ("v3", 40.0, 2.25, "above the machine's own limit (2.07x)"),
    ],
)
def test_a_ratio_of_the_bar(level, torch_ms, must, verdict):
    from tasks import Task

    rows = [epoch_row("rnncomp", Task("lstm"), 32.0, cores=2)]
    rows = [replace(row, setting=f'{{"level": "{level}"}}') for row in rows]
    rows.append(replace(epoch_row("torch", Task("lstm"), torch_ms), setting="{}"))
    found = mark(rows, "LSTM, times as fast as torch")
    assert found.must == must
    assert found.verdict(found.must) == verdict


def test_the_bar_takes_each_peer_at_its_best_and_ours_on_two_cores():
    from tasks import Task

    task = Task("gru")
    rows = [
        epoch_row("rnncomp", task, 10.0, cores=2),
        epoch_row("rnncomp", task, 5.0, cores=1),
        epoch_row("keras-jax", task, 80.0, cores=2),
        epoch_row("keras-jax", task, 60.0, cores=1),
    ]
    assert mark(rows, "GRU, times as fast as Keras on JAX").reached == 6.0


def test_the_bar_names_the_worst_variant():
    from tasks import Task

    rows = [
        epoch_row("rnncomp", Task("lstm"), 32.0, bench="cliff"),
        epoch_row("rnncomp", Task("lstm", batch=7), 64.0, bench="cliff", name="batch 7"),
        epoch_row("rnncomp", Task("lstm", batch=33), 40.0, bench="cliff", name="batch 33"),
    ]
    what = "LSTM, no cliff: the worst (batch 7) has of the base row's share"
    found = mark(rows, what)
    assert found.reached == pytest.approx(0.5)
    assert found.verdict(found.must) == "NOT HELD"


def test_a_gradient_beyond_the_bar_is_said():
    rows = [*sample_rows(), replace(sample_rows()[0], error=2e-5, name="other")]
    found = mark(rows, "gradients against float64, the worst of all rows")
    assert found.reached == 2e-5
    assert found.verdict(found.must) == "NOT HELD"


def test_what_many_trainings_take_is_extrapolated_from_samples():
    from rows import Row
    from summary import render

    facts = {"bench": "many", "round": 0, "value": 10.0}
    rows = [Row(name="12 trainings", peer="rnncomp", cores=2, measure="all_seconds",
                gflop=100.0, peak_gflops=100.0, **facts)]  # fmt: skip
    for number, seconds in enumerate((3.0, 5.0)):
        sample = facts | {"round": number, "value": seconds}
        rows.append(Row(name="sample", peer="torch", cores=1, measure="fit_seconds", **sample))
    # Two trainings at a time take 4 s, so twelve take 24 s.
    assert "| torch | extrapolated from 2 trainings | 24.0 | - |" in render(rows)


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


def test_sentences_are_a_task_of_their_own(tmp_path):
    from rows import read_rows, write_rows
    from sentences_task import CLASSES, WORDS, SentencesTask

    task = SentencesTask(windows=64)
    row = epoch_row("rnncomp", task, 10.0, bench="classifier")
    write_rows(tmp_path / "raw.csv", [row])
    assert read_rows(tmp_path / "raw.csv")[0].task == task
    # Each direction: forward, gradient of the data and of the weights, 2 x 64 x 100 x 256 x 128.
    assert task.gflop == 2 * 3 * (2 * 64 * 100 * 256 * 128) / 1e9
    x, y = task.data()
    assert (x.shape, y.shape) == ((64, 100), (64,))
    assert set(x.ravel()) <= set(range(WORDS))
    assert set(y) == set(range(CLASSES))
    lengths = (x != 0).sum(axis=1)
    assert ((x != 0) == (range(100) < lengths[:, None])).all()  # 0 behind the end, nowhere else
    wide = SentencesTask(dtype="float64").first_weights()
    for narrow, exact in zip(task.first_weights(), wide, strict=True):
        assert (narrow.astype("float64") == exact).all()


def test_a_stored_setting_for_every_framework_core_count_and_cell():
    from crew import FRAMEWORKS
    from options import CELLS, CORES, best_setting

    for peer in FRAMEWORKS:
        for cores in CORES:
            for cell in CELLS:
                assert best_setting(peer, cores, cell)


def test_every_peer_has_its_file_and_its_pinned_requirements():
    from crew import KINDS, PEERS
    from setup_peers import ENVIRONMENTS, steps

    for peer in PEERS:
        kind = KINDS[peer]
        assert (BENCHMARKS / "peers" / kind.script).exists()
        assert kind.environment in ENVIRONMENTS
        wanted = BENCHMARKS / "peers" / f"{kind.environment}.txt"
        lines = [line for line in wanted.read_text().splitlines() if not line.startswith("#")]
        assert all("==" in line for line in lines)
        if any("torch==" in line for line in lines):
            assert steps(wanted)[0] == ["torch==2.13.0"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.name)
def test_help_says_what_a_program_does(program):
    command = [sys.executable, str(program), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    first = ast.get_docstring(ast.parse(program.read_text("utf-8"))).partition("\n")[0]
    assert first in " ".join(done.stdout.split()), "argparse may break the line"
