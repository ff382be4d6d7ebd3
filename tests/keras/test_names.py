"""Every public name of Keras is here or refused, with Keras's arguments, each told or refused.

fixtures/names.json comes from real Keras (make_names.py).
"""

import hashlib
import inspect
import json
from pathlib import Path

import pytest

from rnncomp.errors import UnsupportedError
from rnncomp.keras import reference
from rnncomp.keras.models import Sequential
from rnncomp.keras.reference import BASES, MODULES, arguments, classes, refused_names
from rnncomp.training.left_out import LEFT_OUT

HERE = Path(__file__).parent
FIXTURE = json.loads((HERE / "fixtures" / "names.json").read_text())
NAMES = {module: names for module, names in FIXTURE["names"].items() if module in MODULES}
PAGE = HERE.parents[1] / "docs" / "keras.md"

OWN = {"QuantileLoss"}  # not Keras's

# Methods that Keras calls on itself.
# fmt: off
PLUMBING = {
    "build_from_config", "call", "compute_loss_and_updates", "compute_mask", "compute_output_shape",
    "compute_output_spec", "get_build_config", "get_quantization_layer_structure", "get_state_tree",
    "jax_state_sync", "load_own_variables", "make_predict_function", "make_test_function",
    "make_train_function", "predict_step", "quantized_build", "quantized_call",
    "rematerialized_call", "save_own_variables", "set_state_tree", "stateless_call",
    "stateless_compute_loss", "symbolic_call",
}
# fmt: on

CLASSES = [(m, name) for m in MODULES for name in classes(m) if name not in OWN]


def test_the_fixture_is_that_of_the_maker_beside_it():
    maker = HERE / "make_names.py"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == FIXTURE["maker_sha256"]


@pytest.mark.parametrize("module", NAMES)
def test_every_name_of_keras_is_there_or_refused(module):
    home, refused = MODULES[module][1], refused_names(module)
    ours = set(home.__all__) - set(getattr(home, "REFUSED", ()))
    assert set(NAMES[module]) - ours - set(refused) == set()
    assert ours & set(refused) == set()
    assert set(refused) <= set(NAMES[module]), "no names of Keras"


@pytest.mark.parametrize("module", NAMES)
def test_a_refused_name_says_so_when_it_is_called(module):
    home = MODULES[module][1]
    for name, advice in refused_names(module).items():
        with pytest.raises(UnsupportedError) as caught:
            getattr(home, name)(1, a=2)
        assert str(caught.value) == f"{name} is not supported; {advice}"
    with pytest.raises(AttributeError, match="nonsense"):
        home.nonsense  # noqa: B018


def test_every_method_of_a_model_is_there_or_refused():
    ours = {name for name in dir(Sequential) if name[0] != "_"}
    assert set(FIXTURE["methods"]) - ours == PLUMBING
    assert set(LEFT_OUT) <= set(FIXTURE["methods"]), "no methods of Keras"
    for name, advice in LEFT_OUT.items():
        with pytest.raises(UnsupportedError) as caught:
            getattr(Sequential(), name)(1, a=2)
        assert str(caught.value) == f"Sequential.{name} is not supported; {advice}"


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_a_constructor_has_the_arguments_of_keras(module, name):
    cls = classes(module)[name]
    given = inspect.signature(cls).parameters.values()
    named = [p for p in given if p.kind is p.POSITIONAL_OR_KEYWORD]
    ours = {p.name: [] if p.default is p.empty else [plain(p.default)] for p in named}
    assert list(ours) == list(NAMES[module][name])
    assert ours == NAMES[module][name]


def plain(value):
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


@pytest.mark.parametrize(("module", "name"), CLASSES)
def test_every_argument_is_told_or_refused(module, name):
    """What is neither told in a docstring nor refused would be accepted and ignored."""
    assert [a.name for a in arguments(classes(module)[name]) if not a.words] == []


def test_bases_are_left_out_of_the_page_alone():
    assert set(NAMES) <= set(MODULES)
    assert {name for names in NAMES.values() for name in names} >= BASES


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference.reference(), "run `make docs`"


def test_the_page_has_every_class_and_argument():
    page = PAGE.read_text(encoding="utf-8")
    for module, name in CLASSES:
        assert f"\n### {name}\n" in page
        section = page.split(f"\n### {name}\n")[1].split("\n### ")[0]
        for argument in NAMES[module][name]:
            assert f"| `{argument}` |" in page, (section, argument)
