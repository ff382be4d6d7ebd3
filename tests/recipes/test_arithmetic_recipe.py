"""Tutorial 3: its sequences, its printed lines, its chart; and which starts are held out."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from rnncomp.recipes import run_arithmetic
from rnncomp.recipes.sequences import make_parts, make_sequences, random_starts


def silent(text):
    pass


def axes_of(page):
    figure = Figure(figsize=page.size)
    page.draw(figure)
    return figure.axes[0]


@pytest.fixture(scope="module")
def told():
    lines = []
    return lines, run_arithmetic(lines.append, seed=2, verbose=0)


def test_prints_what_the_tutorial_prints(told):
    lines, found = told
    text = "\n".join(lines)
    sample = re.search(r"^A sample: \[(\d+), (\d+), (\d+)\] -> (\d+)$", text, re.MULTILINE)
    assert np.diff([int(number) for number in sample.groups()]).tolist() == [10, 10, 10]
    assert "Shape before reshaping: (1000, 3)\nShape after reshaping: (1000, 3, 1)" in text
    assert "(None, 5)" in text
    assert "Total params: 41 (164.00 B)" in text
    assert "Input: [50, 60, 70]" in text
    assert f"Predicted next value: {found.facts['predicted']:.2f}" in lines


def test_sequences_are_the_tutorials():
    starts = random_starts(0)
    assert (len(starts), starts.min(), starts.max()) == (1000, 0, 99)
    sequences = make_sequences(starts)
    assert sequences.shape == (1000, 4)
    assert (np.diff(sequences) == 10).all()


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_all_three_verbosities(verbose, capsys):
    run_arithmetic(silent, epochs=2, seed=0, verbose=verbose)
    out = capsys.readouterr().out
    line = r"25/25 - \ds - \w+/step - loss: \S+ - val_loss: \S+\n"
    assert len(re.findall(line, out)) == (2 if verbose == 2 else 0)
    assert out.count("25/25 ━━━━━━━━━━━━━━━━━━━━ ") == (2 if verbose == 1 else 0)


@pytest.mark.parametrize("seed", range(5))
def test_its_answers_are_like_kerass(seed):
    """Keras gave 79.1 to 84.7 in four runs; ours 79.4 to 87.1 in five."""
    assert 70 < run_arithmetic(silent, seed=seed, verbose=0).facts["predicted"] < 92


def test_the_chart_is_the_tutorials(told):
    (page,) = told[1].pages
    assert page.size == (10.0, 6.0)
    ax = axes_of(page)
    assert ax.get_title() == "Model Loss During Training"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Epoch", "Loss (MSE)")
    train, validation = ax.get_lines()
    assert (to_hex(train.get_color()), train.get_linestyle()) == ("#1c7ed6", "-")
    assert (to_hex(validation.get_color()), validation.get_linestyle()) == ("#fd7e14", "--")
    assert len(train.get_ydata()) == 30
    assert ax.get_legend()._get_loc() == 1  # upper right
    assert ax.xaxis.get_gridlines()[0].get_linestyle() == "--"


def test_no_start_is_in_two_parts():
    parts, drawn = make_parts(3), random_starts(3)
    train, validation, test = map(set, (parts.train, parts.validation, parts.test))
    assert (len(validation), len(test)) == (16, 20)
    assert not train & validation
    assert not train & test
    assert not validation & test
    assert len(parts.train) == sum(start in train for start in drawn)
    assert parts.repeated == sum(start in drawn[:800] for start in drawn[800:])


@pytest.fixture(scope="module")
def honest():
    lines = []
    return lines, run_arithmetic(lines.append, honest=True, verbose=0)


def test_the_two_sentences_come_from_the_numbers(honest):
    lines, told = honest
    assert list(told.conclusion) == lines[-2:]
    predicted, errors = np.array(told.facts["predicted"]), told.facts["errors"]
    assert f"over 5 seeds it is {predicted.mean():.1f} ± {predicted.std(ddof=1):.1f}" in lines[-2]
    assert f"{np.abs(predicted - 80).mean():.2g} off on average" in lines[-2]
    assert f"{told.facts['repeated']} of the 200 validation sequences were" in lines[-2]
    held = np.mean(errors["starts held out"]["SimpleRNN"])
    beyond = np.mean(errors["starts 100 to 199"]["SimpleRNN"])
    assert f"{held:.2g} off on starts held out and {beyond:.2g} off on starts 100" in lines[-1]
    assert lines[-1].endswith("it learned these numbers, not the rule.")


def test_the_rule_is_never_wrong_and_the_last_value_always(honest):
    for words, of in honest[1].facts["errors"].items():
        step = {"steps of 5": 5.0, "steps of 20": 20.0}.get(words, 10.0)
        assert of["last + step"] == [0.0]
        assert of["last"] == [step]
        assert len(of["SimpleRNN"]) == 5


def test_held_out_starts_are_harder_than_what_was_learned_only_outside(honest):
    errors = honest[1].facts["errors"]
    assert max(errors["starts held out"]["SimpleRNN"]) < 10  # the step: better than the last value
    assert min(errors["starts 100 to 199"]["SimpleRNN"]) > 10


def test_honest_charts(honest):
    loss, beyond = map(axes_of, honest[1].pages)
    assert loss.get_title() == "Model Loss During Training"
    assert beyond.get_title() == "Next Value, Inside and Outside of What Was Learned"
    facts = honest[1].facts["charts"]["beyond"]
    assert facts["learned"][0] >= 30
    assert facts["learned"][1] <= 129
