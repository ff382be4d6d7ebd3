# make demo    the main job on the built-in sine series
# make test    the whole test suite
# make check   ruff, mypy, clang-format
# make bench   all benchmarks, beside Keras, torch and others (makes environments for them)
# make parity  240 exports beside onnxruntime, 500 random configurations beside Keras (makes an
#              environment for it); SEED=12 for one of these
# make docs    the pages that are made from the code, and the notebooks with their outputs
# make test-arm, make test-v2    the kernel tests on emulated processors, see native/emulated.mk
# Each sets up what it needs in .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NATIVE := CMakeLists.txt pyproject.toml $(wildcard native/*/*)
BUILD_TOOLS := "scikit-build-core>=0.11" "nanobind>=3.0,<4" "cmake>=3.21" "ninja>=1.11"
WITHOUT_ISOLATION := --no-build-isolation --config-settings=build-dir=build/editable

.PHONY: demo test check bench parity docs clean
.DELETE_ON_ERROR:

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/tools: | $(BIN)/python
	$(BIN)/python -m pip install --quiet $(BUILD_TOOLS)
	touch $@

$(VENV)/installed: $(VENV)/tools $(NATIVE)
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet $(WITHOUT_ISOLATION) -e .
	touch $@

$(VENV)/dev: $(VENV)/installed
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pip install --quiet $(WITHOUT_ISOLATION) -e ".[dev]"
	touch $@

demo: $(VENV)/installed
	$(BIN)/rnncomp compare

test: $(VENV)/dev
	$(BIN)/python -m pytest -n auto

check: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run --Werror $(wildcard native/*/*.h native/*/*.cpp)

bench: $(VENV)/dev
	$(BIN)/python benchmarks/run.py

parity: $(VENV)/dev
	$(if $(SEED),,RNNCOMP_PARITY=1 $(BIN)/python -m pytest -q -n auto tests/convert/test_onnx_random.py)
	$(BIN)/python benchmarks/setup_peers.py jax
	PYTHONPATH=tests $(BIN)/python -m differential $(if $(SEED),--seed $(SEED))
	$(if $(SEED),,$(BIN)/python -m pytest -q -n auto -W ignore tests/convert/with_keras.py)

docs: $(VENV)/dev
	$(BIN)/python -m rnncomp.cli.reference
	$(BIN)/python -m rnncomp.keras.reference
	$(BIN)/python docs/notebooks/make.py

include native/emulated.mk

clean:
	rm -rf build $(VENV)
