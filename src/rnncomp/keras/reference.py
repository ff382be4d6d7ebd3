"""The page of all Keras words, made from the code: docs/keras.md.

``python -m rnncomp.keras.reference`` in the root of the source tree writes it.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from rnncomp.errors import RnncompError, UnsupportedError
from rnncomp.keras import (
    activations,
    callbacks,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)
from rnncomp.keras.left_out import left_out
from rnncomp.training.left_out import LEFT_OUT

PAGE = Path("docs/keras.md")

HEAD = (
    "# Keras's words\n\n"
    "This page is made from the code: `make docs` writes it, a test compares it. It has every "
    "layer, loss, metric, optimizer, schedule, callback, initializer, regularizer and activation "
    "of Keras 3.15, and the methods of its models: what each does here, or that it is refused, and "
    "what to do instead. Nothing "
    "is accepted and ignored: what stands here as refused raises an error that says the same. "
    "Defaults are Keras's.\n"
)

MODULES: dict[str, tuple[str, ModuleType]] = {
    "layers": ("Layers", layers),
    "losses": ("Losses", losses),
    "metrics": ("Metrics", metrics),
    "optimizers": ("Optimizers", optimizers),
    "optimizers.schedules": ("Learning-rate schedules", schedules),
    "callbacks": ("Callbacks", callbacks),
    "initializers": ("Initializers", initializers),
    "regularizers": ("Regularizers", regularizers),
    "activations": ("Activations", activations),
}

BASES = frozenset(
    {"Callback", "Initializer", "Layer", "LearningRateSchedule"}
    | {"Loss", "Metric", "Optimizer", "Regularizer"}
)

# What a constructor needs beside the argument that is asked for.
NEEDED = {
    "units": 2,
    "learning_rate": 0.5,
    "shape": (3, 1),
    "input_dim": 2,
    "output_dim": 2,
    "rate": 0.5,
    "n": 2,
    "layer": layers.LSTM(2),
}


class Argument(NamedTuple):
    """One argument of a constructor.

    Attributes:
        name: In Keras and here.
        default: As it is written, empty if there is none.
        refused: Whether any value but the default is refused by name.
        words: What it does, or what to do instead; empty if it is neither told nor refused.
    """

    name: str
    default: str
    refused: bool
    words: str


class Other:
    """A value that no argument takes."""

    def __repr__(self) -> str:
        return "another"


def reference() -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, *(_section(name) for name in MODULES), _sequential()])


def classes(module: str) -> dict[str, type]:
    """Return the classes of a module by their names in Keras, without bases and second names."""
    home = MODULES[module][1]
    found = {name: getattr(home, name) for name in sorted(home.__all__)}
    found = {name: cls for name, cls in found.items() if inspect.isclass(cls)}
    firsts = {cls: name for name, cls in reversed(found.items())}
    return {name: cls for name, cls in found.items() if firsts[cls] == name not in BASES}


def refused_names(module: str) -> dict[str, str]:
    """Return {name of Keras: what to do instead} of what a module does not have."""
    return getattr(MODULES[module][1], "REFUSED", None) or left_out(module)


def arguments(cls: type) -> list[Argument]:
    """Return the arguments of a constructor, in order."""
    told = described(cls)
    given = inspect.signature(cls).parameters.values()
    known = [p for p in given if p.kind is not p.VAR_KEYWORD or not _none(told, p.name)]
    return [_argument(cls, parameter, told) for parameter in known]


def _none(told: dict[str, str], name: str) -> bool:
    """Return whether a class says that it knows no further keyword arguments."""
    return told.get(name, "None").startswith("None")


def described(cls: type) -> dict[str, str]:
    """Return {argument: what it does} from the docstrings of a class and its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        text = inspect.cleandoc(base.__doc__ or "")
        for part in re.findall(r"^(?:Args|Attributes):\n((?: +.*\n?|\n)*)", text, re.M):
            for names, words in re.findall(r"^    ([*\w, ]+): (.*(?:\n {5,}.*)*)", part, re.M):
                plain = re.sub(r"\s+", " ", words).replace("``", "`")
                found |= {name.strip(" *"): plain for name in names.split(",")}
    return found


def _argument(cls: type, parameter: inspect.Parameter, told: dict[str, str]) -> Argument:
    name, default = parameter.name, parameter.default
    words, advice = told.get(name, ""), _advice(cls, name)
    refused = advice is not None and (not words or words.startswith("Refused"))
    shown = "" if default is parameter.empty else repr(default)
    name = f"**{name}" if parameter.kind is parameter.VAR_KEYWORD else name
    return Argument(name, shown, refused, advice if refused and advice else words)


def _advice(cls: type, name: str) -> str | None:
    """Return what the constructor says when it refuses an argument, None if it does not."""
    wanted = inspect.signature(cls).parameters
    needed = {key: value for key, value in NEEDED.items() if key in wanted}
    try:
        cls(**{**needed, name: Other()})
    except UnsupportedError as error:
        found = re.search(rf"does not support {name}=another; (.*)", str(error))
        return found and found[1]
    except (RnncompError, TypeError, AttributeError):
        return None
    return None


def _section(module: str) -> str:
    title, home = MODULES[module]
    tables = [_table(name, cls) for name, cls in classes(module).items()]
    names = ", ".join(f"`{name}`" for name in home.__all__)
    parts = tables or [f"Functions of arrays, or their names; [formulas](equations.md): {names}.\n"]
    return "\n".join([f"## {title}\n", *parts, _left_out(module)])


def _table(name: str, cls: type) -> str:
    words = inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    rows = [_row(argument) for argument in arguments(cls)]
    if not rows:
        return f"### {name}\n\n{words}\n"
    head = "| argument | default | what it does |\n|---|---|---|"
    return "\n".join([f"### {name}\n\n{words}\n", head, *rows, ""])


def _row(argument: Argument) -> str:
    default = f"`{argument.default}`" if argument.default else ""
    words = argument.words.replace("|", "\\|")
    return f"| `{argument.name}` | {default} | {'refused: ' * argument.refused}{words} |"


def _sequential() -> str:
    return "\n".join(
        ["## Sequential\n\nIt has the methods of Keras's but for these.\n", _refused(LEFT_OUT)]
    )


def _left_out(module: str) -> str:
    return _refused(refused_names(module))


def _refused(names_advice: dict[str, str]) -> str:
    found: dict[str, list[str]] = {}
    for name, advice in names_advice.items():
        found.setdefault(advice, []).append(name)
    if not found:
        return ""
    rows = [f"| {', '.join(f'`{n}`' for n in names)} | {a} |" for a, names in found.items()]
    head = "| refused | what to do instead |\n|---|---|"
    return "\n".join([head, *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(f"wrote {PAGE}")  # noqa: T201
