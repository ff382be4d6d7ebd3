"""Make the fixtures of callbacks and learning-rate schedules from real Keras on JAX.

Run it by hand, in an environment with keras, jax and numpy, never as part of the tests::

    KERAS_BACKEND=jax python tests/keras/make_callbacks.py

It writes signatures, the learning rates of schedules, and what Keras's callbacks do on made-up
logs: rates, files, lines printed, names of checkpoints; and the hooks of one real fit.
"""

import contextlib
import hashlib
import inspect
import io
import json
import os
import platform
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import numpy as np

import keras

FILE = Path(__file__).parent / "fixtures_of_callbacks.json"
CALLBACKS, SCHEDULES = keras.callbacks, keras.optimizers.schedules

NAMES = (
    *("BackupAndRestore", "CSVLogger", "LambdaCallback", "LearningRateScheduler"),
    *("ModelCheckpoint", "ReduceLROnPlateau", "TerminateOnNaN"),
)
DECAYS = (
    *("CosineDecay", "CosineDecayRestarts", "ExponentialDecay"),
    *("InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay"),
)


def signature(thing):
    """Return {argument: [default] or [] if required}, in order; ``*name`` for the rest."""
    found = {}
    for name, parameter in inspect.signature(thing).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            found[f"*{name}"] = []
        else:
            required = parameter.default is parameter.empty
            found[name] = [] if required else [parameter.default]
    return found


def signatures():
    return {
        **{name: signature(getattr(CALLBACKS, name)) for name in NAMES},
        **{f"schedules.{name}": signature(getattr(SCHEDULES, name)) for name in DECAYS},
        "schedules.serialize": signature(SCHEDULES.serialize),
        "schedules.deserialize": signature(SCHEDULES.deserialize),
        "Sequential.save_weights": signature(keras.Sequential.save_weights),
        "Sequential.load_weights": signature(keras.Sequential.load_weights),
    }


def arguments_of_schedules(rng):
    """Several sets of arguments for each schedule, drawn, and the corners by hand."""
    for _ in range(4):
        start, share = float(rng.uniform(0.01, 1.0)), float(rng.uniform(0.1, 0.95))
        steps, stairs = int(rng.integers(3, 60)), bool(rng.random() < 0.5)
        for name in ("ExponentialDecay", "InverseTimeDecay"):
            yield name, [start, steps, share, stairs]
        yield "PolynomialDecay", [start, steps, start * share, float(rng.choice([0.5, 1.0, 2.0]))]
        edges = np.cumsum(rng.integers(1, 40, size=3)).tolist()
        yield "PiecewiseConstantDecay", [edges, rng.uniform(0.001, 1.0, size=4).tolist()]
        yield "CosineDecay", [start, steps, share]
        yield "CosineDecay", [start * share, steps, 0.1, "named", start, int(rng.integers(1, 20))]
        # Steps that are no whole multiple of where it starts anew: there float32 falls on
        # either side.
        yield "PolynomialDecay", [start, steps + 0.37, 0.0, 1.0, True]
        for t_mul in (1.0, 2.0, 1.5):
            yield "CosineDecayRestarts", [start, steps + 0.37, t_mul, share, 0.05]
    yield "PiecewiseConstantDecay", [[5], [0.5, 0.25]]
    yield "CosineDecay", [0.0, 10, 0.0, "cold", 0.5, 5]


def schedules(rng):
    cases = []
    for name, arguments in arguments_of_schedules(rng):
        schedule = getattr(SCHEDULES, name)(*arguments)
        warm = getattr(schedule, "warmup_target", None) is not None
        steps = [0, 1, 4, 5, 6, 10, 19, 20, 21, 75, 129] if warm else list(range(130))
        if warm:  # these take one step at a time
            values = [float(schedule(step)) for step in steps]
        else:
            values = np.asarray(schedule(np.array(steps, np.int32)), np.float64).tolist()
        serialized = SCHEDULES.serialize(schedule)
        case = {"serialized": serialized, "arguments": arguments}
        cases.append({**case, "steps": steps, "values": values})
    return cases


class StandIn:
    """What callbacks need of a model: an optimizer, and doors to save that only take notes."""

    def __init__(self):
        self.optimizer = keras.optimizers.SGD(0.5)
        self.stop_training, self.metrics, self.saved = False, [], []

    def save(self, filepath, overwrite=True):
        self.saved.append(["model", filepath])

    def save_weights(self, filepath, overwrite=True):
        self.saved.append(["weights", filepath])


def courses(rng, count, length):
    """Made-up losses: quarters and eighths, so that float32 and float64 compare alike."""
    return (rng.integers(0, 17, size=(count, length)) / 8).tolist()


def plateau(rng):
    cases = []
    for values in courses(rng, 120, 12):
        arguments = {
            "monitor": str(rng.choice(["val_loss", "loss"])),
            "factor": float(rng.choice([0.5, 0.25, 0.0])),
            "patience": int(rng.integers(0, 4)),
            "verbose": int(rng.integers(0, 2)),
            "mode": str(rng.choice(["auto", "min", "max"])),
            "min_delta": float(rng.choice([0.0, 0.25, -0.25, 0.5])),
            "cooldown": int(rng.integers(0, 4)),
            "min_lr": float(rng.choice([0.0, 0.0625, 0.1])),
        }
        callback, model, out = CALLBACKS.ReduceLROnPlateau(**arguments), StandIn(), io.StringIO()
        callback.set_model(model)
        course = []
        with contextlib.redirect_stdout(out):
            callback.on_train_begin()
            for epoch, value in enumerate(values):
                logs = {arguments["monitor"]: value}
                callback.on_epoch_end(epoch, logs)
                state = [logs["learning_rate"], float(model.optimizer.learning_rate)]
                course.append([*state, callback.wait, callback.cooldown_counter, callback.best])
        cases.append(
            {"arguments": arguments, "values": values, "course": course, "out": out.getvalue()}
        )
    return cases


SCHEDULE_FUNCTIONS = {
    "of the epoch": lambda epoch: 2.0 ** -(1 + epoch),
    "of both": lambda epoch, rate: rate if epoch < 2 else rate * 0.5,
    "numpy's": lambda epoch, rate: np.float32(rate * 0.25),
}


def scheduler():
    cases = []
    for name, function in SCHEDULE_FUNCTIONS.items():
        for verbose in (0, 1):
            callback = CALLBACKS.LearningRateScheduler(function, verbose)
            model, out, rates = StandIn(), io.StringIO(), []
            callback.set_model(model)
            with contextlib.redirect_stdout(out):
                for epoch in range(4):
                    callback.on_epoch_begin(epoch)
                    logs = {"loss": 1.0}
                    callback.on_epoch_end(epoch, logs)
                    rates.append(logs)
            cases.append({"name": name, "verbose": verbose, "logs": rates, "out": out.getvalue()})
    return cases


LOGS = {
    "plain": [{"loss": 0.1, "mae": 1e-7}, {"loss": 1.5, "mae": 3.0}],
    "validated": [{"val_loss": 0.25, "loss": 1 / 3}, {"loss": 2.0, "val_loss": float("inf")}],
    "seldom validated": [{"loss": 0.1}, {"loss": 0.2, "val_loss": 0.3}],
    "validated first": [{"loss": 0.1, "val_loss": 0.4}, {"loss": 0.2}],
    "more later": [{"loss": 0.1}, {"loss": 0.2, "learning_rate": 0.5}],
    "texts": [{"loss": "a,b", "mae": 'say "so"'}, {"loss": [1.0, 2.0], "mae": (3, "x")}],
    "none": [{}, {}],
    "not a number": [{"loss": float("nan")}],
}


def csv_files():
    cases = []
    for name, epochs in LOGS.items():
        for separator, append, before in (
            (",", False, None),
            (";", False, "old\n"),
            (",", True, None),
            (",", True, "old\n"),
            ("\t", True, ""),
        ):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "log.csv"
                if before is not None:
                    path.write_text(before)
                callback = CALLBACKS.CSVLogger(str(path), separator, append)
                for _ in range(2):  # the object serves two fits
                    callback.on_train_begin()
                    for epoch, logs in enumerate(epochs):
                        callback.on_epoch_end(epoch, logs)
                    callback.on_train_end()
                text = path.read_bytes().decode()
            case = {"logs": epochs, "separator": separator, "append": append, "before": before}
            cases.append({"name": name, **case, "text": text})
    return cases


def checkpoint(rng):
    cases = []
    for values in courses(rng, 80, 6):
        weights = bool(rng.random() < 0.3)
        arguments = {
            "filepath": str(rng.choice(["best", "{epoch:02d}-{loss:.2f}", "a/b{epoch}"])),
            "monitor": str(rng.choice(["loss", "val_loss", "lost"], p=[0.6, 0.3, 0.1])),
            "verbose": int(rng.integers(0, 2)),
            "save_best_only": bool(rng.random() < 0.7),
            "save_weights_only": weights,
            "mode": str(rng.choice(["min", "max"])),
            "save_freq": "epoch" if rng.random() < 0.6 else int(rng.integers(1, 6)),
            "initial_value_threshold": None if rng.random() < 0.7 else float(rng.integers(1, 5)),
        }
        if arguments["save_freq"] != "epoch" and rng.random() < 0.5:
            arguments["filepath"] += "-{batch}"
        ending = ".weights.h5" if weights else ".keras"
        given = {**arguments, "filepath": arguments["filepath"] + ending}
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as out:
                callback, model = CALLBACKS.ModelCheckpoint(**given), StandIn()
                callback.set_model(model)
                callback._set_monitor_op()  # Keras forgets to in the first epoch, and raises
                best = drive(callback, values)
        saved = [[what, path.removesuffix(ending)] for what, path in model.saved]
        text = out.getvalue().replace(ending, "")
        cases.append(
            {"arguments": arguments, "values": values, "saved": saved, "best": best, "out": text}
        )
    return cases


def drive(callback, values):
    """Three epochs of three batches; every second course is validated."""
    callback.on_train_begin()
    for epoch in range(3):
        callback.on_epoch_begin(epoch)
        for batch in range(3):
            loss = values[(epoch * 3 + batch) % len(values)]
            callback.on_train_batch_end(batch, logs={"loss": loss})
        logs = {"loss": values[epoch], **({"val_loss": values[-1 - epoch]} if values[0] else {})}
        callback.on_epoch_end(epoch, logs)
    callback.on_train_end()
    return callback.best


def hooks():
    """The hooks of a real fit with their logs' names, and what one callback adds to them."""
    seen = []

    class Watch(CALLBACKS.Callback):
        pass

    def note(hook):
        def call(self, *args, **named):
            logs = named.get("logs", args[-1] if args else None)
            place = [value for value in args if isinstance(value, int)]
            seen.append([hook, *place, "named" if "logs" in named else "placed", *logs])
            if hook == "on_train_batch_end" and self.params["epochs"] == 3 and place == [1]:
                self.model.stop_training = len(seen) > 25

        return call

    for hook in (name for name in dir(CALLBACKS.Callback) if name.startswith("on_")):
        if hook not in ("on_batch_begin", "on_batch_end"):
            setattr(Watch, hook, note(hook))
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(0.25), loss="mse", metrics=["mae", "mse"])
    x, y = np.ones((7, 3)), np.ones(7)
    callbacks = [CALLBACKS.ReduceLROnPlateau(patience=1), Watch()]
    options = {"validation_data": (x, y), "verbose": 0, "callbacks": callbacks}
    history = model.fit(x, y, batch_size=2, epochs=3, **options)
    model.predict(x, batch_size=4, verbose=0, callbacks=callbacks[1:])
    return {"seen": seen, "history": list(history.history), "epoch": history.epoch}


def fits(rng):
    """Real fits, unshuffled, whose learning rates are made by schedules and callbacks."""
    x, y = rng.integers(-8, 9, size=(11, 3)) / 8, rng.integers(-8, 9, size=11) / 8
    start = [(rng.integers(-8, 9, size=shape) / 16).tolist() for shape in ((3, 1), (1,))]
    plateau = {"monitor": "loss", "mode": "max", "patience": 1, "factor": 0.5}
    found = {"x": x.tolist(), "y": y.tolist(), "start": start}
    for name, rate, callbacks in (
        ("schedule", SCHEDULES.InverseTimeDecay(0.25, 3, 0.5), []),
        ("steps", SCHEDULES.PiecewiseConstantDecay([0, 3], [0.5, 0.25, 0.125]), []),
        ("scheduler", 0.25, [CALLBACKS.LearningRateScheduler(SCHEDULE_FUNCTIONS["of both"])]),
        ("plateau", 0.25, [CALLBACKS.ReduceLROnPlateau(**plateau)]),
    ):
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
        model.compile(optimizer=keras.optimizers.SGD(rate, momentum=0.5), loss="mse")
        model.set_weights([np.array(weight) for weight in start])
        options = {"shuffle": False, "verbose": 0, "callbacks": callbacks}
        history = model.fit(x, y, 4, epochs=4, **options).history
        rates = [float(model.optimizer.learning_rate), int(model.optimizer.iterations)]
        weights = [weight.tolist() for weight in model.get_weights()]
        found[name] = {"history": history, "rates": rates, "weights": weights}
    return found


def main():
    rng = np.random.default_rng(4)
    found = {
        "names": sorted(name for name in dir(CALLBACKS) if name[0].isupper()),
        "signatures": signatures(),
        "schedules": schedules(rng),
        "plateau": plateau(rng),
        "scheduler": scheduler(),
        "csv": csv_files(),
        "checkpoint": checkpoint(rng),
        "hooks": hooks(),
        "fits": fits(np.random.default_rng(5)),
        "versions": {
            "keras": keras.__version__,
            "jax": jax.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
            "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        },
    }
    FILE.write_text(json.dumps(found, separators=(",", ":")).replace('"},{', '"},\n{') + "\n")


if __name__ == "__main__":
    main()
