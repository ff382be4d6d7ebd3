"""`rnncomp convert` and `python -m rnncomp.convert`."""

import subprocess
import sys

import pytest
from command import assert_one_line_error

from rnncomp import GRU, Sequential


@pytest.fixture
def model_file(rnncomp_program):
    """m.safetensors in the folder where the program runs."""
    model = Sequential([GRU(4, input_shape=(3, 1))], seed=1)
    model.compile(optimizer="adam", loss="mse")
    model.save("m.safetensors")
    return "m.safetensors"


def test_to_onnx(rnncomp_program, model_file):
    result = rnncomp_program("convert", model_file, "m.onnx")
    assert result.code == 0, result.err
    assert result.out == "wrote m.onnx: 84 weights\nleft behind: optimizer, loss and metrics\n"


def test_as_json(rnncomp_program, model_file):
    result = rnncomp_program("convert", model_file, "m.onnx", "--json")
    assert result.json() == {
        "path": "m.onnx",
        "parameters": 84,
        "left_behind": ["optimizer, loss and metrics"],
    }


def test_a_template_for_weights_alone(rnncomp_program, model_file):
    assert rnncomp_program("convert", model_file, "m.weights.h5").code == 0
    assert_one_line_error(rnncomp_program("convert", "m.weights.h5", "m.onnx"), "template")
    result = rnncomp_program("convert", "m.weights.h5", "m.keras", "--template", model_file)
    assert (result.code, result.out) == (0, "wrote m.keras: 84 weights\n")


def test_bad_input_is_one_line(rnncomp_program, model_file, tmp_path):
    assert_one_line_error(rnncomp_program("convert", "gone.safetensors", "m.onnx"), "gone")
    assert_one_line_error(rnncomp_program("convert", model_file, "m.pt"), "m.pt", ".onnx")
    assert_one_line_error(rnncomp_program("convert", model_file), "OUT")
    assert_one_line_error(rnncomp_program("convert", model_file, "no/m.onnx"), "no/m.onnx")
    assert [path.name for path in tmp_path.iterdir()] == [model_file]


def test_an_existing_file_is_replaced_on_request_alone(rnncomp_program, model_file):
    assert rnncomp_program("convert", model_file, "m.onnx").code == 0
    assert_one_line_error(rnncomp_program("convert", model_file, "m.onnx"), "exists already")
    assert rnncomp_program("convert", model_file, "m.onnx", "--overwrite").code == 0


def test_as_a_program_of_its_own(model_file, tmp_path):
    program = [sys.executable, "-m", "rnncomp.convert"]
    done = subprocess.run([*program, model_file, "m.onnx"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "m.onnx").exists()
    told = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True).stdout
    assert "python -m rnncomp.convert model.safetensors model.onnx" in told
