"""Which configurations stand for all in the suite: few, small, and with every option in them."""

import itertools

from differential.draw import configuration, facts, pends

COUNT, CANDIDATES = 25, 500
LARGEST = 9000  # numbers of a forward and backward pass and a history, about


def chosen():
    """Return COUNT configurations: each next one has the most options that are not there yet."""
    drawn = [configuration(seed) for seed in range(CANDIDATES)]
    candidates = [c for c in drawn if size(c) <= LARGEST and not pends(c)]
    known = {config["seed"]: options_of(config) for config in candidates}
    found, seen = [], set()
    while len(found) < COUNT:
        best = max(candidates, key=lambda one: (len(known[one["seed"]] - seen), -size(one)))
        found.append(best)
        candidates.remove(best)
        seen |= known[best["seed"]]
    return sorted(found, key=lambda config: config["seed"])


def options_of(config):
    """Return what a configuration has of the tables: facts without sizes, and pairs of layers."""
    ours = {fact for fact in facts(config) if not fact.split("=")[0].endswith(SIZES)}
    kinds = [layer["is"] for layer in config["layers"]]
    return ours | {f"{a} then {b}" for a, b in itertools.pairwise(kinds)}


SIZES = ("units", "seed", "rows", "epochs", "features", "window", "batch_size", "samples")


def size(config):
    """Return about how many numbers a fixture of the configuration holds."""
    widths = [config["features"], *map(width, config["layers"])]
    weights = sum(4 * b * (a + b) for a, b in itertools.pairwise(widths))
    return 5 * weights + config["samples"] * config["window"] * config["features"]


def width(layer):
    """Return about how many numbers a layer gives for a step."""
    if layer["is"] == "layers.Bidirectional":
        return 2 * layer["layer"]["units"]
    return layer.get("units") or layer.get("output_dim") or 8
