"""Draw configurations of networks and their training: plain data in Keras's words."""

from differential.dice import Dice
from differential.options import (
    BATCHES,
    CLIPS,
    LARGE,
    LAYERS,
    LOSS_OPTIONS,
    LOSSES,
    METRICS,
    OPTIMIZERS,
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
    layers = stack(dice, sizes)
    loss = draw_loss(dice)
    steps = dice.at("steps").one_of(STEPS_AN_EPOCH)
    batch = dice.at("batch").one_of(BATCHES)
    last = 1 + int(dice.at("last").rng.random() * batch) if dice.at("cut").chance(0.5) else batch
    return {
        "seed": seed,
        "features": features,
        "window": window,
        "layers": layers,
        "initial_state": dice.at("initial_state").chance(0.4),
        "samples": dice.at("samples").one_of(SAMPLES),
        "loss": loss,
        "metrics": [m for m in METRICS if dice.at("metrics", m).chance(0.4)],
        "optimizer": draw_optimizer(dice),
        "batch_size": batch,
        "rows": (steps - 1) * batch + last,
        "epochs": STEPS // steps,
    }


def stack(dice, sizes):
    """Return one to three recurrent layers, Dense layers between and after them."""
    depth = dice.at("depth").one_of((1, 1, 2, 3))
    layers = []
    for i in range(depth):
        here = dice.at("layer", i)
        sequences = i + 1 < depth or here.at("return_sequences").chance(0.25)
        own = {"return_sequences": True} if sequences else {}
        layers.append(draw_layer(here, here.at("kind").one_of(RECURRENT), units(here, sizes), own))
        if sequences and here.at("dense").chance(0.25):
            layers.append(draw_layer(here.at("dense"), "Dense", sizes.pop()))
    if dice.at("head").chance(0.8):
        layers.append(draw_layer(dice.at("head"), "Dense", sizes.pop()))
    return layers


def units(dice, sizes):
    return dice.at("size").one_of(LARGE) if dice.at("large").chance(0.08) else sizes.pop()


def draw_layer(dice, kind, size, own=None):
    """Return a layer with some of the options of its table."""
    return {"is": f"layers.{kind}", "units": size, **(own or {}), **some(dice, LAYERS[kind])}


def draw_loss(dice):
    """Return the name of a loss, or a loss with arguments."""
    name = dice.at("loss").one_of(tuple(LOSSES))
    if not name[0].isupper():
        return name
    return {"is": f"losses.{name}", **some(dice.at("loss"), LOSS_OPTIONS.get(name, {}))}


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
