"""Files and folders that appear whole or not at all, also when the power fails."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from rnncomp._check import as_path
from rnncomp.errors import OutputError

TRAININGS = ".trainings"
"""What finished trainings are kept in until the folder of their run is complete."""
_MOVED = ".moved"  # in a work folder: the names that are being moved out of it


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a crash leaves the old file or the new one, never a half.

    Raises:
        OSError: The file cannot be written; nothing is left behind.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    _sync_names(path.parent)


@contextmanager
def new_folder(folder: str | os.PathLike[str], *, last: str) -> Iterator[Path]:
    """Give a temporary folder to write in, which becomes `folder` when the block ends well.

    A new folder is renamed into its place. Into an empty one, which may be a mount point and then
    cannot be replaced, the files are moved one by one, `last` at the end: where it is, all is.

    Args:
        folder: Where the files shall be; must be absent or empty.
        last: Name of the file that says that a folder is complete.

    Yields:
        The temporary folder, on the same file system.

    Raises:
        OutputError: `folder` has other content, or cannot be written; nothing is left behind.
    """
    target = as_path("folder", folder).expanduser().absolute()
    made: list[Path] = []
    work = target
    try:
        check_empty(target)
        into = target.is_dir()
        made = make_parents(target.parent)
        work = (target if into else target.parent) / f"{_work_name(target)}{uuid4().hex[:12]}"
        work.mkdir()
        yield work
        _sync(work)
        if into:
            _move(work, target, last)
        else:
            os.rename(work, target)
        _sync_names(target if into else target.parent)
    except BaseException as error:
        if work != target:
            shutil.rmtree(work, ignore_errors=True)
        remove_empty(made)
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise OutputError(_cannot_write(target, error)) from None
        raise


class _TrialEndedError(Exception):
    """Ends a trial of `new_folder`."""


def check_new_folder(folder: str | os.PathLike[str]) -> None:
    """Raise at once what `new_folder` would raise after a long training.

    It is tried out, and nothing is left behind.

    Args:
        folder: Where the files shall be.

    Raises:
        OutputError: `folder` has other content, or cannot be written.
    """
    with suppress(_TrialEndedError), new_folder(folder, last=""):
        raise _TrialEndedError


def sweep(folder: Path) -> None:
    """Remove what a kill left of `new_folder` for this folder, files half moved in among them.

    Nobody may be writing it meanwhile.
    """
    for place in (folder.parent, folder):
        for work in list(place.iterdir()) if place.is_dir() else []:
            if work.name.startswith(_work_name(folder)):
                with suppress(OSError):
                    for name in (work / _MOVED).read_text(encoding="utf-8").splitlines():
                        (folder / Path(name).name).unlink(missing_ok=True)
                shutil.rmtree(work, ignore_errors=True)


def check_empty(folder: Path) -> None:
    """Raise unless `folder` is absent or an empty folder; the trainings of its run do not count.

    Raises:
        OutputError: It is a file, or holds something.
        OSError: It cannot be looked into.
    """
    if folder.is_symlink() and not folder.exists():
        raise OutputError(f"{folder}: must be new or empty, got a broken link; choose another name")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(
            f"{folder}: must be a new or empty folder, got a file; choose another name"
        )
    found = sorted(entry.name for entry in folder.iterdir() if entry.name != TRAININGS)
    if found:
        names = ", ".join(map(repr, found[:3])) + (", ..." if len(found) > 3 else "")
        raise OutputError(
            f"{folder}: must be new or empty, it holds {names}; choose another name or remove it"
        )


def _sync(folder: Path) -> None:
    """Wait until the files of a folder are on the disk, before a name says that they are."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_names(folder)


def _sync_names(folder: Path) -> None:
    """The same for the names in a folder, where the file system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def make_parents(folder: Path) -> list[Path]:
    """Make a folder and those above it; return the new ones, deepest first."""
    absent = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return absent


def remove_empty(folders: list[Path]) -> None:
    """Remove those of the folders that are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _work_name(folder: Path) -> str:
    return f".{folder.name}.rnncomp-"


def _move(work: Path, target: Path, last: str) -> None:
    names = sorted((p.name for p in work.iterdir()), key=lambda name: (name == last, name))
    moved: list[Path] = []
    try:
        write_whole(work / _MOVED, "\n".join(names).encode())  # for `sweep`, after a kill
        for name in names:
            os.replace(work / name, target / name)
            moved.append(target / name)
        shutil.rmtree(work)
    except BaseException:
        for path in moved:
            path.unlink(missing_ok=True)
        raise


def _cannot_write(folder: Path, error: OSError) -> str:
    why = " ".join((error.strerror or str(error)).split())
    return f"{folder}: cannot be written ({why}); free space there or choose another place"
