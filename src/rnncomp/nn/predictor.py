"""Predictor: a network prepared for one window at a time."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import count, fail
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.engine import Engine
from rnncomp.kernels.layer_specs import EmbeddingSpec
from rnncomp.nn.arrays import numbers, whole_numbers
from rnncomp.samples import FloatArray

OUTPUTS_LIMIT = 2**31 - 1


class Predictor:
    """A network prepared for one window at a time; `Sequential.predictor` makes it.

    It holds a copy of the weights as they were then, packed for this, and its buffers: later
    training does not change it. Threads may share one; their calls wait for each other.

    Its results agree with those of `predict` to rounding, not to the last bit: sums are formed in
    another order.

    Args:
        engine: The arithmetic.
        params: Weights, shape (P,), copied.
        window: Time steps T in a window, at least 1.
        shape: Shape of an output; None for (U,), or (T, U) if the last layer gives every step.

    Example:
        >>> import numpy as np
        >>> from rnncomp import LSTM, Dense, Sequential
        >>> model = Sequential([LSTM(8, input_shape=(20, 1)), Dense(1)], seed=0)
        >>> predict = model.predictor()
        >>> window = np.sin(np.arange(20, dtype=np.float32))
        >>> y = predict(window)
        >>> y.shape, bool(np.allclose(y, model.predict(window[None, :, None], verbose=0)[0]))
        ((1,), True)
        >>> predict(window, out=y) is y
        True
    """

    def __init__(
        self,
        engine: Engine,
        params: FloatArray,
        window: int,
    ) -> None:
        spec = engine.spec
        self.window = count("window", window)
        self.features = spec.features
        if spec.outputs(self.window) > OUTPUTS_LIMIT:
            rule = f"short enough for {OUTPUTS_LIMIT:,} outputs"
            raise fail("window", rule, window, "use a smaller window")
        self.dtype = engine.dtype
        self.output_shape = spec.output_shape(self.window)
        self._state_size = spec.state_size
        first = spec.layers[0]
        self._table = first if isinstance(first, EmbeddingSpec) else None
        self._native = engine.predictor(params, self.window)
        self._predict = self._native.predict

    def __call__(
        self,
        x: ArrayLike,
        out: FloatArray | None = None,
        *,
        states: ArrayLike | None = None,
    ) -> FloatArray:
        """Return the outputs for one window.

        Args:
            x: The window, shape (T, F); with one feature (T,) will do, with one step (F,). What is
                C-contiguous and of the model's dtype is read in place, other numbers are converted
                first.
            out: Where to write, of `output_shape` and the model's dtype, C-contiguous (a
                `numpy.memmap` will do); then nothing is allocated. None for a new array.
            states: Initial states, shape (S,), over all layers in order; None for zeros.

        Returns:
            The outputs, shape `output_shape`: `out` if it was given.

        Raises:
            InvalidArgumentError: An array does not fit; `out` is then unchanged.
        """
        if self._table is not None:
            x = whole_numbers(numbers("x", x, self.dtype).reshape(1, -1), self._table)[0]
        if out is None:
            y: FloatArray = np.empty(self.output_shape, self.dtype)
        elif isinstance(out, np.ndarray) and out.shape == self.output_shape:
            y = out
        else:
            raise self._wrong_out(out)
        if not self._predict(x, y, states):  # type: ignore[arg-type]
            self._converted(x, y, states)
        return y

    def _converted(self, x: ArrayLike, y: FloatArray, states: ArrayLike | None) -> None:
        """Predict again what did not fit as it was, or say what is wrong with it."""
        window = numbers("x", x, self.dtype)
        shape = (self.window, self.features)
        if window.shape != shape and not (1 in shape and window.shape == (max(shape),)):
            raise fail("x", f"one window of shape {shape}", window.shape)
        given = None
        if states is not None:
            given = numbers("states", states, self.dtype)
            if given.shape != (self._state_size,):
                raise fail("states", f"of shape ({self._state_size},)", given.shape)
            given = np.array(given, order="C")
        if not self._predict(np.array(window, order="C"), y, given):
            raise self._wrong_out(y)

    def _wrong_out(self, out: Any) -> InvalidArgumentError:
        """Return the error for an `out` that cannot be written to."""
        rule = f"a writable C-contiguous {self.dtype} array of shape {self.output_shape}"
        if not isinstance(out, np.ndarray):
            return fail("out", rule, out)
        facts = f"{out.dtype} of shape {out.shape} and strides {out.strides}"
        words = facts if out.flags.writeable else f"{facts}, read-only"
        return InvalidArgumentError(f"out must be {rule}, got {words}; pass out=None for a new one")

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: there is no pickle here, for models neither."""
        raise UnsupportedError(
            "a Predictor cannot be pickled or copied; save the model with model.save(...) and make "
            "the predictor anew from load_model(...).predictor()"
        )

    def __repr__(self) -> str:
        """Return what it reads and gives."""
        shape = (self.window, self.features)
        return f"Predictor({shape} -> {self.output_shape}, {self.dtype})"
