"""The four tutorials as whole programs: wall time of each recipe, and what the honest ones say.

    python benchmarks/recipe_wall.py              # 5 rounds, about two minutes on two idle cores

Each round runs every recipe, as told and honestly, on one core and on all, start-up and charts
included. It writes wall.csv (every run), setup.json, honest.txt (what the honest variants print)
and summary.md to benchmarks/runs/<date>-recipes/.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from evidence import RUNS, command_line, load_average, machine

RECIPES = ("sines", "counting", "arithmetic", "sunspots")
FIELDS = ("round", "recipe", "honest", "cores", "seconds", "cpu_seconds", "load")


def run_recipe(name: str, honest: bool, cores: set[int], compiled: str) -> tuple[float, float, str]:
    """Run one recipe in a folder of its own; wall seconds, processor seconds, what it printed.

    Python keeps its compiled files in the folder `compiled`, as those of an installed package are
    kept: else each start would compile all of ours again where a machine forbids to keep them.
    """
    program = str(Path(sys.executable).with_name("rnncomp"))
    command = [program, "recipe", name, *(["--honest"] if honest else [])]
    environment = os.environ | {"PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = os.times()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
    seconds = time.perf_counter() - start
    after = os.times()
    cpu = after.children_user + after.children_system
    return seconds, cpu - before.children_user - before.children_system, done.stdout


def measure(rounds: int) -> tuple[list[dict[str, object]], dict[str, str]]:
    """Run everything in turn; the rows, and what each honest recipe printed."""
    everywhere = os.sched_getaffinity(0)
    rows: list[dict[str, object]] = []
    said = {}
    with tempfile.TemporaryDirectory() as compiled:
        for name in RECIPES:
            said[name] = run_recipe(name, True, everywhere, compiled)[2].partition("saved ")[0]
        plan = itertools.product(
            range(rounds), RECIPES, (False, True), ({min(everywhere)}, everywhere)
        )
        for number, name, honest, cores in plan:
            load = load_average()
            seconds, cpu, _ = run_recipe(name, honest, cores, compiled)
            values = (number, name, int(honest), len(cores), f"{seconds:.3f}", f"{cpu:.3f}", load)
            rows.append(dict(zip(FIELDS, values, strict=True)))
    return rows, said


def render(folder: Path) -> str:
    """Return summary.md, made from the files of a folder."""
    facts = json.loads((folder / "setup.json").read_text(encoding="utf-8"))
    with (folder / "wall.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cores = sorted({int(row["cores"]) for row in rows})
    loads = [float(row["load"]) for row in rows]
    lines = [
        "# The recipes as whole programs",
        "",
        f"`{facts['command']}`: {facts['processor']}, {facts['cores']} cores, Python "
        f"{facts['python']}.",
        "`rnncomp recipe NAME`, start-up and charts included; median (lowest to highest) of "
        f"{1 + max(int(row['round']) for row in rows)} rounds, seconds.",
        f"Load before a run, which counts the runs before it: {min(loads):.1f} to "
        f"{max(loads):.1f}. With others on the machine the lowest is nearest to the truth.",
        "",
        "| recipe | "
        + " | ".join(f"wall, {n} core{'s'[: n > 1]}" for n in cores)
        + " | processor, 1 core |",
        "|---|" + "---:|" * (len(cores) + 1),
    ]
    for name in RECIPES:
        for honest in (0, 1):
            own = [r for r in rows if (r["recipe"], int(r["honest"])) == (name, honest)]
            cells = [
                _cell([float(r["seconds"]) for r in own if int(r["cores"]) == n]) for n in cores
            ]
            one = [float(r["cpu_seconds"]) for r in own if int(r["cores"]) == cores[0]]
            words = f"{name} --honest" if honest else name
            lines.append(f"| {words} | " + " | ".join([*cells, _cell(one)]) + " |")
    lines += ["", "What the honest variants print is in `honest.txt`.", ""]
    return "\n".join(lines)


def _cell(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def main() -> None:
    """Measure, and write the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="runs of each")
    parser.add_argument("--out", type=Path, help="folder; by default runs/<date>-recipes")
    options = parser.parse_args()
    folder = options.out or RUNS / f"{datetime.now(UTC):%Y-%m-%d}-recipes"
    facts = machine() | {"command": command_line("recipe_wall.py")}
    rows, said = measure(options.rounds)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "wall.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "setup.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    (folder / "summary.md").write_text(render(folder), encoding="utf-8")
    (folder / "honest.txt").write_text("\n".join(said.values()), encoding="utf-8")
    print(f"wrote {os.path.relpath(folder)}")


if __name__ == "__main__":
    main()
