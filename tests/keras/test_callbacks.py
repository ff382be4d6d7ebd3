"""Callbacks and schedules do what Keras's did on the same made-up logs; see make_callbacks.py."""

import contextlib
import hashlib
import inspect
import io
import json
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import callbacks, optimizers
from rnncomp.keras.layers import Dense, Input
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import schedules
from rnncomp.training.callbacks import HOOKS
from rnncomp.training.compiled import Compiled

FIXTURES = json.loads((Path(__file__).parent / "fixtures_of_callbacks.json").read_text())
EPS = 2.0**-23
# Keras rounds to float32 some ten times; a power or a cosine of a step multiplies the rounding of
# its argument, of which the longest here is 130 steps in units of 3: 43 eps, and pi times that.
K = 200


def test_fixtures_are_those_the_maker_wrote():
    maker = Path(__file__).parent / "make_callbacks.py"
    wanted = FIXTURES["versions"]["maker_sha256"]
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == wanted


class StandIn:
    """What callbacks need of a model: an optimizer, and doors to save that only take notes."""

    def __init__(self):
        self.compiled_with = Compiled(optimizers.SGD(0.5), "mse", [])
        self.optimizer = self.compiled_with.optimizer
        self.stop_training, self.saved = False, []

    def save(self, filepath, overwrite=True):
        self.saved.append(["model", filepath])

    def save_weights(self, filepath, overwrite=True):
        self.saved.append(["weights", filepath])


def names_of(cases):
    return [case["serialized"]["class_name"] for case in cases]


@pytest.mark.parametrize("case", FIXTURES["schedules"], ids=names_of(FIXTURES["schedules"]))
def test_schedules_give_keras_learning_rates(case):
    made = getattr(schedules, case["serialized"]["class_name"])(*case["arguments"])
    assert schedules.serialize(made) == case["serialized"]
    again = schedules.deserialize(case["serialized"])
    for schedule in (made, again):
        values = [schedule(step) for step in case["steps"]]
        scale = max(case["values"])
        np.testing.assert_allclose(values, case["values"], rtol=0, atol=K * EPS * scale)
        assert values == schedule(np.array(case["steps"])).tolist()
        assert {type(value) for value in values} == {float}


def test_schedules_start_anew_at_whole_multiples():
    """Keras's float32 falls on either side there; this is what its formulas say."""
    falling = schedules.PolynomialDecay(0.5, 14, 0.25, cycle=True)
    assert [falling(step) for step in (0, 14, 28, 42, 84)] == [0.5, 0.25, 0.25, 0.25, 0.25]
    cosine = schedules.CosineDecayRestarts(0.5, 14, t_mul=2.0, m_mul=0.5)
    assert [cosine(step) for step in (0, 14, 14 * 3, 14 * 7)] == [0.5, 0.25, 0.125, 0.0625]


@pytest.mark.parametrize("case", FIXTURES["plateau"])
def test_reduce_on_plateau_does_what_keras_does(case, capsys):
    callback, model = callbacks.ReduceLROnPlateau(**case["arguments"]), StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, (value, wanted) in enumerate(zip(case["values"], case["course"], strict=True)):
        logs = {callback.monitor: value}
        callback.on_epoch_end(epoch, logs)
        seen = [logs["learning_rate"], float(model.optimizer.learning_rate)]
        # Exact but for a min_lr of 0.1, which Keras rounds to float32.
        assert seen == pytest.approx(wanted[:2], rel=EPS, abs=0)
        assert [callback.wait, callback.cooldown_counter, callback.best] == wanted[2:]
    assert capsys.readouterr().out == case["out"]


FUNCTIONS = {
    "of the epoch": lambda epoch: 2.0 ** -(1 + epoch),
    "of both": lambda epoch, rate: rate if epoch < 2 else rate * 0.5,
    "numpy's": lambda epoch, rate: np.float32(rate * 0.25),
}


@pytest.mark.parametrize("case", FIXTURES["scheduler"])
def test_learning_rate_scheduler_does_what_keras_does(case, capsys):
    callback = callbacks.LearningRateScheduler(FUNCTIONS[case["name"]], case["verbose"])
    model = StandIn()
    callback.set_model(model)
    for epoch, wanted in enumerate(case["logs"]):
        callback.on_epoch_begin(epoch)
        logs = {"loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        assert logs == wanted
    assert capsys.readouterr().out == case["out"]


@pytest.mark.parametrize("case", FIXTURES["csv"], ids=[c["name"] for c in FIXTURES["csv"]])
def test_csv_logger_writes_the_file_that_keras_writes(case, tmp_path):
    path = tmp_path / "log.csv"
    if case["before"] is not None:
        path.write_text(case["before"])
    callback = callbacks.CSVLogger(path, case["separator"], case["append"])
    for _ in range(2):
        callback.on_train_begin()
        for epoch, logs in enumerate(case["logs"]):
            callback.on_epoch_end(epoch, logs)
        callback.on_train_end()
    assert path.read_bytes().decode() == case["text"]


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


@pytest.mark.filterwarnings("ignore:ModelCheckpoint monitors")
@pytest.mark.parametrize("case", FIXTURES["checkpoint"])
def test_model_checkpoint_saves_when_keras_does(case, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    ending = ".safetensors"
    given = {**case["arguments"], "filepath": case["arguments"]["filepath"] + ending}
    callback, model = callbacks.ModelCheckpoint(**given), StandIn()
    callback.set_model(model)
    drive(callback, case["values"])
    saved = [[what, path.removesuffix(ending)] for what, path in model.saved]
    assert saved == case["saved"]
    assert callback.best == case["best"]
    assert capsys.readouterr().out.replace(ending, "") == case["out"]


def test_a_fit_calls_the_hooks_in_keras_order_with_keras_logs():
    seen = []

    class Watch(callbacks.Callback):
        pass

    def note(hook):
        def call(self, *args, **named):
            logs = named.get("logs", args[-1] if args else None)
            place = [value for value in args if isinstance(value, int)]
            seen.append([hook, *place, "named" if "logs" in named else "placed", *logs])
            if hook == "on_train_batch_end" and self.params["epochs"] == 3 and place == [1]:
                self.model.stop_training = len(seen) > 25

        return call

    for hook in (name for name in dir(callbacks.Callback) if name.startswith("on_")):
        if hook not in ("on_batch_begin", "on_batch_end"):
            setattr(Watch, hook, note(hook))
    model = Sequential([Input((3,)), Dense(1)])
    model.compile(optimizer=optimizers.SGD(0.25), loss="mse", metrics=["mae", "mse"])
    x, y = np.ones((7, 3)), np.ones(7)
    given = [callbacks.ReduceLROnPlateau(patience=1), Watch()]
    options = {"validation_data": (x, y), "verbose": 0, "callbacks": given}
    history = model.fit(x, y, batch_size=2, epochs=3, **options)
    model.predict(x, batch_size=4, verbose=0, callbacks=given[1:])
    assert seen == FIXTURES["hooks"]["seen"]
    assert list(history.history) == FIXTURES["hooks"]["history"]
    assert history.epoch == FIXTURES["hooks"]["epoch"]


PLATEAU = {"monitor": "loss", "mode": "max", "patience": 1, "factor": 0.5}
FITS = {
    "schedule": lambda: (schedules.InverseTimeDecay(0.25, 3, 0.5), []),
    "steps": lambda: (schedules.PiecewiseConstantDecay([0, 3], [0.5, 0.25, 0.125]), []),
    "scheduler": lambda: (0.25, [callbacks.LearningRateScheduler(FUNCTIONS["of both"])]),
    "plateau": lambda: (0.25, [callbacks.ReduceLROnPlateau(**PLATEAU)]),
}


@pytest.mark.parametrize("name", FITS)
def test_fits_with_changing_learning_rates_end_as_keras_does(name):
    given, (rate, watch) = FIXTURES["fits"], FITS[name]()
    wanted = given[name]
    model = Sequential([Input((3,)), Dense(1)])
    model.compile(optimizer=optimizers.SGD(rate, momentum=0.5), loss="mse")
    model.set_weights([np.array(weight) for weight in given["start"]])
    x, y = np.array(given["x"]), np.array(given["y"])
    history = model.fit(x, y, 4, epochs=4, shuffle=False, verbose=0, callbacks=watch).history
    assert list(history) == list(wanted["history"])
    # Twelve steps, each rounded some five times on either side, of weights and losses below 1.
    for key, values in wanted["history"].items():
        np.testing.assert_allclose(history[key], values, rtol=0, atol=64 * EPS)
    for weight, end in zip(model.get_weights(), wanted["weights"], strict=True):
        np.testing.assert_allclose(weight, end, rtol=0, atol=64 * EPS)
    rates = [float(model.optimizer.learning_rate), model.optimizer.iterations]
    assert rates == pytest.approx(wanted["rates"], rel=4 * EPS, abs=0)


def test_every_callback_of_keras_is_there_or_refused_by_name():
    assert set(FIXTURES["names"]) <= set(callbacks.__all__)
    for name, advice in callbacks.REFUSED.items():
        with pytest.raises(UnsupportedError, match=f"^{name} is not supported; ") as caught:
            getattr(callbacks, name)("anything", at="all")
        assert advice in str(caught.value)


OURS = {
    name: getattr(schedules, name[10:]) if name.startswith("schedules.") else None
    for name in FIXTURES["signatures"]
}
OURS |= {name: getattr(callbacks, name, None) for name in OURS if not OURS[name]}
OURS["Sequential.save_weights"] = Sequential.save_weights
OURS["Sequential.load_weights"] = Sequential.load_weights


@pytest.mark.parametrize("thing", OURS)
def test_arguments_stand_in_the_same_order_with_the_same_defaults(thing):
    found = {}
    for name, parameter in inspect.signature(OURS[thing]).parameters.items():
        required = parameter.default is parameter.empty
        star = "*" if parameter.kind is parameter.VAR_KEYWORD else ""
        found[star + name] = [] if required else [parameter.default]
    assert found == FIXTURES["signatures"][thing]


def of_schedule(name):
    base = {
        "boundaries": [2, 4],
        "values": [0.5, 0.25, 0.125],
        "initial_learning_rate": 0.5,
        "decay_steps": 7,
        "first_decay_steps": 7,
        "decay_rate": 0.5,
    }
    takes = FIXTURES["signatures"][f"schedules.{name}"]

    def see(**options):
        given = {**{key: value for key, value in base.items() if key in takes}, **options}
        schedule = getattr(schedules, name)(**given)
        return [schedule(step) for step in range(40)], schedule.name

    return see


def course_of(name, prepare=lambda callback: None):
    """Rates, lines printed and logs of a callback, over epochs that grow worse."""

    def see(**options):
        base = {"schedule": FUNCTIONS["of both"]} if name == "LearningRateScheduler" else {}
        callback, model, out = getattr(callbacks, name)(**{**base, **options}), StandIn(), []
        callback.set_model(model)
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            callback.on_train_begin()
            for epoch in range(24):
                logs = {"loss": 24.0 - epoch, "val_loss": 1.0 - 0.002 * epoch, "epoch": epoch}
                callback.on_epoch_begin(epoch, logs)
                callback.on_epoch_end(epoch, logs)
                out.append(logs["learning_rate"])
        return out, text.getvalue()

    return see


def of_checkpoint(**options):
    """What is saved and printed over epochs that grow better and worse."""
    given = {"filepath": "a{epoch}.safetensors", "monitor": "loss", "mode": "min", **options}
    callback, model, text = callbacks.ModelCheckpoint(**given), StandIn(), io.StringIO()
    callback.set_model(model)
    with contextlib.redirect_stdout(text):
        drive(callback, [5.0, 4.0, 6.0, 1.0, 3.0, 2.0])
    return model.saved, text.getvalue()


def of_lambda(**options):
    seen, given = [], {}
    for name in options:
        given[name] = lambda *args, name=name, **named: seen.append((name, *args, *named))
    model = Sequential([Input((3,)), Dense(1)], seed=1)
    model.compile(optimizer="sgd", loss="mse")
    model.fit(
        np.ones((4, 3)), np.ones(4), 2, verbose=0, callbacks=[callbacks.LambdaCallback(**given)]
    )
    return repr(seen)


RATE = {"initial_learning_rate": (0.5, 0.25), "name": ("a", "b")}
DECAY = {**RATE, "decay_steps": (7, 9), "decay_rate": (0.5, 0.25), "staircase": (False, True)}
ACTS = {
    "schedules.ExponentialDecay": DECAY,
    "schedules.InverseTimeDecay": DECAY,
    "schedules.PolynomialDecay": {
        **{**RATE, "decay_steps": (7, 9), "end_learning_rate": (0.1, 0.2)},
        **{"power": (1.0, 2.0), "cycle": (False, True)},
    },
    "schedules.PiecewiseConstantDecay": {
        **{"boundaries": ([2, 4], [2, 5]), "values": ([3, 2, 1], [3, 2, 0]), "name": ("a", "b")},
    },
    "schedules.CosineDecay": {
        **{**RATE, "decay_steps": (7, 9), "alpha": (0.0, 0.5), "warmup_target": (None, 0.75)},
        "warmup_steps": [{"warmup_target": 0.75, "warmup_steps": n} for n in (2, 3)],
    },
    "schedules.CosineDecayRestarts": {
        **{**RATE, "first_decay_steps": (7, 9), "t_mul": (1.0, 2.0), "m_mul": (1.0, 0.5)},
        "alpha": (0.0, 0.5),
    },
    "ReduceLROnPlateau": {
        "monitor": [{"patience": 1, "mode": "max", "monitor": m} for m in ("epoch", "loss")],
        "factor": [{"patience": 0, "mode": "max", "factor": value} for value in (0.5, 0.25)],
        "patience": [{"mode": "max", "patience": value} for value in (2, 3)],
        "verbose": [{"mode": "max", "verbose": value} for value in (0, 1)],
        "mode": [{"monitor": "loss", "mode": value} for value in ("min", "max")],
        "min_delta": [{"patience": 2, "min_delta": value} for value in (0.0, 1.0)],
        "cooldown": [{"patience": 1, "mode": "max", "cooldown": value} for value in (0, 3)],
        "min_lr": [{"patience": 1, "mode": "max", "min_lr": value} for value in (0.0, 0.25)],
    },
    "ModelCheckpoint": {
        "filepath": ("a.safetensors", "b.safetensors"),
        "monitor": [{"save_best_only": True, "monitor": name} for name in ("loss", "val_loss")],
        "verbose": (0, 1),
        "save_best_only": (False, True),
        "save_weights_only": (False, True),
        "mode": [{"save_best_only": True, "mode": mode} for mode in ("min", "max")],
        "save_freq": ("epoch", 2),
        "initial_value_threshold": [
            {"save_best_only": True, "initial_value_threshold": value} for value in (None, 4.5)
        ],
    },
    "LearningRateScheduler": {
        "schedule": (FUNCTIONS["of both"], FUNCTIONS["of the epoch"]),
        "verbose": (0, 1),
    },
    "LambdaCallback": {name: ({}, {name: print}) for name in HOOKS[:4] + HOOKS[8:10]}
    | {"*kwargs": ({}, {"on_batch_end": print})},
}
ELSEWHERE = {  # arguments with a test of their own
    "BackupAndRestore": {"backup_dir", "save_freq", "double_checkpoint", "delete_checkpoint"},
    "Sequential.save_weights": {"self", "filepath", "overwrite", "max_shard_size"},
    "Sequential.load_weights": {"self", "filepath", "skip_mismatch", "*kwargs"},
    "CSVLogger": {"filename", "separator", "append"},
    "TerminateOnNaN": {"raise_error"},
    "ReduceLROnPlateau": {"*kwargs"},
    "schedules.serialize": {"learning_rate_schedule"},
    "schedules.deserialize": {"config", "custom_objects"},
}
SEE = {
    **{name: of_schedule(name[10:]) for name in ACTS if name.startswith("schedules.")},
    **{name: course_of(name) for name in ("ReduceLROnPlateau", "LearningRateScheduler")},
    "LambdaCallback": of_lambda,
    "ModelCheckpoint": of_checkpoint,
}


@pytest.mark.parametrize("thing", OURS)
def test_every_argument_is_accounted_for(thing):
    known = ACTS.get(thing, {}).keys() | ELSEWHERE.get(thing, set())
    assert set(FIXTURES["signatures"][thing]) == known


@pytest.mark.parametrize(
    ("thing", "argument", "values"), [(t, a, ACTS[t][a]) for t in ACTS for a in ACTS[t]]
)
def test_argument_acts(thing, argument, values):
    given = [value if isinstance(value, dict) else {argument: value} for value in values]
    one, two = (SEE[thing](**options) for options in given)
    assert one != two


@pytest.mark.parametrize(
    ("name", "arguments", "match"),
    [
        ("ReduceLROnPlateau", {"factor": 1.0}, "factor must be .* below 1, got 1.0"),
        ("ReduceLROnPlateau", {"epsilon": 0.1}, "no argument 'epsilon'"),
        ("ReduceLROnPlateau", {"patience": -1}, "patience"),
        ("ReduceLROnPlateau", {"mode": "up"}, "mode must be one of"),
        ("ReduceLROnPlateau", {"verbose": 2}, "verbose must be 0 or 1"),
        ("ReduceLROnPlateau", {"monitor": None}, "monitor"),
        ("LearningRateScheduler", {"schedule": 0.1}, "schedule must be a function"),
        ("CSVLogger", {"filename": "a", "separator": ";;"}, "separator must be one character"),
        ("CSVLogger", {"filename": "a", "append": 1}, "append"),
        ("LambdaCallback", {"on_epoch": print}, "no argument 'on_epoch'; did you mean 'on_epoch_"),
        ("LambdaCallback", {"on_epoch_end": 3}, "on_epoch_end must be a function, got 3"),
        ("TerminateOnNaN", {"raise_error": "yes"}, "raise_error"),
    ],
)
def test_bad_arguments_of_callbacks_are_refused(name, arguments, match):
    with pytest.raises(InvalidArgumentError, match=match):
        getattr(callbacks, name)(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "match"),
    [
        ("ExponentialDecay", [0.1, 0, 0.5], "decay_steps must be a finite number above 0, got 0"),
        ("InverseTimeDecay", [-0.1, 5, 0.5], "initial_learning_rate"),
        ("PolynomialDecay", [0.1, 5, 0.0, 0.0], "power"),
        ("PiecewiseConstantDecay", [[5, 5], [1, 2, 3]], "boundaries must be steps in rising"),
        ("PiecewiseConstantDecay", [[], [1]], "boundaries"),
        ("PiecewiseConstantDecay", [[5], [1]], "values must be 2 learning rates"),
        ("CosineDecay", [0.1, 5, 0.0, "a", None, 3], "warmup_target must be given"),
        ("CosineDecayRestarts", [0.1, 5, 0.5], "t_mul"),
    ],
)
def test_bad_arguments_of_schedules_are_refused(name, arguments, match):
    with pytest.raises(InvalidArgumentError, match=match):
        getattr(schedules, name)(*arguments)
