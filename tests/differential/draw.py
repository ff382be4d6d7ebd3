"""Draw configurations of networks and their training: plain data in Keras's words."""

import itertools
import json

from differential.build import with_option
from differential.dice import Dice
from differential.given import STATES, state_sizes
from differential.options import (
    ACTIVATIONS,
    AROUND,
    BATCHES,
    CLIPS,
    DROPS,
    FRONTS,
    HEADS,
    LARGE,
    LAYERS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
    PENDING,
    RECURRENT,
    SAMPLES,
    SHARES,
    SIZES,
    STEPS_AN_EPOCH,
)

STEPS = 100


def configuration(seed):
    """Return configuration number `seed`."""
    dice = Dice(seed)
    sizes = dice.at("sizes").shuffled(SIZES)
    features = 1 if dice.at("one feature").chance(0.2) else sizes.pop()
    window = 1 if dice.at("one step").chance(0.05) else sizes.pop()
    kind, loss = draw_loss(dice)
    layers = stack(dice, sizes, heads(kind, loss))
    if masks(layers):  # unrolled, Keras starts such outputs from zeros, not from the states
        layers = without("unroll", layers)
    stateful = dice.at("stateful").chance(0.1)
    if stateful:
        layers = with_option(layers, "stateful")
    steps = dice.at("steps").one_of(STEPS_AN_EPOCH)
    batch = dice.at("batch").one_of(BATCHES)
    last = 1 + int(dice.at("last").rng.random() * batch) if dice.at("cut").chance(0.5) else batch
    return {
        "seed": seed,
        "features": features,
        "window": window,
        "layers": layers,
        "initial_state": dice.at("initial_state").chance(0.4) and not stateful,
        "stateful": stateful,
        "samples": dice.at("samples").one_of(SAMPLES),
        "loss": loss,
        "targets": kind,
        **draw_weights(dice, kind, layers),
        **draw_metrics(dice, kind),
        "optimizer": draw_optimizer(dice),
        "batch_size": batch,
        "trains": not drops(layers) and not stateful,  # Keras's fit on JAX lets go of states
        "rows": (steps - 1) * batch + last,
        "epochs": STEPS // steps,
    }


def configurations(count, start=0):
    """Return the first `count` configurations from seed `start` on, without pending words."""
    possible = (c for c in map(configuration, itertools.count(start)) if not pends(c))
    return list(itertools.islice(possible, count))


def pends(config):
    """Return whether a configuration has a word that rnncomp does not have yet."""
    return any(word in json.dumps(config) for word in PENDING)


def heads(kind, loss):
    """Return the activations that the last layer may have, None for any."""
    logits = isinstance(loss, dict) and loss.get("from_logits")
    return ("linear",) if logits else HEADS[kind]


def stack(dice, sizes, activations):
    """Return one to three recurrent layers, and others before, between and after them."""
    layers = front(dice.at("front"), sizes)
    depth = dice.at("depth").one_of((1, 2, 3))
    for i in range(depth):
        layers += body(dice.at("layer", i), sizes, last=i + 1 == depth)
    end = dice.at("end")
    if returns_sequences(layers) and end.at("flatten").chance(0.25):
        layers.append({"is": "layers.Flatten"})
        activations = activations or ACTIVATIONS
    if activations or end.chance(0.8):
        layers.append(draw_layer(end, "Dense", sizes.pop()))
    if activations:
        layers[-1]["activation"] = end.at("activation").one_of(activations)
    return layers


def front(dice, sizes):
    """Return what stands before the first recurrent layer: nothing, Masking, or Embedding."""
    kind = dice.at("kind").one_of(("nothing", *FRONTS))
    if kind not in FRONTS or dice.chance(0.4):
        return []
    own = {"input_dim": sizes.pop(), "output_dim": sizes.pop()} if kind == "Embedding" else {}
    return [{"is": f"layers.{kind}", **own, **some(dice, AROUND[kind])}]


def body(dice, sizes, *, last):
    """Return a recurrent layer, or two directions of one, and what follows it."""
    repeats = not last and dice.at("repeat").chance(0.15)
    sequences = dice.at("return_sequences").chance(0.25) if last else not repeats
    own = {"return_sequences": True} if sequences else {}
    size = dice.at("units").one_of(LARGE) if dice.at("large").chance(0.08) else sizes.pop()
    layers = [cell(dice, size, own)]
    if repeats:
        layers.append({"is": "layers.RepeatVector", "n": sizes.pop()})
    if sequences and dice.at("dense").chance(0.25):
        dense = draw_layer(dice.at("dense"), "Dense", sizes.pop())
        wrapped = {"is": "layers.TimeDistributed", "layer": dense}
        layers.append(wrapped if dice.at("dense", "wrapped").chance(0.4) else dense)
    for kind, share in (("Activation", 0.15), ("Dropout", 0.03)):
        if dice.at(kind).chance(share):
            layers.append({"is": f"layers.{kind}", **every(dice.at(kind), AROUND[kind])})
    return layers


def cell(dice, size, own):
    """Return a recurrent layer of `size` units, one in four in two directions."""
    layer = draw_layer(dice, dice.at("kind").one_of(RECURRENT), size, own)
    both = dice.at("both")
    if not both.chance(0.25):
        return layer
    found = {"is": "layers.Bidirectional", "layer": layer, **some(both, AROUND["Bidirectional"])}
    if not both.at("own").chance(0.4):
        layer.pop("go_backwards", None)  # Keras would make both layers run backwards
        return found
    # Keras deals out initial states by halves, so both need as many.
    kinds = [kind for kind in RECURRENT if STATES[kind] == len(state_sizes(layer))]
    other = draw_layer(both, both.at("kind").one_of(kinds), size, own)
    other.pop("go_backwards", None)
    turned = {} if layer.get("go_backwards") else {"go_backwards": True}
    return {**found, "backward_layer": {**other, **turned}}


def draw_layer(dice, kind, size, own=None):
    """Return a layer with some of the options of its table."""
    return {"is": f"layers.{kind}", "units": size, **(own or {}), **some(dice, LAYERS[kind])}


def masks(layers):
    """Return whether some steps may be masked."""
    return layers[0]["is"] == "layers.Masking" or "mask_zero" in layers[0]


def masks_outputs(layers):
    """Return whether a mask reaches the outputs."""
    repeats = any(layer["is"] == "layers.RepeatVector" for layer in layers)
    return masks(layers) and returns_sequences(layers) and not repeats


def without(option, value):
    """Return a configuration in which nothing says `option`."""
    if isinstance(value, list):
        return [without(option, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without(option, item) for key, item in value.items() if key != option}


def drops(value):
    """Return whether anything in a configuration draws random numbers in training."""
    if isinstance(value, list):
        return any(map(drops, value))
    return isinstance(value, dict) and (any(k in DROPS for k in value) or drops([*value.values()]))


def draw_loss(dice):
    """Return the kind of the targets, and the name of a loss, or a loss with arguments."""
    name = dice.at("loss").one_of(tuple(LOSSES))
    kind, table = LOSSES[name]
    if not name[0].isupper():
        return kind, name
    return kind, {"is": f"losses.{name}", **some(dice.at("loss"), table)}


def draw_weights(dice, kind, layers):
    """Return what samples count: alike, each, each step, or by class."""
    if returns_sequences(layers):  # Keras wants a weight for each step then
        ways = ["none", "steps"]
    else:
        ways = ["none", "samples"] + ["class"] * (kind in ("onehot", "classes"))
    return {"weights": dice.at("weights").one_of(ways)}


def returns_sequences(layers):
    """Return whether a network gives an output for each step."""
    found = True
    for layer in layers:
        inner = layer["layer"] if layer["is"] == "layers.Bidirectional" else layer
        if inner["is"].removeprefix("layers.") in RECURRENT:
            found = "return_sequences" in inner
        elif inner["is"] in ("layers.RepeatVector", "layers.Flatten"):
            found = inner["is"] == "layers.RepeatVector"
    return found


def draw_metrics(dice, kind):
    """Return metrics, some of them weighted as the loss is."""
    found = {"metrics": [], "weighted_metrics": []}
    for k, metric in enumerate(METRICS[kind]):
        here = dice.at("metrics", kind, k)
        if here.chance(0.4):
            found["weighted_metrics" if here.at("weighted").chance(0.25) else "metrics"] += [metric]
    return found


def draw_optimizer(dice):
    """Return an optimizer with some of its options, and a limit of the gradient now and then."""
    here = dice.at("optimizer")
    name = here.one_of(tuple(OPTIMIZERS))
    given = some(here, OPTIMIZERS[name])
    if here.at("clip").chance(0.4):
        clip = here.at("clip", "which").one_of(tuple(CLIPS))
        given[clip] = here.at("clip", "limit").one_of(CLIPS[clip])
    return {"is": f"optimizers.{name}", **given}


def some(dice, table):
    """Return a value for some of the options of a table, half of them unless SHARES says more."""
    wanted = [name for name in table if dice.at(name).chance(SHARES.get(name, 0.5))]
    return {name: dice.at(name, "value").one_of(table[name]) for name in wanted}


def every(dice, table):
    """Return a value for each option of a table."""
    return {name: dice.at(name, "value").one_of(values) for name, values in table.items()}


def facts(value, where=""):
    """Yield what a configuration has in it: ``layers.GRU.reset_after=False``."""
    if isinstance(value, dict):
        if where and "is" in value:
            yield f"{where}={value['is']}"
        where = value.get("is", where)
        for key, item in value.items():
            yield from facts(item, where if key == "is" else f"{where}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from facts(item, where)
    else:
        yield f"{where}={value}"
