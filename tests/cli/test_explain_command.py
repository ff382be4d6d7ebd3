"""`rnncomp explain`: what it prints, of demonstrations, files and runs."""

import re

import pytest
from command import assert_one_line_error

import rnncomp

QUICK = {"window": 12, "units": 3, "epochs": 1}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder with a run, and a file with a network."""
    folder = tmp_path_factory.mktemp("kept")
    rnncomp.compare("airline", cells=["gru", "lstm"], seeds=2, **QUICK).save(folder / "run")
    forecaster = rnncomp.RecurrentForecaster("lstm", seeds=[3, 5], **QUICK)
    forecaster.fit(rnncomp.load("airline")).save(folder / "lstm.safetensors")
    return folder


def test_a_demonstration_says_all_that_tutorial_4_says(rnncomp_program):
    result = rnncomp_program("explain", "--demo", "simple_rnn", "--seed", "0")
    assert (result.code, result.err) == (0, "")
    for name in ("kernel (1, 2)", "recurrent_kernel (2, 2)", "bias (2,)", "dense/kernel (2, 1)"):
        assert name in result.out
    assert "x_1 @ kernel + h_0 @ recurrent_kernel + bias" in result.out
    assert "Weights are there before fit" in result.out
    shown = re.findall(r"of (?:the network|this arithmetic) = \[(.*?)\]", result.out)
    assert len(shown) == 2
    assert float(shown[0]) == pytest.approx(float(shown[1]), rel=1e-6)


def test_two_features(rnncomp_program):
    options = ("--units", 2, "--features", 2, "--seed", 0)
    result = rnncomp_program("explain", "--demo", "simple_rnn", *options)
    assert "x has the shape (3, 2): a row for each step, a column for each" in result.out
    assert "[1 2] @ [[" in result.out
    assert result.out != rnncomp_program("explain", "--demo", "simple_rnn", *options[:-1], 1).out


@pytest.mark.parametrize("cell", ["simple_rnn", "lstm", "gru"])
def test_any_sizes(rnncomp_program, cell):
    sizes = ("--units", 5, "--features", 3, "--steps", 4)
    result = rnncomp_program("explain", "--demo", cell, *sizes, "--unit", 4, "--step", 4)
    assert result.code == 0, result.err
    assert "x_4[2]·kernel" in result.out
    assert "step 3 of 4" not in result.out


def test_a_file_and_a_date(rnncomp_program, kept):
    model = kept / "lstm.safetensors"
    result = rnncomp_program("explain", model, "--at", "1960-06")
    assert result.code == 0, result.err
    assert result.out.startswith(
        "lstm, seed 3: airline, 1960-06\nOne of 2 networks (seeds 3, 5); their mean"
    )
    assert "lstm, step 12 of 12 (1960-05)" in result.out
    assert "Steps 3 to 11 are left out: --all shows them" in result.out
    assert "in units of the series" in result.out
    assert "left out" not in rnncomp_program("explain", model, "--layer", "dense").out
    assert "step 7 of 12" in rnncomp_program("explain", model, "--all").out
    other = rnncomp_program("explain", model, "--at", "1960-06", "--seed", 5)
    assert other.out != result.out
    later = rnncomp_program("explain", model, "airline", "--at", "1955-02")
    assert "(1955-01)" in later.out


def test_a_run_and_its_networks(rnncomp_program, kept):
    best = rnncomp.Run.load(kept / "run").best
    result = rnncomp_program("explain", kept / "run")
    assert result.out.startswith(f"{best.name}, seed {best.seed}: airline, 1961-01")
    assert rnncomp_program("explain", kept / "run", "--network", "gru").out.startswith(
        "gru, seed 0:"
    )
    named = rnncomp_program("explain", kept / "run", "--network", best.name, "--seed", best.seed)
    assert named.out == result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a MODEL, a file or a folder, or pass --demo lstm"),
        (("a.safetensors", "--demo", "gru"), "--demo must stand without a MODEL"),
        (("a.safetensors", "--units", 2), "--units must be given with --demo"),
        (("--demo", "gru", "--at", "1960"), "--at must be left out with --demo"),
        (("--demo", "gru", "--lags", "a.png"), "--lags must be left out with --demo, got 'a.png'"),
        (("--demo", "gru", "--step", 1, "--all"), "--step and --all must not be given together"),
        (("--demo", "gru", "--json", "--step", 1), "--step must be left out with --json"),
        (("--demo", "gru", "--json", "--unit", 0), "--unit must be left out with --json"),
        (("--demo", "gru", "--json", "--layer", "gru"), "--layer must be left out with --json"),
        (("--demo", "gru", "--json", "--all"), "--all must be left out with --json"),
        (("--demo", "gru", "--unit", 2), "unit must be 0 .. 1, got 2"),
        (("--demo", "gru", "--units", 0), "units must be"),
        (("--demo", "gru", "--steps", 0), "input_shape"),
        (("gone.safetensors",), "gone.safetensors"),
        (("a.safetensors", "--png", "a.png", "--lags", "a.png"), "must be different files"),
        (("--demo", "gru", "--html", "x.txt"), "--html must end in .html"),
        (("--demo", "gru", "--png", "x.txt"), "x.txt"),
    ],
)
def test_bad_arguments(rnncomp_program, arguments, words):
    assert_one_line_error(rnncomp_program("explain", *arguments), words)


def test_a_run_has_its_networks_and_seeds(rnncomp_program, kept):
    run = kept / "run"
    result = rnncomp_program("explain", run, "--network", "simple_rnn")
    assert_one_line_error(result, "--network must be one of", "gru", "lstm", "'simple_rnn'")
    result = rnncomp_program("explain", run, "--network", "gru", "--seed", 9)
    assert_one_line_error(result, "--seed must be one of 0, 1, got 9")
    result = rnncomp_program("explain", kept / "lstm.safetensors", "--network", "gru")
    assert_one_line_error(result, "--network must be given with a run's folder")
    result = rnncomp_program("explain", run, "--at", "1950-01")
    assert_one_line_error(result, "at must name a row")


def test_what_a_prediction_rests_on(rnncomp_program, kept):
    model = kept / "lstm.safetensors"
    shown = rnncomp_program("explain", model, "--at", "1960-06").out
    trace = rnncomp.explain(rnncomp.RecurrentForecaster.load(model), at="1960-06")
    steps = trace.gradient_flow().memory_steps
    assert f"The last steps that hold 95 % of the gradient: {steps} of 12 in lstm." in shown
    time, _, part = trace.attribution().largest(1)[0]
    assert f"Largest parts by step: {time} {part:+.4g}, " in shown
    assert "What it rests on" not in rnncomp_program("explain", model, "--step", 1).out


def test_all_files_are_written(rnncomp_program, kept, tmp_path):
    files = ("--html", "a.html", "--png", "a.png", "--lags", "lags.svg")
    result = rnncomp_program("explain", kept / "lstm.safetensors", "airline", *files)
    assert result.code == 0
    assert result.err == "wrote a.html\nwrote a.png\nwrote lags.svg\n"
    assert (tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "no ridge" not in (tmp_path / "lags.svg").read_text(encoding="utf-8")
    quiet = rnncomp_program("explain", kept / "run", "--network", "gru", *files, "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")
    assert "no ridge: too few rows" in (tmp_path / "lags.svg").read_text(encoding="utf-8")


def test_as_json(rnncomp_program, kept):
    found = rnncomp_program("explain", kept / "run", "--network", "lstm", "--json").json()
    assert [layer["name"] for layer in found["layers"]] == ["lstm", "dense"]
    forecaster = rnncomp.Run.load(kept / "run").forecasters["lstm"][0]
    assert found["values"] == forecaster.predict().values.tolist()
    demo = rnncomp_program("explain", "--demo", "gru", "--json").json()
    assert demo["values"] is None


def test_files_of_a_run_stay(rnncomp_program, kept):
    page = kept / "run" / "report.html"
    before = page.read_bytes()
    result = rnncomp_program("explain", kept / "run", "--html", page)
    assert_one_line_error(result, "--html must not replace a file of the run")
    assert page.read_bytes() == before


def test_a_run_of_folds_says_whose_networks_it_keeps(rnncomp_program, tmp_path):
    run = rnncomp.compare("airline", cells=["gru"], seeds=1, folds=2, **QUICK)
    run.save(tmp_path / "run")
    result = rnncomp_program("explain", "run", "--html", "a.html")
    words = "Of 2 folds the run keeps the networks of the last; in those before, others forecast."
    assert words in result.out
    assert words in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_nothing_is_written_where_one_file_cannot_be(rnncomp_program, kept, tmp_path):
    files = ("--html", "a.html", "--lags", "lags.txt")
    result = rnncomp_program("explain", kept / "lstm.safetensors", *files)
    assert_one_line_error(result, "--lags must end in .png or .svg or .pdf, got 'lags.txt'")
    assert not (tmp_path / "a.html").exists()


def test_an_untrained_network_rests_on_nothing(rnncomp_program):
    shown = rnncomp_program("explain", "--demo", "gru").out
    assert "What it rests on" not in shown
    assert "kernel_z is columns" in shown
