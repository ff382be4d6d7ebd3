"""A file and a folder appear whole or not at all."""

import errno
import os

import pytest

from rnncomp import _files as module
from rnncomp._files import TRAININGS, new_folder, sweep
from rnncomp.errors import OutputError


def write(folder):
    with new_folder(folder, last="z.json") as work:
        (work / "a.txt").write_text("a")
        (work / "z.json").write_text("{}")


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_new_folder_is_made_with_those_above_it(tmp_path):
    write(tmp_path / "runs" / "a")
    assert everything(tmp_path) == ["runs", "runs/a", "runs/a/a.txt", "runs/a/z.json"]
    plain = tmp_path / "plain"
    plain.mkdir()
    assert (tmp_path / "runs" / "a").stat().st_mode == plain.stat().st_mode


def test_an_empty_folder_is_filled_not_replaced(tmp_path):
    before = tmp_path.stat().st_ino
    write(tmp_path)
    assert everything(tmp_path) == ["a.txt", "z.json"]
    assert tmp_path.stat().st_ino == before


def test_a_relative_name_and_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(".")
    assert everything(tmp_path) == ["a.txt", "z.json"]


def test_the_last_file_comes_last(tmp_path, monkeypatch):
    moved = []
    monkeypatch.setattr(module.os, "replace", lambda a, b: (moved.append(b.name), os.rename(a, b)))
    with new_folder(tmp_path, last="b") as work:
        # In it, not beside it: it may be a mount point, another file system than its parent.
        assert work.parent == tmp_path
        for name in "abc":
            (work / name).touch()
    assert [name for name in moved if name in "abc"] == ["a", "c", "b"]


@pytest.mark.parametrize("name", ["a", "new/deep/a"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left")])
def test_nothing_stays_of_what_broke_off(tmp_path, name, error):
    expected = OutputError if isinstance(error, OSError) else KeyboardInterrupt
    (tmp_path / "a").mkdir()
    with pytest.raises(expected), new_folder(tmp_path / name, last="z") as work:  # noqa: PT012
        (work / "x").write_text("x")
        raise error
    assert everything(tmp_path) == ["a"]


def test_nothing_stays_when_moving_breaks_off(tmp_path, monkeypatch):
    def replace(source, target):
        if target.name == "z.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        os.rename(source, target)

    monkeypatch.setattr(module.os, "replace", replace)
    with pytest.raises(OutputError, match=r"cannot be written \(No space left on device\); free"):
        write(tmp_path)
    assert everything(tmp_path) == []


@pytest.mark.parametrize("into", [False, True])
def test_files_are_on_the_disk_before_the_folder_has_its_name(tmp_path, into, monkeypatch):
    target = tmp_path / "a"
    if into:
        target.mkdir()
    synced, fsync = [], os.fsync

    def noted(handle):
        name = os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))
        synced.append((name, (target / "z.json").exists()))
        fsync(handle)

    monkeypatch.setattr(module.os, "fsync", noted)
    write(target)
    assert [s for s in synced if s[0].endswith((".txt", ".json"))] == [
        ("a.txt", False),
        ("z.json", False),
    ]
    assert synced[-1] == (target.name if into else tmp_path.name, True)


def test_nothing_stays_when_the_disk_is_full_at_last(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OutputError, match=r"No space left on device"):
        write(tmp_path / "a")
    assert everything(tmp_path) == []


def test_other_content_is_refused_and_untouched(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    for name in "abc":
        (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match=r"it holds 'a', 'b', 'c', \.\.\.; choose") as error:
        write(tmp_path)
    assert "\n" not in str(error.value)
    assert everything(tmp_path) == ["a", "b", "c", "mine.txt"]


def test_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="got a file; choose another name"):
        write(tmp_path / "file")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file" / "below")
    assert everything(tmp_path) == ["file"]


def test_a_broken_link_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="broken link"):
        write(tmp_path / "link")


def test_a_folder_that_appears_meanwhile_is_not_overwritten(tmp_path):
    with pytest.raises(OutputError), new_folder(tmp_path / "a", last="z") as work:  # noqa: PT012
        (work / "z").touch()
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "mine").touch()
    assert everything(tmp_path) == ["a", "a/mine"]


class KilledError(BaseException):
    pass


@pytest.mark.parametrize("into", [False, True])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_what_a_kill_left_is_swept(tmp_path, monkeypatch, into, after):
    """Killed while it was writing (0), or moving its first or second file into a folder."""
    target = tmp_path / "a[1]"
    (tmp_path / "other").mkdir()
    if into:
        target.mkdir()
        (target / TRAININGS).mkdir()
    moved = []

    def replace(source, to):
        os.rename(source, to)
        moved.append(to.name)
        if len([name for name in moved if name in ("a.txt", "z.json")]) == after:
            raise KilledError

    def no_clearing(*args, **options):
        pass

    with monkeypatch.context() as patch:
        patch.setattr(module.os, "replace", replace)
        patch.setattr(module.shutil, "rmtree", no_clearing)
        patch.setattr(module.Path, "unlink", no_clearing)
        patch.setattr(module, "remove_empty", no_clearing)
        with pytest.raises(KilledError), new_folder(target, last="z.json") as work:  # noqa: PT012
            (work / "a.txt").touch()
            (work / "z.json").touch()
            if after == 0 or not into:
                raise KilledError
    assert len(list(tmp_path.rglob(".*rnncomp-*"))) == 1
    (tmp_path / "mine").touch()
    sweep(target)
    kept = [f"a[1]/{TRAININGS}", "a[1]"] if into else []
    assert everything(tmp_path) == sorted([*kept, "mine", "other"])


def test_trainings_are_no_content(tmp_path):
    (tmp_path / TRAININGS).mkdir()
    write(tmp_path)
    assert everything(tmp_path) == [TRAININGS, "a.txt", "z.json"]
