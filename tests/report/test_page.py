"""The page as text: whole, escaped, silent, in order, and without sections that have no data."""

import base64
import hashlib
import itertools
import json
import re

import numpy as np
import pytest
from made_up_comparison import extended, long_comparison, real_run
from parsed_page import leaderboard_names, parsed

from rnncomp.errors import InvalidArgumentError, OutputError
from rnncomp.report import page, write_page
from rnncomp.report.page import TITLES

AWKWARD = "\"></script><img src=x onerror=alert(1)>' & <!--\u2028"


@pytest.fixture(scope="module")
def run():
    return real_run()


@pytest.fixture(scope="module")
def full(run):
    return extended(run.comparison.to_dict())


def test_every_section_of_a_full_comparison(run, full):
    made = parsed(full, predictions=run.predictions)
    assert set(TITLES) <= made.ids
    for sentence in [*full["verdict"], *full["notes"], full["command"]]:
        assert " ".join(sentence.split()) in made.text
    for warning in full["warnings"]:
        assert warning["text"] in made.text
    assert [made.text.index(f" {title} ") for title in TITLES.values()] == sorted(
        made.text.index(f" {title} ") for title in TITLES.values()
    )


@pytest.mark.parametrize("section", TITLES)
def test_a_section_without_data_is_not_there(full, section):
    keys = {"command": "command", "differences": "differences", "warnings": "warnings",
            "verdict": "verdict"}  # fmt: skip
    charts = {"forecasts": "timeline", "steps": "steps", "losses": "training",
              "residuals": "residuals"}  # fmt: skip
    cut = json.loads(json.dumps(full))
    if section in keys:
        del cut[keys[section]]
    elif section in charts:
        del cut["charts"][charts[section]]
    elif section == "leaderboard":
        cut["leaderboard"] = []
    elif section == "settings":
        for name in ("settings", "environment", "data"):
            del cut[name]
    elif section == "folds":
        del cut["charts"]["folds"], cut["data"]["parts"]
    else:
        for row in cut["leaderboard"]:
            row["coverage"] = None
    made = parsed(cut)
    assert section not in made.ids
    assert ("a", {"href": f"#{section}"}) not in made.tags
    assert "verdict" in made.ids or section == "verdict"


def test_an_older_comparison_has_a_page(run):
    old = run.comparison.to_dict() | {"format": "rnncomp-comparison/1"}
    for key in ("differences", "warnings", "command"):
        del old[key]
    old["charts"] = {name: old["charts"][name] for name in ("labels", "timeline", "training")}
    later = ("strategy", "note", "by_step", "by_fold", "coverage", "width", "validation_mase")
    for row in old["leaderboard"]:
        for key in later:
            del row[key]
    made = parsed(old, predictions=run.predictions)
    assert {"verdict", "leaderboard", "forecasts", "losses", "folds", "settings"} <= made.ids
    assert not {"warnings", "differences", "steps", "residuals", "coverage"} & made.ids


def test_nothing_at_all_is_a_page():
    assert parsed({}).ids == {"main", "data"}


def test_text_of_the_data_stays_text(full):
    awkward = json.loads(json.dumps(full))
    awkward["data"]["name"] = awkward["command"] = AWKWARD
    awkward["data"]["columns"] = awkward["settings"]["cells"] = [AWKWARD]
    awkward["verdict"] = awkward["notes"] = [AWKWARD]
    awkward["warnings"] = [{"code": AWKWARD, "subject": AWKWARD, "text": AWKWARD}]
    timeline = awkward["charts"]["timeline"]
    timeline |= dict.fromkeys(("value_label", "time_label", "strategy", "shown"), AWKWARD)
    awkward["charts"]["labels"] = {"gru": AWKWARD}
    awkward["charts"]["training"]["loss_label"] = AWKWARD
    for row in awkward["leaderboard"]:
        row["strategy"] = row["note"] = AWKWARD
    made, plain = parsed(awkward), parsed(full)
    assert not [tag for tag, _ in made.tags if tag == "img"]
    assert [tag for tag, _ in made.tags if tag == "script"] == ["script"] * 2
    assert len(made.tags) >= len(plain.tags) - 10
    assert made.text.count(" ".join(AWKWARD.split())) > 20
    plots = json.loads(made.scripts[0])
    assert plots[0]["y_label"] == AWKWARD
    assert AWKWARD in {curve["label"] for curve in plots[0]["curves"]}


def test_the_page_asks_for_nothing(run, full):
    made = parsed(full, predictions=run.predictions)
    for tag, values in made.tags:
        assert "src" not in values, tag
        assert values.get("href", "#").startswith(("#", "data:,"))
        assert "style" not in values, "the policy of the page forbids it"
        assert not [name for name in values if name.startswith("on")]
    (style,) = made.styles
    assert "@import" not in style
    assert "url(" not in style


def test_the_policy_lets_this_script_and_this_style_run_alone(full):
    made = parsed(full)
    (policy,) = [v["content"] for tag, v in made.tags if "http-equiv" in v]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "http" not in policy
    for kind, text in (("script", made.scripts[-1]), ("style", made.styles[0])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


def test_the_licence_of_the_charts_goes_with_them(full):
    assert "Copyright (c) 2022 Leon Sorokin" in parsed(full).scripts[-1]
    assert "THE SOFTWARE IS PROVIDED" in parsed(full).scripts[-1]


def test_the_leaderboard_is_sorted_by_error(full):
    mixed = full | {"leaderboard": full["leaderboard"][::-1]}
    scored = [row for row in full["leaderboard"] if row["mae"] is not None]
    by_error = [row["name"] for row in sorted(scored, key=lambda row: row["mae"])]
    labels = full["charts"]["labels"]
    assert leaderboard_names(parsed(mixed)) == [
        *(labels.get(name, name.replace("_", " ")) for name in by_error),
        "arima stopped after its 60 s",
    ]


def test_rows_say_what_they_are(full):
    made = parsed(full)
    rows = {" ".join(row[0].split()): row for row in made.rows if len(row) == 12}
    best = full["charts"]["labels"][full["best"]]
    chosen = rows[f"{best} chosen"]
    (of_best,) = [row for row in full["leaderboard"] if row["name"] == full["best"]]
    assert chosen[1] == "network"
    assert re.fullmatch(r"[\d.,]+ ± [\d.]+", chosen[2])
    assert float(chosen[2].split()[0]) == pytest.approx(of_best["mae"], rel=1e-3)
    assert rows["persistence"][1] == "baseline"
    assert "±" not in rows["persistence"][2]
    assert rows["arima stopped after its 60 s"][2] == "–"
    dots = [v["aria-label"] for tag, v in made.tags if v.get("class") == "dots"]
    of_seeds = [label for label in dots if label.startswith("error by seed: ")]
    assert len(of_seeds) == 3
    assert all(label.count(", ") == 2 for label in of_seeds)


def test_strategies_are_never_mixed(run):
    both = extended(run.comparison.to_dict(), strategies=("direct", "recursive"))
    made = parsed(both, predictions=run.predictions)
    heads = [row for row in made.rows if row[0] == "Contender" and len(row) == 12]
    assert len(heads) == 2
    plots = json.loads(made.scripts[0])
    strategy = {row["name"]: row["strategy"] for row in both["leaderboard"]}
    labels = {both["charts"]["labels"].get(n, n.replace("_", " ")): n for n in strategy}
    for plot in plots:
        names = [labels[c["label"]] for c in plot["curves"] if c["label"] in labels]
        assert len({strategy[name] for name in names}) <= 1
        for name in names:
            assert plot["note"].startswith(strategy[name])
        assert plot["note"]
    assert {plot["key"] for plot in plots} >= {"forecasts-0", "forecasts-1", "steps-1"}


def test_lines_hold_the_data(run):
    comparison = run.comparison.to_dict()
    plots = json.loads(parsed(comparison, predictions=run.predictions).scripts[0])
    forecasts = {curve["label"]: curve for curve in plots[0]["curves"]}
    timeline = comparison["charts"]["timeline"]
    np.testing.assert_allclose(forecasts["truth"]["values"], timeline["values"], rtol=1e-5)
    for part, key in (("mean", "values"), ("low", "low"), ("high", "high")):
        wanted = timeline["predictions"]["gru"][part]
        np.testing.assert_allclose(forecasts["GRU"][key], wanted, rtol=1e-5)
    # One step ahead, persistence repeats the value before.
    before = np.array(timeline["values"])[np.array(timeline["test_index"]) - 1]
    np.testing.assert_allclose(forecasts["persistence"]["values"], before, rtol=1e-5)
    assert plots[0]["x"][0] == int(np.datetime64("1949-01", "s").astype(int))
    assert plots[0]["grain"] == len("1949-01")


def test_lines_can_be_told_apart_without_colour(run, full):
    plots = json.loads(parsed(full, predictions=run.predictions).scripts[0])
    for plot in plots:
        dashes = [tuple(curve["dash"]) for curve in plot["curves"]]
        assert len(set(dashes)) == len(dashes), plot["key"]


def test_shares_are_written_as_per_cent(full):
    one = {"subject": "gru", "other": "mean", "difference": -0.0412, "low": -0.06, "high": -0.022}
    one |= {"level": 0.95, "p": 0.004, "relation": "better"}
    made = parsed(full | {"differences": [one]})
    (row,) = [row for row in made.rows if row[0] == "GRU against mean"]
    assert row[2:] == ["−4.1 %", "−6.0 % to −2.2 %", "95 %", "0.004", "better"]
    cover = [row for row in made.rows if row[0] == "Step ahead"]
    assert cover[0] == ["Step ahead", "80 %", "95 %"]


def test_folds_show_their_rows(full):
    made = parsed(full | {"charts": {"folds": [{"train": [0, 60], "validation": None,
                                                "test": [60, 70]}]}})  # fmt: skip
    assert ["1", "", "0 to 59", "–", "60 to 69"] in made.rows


def test_residuals_and_their_autocorrelation(full):
    made = parsed(full)
    values = full["charts"]["residuals"]["gru"]["values"]
    (plot,) = [p for p in json.loads(made.scripts[0]) if p["key"] == "residuals-0"]
    (curve,) = [c for c in plot["curves"] if c["label"] == "GRU"]
    np.testing.assert_allclose(curve["values"], values, rtol=1e-5)
    pictures = [v for tag, v in made.tags if v.get("class") == "bars"]
    assert len(pictures) == len(full["charts"]["residuals"])


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("leaderboard", [{"name": "gru"}]),
        ("leaderboard", 7),
        ("differences", [{"subject": "gru"}]),
        ("warnings", ["beware"]),
        ("charts.timeline", {"index": [0]}),
        ("charts.steps", {"label": "MAE"}),
        ("charts.training", {"losses": {"gru": 1}}),
        ("charts.residuals", {"gru": 1}),
        ("charts.folds", [{"train": [0, 1]}]),
        ("charts", []),
        ("settings", 3),
        ("data", 3),
    ],
)
def test_a_damaged_part_is_named(full, part, value):
    damaged = json.loads(json.dumps(full))
    holder, _, name = part.rpartition(".")
    (damaged[holder] if holder else damaged)[name] = value
    with pytest.raises(InvalidArgumentError) as error:
        page(damaged)
    assert str(error.value).startswith(part.partition(".")[0])
    assert "\n" not in str(error.value)


def test_a_comparison_is_a_mapping():
    with pytest.raises(InvalidArgumentError, match=r"comparison must be a mapping, got \[\]"):
        page([])


def test_gaps_and_infinite_numbers_are_gaps(full):
    broken = json.loads(json.dumps(full))
    band = broken["charts"]["timeline"]["predictions"]["gru"]
    band["mean"][0], band["mean"][1] = None, float("inf")
    plots = json.loads(parsed(broken).scripts[0])
    (curve,) = [curve for curve in plots[0]["curves"] if curve["label"] == "GRU"]
    assert curve["values"][:2] == [None, None]


def test_no_network_finished(run):
    comparison = run.comparison.to_dict()
    for row in comparison["leaderboard"]:
        if row["kind"] == "network":
            row |= {"mae": None, "diverged": 3, "scores": {"mae": [None] * 3}}
    comparison["charts"]["timeline"]["predictions"] = {}
    empty = {"mean": [], "low": [], "high": []}
    comparison["charts"]["training"] = {
        "loss_label": "Loss", "losses": {"gru": empty}, "validation_losses": {"gru": empty},
    }  # fmt: skip
    made = parsed(comparison | {"best": None})
    assert "3 of 3 seeds diverged" in made.text
    assert "losses" not in made.ids


def test_a_long_series_makes_no_heavy_page():
    comparison, columns = long_comparison(10_320)
    names = [row["name"] for row in comparison["leaderboard"]]
    values = np.random.default_rng(0).normal(size=2064).tolist()
    residual = {"lags": [1, 2], "acf": [0.5, 0.2], "band": 0.04, "values": values}
    comparison["charts"]["residuals"] = dict.fromkeys(names, residual)
    assert len(page(comparison, predictions=columns).encode()) < 1.5e6


def test_the_file_is_whole_or_not_there(tmp_path, full):
    path = tmp_path / "report.html"
    write_page(path, full)
    first = path.read_text(encoding="utf-8")
    assert first == page(full)
    with pytest.raises(InvalidArgumentError):
        write_page(path, {"leaderboard": 7})
    assert path.read_text(encoding="utf-8") == first
    with pytest.raises(OutputError, match=r"no/report.html: cannot be written \(No such file"):
        write_page(tmp_path / "no" / "report.html", full)
    assert [found.name for found in tmp_path.iterdir()] == ["report.html"]


def test_the_same_comparison_is_the_same_page(full):
    assert page(full) == page(json.loads(json.dumps(full)))


# WCAG 2.2: relative luminance and contrast.
def contrast(one, other):
    def luminance(colour):
        code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(full, theme):
    (style,) = parsed(full).styles
    colours = dict(
        re.findall(r"--([\w-]+): (#\w{6})", re.findall(r":root \{(.*?)\}", style, re.S)[theme])
    )
    for words, ground in itertools.product(("ink", "quiet"), ("page", "panel")):
        assert contrast(colours[words], colours[ground]) >= 4.5, (words, ground)
    assert contrast(colours["link"], colours["page"]) >= 4.5
    assert contrast(colours["badge"], colours["badge-ink"]) >= 4.5
    assert contrast(colours["ink"], colours["warn"]) >= 4.5
    for line in [*(f"c{k}" for k in range(6)), "warn-edge", "focus"]:
        assert contrast(colours[line], colours["page"]) >= 3, line
