"""`rnncomp compare`: what it passes on, what it prints, where it writes."""

import dataclasses
import json
import sys
import threading
from pathlib import Path

import pytest
from command import Terminal, assert_one_line_error
from made_up_run import LEADERBOARD, VERDICT, MadeUpCompare, made_up_result

import rnncomp
from rnncomp.cli.compare import compare as command
from rnncomp.cli.output import aligned, console, network_label, number
from rnncomp.comparison import leaderboard as names
from rnncomp.comparison.settings import Settings


@pytest.fixture
def compared(monkeypatch):
    stand_in = MadeUpCompare()
    monkeypatch.setattr(rnncomp, "compare", stand_in, raising=False)
    return stand_in


def test_prints_leaderboard_verdict_and_folder(rnncomp_program, compared):
    result = rnncomp_program("compare", "--out", "runs/sun")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith("sines: 1,050 rows, window 50, one step ahead")
    order = [line.split()[0] for line in lines if "0.0" in line and "rows" not in line]
    assert order[:5] == ["ridge", "GRU", "persistence", "LSTM", "SimpleRNN"]
    gru = next(line for line in lines if line.lstrip().startswith("GRU"))
    assert "GRU *" in gru
    assert "0.010540 ± 0.000400" in gru
    assert "8,001" in gru
    assert next(line for line in lines if "LSTM" in line).count("(1 diverged)") == 1
    assert all(f"  {sentence}" in result.out for sentence in VERDICT)
    assert lines[-1] == f"Run folder: {Path('runs/sun')}"
    assert "* GRU: lowest error of the networks on the validation part." in lines
    assert "A season of 12 steps was found." in lines
    assert any("± one standard deviation over seeds" in line for line in lines)
    assert compared.run.saved_to == Path("runs/sun")


def test_several_units_are_ranked_without_one(rnncomp_program, compared):
    result = made_up_result()
    result["settings"] = result["settings"] | {"metric": "mase"}
    compared.run.comparison.to_dict = lambda: result
    lines = rnncomp_program("compare", "--out", "runs/two").out.splitlines()
    head = next(line for line in lines if "MASE" in line).split()
    assert head[0] == "MASE"
    gru = next(line for line in lines if line.lstrip().startswith("GRU *"))
    assert "0.422 ± 0.000" in gru  # 40 times its MAE, spread 0.0004
    assert "0.010540 ±" not in gru
    assert not any("units of the data" in line for line in lines)
    assert any(line.startswith("MASE has no unit") for line in lines)


def test_quiet_prints_the_verdict_alone(rnncomp_program, compared):
    result = rnncomp_program("compare", "--quiet")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == VERDICT


def test_json_prints_the_result_alone(rnncomp_program, compared):
    result = rnncomp_program("compare", "--json", "--out", "x")
    assert result.json() == json.loads(json.dumps(made_up_result()))
    assert result.json()["leaderboard"] == LEADERBOARD


def test_default_folder_is_new_and_under_runs(rnncomp_program, compared):
    folders = set()
    for _ in range(3):
        rnncomp_program("compare", "sunspots", "--quiet")
        folders.add(compared.run.saved_to)
    assert len(folders) == 3
    assert all(f.parts[0] == "runs" and f.name.startswith("sunspots-") for f in folders)


def test_every_option_reaches_compare(rnncomp_program, compared):
    given = {
        "window": 24, "horizon": 3, "stride": 2, "units": 8, "layers": 2, "epochs": 7,
        "batch-size": 16, "learning-rate": 0.01, "season": 12, "patience": 3, "jobs": 1,
        "train-until": "1965", "validation-until": "1975",
        "scale": "standard", "scale-on": "all", "equal": "parameters", "dtype": "float64",
        "loss": "huber", "folds": 2, "strategy": "both", "dropout": 0.1, "clipnorm": 1.5,
        "plateau": 4, "time-limit": 60.0, "transform": "log", "baseline-seconds": 9.0,
    }  # fmt: skip
    args = [part for name, value in given.items() for part in (f"--{name}", value)]
    args += ["--seeds", "3,7", "--cells", "gru, lstm", "--within-parts", "--quiet"]
    args += ["--level", "50,90", "--baselines", "ridge, theta"]
    rnncomp_program("compare", "sunspots", *args)
    expected = {name.replace("-", "_"): value for name, value in given.items()}
    expected |= {"seeds": [3, 7], "cells": ("gru", "lstm"), "within_parts": True}
    expected |= {"levels": (50.0, 90.0), "baselines": ("ridge", "theta")}
    assert compared.settings == expected


@pytest.mark.parametrize(("text", "seeds"), [("5", 5), ("7,", [7]), ("1,2,3", [1, 2, 3])])
def test_seeds_are_a_count_or_a_list(rnncomp_program, compared, text, seeds):
    rnncomp_program("compare", "--quiet", "--seeds", text)
    assert compared.settings["seeds"] == seeds


def test_reading_options_reach_load(rnncomp_program, compared, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("t;a;b\n" + "\n".join(f"{k:02d}.01.2024;{k},5;{-k}" for k in range(1, 29)))
    rnncomp_program(
        "compare", file, "--quiet", "--separator", ";", "--decimal", ",", "--target", "a",
        "--features", "b", "--time", "t", "--time-format", "%d.%m.%Y", "--max-bytes", "1MiB",
    )  # fmt: skip
    series = compared.source
    assert series.columns == ("a", "b")
    assert series.values[0].tolist() == [1.5, -1.0]
    assert str(series.time[0])[:10] == "2024-01-01"
    rnncomp_program(
        "compare", file, "--quiet", "--separator", ";", "--decimal", ",", "--target", "a",
        "--no-time",
    )  # fmt: skip
    assert compared.source.time is None


def test_plain_lines_when_stderr_is_no_terminal(rnncomp_program, compared):
    result = rnncomp_program("compare", "--seeds", "1")
    assert result.err.splitlines() == [
        "trained SimpleRNN, seed 0: 2 epochs, loss 0.2500  val 0.3000 (1 of 3)",
        "trained LSTM, seed 0: 2 epochs, loss 0.2500  val 0.3000 (2 of 3)",
    ]


def test_live_lines_on_a_terminal(rnncomp_program, compared, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    rnncomp_program("compare", "--seeds", "1")
    shown = terminal.getvalue()
    assert "seed 0  epoch 2/2  loss 0.2500  val 0.3000" in shown
    assert "2 of 3 trainings" in shown
    assert "waiting" in shown


def test_show_without_a_display_says_where_the_charts_are(rnncomp_program, compared, monkeypatch):
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: False)
    result = rnncomp_program("compare", "--show", "--out", "here")
    assert result.code == 0
    assert "no display" in result.err
    assert "here" in result.err


def test_show_opens_the_windows(rnncomp_program, compared, monkeypatch):
    shown = []
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: True)
    monkeypatch.setattr(rnncomp.charts, "show_figures", shown.append)
    rnncomp_program("compare", "--show")
    assert shown == [compared.run.comparison.charts]


def test_a_narrow_terminal_gets_a_table_that_fits(rnncomp_program, compared, monkeypatch):
    monkeypatch.setattr(Terminal, "fileno", lambda self: 99, raising=False)
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(sys, "stdout", terminal)
    rnncomp_program("compare")
    lines = terminal.getvalue().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any("0.010540 ± 0.000400" in line for line in lines)
    assert not any("…" in line for line in lines)


def test_column_names_with_brackets_are_printed_as_they_are(capsys):
    console().print("[bold]x[/bold] :smile:")
    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01203, "0.01203"), (12.0, "12.00"), (99999.0, "99,999"), (None, "-"),
     (float("nan"), "-"), (float("inf"), "-"), (-3.5, "-3.500"), (2.19e-5, "2.19e-05")],
)  # fmt: skip
def test_numbers_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("values", "spreads", "texts"),
    [
        ([0.01203, 0.3], [0.00041, None], ["0.01203 ± 0.00041", "0.30000"]),
        ([1234.5, 98765.4], [3.26, 12.0], ["1,234 ± 3", "98,765 ± 12"]),
        ([0.0, None, float("nan")], None, ["0.000", "-", "-"]),
        ([2.2e-7, 3.0], [3e-8, None], ["2.2e-07 ± 3e-08", "3.000"]),
        ([-0.5, 0.25], None, ["-0.5000", "0.2500"]),
        ([], None, []),
    ],
)
def test_numbers_of_a_column_share_their_decimals(values, spreads, texts):
    assert aligned(values, spreads) == texts


def test_a_share_reaches_compare_and_excludes_dates(rnncomp_program, compared):
    rnncomp_program("compare", "--quiet", "--test-fraction", "0.3")
    assert compared.settings["test_fraction"] == 0.3
    rnncomp_program("compare", "--quiet")
    assert "test_fraction" not in compared.settings
    result = rnncomp_program("compare", "--test-fraction", "0.3", "--train-until", "900")
    assert_one_line_error(result, "--test-fraction")


def test_options_and_defaults_are_those_of_a_comparison():
    """Every setting has an option, and the help shows the default that it really has.

    What a search chooses or looks through is too much for a command line.
    """
    given = command.make_context("compare", []).params
    for field in dataclasses.fields(Settings):
        if field.name in ("per_cell", "space"):
            continue
        default = given[field.name]
        if field.name == "seeds":
            assert tuple(range(default)) == field.default
        elif field.name == "cells":
            assert default == field.default
        elif field.name == "test_fraction":
            assert f"[default: {field.default}]" in help_of(field.name)
        else:
            assert default == field.default, field.name


def help_of(name):
    return next(option.help for option in command.params if option.name == name)


def test_matplotlib_is_loaded_while_the_networks_train(rnncomp_program, monkeypatch):
    loaded = threading.Event()
    monkeypatch.setattr("rnncomp.cli.compare.import_module", lambda name: loaded.set())

    class Waiting(MadeUpCompare):
        def __call__(self, source, *, progress=None, **settings):
            assert loaded.wait(30)
            return super().__call__(source, progress=progress, **settings)

    monkeypatch.setattr(rnncomp, "compare", Waiting(), raising=False)
    assert rnncomp_program("compare", "--quiet").code == 0


def test_a_network_has_one_name_in_tables_and_charts():
    for name in [*names.NETWORK_LABELS, *names.LABELS, "gru_recursive", "my_own"]:
        assert network_label(name) == names.network_label(name)


def test_the_command_that_is_kept_starts_from_the_beginning(rnncomp_program, compared, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["rnncomp", "compare", "my sines.csv", "--resume"])
    rnncomp_program("compare", "--quiet")
    assert compared.command == "rnncomp compare 'my sines.csv'"
