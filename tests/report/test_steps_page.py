"""The stepping page as text: whole, closed to the network, and deaf to what names say."""

import base64
import hashlib
import json

import numpy as np
import pytest
from parsed_page import Parsed

import rnncomp
from rnncomp.charts.style import MINUS, MINUS_ON_DARK, PLUS, PLUS_ON_DARK
from rnncomp.errors import InvalidArgumentError, OutputError
from rnncomp.explanation import explain, trace_data
from rnncomp.report import steps, steps_page, write_steps
from traces import traced

AWKWARD = "</script><img src=x onerror=alert(1)>\u2028<!--"


def parsed(data):
    return Parsed(steps_page(data))


def test_names_stay_text():
    data = trace_data(traced("lstm", columns=[AWKWARD] * 3, times=[AWKWARD] * 7))
    data["title"] = AWKWARD
    data["layers"][0]["name"] = AWKWARD
    made = parsed(data)
    assert [tag for tag, _ in made.tags if tag in ("script", "img")] == ["script"] * 2
    assert made.text.count(" ".join(AWKWARD.split())) >= 3
    carried = json.loads(made.scripts[0])
    assert carried["columns"] == [AWKWARD] * 3
    assert carried["layers"][0]["name"] == AWKWARD


def test_the_page_asks_for_nothing_and_runs_its_own_program_alone():
    made = parsed(trace_data(traced("gru")))
    for tag, values in made.tags:
        assert "src" not in values, tag
        assert values.get("href", "#").startswith(("#", "data:,"))
        assert "style" not in values, "the policy of the page forbids it"
        assert not [name for name in values if name.startswith("on")]
    (style,) = made.styles
    assert "@import" not in style
    assert "url(" not in style
    (policy,) = [v["content"] for tag, v in made.tags if "http-equiv" in v]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, text in (("script", made.scripts[-1]), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_come_back_to_the_last_bit(dtype):
    trace = traced("lstm", dtype=dtype)
    data = json.loads(parsed(trace_data(trace)).scripts[0])
    layer = data["layers"][0]
    for name in ("h", "c"):
        np.testing.assert_array_equal(np.asarray(layer[name], dtype), trace.last.arrays[name])
    kernel = np.asarray(layer["weights"]["kernel"], dtype)
    np.testing.assert_array_equal(kernel, trace.last.weights["kernel"])
    if dtype == "float32":
        assert len(str(abs(layer["h"][0][0])).replace("0.", "").lstrip("0")) <= 9


def test_what_stands_beside_the_prediction():
    trace = traced("simple_rnn")
    data = trace_data(trace) | {"values": [12.5, -3.0]}
    words = parsed(data).text
    assert f"{trace.output[0]:#.7g}".replace("-", "−") in words
    assert "In the series' units" in words
    assert "12.5000" in words
    assert "−3.00000" in words
    assert "SimpleRNN (5) → Dense (2)" in words
    assert "In the series' units" not in parsed(trace_data(trace)).text


def test_its_signs_have_the_colours_of_the_charts():
    """Once by daylight and once on dark; `report` imports no chart, so that they stand twice."""
    page = steps_page(trace_data(traced("gru")))
    for plus, minus in ((PLUS, MINUS), (PLUS_ON_DARK, MINUS_ON_DARK)):
        assert page.count(f"--plus: {plus.lower()}; --minus: {minus.lower()};") == 1


def test_a_number_that_is_not_finite_is_a_dash():
    layers = [rnncomp.SimpleRNN(2, activation="linear", input_shape=(2, 1)), rnncomp.Dense(1)]
    with np.errstate(all="ignore"):
        data = trace_data(explain(rnncomp.Sequential(layers, seed=0), [np.inf, 1.0]))
    made = parsed(data)
    assert "–" in made.text
    assert None in json.loads(made.scripts[0])["layers"][0]["h"][0]


def test_a_network_that_is_too_large_is_refused(monkeypatch):
    data = trace_data(traced("lstm"))
    monkeypatch.setattr(steps, "NUMBERS_LIMIT", 100)
    with pytest.raises(InvalidArgumentError, match=r"may hold 100 numbers, this one needs [\d,]+;"):
        steps_page(data)


def test_the_count_is_of_all_numbers():
    rows = [[1.0, 2.0], [3.0, 4.0]]
    assert steps._count({"a": rows, "b": {"c": [1.0], "d": [rows, rows]}}) == 13


def test_something_else_is_refused():
    with pytest.raises(InvalidArgumentError, match="data must be a mapping as trace_data"):
        steps_page({"layers": []})
    with pytest.raises(InvalidArgumentError, match="data must be a mapping as trace_data"):
        steps_page(traced("lstm"))
    data = trace_data(traced("lstm"))
    data["layers"] = []
    with pytest.raises(InvalidArgumentError, match="no recurrent and no Dense layer"):
        steps_page(data)


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    data = trace_data(traced("gru"))
    write_steps(tmp_path / "a.html", data)
    assert (tmp_path / "a.html").read_text(encoding="utf-8") == steps_page(data)
    with pytest.raises(OutputError, match="cannot be written"):
        write_steps(tmp_path / "a.html" / "b.html", data)
