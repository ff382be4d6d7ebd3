"""The stepping page: one prediction, step by step, each gate opened to its arithmetic."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from rnncomp._check import fail
from rnncomp.errors import InvalidArgumentError
from rnncomp.report.numbers import short
from rnncomp.report.rendering import packaged, render, write_text

NUMBERS_LIMIT = 1_000_000
DIGITS = {"float32": 9, "float64": 17}  # so many tell any two numbers apart
CARRIED = (
    *("name", "kind", "activation", "recurrent_activation", "reset_after", "order", "places"),
    "inputs",
    *("there", "initial", "x", "sums", "gates", "others", "h", "c", "scales"),
)
NEEDED = ("title", "dtype", "columns", "times", "window", "output", "worked_output", "layers")


def write_steps(path: str | os.PathLike[str], data: Mapping[str, Any]) -> None:
    """Write the stepping page of a trace to a file, whole or not at all.

    Args:
        path: Where to; a file that is there is replaced.
        data: As in `steps_page`.

    Raises:
        InvalidArgumentError: As in `steps_page`.
        OutputError: The file cannot be written; what was there is still there.
    """
    write_text(path, lambda: steps_page(data))


def steps_page(data: Mapping[str, Any]) -> str:
    """Return one prediction as an HTML page that needs no other file and no network.

    Its program multiplies and adds what the engine read, and shows the engine's own result beside
    it. It carries every number with 9 digits, which is all that float32 has, or 17 of float64.

    Args:
        data: What `rnncomp.explanation.trace_data` returns.

    Raises:
        InvalidArgumentError: It is something else; it has no layer that computes; or more than
            1,000,000 numbers, about 12 MB.
    """
    if not isinstance(data, Mapping) or any(name not in data for name in NEEDED):
        hint = "pass trace_data(trace)"
        raise fail("data", "a mapping as trace_data returns it", type(data).__name__, hint)
    layers = [layer for layer in data["layers"] if layer["sums"]]
    if not layers:
        raise InvalidArgumentError(
            "the network has no recurrent and no Dense layer, so there is nothing to step through"
        )
    carried = {
        "columns": data["columns"],
        "times": data["times"],
        "window": data["window"],
        "layers": [_layer(layer) for layer in layers],
    }
    _check_size(carried)
    return render(
        "steps.html",
        style=packaged("page.css") + packaged("steps.css"),
        script=packaged("heat.js") + packaged("steps.js"),
        data=_rounded(carried, DIGITS.get(data["dtype"], 17)),
        title=data["title"] or "One prediction",
        facts=_facts(data),
        notes=data.get("notes", ()),
        last=layers[-1]["name"],
        network=[_box(layer) for layer in data["layers"]],
        outputs=_outputs(data),
        in_units=data.get("values") is not None,
    )


def _layer(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page reads of a layer: all that its arithmetic needs, and nothing twice."""
    made = {name: layer[name] for name in CARRIED}
    made["weights"] = {name: weight["values"] for name, weight in layer["weights"].items()}
    if layer["h"] is None:
        made["y"] = layer["y"]
    return made


def _check_size(carried: Mapping[str, Any]) -> None:
    size = _count(carried)
    if size > NUMBERS_LIMIT:
        raise InvalidArgumentError(
            f"a stepping page may hold {NUMBERS_LIMIT:,} numbers, this one needs {size:,}; "
            "explain a shorter window or a smaller network"
        )


def _count(value: Any) -> int:
    """Return how many numbers there are in a nest of lists and mappings."""
    if isinstance(value, Mapping):
        return sum(_count(inner) for inner in value.values())
    if isinstance(value, list):
        if value and not isinstance(value[0], (list, Mapping)):
            return len(value)
        return sum(_count(inner) for inner in value)
    return 1


def _rounded(value: Any, digits: int) -> Any:
    """Return the same nest with every float rounded to `digits` significant digits."""
    if isinstance(value, Mapping):
        return {name: _rounded(inner, digits) for name, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner, digits) for inner in value]
    return float(f"{value:.{digits}g}") if isinstance(value, float) else value


def _facts(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what stands under the title."""
    steps, features = len(data["times"]), len(data["columns"])
    chain = [_name(layer) for layer in data["layers"] if layer["inside"] is None]
    made = [
        ("Network", " → ".join(chain)),
        ("Parameters", f"{data['parameters']:,}"),
        ("Window", f"{_counted(steps, 'step')} of {_counted(features, 'feature')}"),
    ]
    if steps > 1 and data["times"][0] != "1":
        made.append(("From, to", f"{data['times'][0]} … {data['times'][-1]}"))
    largest = f"{short(data['difference'], 2)}, allowed {short(data['allowed'], 2)}"
    return [*made, ("Largest difference between engine and equations", largest)]


def _name(layer: Mapping[str, Any]) -> str:
    return f"{layer['title']} ({layer['output_shape'][-1]})" if layer["sums"] else layer["title"]


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _box(layer: Mapping[str, Any]) -> dict[str, Any]:
    """Return one layer of the picture of the network."""
    activations = [n for n in (layer["activation"], layer["recurrent_activation"]) if n]
    if layer["reset_after"] is not None:
        activations.append("reset " + ("after" if layer["reset_after"] else "before"))
    if layer["backwards"]:
        activations.append("reads backwards")
    return {
        "title": layer["title"],
        "name": layer["name"],
        "inside": layer["inside"] is not None,
        "facts": ", ".join(activations),
        "shapes": f"{_shape(layer['input_shape'])} → {_shape(layer['output_shape'])}",
        "parameters": _counted(layer["parameters"], "parameter"),
        "weights": [f"{n} {_shape(w['shape'])}" for n, w in layer["weights"].items()],
    }


def _shape(shape: Sequence[int]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def _outputs(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the prediction: by the engine, by the equations, in the series' units."""
    values = data.get("values") or [None] * len(data["output"])
    pairs = zip(data["output"], data["worked_output"], values, strict=True)
    names = data.get("output_names")
    return [
        {
            "place": place if names is None else names[place],
            "engine": short(engine, 7),
            "worked": short(worked, 7),
            "apart": short(abs(engine - worked), 2) if None not in (engine, worked) else "–",
            "value": short(value, 6),
        }
        for place, (engine, worked, value) in enumerate(pairs)
    ]
