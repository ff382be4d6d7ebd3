"""The folder of a run that breaks off: what is kept, what is refused, how it goes on."""

import os

import pytest

from rnncomp._files import new_folder
from rnncomp.cli import app
from rnncomp.cli.folders import fresh_folder, unfinished_folder, work_folder
from rnncomp.errors import OutputError

COMMAND = {"source": "sines", "seeds": (1, 2)}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def train(work, *names):
    for name in names:
        (work.trainings / f"{name}.safetensors").touch()


def save(folder):
    with new_folder(folder, last="comparison.json") as work:
        (work / "comparison.json").touch()


def run(folder, *, resume=False, before=(), stop=None):
    """Train `before`, stop with an error if there is one, else save; return what was resumed."""
    with work_folder(folder, COMMAND, resume=resume) as work:
        train(work, *before)
        if stop is not None:
            raise stop
        save(folder)
    return work.resumed


def kill(folder, *names):
    """Leave what a kill leaves: no `finally` runs."""
    manager = work_folder(folder, COMMAND, resume=False)
    work = manager.__enter__()
    train(work, *names)
    KILLED.append(manager)
    return work.trainings


KILLED = []  # generators that are never closed, as those of a killed process


@pytest.fixture(params=["new", "deep/new", "empty"])
def folder(request, tmp_path):
    if request.param == "empty":
        (tmp_path / "empty").mkdir()
    return tmp_path / request.param


def test_a_run_that_ends_leaves_its_folder_alone(tmp_path, folder):
    run(folder, before=["a"])
    assert [e for e in everything(tmp_path) if e != "deep"] == sorted(
        [folder.relative_to(tmp_path).as_posix(),
         (folder / "comparison.json").relative_to(tmp_path).as_posix()]
    )  # fmt: skip


def test_what_broke_off_goes_on(folder):
    with pytest.raises(KeyboardInterrupt) as error:
        run(folder, before=["a", "b"], stop=KeyboardInterrupt())
    assert error.value.__notes__ == [
        f"kept for {folder}: 2 finished trainings; the same command with --resume goes on"
    ]
    assert run(folder, resume=True) == 2
    assert [path.name for path in folder.iterdir()] == ["comparison.json"]


def test_a_killed_run_goes_on(folder):
    kill(folder, "a")
    assert run(folder, resume=True) == 1
    assert [path.name for path in folder.iterdir()] == ["comparison.json"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), ZeroDivisionError(), OutputError("full")])
def test_nothing_stays_of_a_run_without_a_training(tmp_path, folder, stop):
    before = everything(tmp_path)
    with pytest.raises(type(stop)) as error:
        run(folder, stop=stop)
    assert not hasattr(error.value, "__notes__")
    assert everything(tmp_path) == before


def test_without_resume_a_run_that_broke_off_is_refused(tmp_path, folder):
    kill(folder, "a")
    before = everything(tmp_path)
    with pytest.raises(OutputError, match=r"with 1 finished training kept; go on with --resume"):
        run(folder)
    assert everything(tmp_path) == before


def test_resume_with_nothing_kept_starts_from_the_beginning(folder):
    assert run(folder, resume=True) == 0
    assert (folder / "comparison.json").exists()


def test_resume_of_a_complete_run_is_refused(tmp_path, folder):
    run(folder)
    before = everything(tmp_path)
    with pytest.raises(OutputError, match="got a complete one; nothing is left to resume"):
        run(folder, resume=True)
    assert everything(tmp_path) == before


def test_trainings_that_a_kill_left_beside_a_complete_run_are_removed(tmp_path, folder):
    kept = kill(folder, "a")
    save(folder)
    with pytest.raises(OutputError, match="got a complete one"):
        run(folder, resume=True)
    assert not kept.exists()


def test_what_a_kill_left_of_the_saving_is_removed(tmp_path):
    kill(tmp_path / "a", "a")
    (tmp_path / ".a.rnncomp-123").mkdir()
    (tmp_path / ".other.rnncomp-123").mkdir()
    run(tmp_path / "a", resume=True)
    assert everything(tmp_path) == [".other.rnncomp-123", "a", "a/comparison.json"]


def test_trainings_beside_are_found_when_the_folder_was_made_meanwhile(tmp_path):
    kill(tmp_path / "a", "a")
    (tmp_path / "a").mkdir()
    assert run(tmp_path / "a", resume=True) == 1
    assert everything(tmp_path) == ["a", "a/comparison.json"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot be written .*; choose another --out"):
        run(tmp_path / "file" / "below")


def test_the_newest_run_of_the_same_command_is_found(tmp_path):
    assert unfinished_folder(COMMAND) is None
    for age, name in enumerate("abc"):
        kept = kill(tmp_path / "runs" / name, "x")
        os.utime(kept, (1000 - age, 1000 - age))
    with work_folder(tmp_path / "runs" / "d", {"source": "other"}, resume=False) as work:
        train(work, "x")
        (tmp_path / "runs" / ".e.trainings").mkdir()
        (tmp_path / "runs" / ".e.trainings" / "command.json").write_text("{")
        found = unfinished_folder({"seeds": [1, 2], "source": "sines"})
        assert found.resolve() == tmp_path / "runs" / "a"
        save(tmp_path / "runs" / "a")
        assert unfinished_folder(COMMAND).name == "b"


def test_a_fresh_folder_is_not_one_that_broke_off(tmp_path):
    names = set()
    for _ in range(3):
        folder = fresh_folder("sines")
        kill(tmp_path / folder)
        names.add(folder)
    assert len(names) == 3


def test_an_interrupt_says_what_is_kept(tmp_path, rnncomp_program, monkeypatch):
    import rich_click as click

    @click.command()
    def stopped():
        run(tmp_path / "a", before=["x"], stop=KeyboardInterrupt())

    monkeypatch.setattr(app.Commands, "get_command", lambda *args: stopped)
    result = rnncomp_program("compare")
    assert result.code == 130
    assert result.err.splitlines()[-1] == (
        f"rnncomp: error: interrupted; kept for {tmp_path / 'a'}: 1 finished training; "
        "the same command with --resume goes on"
    )


def test_an_error_says_what_is_kept(tmp_path, rnncomp_program, monkeypatch):
    import rich_click as click

    @click.command()
    def stopped():
        run(tmp_path / "a", before=["x", "y"], stop=OutputError("the disk is full"))

    monkeypatch.setattr(app.Commands, "get_command", lambda *args: stopped)
    result = rnncomp_program("compare")
    assert result.code == 2
    assert result.err == (
        f"rnncomp: error: the disk is full; kept for {tmp_path / 'a'}: 2 finished trainings; "
        "the same command with --resume goes on\n"
    )


def test_trainings_of_another_command_are_not_resumed(folder):
    """They would not be used, and be gone: better to say so."""
    kill(folder, "a")
    with (
        pytest.raises(OutputError, match=r"of the same command .* differ in epochs; give the same"),
        work_folder(folder, COMMAND | {"epochs": 7}, resume=True),
    ):
        pass
    assert run(folder, resume=True) == 1
