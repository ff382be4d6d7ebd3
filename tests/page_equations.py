"""docs/equations.md as a program: its lines, made into NumPy and executed.

An equation is an indented line that ends in a shape: ``h_t = φ(z)    # (B, U) why``. Its notation
is nearly Python's; `to_python` is all that is in between. Nothing here knows any cell: what is
computed stands on the page alone.
"""

import re
from functools import partial
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

PAGE = Path(__file__).parents[1] / "docs" / "equations.md"
TEXT = PAGE.read_text(encoding="utf-8")
EQUATION = re.compile(r"^    (\S+) += (.+?) +# (\([^)]*\))(.*)$")


class Equation(NamedTuple):
    """One line of the page."""

    target: str  # what is assigned, as Python
    expression: str  # as Python
    summed: bool  # whether it is Σ_t: added up over the steps
    shape: str  # in letters
    text: str
    lstm_only: bool


def section(heading):
    """Return the text under a heading that starts with `heading`, up to the next of its level."""
    level = heading.split(" ")[0]
    start = TEXT.index(f"\n{heading}") + 1
    body = start + len(heading)
    end = re.search(rf"^#{{1,{len(level)}}} ", TEXT[body:], re.MULTILINE)
    return TEXT[start:] if end is None else TEXT[start : body + end.start()]


def blocks(text):
    """Return the equations of a text, a list for each block of indented lines."""
    code = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"(?:^    \S.*\n)+", code, re.MULTILINE)
    return [[read(line) for line in block.splitlines()] for block in found]


def read(line):
    """Return the equation of a line; every indented line of the page has to be one."""
    match = EQUATION.match(line)
    assert match, f"not `name = expression    # (shape)`: {line!r}"
    target, expression, shape, words = match.groups()
    total = re.fullmatch(r"Σ_t\((.*)\)", expression)
    python = to_python(total[1] if total else expression)
    return Equation(to_python(target), python, bool(total), shape, line.strip(), "LSTM" in words)


def to_python(notation):
    """Return an expression of the page as Python.

    Example:
        >>> to_python("[h_{t-1}ᵀ @ dz_z, dg] · φ′(g)²")
        'side_by_side(h_before.T @ dz_z, dg) * φ_slope(g)**2'
        >>> to_python("0 where abs(z) ≤ 1/2, else z")
        'where(abs(z) <= 1/2, 0, z)'
    """
    if choice := re.fullmatch(r"(.*?) where (.*?), else (.*)", notation):
        one, condition, other = choice.groups()
        condition = re.sub(r" = ", " == ", condition)
        return f"where({to_python(condition)}, {to_python(one)}, {to_python(other)})"
    notation = re.sub(r"(?<!\w)(\S+) < (\S+) < (\S+)", r"(\1 < \2) & (\2 < \3)", notation)
    notation = re.sub(r"(?<![\w\]])\[([^\[\]]*)\]", r"side_by_side(\1)", notation)
    for old, new in (
        ("_{t-1}", "_before"), ("ᵀ", ".T"), ("²", "**2"), ("ᵏ", "**k"), ("·", "*"),
        ("′(", "_slope("), ("√(", "sqrt("), ("≥", ">="), ("≤", "<="), ("≠", "!="),
    ):  # fmt: skip
        notation = notation.replace(old, new)
    return notation


class Names(dict):
    """What the letters stand for.

    A name that is not there may be a gate's columns of one that is (``z_f``, `gates` in order), or
    the present step ``t`` of a whole sequence (``dz_t`` of dz).
    """

    def __init__(self, *known, gates="", **more):
        super().__init__()
        for names in (*known, more):
            self.update(names)
        self.gates = gates

    def __missing__(self, name):
        base, _, part = name.rpartition("_")
        if base and part in self.gates.split():
            whole = self[base]
            gates = self.gates.split()
            size = whole.shape[-1] // len(gates)
            start = gates.index(part) * size
            return whole[..., start : start + size]
        if base and part == "t" and base in self:
            return self[base][:, self["t"]]
        raise KeyError(name)


def functions(activation="tanh", recurrent="sigmoid", tables=None):
    """Return what the page takes for granted, and φ and σ with slopes from its own `tables`."""
    known = {
        "where": np.where, "clip": np.clip, "sqrt": np.sqrt, "exp": np.exp, "log": np.log,
        "tanh": np.tanh, "sign": np.sign, "mean": np.mean, "abs": np.abs, "max": np.maximum,
        "Φ": ndtr, "π": np.pi,
        "side_by_side": lambda *parts: np.concatenate(parts, axis=-1),
        "Σ_b": lambda a: a.sum(axis=0), "Σ_g": np.sum, "Σ_p": np.sum,
        "Σ_u": lambda a: a.sum(axis=-1, keepdims=True),
    }  # fmt: skip
    for letter, name in (("φ", activation), ("σ", recurrent)) if tables else ():
        y, slope = tables[name]
        numbers = known | constants()
        known[letter] = partial(evaluate_at, "z", y, numbers)
        known[f"{letter}_slope"] = partial(evaluate_at, "y", slope, numbers)
    return known


def evaluate(expression, known, *, z=None, y=None):
    """Return a column of the tables for arrays z, y, or both."""
    value = eval(expression, {}, Names(known, z=z, y=y))
    return np.broadcast_to(np.asarray(value, float), np.shape(y if z is None else z))


def evaluate_at(letter, expression, known, values):
    """Return `evaluate` where `letter`, z or y, is `values`."""
    return evaluate(expression, known, **{letter: values})


def run(equations, names, *, lstm=False):
    """Execute equations in their order, and hold every result against the shape on its line."""
    for line in equations:
        if line.lstm_only and not lstm:
            continue
        value = line.expression
        if line.summed:
            value = f"{line.target} + ({value})"
        sequences = "t" not in names and re.search(r"\w_t\b", line.text)
        for t in range(names["T"]) if sequences else (None,):
            step = names if t is None else Names(names, t=t, gates=names.gates)
            result = eval(value, {}, step)
            assert np.shape(result) == shape_of(line, names), line.text
            store(line.target, result, names, step.get("t"), whole=sequences and not line.summed)
            if t is not None and line.summed:
                step[line.target] = result
    return names


def store(target, value, names, t, *, whole):
    """Assign to a name, to a row of a weight (``dbias[0]``), or to step t of a sequence."""
    if row := re.fullmatch(r"(\w+)\[(\d)\]", target):
        names[row[1]][int(row[2])] = value
    elif whole:
        names[target.removesuffix("_t")][:, t] = value
    else:
        names[target] = value


def shape_of(line, names):
    """Return the shape that a line states, in numbers: ``(B, 4U)``."""
    sizes = line.shape.strip("()").split(",")
    return tuple(
        prod(names[part] if part.isalpha() else int(part) for part in re.findall(r"[A-Z]|\d+", s))
        for s in sizes
        if s.strip()
    )


def tables():
    """Return y and slope of every activation in the page's tables, as Python."""
    found = {}
    for row in re.findall(r"^\| ([a-z0-9_, ()]+) \| (.+) \| (.+) \|$", section("### Slopes"), re.M):
        names, y, slope = row
        if names != "activation":
            for name in re.sub(r" \(.*\)", "", names).split(", "):
                found[name] = to_python(y), to_python(slope)
    return found


def constants():
    """Return the numbers s and a of selu, as the page states them."""
    return {name: float(value) for name, value in re.findall(r"`([sa])` = ([\d.]+\d)", TEXT)}
