"""Tutorial 1, the whole program: its errors over five seeds, and its wall time, beside Keras's.

    python benchmarks/tutorial1.py errors      # five seeds each of Keras on JAX, TensorFlow, ours
    python benchmarks/tutorial1.py wall        # Keras on TensorFlow and ours, in turn, three times

Both train SimpleRNN, LSTM and GRU with one seed and write four charts; ours is `rnncomp compare`
with the tutorial's scaling, which leaks. Errors are in scaled units, as the tutorial has them.
The folder gets errors.csv, wall.csv, and a summary of both; programs left out keep their rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from crew import HERE, KINDS, WorkerError
from evidence import RUNS, command_line, load_average, setup_page
from tutorial1_summary import render

RAW_PER_SCALED = 9.88443  # range of the series: ours reports errors in the user's units
SEEDS = range(5)
PROGRAMS = ("keras-jax", "keras-tensorflow", "rnncomp")
WALL_PROGRAMS = ("keras-tensorflow", "rnncomp")

Scores = dict[str, dict[str, float]]
Line = dict[str, str]


def keras_command(program: str, seed: int, folder: Path) -> list[str]:
    """Return the command of the tutorial on Keras."""
    script = HERE / "peers" / "tutorial1_keras.py"
    return [KINDS[program].python(), str(script), str(seed), str(folder)]


def our_command(seed: int, folder: Path) -> list[str]:
    """Return the same job as a command of ours."""
    options = "--window 50 --units 50 --epochs 20 --batch-size 32 --scale minmax --scale-on all"
    chosen = [*options.split(), "--seeds", f"{seed},", "--out", str(folder / "run")]
    return [str(Path(sys.executable).with_name("rnncomp")), "compare", "sines", *chosen]


def run_program(program: str, seed: int) -> tuple[float, Scores]:
    """Run one program in a folder of its own; return its wall seconds and scores by cell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = program == "rnncomp"
        command = our_command(seed, folder) if ours else keras_command(program, seed, folder)
        environment = os.environ | dict(KINDS[program].variables) | {"TF_CPP_MIN_LOG_LEVEL": "2"}
        start = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - start
        if done.returncode:
            raise WorkerError(f"{program} failed:\n{done.stderr[-3000:]}")
        return seconds, our_scores(folder) if ours else keras_scores(folder)


def keras_scores(folder: Path) -> Scores:
    """Read what the Keras program wrote, by our names of cells."""
    found = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    names = {"SimpleRNN": "simple_rnn", "LSTM": "lstm", "GRU": "gru"}
    return {names[name]: scores for name, scores in found.items()}


def our_scores(folder: Path) -> Scores:
    """Read our leaderboard, turned into scaled units."""
    found = json.loads((folder / "run" / "comparison.json").read_text(encoding="utf-8"))
    missing = {"timeline.png", "training.png"} - {path.name for path in (folder / "run").iterdir()}
    if missing:
        raise SystemExit(f"rnncomp compare did not write {missing}")
    return {
        row["name"]: {"mse": row["mse"] / RAW_PER_SCALED**2, "mae": row["mae"] / RAW_PER_SCALED}
        for row in found["leaderboard"]
        if row["kind"] == "network"
    }


def measure_errors(programs: list[str]) -> list[Line]:
    """Return a line for each program, seed and cell."""
    lines = []
    for program in programs:
        for seed in SEEDS:
            _, scores = run_program(program, seed)
            for cell, score in scores.items():
                numbers = {key: f"{score[key]:.6g}" for key in ("mse", "mae")}
                lines.append({"program": program, "seed": str(seed), "cell": cell, **numbers})
            print(f"{program}, seed {seed}: done", flush=True)
    return lines


def measure_wall(programs: list[str]) -> list[Line]:
    """Return a line for each program and round, the programs in turn."""
    for program in programs:
        run_program(program, 0)  # files into the page cache, byte code compiled
    lines = []
    for number in range(3):
        for program in programs:
            seconds, _ = run_program(program, number)
            lines.append({"program": program, "round": str(number), "seconds": f"{seconds:.4g}"})
            print(f"{program}: {seconds:.2f} s", flush=True)
    return lines


def keep_lines(path: Path, lines: list[Line]) -> list[str]:
    """Write the lines; programs that were not run now keep those they have in the file.

    Returns:
        The programs that the file holds then.
    """
    run_now = {line["program"] for line in lines}
    kept = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            kept = [line for line in csv.DictReader(file) if line["program"] not in run_now]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        lines = sorted(kept + lines, key=lambda line: PROGRAMS.index(line["program"]))
        writer.writerows(lines)
    return list(dict.fromkeys(line["program"] for line in lines))


def main() -> None:
    """Parse, measure, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    jobs: dict[str, tuple[Callable[[list[str]], list[Line]], tuple[str, ...]]] = {
        "errors": (measure_errors, PROGRAMS),
        "wall": (measure_wall, WALL_PROGRAMS),
    }
    parser.add_argument("what", choices=jobs)
    parser.add_argument("--programs", nargs="+", choices=PROGRAMS, help="not all of them")
    default = RUNS / f"{datetime.date.today().isoformat()}-tutorial1"
    parser.add_argument("--out", type=Path, default=default)
    arguments = parser.parse_args()
    load = load_average()
    measure, all_programs = jobs[arguments.what]
    programs = arguments.programs or list(all_programs)
    lines = measure(programs)
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept = keep_lines(arguments.out / f"{arguments.what}.csv", lines)
    page = setup_page(kept, command_line("tutorial1.py"), load)
    (arguments.out / f"setup-{arguments.what}.md").write_text(page, encoding="utf-8")
    text = render(arguments.out)
    (arguments.out / "summary.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
