"""`rnncomp recipe`: the four tutorials from the command line."""

import json

import pytest
from command import assert_one_line_error

import rnncomp
from rnncomp.recipes import RECIPES

CHARTS = {
    "sines": ["timeline.png", "training.png"],
    "counting": [],
    "arithmetic": ["loss.png"],
    "sunspots": ["fit.png", "layers.png", "windows.png"],
}
HONEST_CHARTS = {
    "sines": ["timeline.png", "training.png"],
    "counting": ["beyond.png"],
    "arithmetic": ["beyond.png", "loss.png"],
    "sunspots": ["timeline.png", "training.png"],
}


@pytest.fixture(autouse=True)
def no_display(monkeypatch):
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: False)


@pytest.mark.parametrize("name", RECIPES)
def test_as_told_it_saves_its_charts_under_runs(rnncomp_program, tmp_path, name):
    result = rnncomp_program("recipe", name, "--seed", 1, "--epochs", 2)
    assert (result.code, result.err) == (0, "")
    saved = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*") if path.is_file())
    assert [path.name for path in saved] == CHARTS[name]
    assert all(f"saved {path}\n" in result.out for path in saved)
    assert all(path.parts[0] == "runs" for path in saved)
    assert "Seed of weights and shuffles: 1, which gives the same numbers again" in result.out


@pytest.mark.parametrize("name", RECIPES)
def test_honestly_it_ends_with_what_it_changes(rnncomp_program, tmp_path, name):
    result = rnncomp_program("recipe", name, "--honest", "--fast", "--out", "charts")
    assert (result.code, result.err) == (0, "")
    assert sorted(p.name for p in (tmp_path / "charts").iterdir()) == HONEST_CHARTS[name]
    assert not (tmp_path / "runs").exists()
    text = result.out.split("What this changes\n")[1].split("saved ")[0]
    assert text.endswith(".\n\n" if HONEST_CHARTS[name] else ".\n")
    assert "over 2 seeds" in " ".join(text.split())


def test_json_is_all_that_is_printed(rnncomp_program):
    result = rnncomp_program("recipe", "arithmetic", "--seed", 3, "--epochs", 1, "--json")
    found = result.json()
    assert (found["recipe"], found["honest"], found["seed"]) == ("arithmetic", False, 3)
    assert (found["shape"], found["parameters"]) == ([1000, 3, 1], 41)
    assert found["conclusion"] == [f"Predicted next value: {found['predicted']:.2f}"]
    assert len(found["files"]) == 1
    assert found["files"][0].endswith("loss.png")


@pytest.mark.parametrize("name", RECIPES)
def test_honest_json_is_whole(rnncomp_program, name):
    found = rnncomp_program("recipe", name, "--honest", "--fast", "--json").json()
    assert found["honest"] is True
    assert len(found["conclusion"]) == 2
    assert json.dumps(found, allow_nan=False)


def test_quiet_prints_the_results_alone(rnncomp_program):
    result = rnncomp_program("recipe", "sines", "--seed", 1, "--epochs", 1, "--quiet")
    assert [line.split(" - ")[0] for line in result.out.splitlines()] == [
        "SimpleRNN",
        "LSTM",
        "GRU",
    ]


def test_the_same_seed_gives_the_same_lines(rnncomp_program):
    lines = {
        rnncomp_program("recipe", "counting", *args, "--epochs", 9, "--quiet").out
        for args in (("--seed", 5), ("--seed", 5), ("--seed", 6))
    }
    assert len(lines) == 2


def test_without_a_seed_each_run_is_another(rnncomp_program):
    lines = {rnncomp_program("recipe", "counting", "--fast", "--quiet").out for _ in range(3)}
    assert len(lines) == 3


def test_a_source_is_read(rnncomp_program, tmp_path):
    rnncomp.write_dataset("airline", tmp_path / "air.csv")
    result = rnncomp_program("recipe", "sunspots", "air.csv", "--epochs", 1, "--seed", 1)
    assert "Rows: 115 training, 29 test" in result.out
    assert "9 training, 2 test" in result.out


def test_show_opens_windows_and_saves_nothing(rnncomp_program, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: True)
    monkeypatch.setattr(rnncomp.charts, "show_pages", shown.append)
    result = rnncomp_program("recipe", "arithmetic", "--epochs", 1, "--show")
    assert result.code == 0
    assert [page.file for pages in shown for page in pages] == ["loss.png"]
    assert not list(tmp_path.iterdir())


def test_show_without_a_display_says_where_the_charts_are(rnncomp_program):
    result = rnncomp_program("recipe", "arithmetic", "--epochs", 1, "--show", "--out", "here")
    assert result.code == 0
    assert result.err == "no display to open windows on; the charts are in here\n"


def test_a_recipe_without_a_chart_says_so(rnncomp_program, tmp_path):
    result = rnncomp_program("recipe", "counting", "--epochs", 1, "--out", "here")
    assert result.err == "counting has no chart as told; --honest has one\n"
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("sinus",), ("recipe must be one of sines", "did you mean 'sines'")),
        (("counting", "a.csv"), ("SOURCE", "counting", "'a.csv'")),
        (("sines", "--epochs", 0), ("epochs", "at least 1", "0")),
        (("sines", "--seed", -1), ("seed", "-1")),
        (("sunspots", "absent.csv"), ("absent.csv",)),
        (("sines", "--json", "--quiet"), ("--json and --quiet",)),
        ((), ("NAME",)),
    ],
)
def test_bad_usage_is_one_line(rnncomp_program, tmp_path, args, words):
    assert_one_line_error(rnncomp_program("recipe", *args), *words)
    assert not list(tmp_path.iterdir())


def test_a_full_folder_is_refused_before_anything_is_trained(rnncomp_program, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("x")
    result = rnncomp_program("recipe", "sines", "--out", "mine")
    assert_one_line_error(result, "mine", "notes.txt")


def test_sentences_wider_than_the_terminal_go_on_in_the_next_line(rnncomp_program):
    result = rnncomp_program("recipe", "counting", "--honest", "--fast")
    assert max(map(len, result.out.splitlines())) <= 140
