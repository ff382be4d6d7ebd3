"""What a search for a network's options goes through: ranges and choices, by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rnncomp._check import count, fail, one_of, real
from rnncomp.comparison.settings import OWN

Values = tuple[float, float] | list[float]
"""A range with both ends, or choices."""

Space = dict[str, Values]

RANGES: Space = {
    "window": (8, 96),
    "units": (8, 128),
    "layers": (1, 2),
    "dropout": (0.0, 0.3),
    "learning_rate": (1e-4, 1e-2),
}
"""What is searched unless said otherwise; the window never takes over a quarter of train."""

WHOLE = ("window", "units", "layers")
LOGARITHMIC = ("window", "units", "learning_rate")


def search_space(given: Any, *, fixed: Collection[str] = (), train_rows: int) -> Space:
    """Return what to search, by name.

    Args:
        given: What differs from `RANGES`: a tuple is a range, a list are choices.
        fixed: Options that are not searched.
        train_rows: Rows of the training part.

    Raises:
        InvalidArgumentError: A name is unknown or fixed, or its values break their rule.

    Example:
        >>> space = search_space({"units": [16, 32]}, fixed=["layers", "dropout"], train_rows=200)
        >>> space
        {'window': (8, 50), 'units': [16, 32], 'learning_rate': (0.0001, 0.01)}
    """
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        hint = "pass for example {'units': (8, 128), 'window': [24, 48]}"
        raise fail("space", "a mapping from options to values", given, hint)
    for name in given:
        one_of("space", name, OWN)
        if name in fixed:
            hint = "leave it out of one of them"
            raise fail(f"space {name}", "left out where the option itself is given",
                       given[name], hint)  # fmt: skip
    low, high = RANGES["window"]
    longest = max(1, min(int(high), train_rows // 4))
    usual = RANGES | {"window": (min(int(low), longest), longest)}
    space = {name: _values(name, given[name]) if name in given else usual[name] for name in OWN}
    space = {name: values for name, values in space.items() if name not in fixed}
    if not space:
        raise fail("space", f"at least one of {', '.join(OWN)}", dict(given), "fix fewer options")
    return space


def words(values: Values) -> str:
    """Return a range or choices as a sentence has them.

    Example:
        >>> words((8, 128)), words([24, 48, 96]), words([24])
        ('8 to 128', '24, 48 or 96', '24')
    """
    texts = [f"{value:g}" for value in values]
    if isinstance(values, tuple):
        return " to ".join(texts)
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def holds(values: Values, value: float) -> bool:
    """Whether a value can be searched.

    Example:
        >>> holds((8, 128), 50), holds([24, 48], 50)
        (True, False)
    """
    return values[0] <= value <= values[1] if isinstance(values, tuple) else value in values


def _values(name: str, values: Any) -> Values:
    what = f"space {name}"
    if isinstance(values, tuple) and len(values) == 2:
        low, high = (_value(name, value) for value in values)
        if low > high:
            raise fail(what, "a range (lowest, highest)", values)
        return low, high
    if not isinstance(values, list) or not values:
        hint = "pass a tuple of two numbers or a list"
        raise fail(what, "a range (lowest, highest) or a list of choices", values, hint)
    choices = [_value(name, value) for value in values]
    if len(set(choices)) < len(choices):
        raise fail(what, "a list of different choices", values)
    return choices


def _value(name: str, value: Any) -> float:
    what = f"space {name}"
    if name in WHOLE:
        return count(what, value)
    if name == "dropout":
        return real(what, value, at_least=0.0, below=1.0)
    return real(what, value, above=0.0)
