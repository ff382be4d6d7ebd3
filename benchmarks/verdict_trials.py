"""Trials of the verdict: simulated comparisons with a known winner or a known tie.

    python benchmarks/verdict_trials.py --trials 6 --jobs 2

Three networks with S seeds and three baselines are scored on N test windows. The loss of a window:

    mean of the contender + effect of the seed + error over time + error of the seed over time,

the last two averaged over the H targets of a window, so that windows in a row are correlated. The
network to be judged is chosen on a validation part, where the same seeds have the same effect. A
tie is one of expectations, over all seeds and all time: any one test part has a lowest mean. Every
comparison is made twice, with other seeds on the same test part.

Writes setup.md, trials.csv (a row a comparison) and summary.md to
``benchmarks/runs/<date>-verdict/``. About ten minutes on two idle cores with ten trials of each.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import itertools
import math
import multiprocessing
import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidence import command_line, commit
from rnncomp.comparison.judgement import Judgement, judge

Array = NDArray[np.float64]

NETWORKS = ("simple_rnn", "lstm", "gru")
BASELINES = ("persistence", "ridge", "mean")
SCENARIOS: dict[str, dict[str, float]] = {  # who is better than the rest, by how many `gap`
    "all tie": {},
    "a network is best": {"gru": 1.0},
    "a baseline is best": {"ridge": 1.0},
    "two networks tie, ahead": {"gru": 1.0, "lstm": 1.0},
}
SEEDS, WINDOWS, HORIZONS = (3, 5, 10), (60, 300, 2000), (1, 12, 48)
SEED_EFFECTS = (0.3, 3.0)  # sd, in sds of the mean error over time
MEMORIES = (0.0, 0.5)  # autoregression of the error of a target, beside shared targets


@dataclass(frozen=True)
class Cell:
    """One kind of comparison."""

    scenario: str
    seeds: int
    windows: int
    horizon: int
    seed_effect: float
    heavy: bool  # errors with 3 degrees of freedom and skewed, else normal
    memory: float

    @property
    def gap(self) -> float:
        """How much better is better: 8 standard errors of a difference of two networks."""
        time = 1.0 / math.sqrt(self.windows)
        return 8.0 * time * math.sqrt(2.0 * (1.0 + self.seed_effect**2 / self.seeds))


@dataclass(frozen=True)
class Trial:
    """What came of one comparison: claims of the judged network about the five others."""

    scenario: str
    seeds: int
    windows: int
    horizon: int
    seed_effect: float
    heavy: bool
    memory: float
    number: int
    wrong: bool  # some claim names a better one that is not
    covered: bool  # every interval holds the true difference
    differ: int  # others that truly differ
    found: int  # of those, claimed rightly
    winner: str
    turned: bool  # with other seeds, A better than B became B better than A


def cells() -> Iterator[Cell]:
    """Return all kinds of comparison."""
    return itertools.starmap(
        Cell,
        itertools.product(
            SCENARIOS, SEEDS, WINDOWS, HORIZONS, SEED_EFFECTS, (False, True), MEMORIES
        ),
    )


def errors(cell: Cell, rows: int, rng: np.random.Generator) -> Array:
    """Return errors over time, shape (rows, N); N times the variance of their mean is near 1."""
    burn = 50
    shape = (rows, burn + cell.windows + cell.horizon - 1)
    steps = rng.normal(size=shape)
    if cell.heavy:  # a square is never below 0: most losses small, some large
        steps = 0.8 * rng.standard_t(3, size=shape) / math.sqrt(3.0)
        steps += 0.6 * (np.square(rng.normal(size=shape)) - 1.0) / math.sqrt(2.0)
    for n in range(1, shape[1]) if cell.memory else ():
        steps[:, n] = cell.memory * steps[:, n - 1] + (1.0 - cell.memory) * steps[:, n]
    summed = np.cumsum(np.pad(steps[:, burn:], ((0, 0), (1, 0))), axis=1)
    return (summed[:, cell.horizon :] - summed[:, : -cell.horizon]) / cell.horizon


def compared(cell: Cell, time: Mapping[str, Array], rng: np.random.Generator) -> Judgement:
    """Train, so to say, all networks with new seeds, and judge them on the given test part."""
    unit = 1.0 / math.sqrt(cell.windows)
    losses, rows, validation = {}, [], {}
    for name in (*NETWORKS, *BASELINES):
        loss = 100.0 + true_mean(cell, name) + time[name]  # (1, N)
        if name in NETWORKS:
            effects = cell.seed_effect * unit * rng.normal(size=(cell.seeds, 1))
            loss = loss + effects + 0.5 * errors(cell, cell.seeds, rng)
            validation[name] = true_mean(cell, name) + effects.mean() + unit * rng.normal()
        losses[name] = loss
        kind = "network" if name in NETWORKS else "baseline"
        row = {"name": name, "kind": kind, "mae": float(loss.mean())}
        seeds = list(range(len(loss)))
        rows.append(row | {"seeds": seeds, "scores": {"mae": loss.mean(axis=1).tolist()}})
    best = min(validation, key=lambda name: validation[name])
    return judge(rows, best, losses=losses, horizon=cell.horizon)


def true_mean(cell: Cell, name: str) -> float:
    """Return the expected loss of a contender."""
    return -cell.gap * SCENARIOS[cell.scenario].get(name, 0.0)


def trial(cell: Cell, number: int) -> Trial:
    """Make one comparison, and again with other seeds."""
    key = list(repr((cell, number)).encode())
    rng = np.random.default_rng(key)
    time = {name: errors(cell, 1, rng) for name in (*NETWORKS, *BASELINES)}
    judged, again = compared(cell, time, rng), compared(cell, time, rng)
    wrong, covered, differ, found = False, True, 0, 0
    for claim in judged.claims.values():
        truth = true_mean(cell, claim.subject) - true_mean(cell, claim.other)
        said = {"better": -1, "worse": 1}.get(claim.relation, 0)
        wrong |= said != 0 and said != np.sign(truth)
        covered &= claim.low <= truth <= claim.high
        differ += truth != 0.0
        found += truth != 0.0 and said == np.sign(truth)
    turned = bool(_better(judged) & {(b, a) for a, b in _better(again)})
    return Trial(
        **asdict(cell), number=number, wrong=bool(wrong), covered=bool(covered), differ=differ,
        found=found, winner=judged.winner or "", turned=turned,
    )  # fmt: skip


def _better(judgement: Judgement) -> set[tuple[str, str]]:
    """Return the pairs of which the first is said to be better than the second."""
    claims = judgement.claims.values()
    ahead = {(c.subject, c.other) for c in claims if c.relation == "better"}
    return ahead | {(c.other, c.subject) for c in claims if c.relation == "worse"}


def _trial(job: tuple[Cell, int]) -> Trial:
    return trial(*job)


FAMILIES: dict[str, Callable[[Trial], Any]] = {
    "all": lambda t: "",
    "truth": lambda t: t.scenario,
    "seeds": lambda t: t.seeds,
    "windows": lambda t: t.windows,
    "horizon": lambda t: t.horizon,
    "sd of the seed effect": lambda t: t.seed_effect,
    "errors": lambda t: "heavy tails, skewed" if t.heavy else "normal",
}


def summary(trials: Iterable[Trial]) -> str:
    """Return summary.md."""
    every = list(trials)
    lines = ["# Trials of the verdict", ""]
    for memory, title in ((0.0, "Errors of targets independent"), (0.5, "Autoregressive, 0.5")):
        lines += [f"## {title}", "", *_table([t for t in every if t.memory == memory]), ""]
    lines += [
        "wrong: some claim names a better one where there is a tie, or the other is better. "
        "± is twice the standard error. covered: all five intervals of a comparison hold the "
        "truth. power: differences of 8 standard errors that were claimed. turned: with other "
        "seeds on the same test part, some A better than B became B better than A.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _table(trials: list[Trial]) -> list[str]:
    lines = [
        "| family | comparisons | wrong | covered | power | turned |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for family, key in FAMILIES.items():
        for value in sorted({key(t) for t in trials}):
            some = [t for t in trials if key(t) == value]
            wrong = sum(t.wrong for t in some) / len(some)
            error = 2.0 * math.sqrt(wrong * (1.0 - wrong) / len(some))
            differ, found = sum(t.differ for t in some), sum(t.found for t in some)
            lines.append(
                f"| {family} {value} | {len(some):,} | {wrong:.1%} ± {error:.1%} "
                f"| {sum(t.covered for t in some) / len(some):.1%} "
                f"| {f'{found / differ:.0%}' if differ else '-'} "
                f"| {sum(t.turned for t in some) / len(some):.2%} |"
            )
    return lines


def main() -> None:
    """Run the trials and keep them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=6, help="comparisons of each kind")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--out", type=Path, help="another folder")
    chosen = parser.parse_args()
    today = datetime.date.today().isoformat()
    folder = chosen.out or Path(__file__).parent / "runs" / f"{today}-verdict"
    jobs = [(cell, number) for cell in cells() for number in range(chosen.trials)]
    with multiprocessing.Pool(chosen.jobs) as pool:
        made = pool.map(_trial, jobs, chunksize=16)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "trials.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Trial)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in made)
    setup = [
        "# Setup", "", f"- command: `{command_line('verdict_trials.py')}`", f"- commit: {commit()}",
        f"- python: {platform.python_version()}", f"- numpy: {np.__version__}",
        f"- system: {platform.system()} {platform.machine()}",
    ]  # fmt: skip
    (folder / "setup.md").write_text("\n".join(setup) + "\n", encoding="utf-8")
    (folder / "summary.md").write_text(summary(made), encoding="utf-8")
    print(summary(made))


if __name__ == "__main__":
    main()
