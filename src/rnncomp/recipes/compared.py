"""The honest variant of a tutorial on a series: `rnncomp.compare`, told in plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import rnncomp
from rnncomp.charts import comparison_pages
from rnncomp.recipes.told import Echo, Pace, Told
from rnncomp.recipes.wording import lines, listed, plus_minus

LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}
WORDS = LABELS | {
    "persistence": "persistence (next value = last value)",
    "seasonal_naive": "the seasonal naive forecast",
    "drift": "drift (the line from the first value to the last)",
    "mean": "the mean so far",
    "ridge": "ridge regression on the same lags",
}


@dataclass(frozen=True, kw_only=True)
class Honestly:
    """What a recipe adds to its comparison in words.

    Attributes:
        differences: What is done differently from the tutorial, after "Different from it:".
        metric: The error its sentences speak of.
        conclude: From the result of the comparison to the first of the two sentences.
    """

    differences: str
    metric: str
    conclude: Callable[[dict[str, Any]], str]


def compared(
    echo: Echo,
    how: Pace,
    series: Any,
    said: Honestly,
    *,
    recipe: str,
    options: Mapping[str, Any],
) -> Told:
    """Compare on a series, tell about it, and return the result.

    Args:
        echo: Where to say things.
        how: Epochs and seeds.
        series: What to compare on.
        said: What the recipe adds in words.
        recipe: Its name.
        options: Of `rnncomp.compare`, beside epochs and seeds.
    """
    echo(f"Different from the tutorial: {said.differences}.\n")
    run = rnncomp.compare(
        series,
        epochs=how.epochs,
        seeds=how.seeds,
        progress=_progress(echo) if how.verbose else None,
        **options,
    )
    result = run.comparison.to_dict()
    windows = result["data"]["windows"]
    echo(
        f"\nWindows: {windows['train']:,} training, {windows['validation']:,} validation, "
        f"{windows['test']:,} test"
    )
    for line in _table(result):
        echo(line)
    for note in result["notes"]:
        echo(note)
    echo("\nVerdict")
    for sentence in result["verdict"]:
        echo(sentence)
    if result["warnings"]:
        echo("\nBeware")
    for found in result["warnings"]:
        echo(found["text"])
    changes = tell_changes(
        echo, how, (said.conclude(result), baseline_sentence(result, said.metric))
    )
    pages = comparison_pages(run.comparison.charts)
    return Told(recipe, True, {"comparison": result}, pages, changes)


def tell_changes(echo: Echo, how: Pace, changes: tuple[str, ...]) -> tuple[str, ...]:
    """Print the two sentences of an honest variant, and return them.

    What came of other epochs than the tutorial's is not to be read as what came of those: each
    sentence then says so first, for either may be quoted alone.
    """
    told = tuple(_with_epochs(how, sentence) for sentence in changes)
    echo("\nWhat this changes")
    for sentence in told:
        echo(sentence)
    return told


def _with_epochs(how: Pace, sentence: str) -> str:
    """Return a sentence that opens with the epochs, if they are not the tutorial's."""
    if how.epochs == how.usual:
        return sentence
    own = f"{how.epochs} epoch{'' if how.epochs == 1 else 's'}, where the tutorial has {how.usual}"
    if 5 * how.epochs == how.usual:
        own = f"a fifth of the epochs, {how.epochs} of {how.usual}"
    return f"With {own}: {_lowered(sentence)}"


def _lowered(sentence: str) -> str:
    """Return a sentence as it goes on after a colon: its article small, a name as it is."""
    first, *rest = sentence.split(" ")
    return " ".join([first.lower() if first in ("The", "No") else first, *rest])


def lowest_network(result: Mapping[str, Any], metric: str) -> dict[str, Any]:
    """Return the row of the network with the lowest error on the test part."""
    rows = [row for row in result["leaderboard"] if row["kind"] == "network"]
    lowest: dict[str, Any] = min(rows, key=lambda row: _or_infinite(row[metric]))
    return lowest


def baseline_sentence(result: Mapping[str, Any], metric: str) -> str:
    """Say which baselines have a lower error than the lowest network, or that none has.

    Args:
        result: A comparison as plain values.
        metric: The error, such as ``mae``.
    """
    network = lowest_network(result, metric)
    if network[metric] is None:
        return "No network finished: every baseline has a lower error."
    error = f"{metric.upper()} {plus_minus(network[metric], network[f'{metric}_spread'])}"
    baselines = [row for row in result["leaderboard"] if row["kind"] == "baseline"]
    lower = sorted(
        (row for row in baselines if _or_infinite(row[metric]) < network[metric]),
        key=lambda row: row[metric],
    )
    if not lower:
        return f"No baseline has a lower error than {LABELS[network['name']]} ({error})."
    several = sum(row["kind"] == "network" for row in result["leaderboard"]) > 1
    label = LABELS[network["name"]]
    own = f"every network (the lowest, {label}: {error})" if several else f"{label} ({error})"
    names = listed([f"{WORDS[row['name']]} {plus_minus(row[metric], None)}" for row in lower])
    return (
        f"{len(lower)} of the {len(baselines)} baselines, which need no network at all, have a "
        f"lower error than {own}: {names}."
    )


def _or_infinite(error: float | None) -> float:
    return float("inf") if error is None else error


def _table(result: Mapping[str, Any]) -> list[str]:
    """Return the leaderboard as text: mean and spread over seeds."""
    rows = [
        [LABELS.get(row["name"], row["name"])]
        + [_cell(row[name], row[f"{name}_spread"]) for name in ("mae", "rmse")]
        + [f"{row['n_params']:,}" if row["n_params"] else "-"]
        for row in result["leaderboard"]
    ]
    return lines(["", "MAE", "RMSE", "weights"], rows)


def _cell(error: float | None, deviation: float | None) -> str:
    return "diverged" if error is None else plus_minus(error, deviation)


def _progress(echo: Echo) -> Callable[[rnncomp.Progress], None]:
    def listen(event: rnncomp.Progress) -> None:
        if event.done:
            label = LABELS.get(event.network, event.network)
            echo(f"trained {label}, seed {event.seed}: {event.epoch} epochs, loss {event.loss:.5f}")

    return listen
