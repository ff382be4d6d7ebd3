import pytest
from command import Program


@pytest.fixture
def rnncomp_program(capsys, tmp_path, monkeypatch):
    """The program, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Program(capsys)
