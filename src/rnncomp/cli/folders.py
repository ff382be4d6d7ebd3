"""Where results go, and where finished trainings wait until there are results."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rnncomp._files import TRAININGS, make_parents, remove_empty, sweep, write_whole
from rnncomp.errors import OutputError

COMPLETE = "comparison.json"  # the file that is written last
COMMAND = "command.json"
RUNS = Path("runs")


def fresh_folder(name: str) -> Path:
    """Return a folder under ``runs/`` that does not exist yet, named after series and time."""
    stem = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    candidates = (RUNS / (stem + (f"-{k}" if k else "")) for k in range(1000))
    return next(path for path in candidates if not path.exists() and not _beside(path).exists())


def unfinished_folder(command: Mapping[str, Any]) -> Path | None:
    """Return the newest folder under ``runs/`` whose run broke off, of the same command.

    Args:
        command: What decides the results, as plain values.
    """
    found = []
    for kept in RUNS.glob(f".*{TRAININGS}"):
        folder = RUNS / kept.name.removeprefix(".").removesuffix(TRAININGS)
        with suppress(OSError, ValueError):
            text = (kept / COMMAND).read_text(encoding="utf-8")
            if json.loads(text) == _plain(command) and not _complete(folder):
                found.append((kept.stat().st_mtime_ns, folder))
    return max(found)[1] if found else None


@dataclass(frozen=True)
class WorkFolder:
    """Where the finished trainings of a run wait.

    Attributes:
        trainings: The folder that holds them.
        resumed: How many were there when the run began.
    """

    trainings: Path
    resumed: int


@contextmanager
def work_folder(folder: Path, command: Mapping[str, Any], *, resume: bool) -> Iterator[WorkFolder]:
    """Keep finished trainings while a block makes the run folder; what is kept survives a kill.

    They wait in a hidden folder beside the run folder, which appears whole at the end; or in it, if
    it is there and empty, for it may be a mount point, and what is beside it another disk. When the
    block ends well, they are removed. When it ends otherwise they stay, if there are any, and the
    error gets a note that says how to go on.

    Args:
        folder: The run folder that the block will make.
        command: What decides the results, as plain values; for `unfinished_folder`.
        resume: Whether trainings that were kept are used. Where there are none, the run simply
            starts from the beginning, so that a script can always pass it.

    Yields:
        Where to keep them.

    Raises:
        OutputError: A run of this name broke off and `resume` is off, or it is complete and
            `resume` is on, or the folder cannot be made.
    """
    folder = folder.expanduser().absolute()
    kept = _kept(folder)
    if kept.exists() and _complete(folder):  # killed between the last file and the clearing
        shutil.rmtree(kept, ignore_errors=True)
    if resume and _complete(folder):
        raise OutputError(
            f"{folder}: must be a run that broke off, got a complete one; nothing is left to "
            "resume, leave out --resume and choose another --out to run it again"
        )
    if kept.exists() and not resume:
        raise OutputError(
            f"{folder}: must be new or empty, but a run there broke off or is still going on, with "
            f"{_trainings(_count(kept))} kept; go on with --resume, or choose another --out, or "
            f"remove {kept}"
        )
    if kept.exists():
        _check_same(kept, command)
        sweep(folder)
    made = _make(kept, command)
    try:
        yield WorkFolder(kept, _count(kept))
    except BaseException as error:
        if count := _count(kept):
            error.add_note(
                f"kept for {folder}: {_trainings(count)}; the same command with --resume goes on"
            )
        else:
            _remove(kept, made)
        raise
    _remove(kept, [])


def _check_same(kept: Path, command: Mapping[str, Any]) -> None:
    """Raise if trainings were kept for other options: none of them would be used."""
    try:
        before = json.loads((kept / COMMAND).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    now = _plain(command)
    if before != now:
        other = sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))
        raise OutputError(
            f"{kept}: must hold trainings of the same command to resume, got others, which differ "
            f"in {', '.join(other)}; give the same options, or choose another --out"
        )


def _kept(folder: Path) -> Path:
    """Return where the trainings of a run folder are, or will be."""
    inside = folder / TRAININGS
    if inside.exists() or (folder.is_dir() and not _beside(folder).exists()):
        return inside
    return _beside(folder)


def _beside(folder: Path) -> Path:
    return folder.parent / f".{folder.name}{TRAININGS}"


def _make(kept: Path, command: Mapping[str, Any]) -> list[Path]:
    """Make the folder with the command in it; return those above it that are new."""
    try:
        made = make_parents(kept.parent)
        kept.mkdir(exist_ok=True)
        write_whole(kept / COMMAND, json.dumps(_plain(command), indent=2).encode())
    except OSError as error:
        raise OutputError(
            f"{kept}: must hold the finished trainings, but cannot be written "
            f"({error.strerror}); choose another --out"
        ) from None
    return made


def _remove(kept: Path, made: list[Path]) -> None:
    shutil.rmtree(kept, ignore_errors=True)
    remove_empty(made)


def _plain(command: Mapping[str, Any]) -> Any:
    return json.loads(json.dumps(command))


def _complete(folder: Path) -> bool:
    return (folder / COMPLETE).exists()


def _count(kept: Path) -> int:
    return sum(1 for path in kept.glob("[!.]*.safetensors"))


def _trainings(count: int) -> str:
    return f"{count} finished training{'s'[: count != 1]}"
