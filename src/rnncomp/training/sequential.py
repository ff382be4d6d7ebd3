"""Sequential: a network that is compiled, fitted, evaluated and saved in Keras's words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from rnncomp._check import integer, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.engine import DType
from rnncomp.nn.input import Input
from rnncomp.nn.layer import Layer, check_flag
from rnncomp.nn.refused import refuse
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.adam import get_optimizer
from rnncomp.training.callbacks import CallbackList, History, check_callbacks
from rnncomp.training.compiled import Compiled
from rnncomp.training.fit import Fit
from rnncomp.training.losses import get_loss
from rnncomp.training.metrics import get_metrics
from rnncomp.training.optimizers import Optimizer
from rnncomp.training.plan import FitPlan, check_frequency, check_size, split_last
from rnncomp.training.predict import evaluate_samples, predict_samples
from rnncomp.training.progress import ProgressBar, check_verbose, write
from rnncomp.training.save import save_model
from rnncomp.training.stack import LayerStack
from rnncomp.training.summary import summary_text
from rnncomp.training.supervised import Supervised, parts_of, supervise


class Sequential(LayerStack):
    """A stack of layers, trained with Keras's words.

    Args:
        layers: Input and layers, in order; more can be added.
        trainable: Must be True.
        name: For the summary and the saved file.
        seed: Where first weights and shuffles come from, 0 .. 2**64 - 1; None for the seed of
            ``set_random_seed``, or fresh entropy. It is kept in `seed` and in the History.
        dtype: Precision, ``float32`` or ``float64``.
        threads: Cores that share a batch; None splits it when that pays. Never changes a byte.

    Raises:
        InvalidArgumentError: A layer or argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> import numpy as np
        >>> from rnncomp.nn import SimpleRNN, Dense
        >>> x = np.arange(7.0)[:, None, None] + np.arange(3.0)[:, None]
        >>> model = Sequential([SimpleRNN(8, input_shape=(3, 1)), Dense(1)], seed=1)
        >>> model.compile(optimizer="adam", loss="mse")
        >>> history = model.fit(x, np.arange(3.0, 10.0), epochs=2, verbose=0)
        >>> list(history.history), model.predict(x, verbose=0).shape
        (['loss'], (7, 1))
    """

    def __init__(
        self,
        layers: Iterable[Layer | Input] | None = None,
        trainable: bool = True,
        name: str | None = None,
        *,
        seed: int | None = None,
        dtype: DType = "float32",
        threads: int | None = None,
    ) -> None:
        self.history: History | None = None
        self.stop_training = False
        self._compiled: Compiled | None = None
        super().__init__(layers, trainable, name, seed=seed, dtype=dtype, threads=threads)

    def compile(
        self,
        optimizer: str | Optimizer = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Choose how to learn; what an earlier fit left in the optimizer is forgotten.

        Args:
            optimizer: ``rmsprop``, ``adam``, ``sgd``... or an object.
            loss: Keras's name of a loss (``mse``, ``huber``, ``binary_crossentropy``...) or an
                object of rnncomp.keras.losses; None and functions are refused.
            loss_weights: Refused unless None.
            metrics: A list of names or metric objects, reported beside the loss; ``accuracy`` is
                the binary, categorical or sparse one, by the shapes of outputs and targets.
            weighted_metrics: The same, weighted by `sample_weight` or `class_weight`.
            run_eagerly: Refused unless False.
            steps_per_execution: Refused unless 1.
            jit_compile: Refused unless ``auto``.
            auto_scale_loss: Refused unless True.

        Raises:
            InvalidArgumentError: A name is not known.
            UnsupportedError: Something of Keras that rnncomp does not have is asked for.
        """
        refuse(
            "compile",
            loss_weights=loss_weights,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            auto_scale_loss=auto_scale_loss,
        )
        found = get_metrics(metrics, weighted_metrics)
        self._compiled = Compiled(get_optimizer(optimizer), get_loss(loss), found)

    def restore(self, compiled: Compiled) -> None:
        """Take over what an earlier compile and fit had left, from a model file."""
        self._compiled = compiled

    @property
    def compiled(self) -> bool:
        """Whether compile was called."""
        return self._compiled is not None

    @property
    def compiled_with(self) -> Compiled:
        """What compile chose; asking before it was called raises."""
        if self._compiled is None:
            raise InvalidArgumentError(
                "the model is not compiled; call compile(optimizer='adam', loss='mse') first"
            )
        return self._compiled

    @property
    def optimizer(self) -> Optimizer | None:
        """The optimizer given to compile, with the batches that this model has counted."""
        if self._compiled is None:
            return None
        self._compiled.optimizer.count_with(self._compiled)
        return self._compiled.optimizer

    @property
    def metrics_names(self) -> list[str]:
        """``loss`` and the metrics, as they stand in the history."""
        return self.compiled_with.names

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: Any = None,
        validation_steps: Any = None,
        validation_batch_size: int | None = None,
        validation_freq: int | list[int] = 1,
    ) -> History:
        """Train; a second fit goes on from the weights and the optimizer of the first.

        Args:
            x: Windows, shape (N, T, F), of floats or integers; or Samples with their targets.
            y: Targets, shape (N,) or (N, ...); None if `x` is Samples.
            batch_size: Samples in a batch; None is 32.
            epochs: Number of the last epoch, counted from 1.
            verbose: 0 silent, 1 a bar, 2 a line an epoch; ``auto`` is 1.
            callbacks: A list of Callback objects.
            validation_split: Share of the samples, the last ones, kept for validation.
            validation_data: (x, y), (x, y, sample_weight) or Samples; it wins over
                `validation_split`.
            shuffle: Whether each epoch has its own order of samples.
            class_weight: Class number to weight, for one class a sample; others weigh 1. Of what is
                trained on; validation counts every sample once.
            sample_weight: What samples count in the loss, shape (N,), or their steps, (N, T).
            initial_epoch: Epochs counted as done before this fit.
            steps_per_epoch: Refused unless None.
            validation_steps: Refused unless None.
            validation_batch_size: Batch size of the validation's hooks; None is `batch_size`.
            validation_freq: Validate after every so many epochs, or after those of a list.

        Returns:
            The History: losses and metrics by name, an entry an epoch, and the seed.

        Raises:
            InvalidArgumentError: A shape or argument breaks its rule; nothing was trained.
            UnsupportedError: An option of Keras that rnncomp does not have is switched on.

        Example:
            >>> import numpy as np
            >>> from rnncomp import LSTM, Dense, Sequential
            >>> model = Sequential([LSTM(4, input_shape=(3, 1)), Dense(1)], seed=0)
            >>> model.compile(optimizer="adam", loss="mse")
            >>> x, y = np.ones((20, 3, 1)), np.ones(20)
            >>> history = model.fit(x, y, epochs=3, validation_split=0.2, verbose=0)
            >>> list(history.history), len(history.history["loss"])
            (['loss', 'val_loss'], 3)
        """
        refuse(
            "fit",
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
        )
        _ = self.compiled_with
        train = self._supervised("fit", x, y, sample_weight, class_weight)
        validation = None
        if validation_data is not None:
            validation = self._validation(validation_data)
        elif share := real("validation_split", validation_split, at_least=0.0, below=1.0):
            train, validation = split_last(train, share)
            if class_weight is not None:  # as in Keras, of what is trained on alone
                validation = split_last(self._supervised("fit", x, y), share)[1]
        size = self.batch_of(batch_size)
        if self.stateful and self.batch_size is None:
            size = min(size, len(train))  # one whole batch
        plan = FitPlan(
            train=train.samples,
            specs=train.specs,
            validation=validation,
            batch_size=size,
            validation_batch_size=check_size("validation_batch_size", validation_batch_size, size),
            epochs=integer("epochs", epochs, at_least=0),
            initial_epoch=integer("initial_epoch", initial_epoch, at_least=0),
            shuffle=check_flag("shuffle", shuffle),
            validation_freq=check_frequency(validation_freq),
            verbose=check_verbose(verbose),
        )
        params = {"verbose": plan.verbose, "epochs": plan.epochs, "steps": plan.steps}
        given, self.history = check_callbacks(callbacks), History()
        hooks = CallbackList([*given, self.history], self, params)
        Fit(self, plan, hooks).run()
        return self.history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: Any = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> float | list[float] | dict[str, float]:
        """Return loss and metrics on data.

        Args:
            x: Windows, shape (N, T, F), or Samples with their targets.
            y: Targets, shape (N,) or (N, ...); None if `x` is Samples.
            batch_size: Samples in a step of the bar and the hooks; None is 32.
            verbose: 0 silent, 1 a bar, 2 a line; ``auto`` is 1.
            sample_weight: As in fit.
            steps: Refused unless None.
            callbacks: A list of Callback objects.
            return_dict: Whether to return numbers by name.

        Returns:
            The loss; a list of the loss and the metrics if there are metrics; or a dict.

        Example:
            >>> import numpy as np
            >>> from rnncomp import Dense, Sequential
            >>> model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,))])
            >>> model.compile(optimizer="adam", loss="mse", metrics=["mae"])
            >>> model.evaluate(np.ones((5, 2)), np.zeros(5), verbose=0)
            [4.0, 2.0]
        """
        refuse("evaluate", steps=steps)
        names = self.compiled_with.names
        data = self._supervised("evaluate", x, y, sample_weight)
        size = self.batch_of(batch_size)
        progress, hooks = self._watch(data.samples, size, verbose, callbacks)
        logs = evaluate_samples(self, data, size, hooks, progress)
        if check_flag("return_dict", return_dict):
            return logs
        values = [logs[name] for name in names]
        return values if len(values) > 1 else values[0]

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: Any = None,
        callbacks: Any = None,
    ) -> FloatArray:
        """Return the outputs for data.

        Args:
            x: Windows, shape (N, T, F), or Samples.
            batch_size: Samples in a step of the bar and the hooks; None is 32.
            verbose: 0 silent, 1 a bar, 2 a line; ``auto`` is 1.
            steps: Refused unless None.
            callbacks: A list of Callback objects.

        Returns:
            Outputs in the model's dtype, shape (N, U), or (N, T, U) if the last layer returns
            sequences.
        """
        refuse("predict", steps=steps)
        samples = self._samples(x, None)
        size = self.batch_of(batch_size)
        progress, hooks = self._watch(samples, size, verbose, callbacks)
        return self.shaped(predict_samples(self, samples, size, hooks, progress), samples)

    def _watch(
        self, samples: Samples, size: int, verbose: str | int, callbacks: Any
    ) -> tuple[ProgressBar, CallbackList]:
        progress = ProgressBar(check_verbose(verbose), steps=-(-len(samples) // size))
        params = {"verbose": progress.verbose, "epochs": 1, "steps": progress.steps}
        return progress, CallbackList(callbacks, self, params)

    def _supervised(
        self, owner: str, x: Any, y: Any, sample_weight: Any = None, class_weight: Any = None
    ) -> Supervised:
        """Return checked samples with targets, and the loss and metrics that fit them."""
        samples = self._samples(x, y, needs_targets=owner)
        return supervise(
            self.compiled_with.specs,
            samples,
            y,
            self.network.spec.output_shape(samples.window),
            masked=self.network.spec.masked,
            sample_weight=sample_weight,
            class_weight=class_weight,
        )

    def _validation(self, data: Any) -> Supervised:
        return self._supervised("validation_data", *parts_of(data))

    # What it is

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], object] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print the layers, their output shapes and their numbers of parameters.

        Args:
            line_length: Width of the table; None is 88, or what the terminal has.
            positions: Where the three columns end, as shares of the width; None is Keras's.
            print_fn: Called with the whole text instead of printing it.
            expand_nested: Refused unless False.
            show_trainable: Whether to add a column that says so.
            layer_range: (first, last) names of the layers shown, both included.
        """
        refuse("summary", expand_nested=expand_nested)
        text = summary_text(
            self,
            line_length=line_length,
            positions=positions,
            show_trainable=check_flag("show_trainable", show_trainable),
            layer_range=layer_range,
            colours=print_fn is None,
        )
        (print_fn or write)(text)

    def save(
        self, filepath: str | os.PathLike[str], overwrite: bool = True, zipped: Any = None
    ) -> None:
        """Write weights, layers and the state of learning to one file.

        Args:
            filepath: Where to: a ``.safetensors`` file, or a ``.keras`` file for Keras.
            overwrite: Whether an existing file is replaced.
            zipped: Refused unless None.

        Raises:
            MissingExtraError: It is a ``.keras`` file, and h5py is not installed.
            OutputError: The file cannot be written; nothing is left behind.
            UnsupportedError: The name ends otherwise.
        """
        refuse("save", zipped=zipped)
        save_model(self, filepath, overwrite=check_flag("overwrite", overwrite))
