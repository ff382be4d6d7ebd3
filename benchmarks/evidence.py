"""A folder of evidence: setup.md (what ran where), raw.csv (every round), summary.md."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shlex
import subprocess
import sys
from pathlib import Path

from crew import HERE, KINDS, Worker, WorkerError
from rows import Row, read_rows, write_rows
from summary import render

RUNS = HERE / "runs"


def machine() -> dict[str, str]:
    """Return what the machine is: nothing that names it or its owner."""
    facts: dict[str, str] = {}
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines():
            key, _, value = line.partition(":")
            facts[key.strip()] = value.strip()
    flags = facts.get("flags", "").split()
    vectors = [name for name in ("avx2", "avx512f", "avx512_bf16") if name in flags]
    numbers = ", ".join(f"{key} {facts[key]}" for key in ("cpu family", "model") if key in facts)
    model = facts.get("model name", platform.machine())
    return {
        "processor": f"{model} ({numbers})" if numbers else model,
        "cores": str(os.cpu_count()),
        "vectors": ", ".join(vectors) or "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def slug() -> str:
    """Return a neutral name of the machine: processor and cores."""
    words = f"{machine()['processor'].replace('cpu family', 'family')} {os.cpu_count()} cores"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def load_average() -> str:
    """Return the load of the last minute, which should be near 0 when a run starts."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def commit() -> str:
    """Return the commit that is checked out, with a mark if files differ from it."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--abbrev=10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def versions(peers: list[str]) -> dict[str, str]:
    """Ask each peer for its versions."""
    found = {}
    for name in peers:
        try:
            worker = Worker(name, 1)
        except WorkerError as error:
            found[KINDS[name].title] = error.short
            continue
        try:
            reply = worker.ask("describe")["versions"]
            found[worker.title] = ", ".join(f"{key} {value}" for key, value in reply.items())
        except WorkerError as error:
            found[worker.title] = error.short
        finally:
            worker.close()
    return found


def command_line(script: str, *, left_out: str = "--out") -> str:
    """Return the command that started this run, without the folder it wrote to."""
    words = sys.argv[1:]
    if left_out in words:
        at = words.index(left_out)
        words = words[:at] + words[at + 2 :]
    return shlex.join(["python", f"benchmarks/{script}", *words])


def setup_page(peers: list[str], command: str, load: str) -> str:
    """Return setup.md."""
    facts = machine() | {
        "load average before the start": load,
        "commit": commit(),
        "command": f"`{command}`",
    }
    lines = ["# Setup", "", *(f"- {key}: {value}" for key, value in facts.items()), ""]
    lines += ["## Versions", "", *(f"- {key}: {value}" for key, value in versions(peers).items())]
    return "\n".join(lines) + "\n"


def free_folder(suffix: str) -> Path:
    """Return runs/<date>-<machine><suffix>, numbered if it is taken."""
    name = f"{datetime.date.today().isoformat()}-{slug()}{suffix}"
    taken = {path.name for path in RUNS.glob("*")}
    numbered = (name if n == 1 else f"{name}-run{n}" for n in range(1, 1000))
    return RUNS / next(candidate for candidate in numbered if candidate not in taken)


def keep(
    rows: list[Row], folder: Path | None, *, command: str, suffix: str = "", load: str = "unknown"
) -> Path:
    """Write the three files; the summary is made from the rows as written."""
    folder = folder or free_folder(suffix)
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "raw.csv", rows)
    peers = list(dict.fromkeys(row.peer for row in rows))
    (folder / "setup.md").write_text(setup_page(peers, command, load), encoding="utf-8")
    text = render(read_rows(folder / "raw.csv"))
    (folder / "summary.md").write_text(text, encoding="utf-8")
    print(f"wrote {os.path.relpath(folder)}")
    return folder
