"""Network: a spec, its weights in one flat array, and the arithmetic over them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import check_seed, count, fail, one_of
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels.engine import VJP, DType, Engine, make_engine
from rnncomp.kernels.layer_specs import EmbeddingSpec, Shape
from rnncomp.kernels.spec import NetworkSpec
from rnncomp.kernels.tracing import LayerArrays
from rnncomp.nn.arrays import as_samples, check_samples, numbers
from rnncomp.nn.initializers import Initializer, default_initializer
from rnncomp.nn.predictor import Predictor
from rnncomp.nn.random import fresh_seed
from rnncomp.samples import FloatArray, Samples

PARAMS_LIMIT = 2**31 - 1


class Weight(NamedTuple):
    """One weight: its name, ``lstm/kernel``, and a view that writes through."""

    name: str
    value: FloatArray

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the weight."""
        return self.value.shape


class Network:
    """A chain of layers with weights.

    Args:
        spec: What the layers are.
        dtype: Precision of weights and results, ``float32`` or ``float64``.
        seed: Where the first weights come from, 0 .. 2**64 - 1; None for fresh entropy. The
            seed used is kept in the attribute `seed`.
        threads: Cores that share a batch; never changes a byte. None is 1.
        names: Names of the layers; None for ``lstm``, ``dense``, ``dense_1``...
        initializers: By weight name, one mapping a layer; what is missing is Keras's default.
        params: All weights as one array, shape (P,), copied; None to draw them.
        backend: ``native`` or ``reference``; None for the default.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
        >>> spec = NetworkSpec(1, (RecurrentSpec("gru", 4), DenseSpec(1)))
        >>> network = Network(spec, seed=0)
        >>> [(w.name, w.shape) for w in network.weights][:2]
        [('gru/kernel', (1, 12)), ('gru/recurrent_kernel', (4, 12))]
    """

    def __init__(
        self,
        spec: NetworkSpec,
        *,
        dtype: DType = "float32",
        seed: int | None = None,
        threads: int | None = None,
        names: Sequence[str] | None = None,
        initializers: Sequence[Mapping[str, Initializer]] | None = None,
        params: FloatArray | None = None,
        backend: str | None = None,
    ) -> None:
        one_of("dtype", dtype, ("float32", "float64"))
        check_spec(spec)
        check_table(spec, dtype)
        self.spec = spec
        self.dtype: np.dtype[np.floating] = np.dtype(dtype)
        self.seed = fresh_seed() if seed is None else check_seed(seed)
        self.threads = 1 if threads is None else count("threads", threads)
        self.backend = backend
        self.names = (
            tuple(names) if names is not None else unique_names([s.kind for s in spec.layers])
        )
        if len(self.names) != len(spec.layers) or len(set(self.names)) != len(self.names):
            raise fail("names", f"{len(spec.layers)} different strings", names)
        self.params: FloatArray = np.zeros(spec.n_params, self.dtype)
        self._layers = self._cut_views()
        self._engines: dict[int, Engine] = {}
        self._states: FloatArray | None = None  # of stateful layers
        if params is None:
            self._draw(initializers or [{}] * len(spec.layers))
        elif params.shape != self.params.shape:
            raise fail("params", f"of shape {self.params.shape}", params.shape)
        else:
            self.params[:] = params

    @property
    def engine(self) -> Engine:
        """The arithmetic with this network's number of threads, made on first use."""
        return self.engine_with(self.threads)

    def engine_with(self, threads: int) -> Engine:
        """Return the arithmetic with `threads` cores to a batch."""
        if threads not in self._engines:
            dtype = cast("DType", self.dtype.name)
            self._engines[threads] = make_engine(
                self.spec, dtype=dtype, threads=threads, backend=self.backend
            )
        return self._engines[threads]

    @property
    def weights(self) -> list[Weight]:
        """Named views of all weights in Keras's order."""
        return [weight for layer in self._layers for weight in layer]

    def layer_weights(self, index: int) -> list[Weight]:
        """Return named views of the weights of layer `index`."""
        return list(self._layers[index])

    def get_weights(self) -> list[FloatArray]:
        """Return copies of all weights in Keras's order."""
        return [weight.value.copy() for weight in self.weights]

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace all weights.

        Args:
            weights: Arrays in Keras's order and shapes.

        Raises:
            InvalidArgumentError: The count or a shape differs; then nothing is changed.
        """
        _assign(self.weights, weights)

    def set_layer_weights(self, index: int, weights: Sequence[ArrayLike]) -> None:
        """Replace the weights of layer `index`; see set_weights."""
        _assign(self._layers[index], weights)

    def layer_params(self, index: int) -> FloatArray:
        """Return a view of the weights of layer `index` as one array."""
        sizes = [sum(math.prod(s) for s in shapes.values()) for shapes in self.spec.weight_shapes]
        start = sum(sizes[:index])
        return self.params[start : start + sizes[index]]

    def states_for(self, batch_size: int) -> FloatArray:
        """Return the states that stateful layers keep, shape (batch_size, S), zeros at first.

        Raises:
            InvalidArgumentError: They are kept for another number of rows.
        """
        if self._states is None:
            self._states = np.zeros((batch_size, self.spec.state_size), self.dtype)
        if len(self._states) != batch_size:
            rule = f"{len(self._states)}, as stateful layers keep the states of so many rows"
            raise fail("batch_size", rule, batch_size, "call reset_state of each for another")
        return self._states

    def reset_states(self, index: int | None = None) -> None:
        """Forget the states that stateful layers keep: of layer `index`, or of all."""
        if self._states is None:
            return
        sizes = [layer.state_size for layer in self.spec.layers]
        if index is None or sizes[index] == self.spec.state_size:
            self._states = None
        else:
            start = sum(sizes[:index])
            self._states[:, start : start + sizes[index]] = 0.0

    def samples(self, x: ArrayLike | Samples) -> Samples:
        """Return `x`, windows of shape (N, T, F) or Samples, in this network's precision."""
        first = self.spec.layers[0]
        return check_samples(as_samples(x, dtype=self.dtype, first=first), self.spec)

    def predict(self, x: ArrayLike | Samples, states: FloatArray | None = None) -> FloatArray:
        """Return the outputs.

        Args:
            x: Windows, shape (N, T, F), or Samples.
            states: Initial states, shape (N, S); None for zeros.

        Returns:
            Outputs, shape (N, O), in the network's dtype.
        """
        return self.engine.predict(self.params, self.samples(x), states)

    def predictor(self, window: int) -> Predictor:
        """Return this network, with its weights as they are now, prepared for one window at a time.

        Args:
            window: Time steps T in a window, at least 1.
        """
        return Predictor(self.engine, self.params, window)

    def trace(
        self,
        x: ArrayLike | Samples,
        states: FloatArray | None = None,
        *,
        mask: FloatArray | None = None,
    ) -> Sequence[LayerArrays]:
        """Return all that every layer computes, by name, for windows as `predict` takes them.

        The names are in `rnncomp.kernels.tracing`; `mask`, shape (N, T), is 0 where there is no
        such step.
        """
        return self.engine.trace(self.params, self.samples(x), states, mask=mask)

    def vjp(self, x: ArrayLike | Samples, dy: ArrayLike, states: FloatArray | None = None) -> VJP:
        """Run forward, then pull `dy` (N, O) back to inputs, parameters and states."""
        dy = np.ascontiguousarray(dy, dtype=self.dtype)
        return self.engine.vjp(self.params, self.samples(x), dy, states)

    def _cut_views(self) -> list[list[Weight]]:
        end, layers = 0, []
        for name, shapes in zip(self.names, self.spec.weight_shapes, strict=True):
            views = []
            for weight, shape in shapes.items():
                start, end = end, end + int(np.prod(shape))
                views.append(Weight(f"{name}/{weight}", self.params[start:end].reshape(shape)))
            layers.append(views)
        return layers

    def _draw(self, initializers: Sequence[Mapping[str, Initializer]]) -> None:
        for index, (layer, given) in enumerate(zip(self.spec.layers, initializers, strict=True)):
            for name, view in self._layers[index]:
                weight = name.removeprefix(f"{self.names[index]}/")
                initializer = given.get(weight) or default_initializer(layer.kind, weight)
                initializer.fill(view, self.seed, f"layer{index}/{weight}")


def check_spec(spec: NetworkSpec) -> None:
    """Raise InvalidArgumentError if the layers are too large."""
    if spec.n_params > PARAMS_LIMIT:
        raise InvalidArgumentError(
            f"a network may have at most {PARAMS_LIMIT:,} parameters, got {spec.n_params:,}; "
            "use smaller layers"
        )


def check_table(spec: NetworkSpec, dtype: str) -> None:
    """Raise InvalidArgumentError if `dtype` cannot tell the rows of an Embedding's table apart."""
    first = spec.layers[0]
    if isinstance(first, EmbeddingSpec) and dtype == "float32" and first.count > 2**24:
        raise fail("input_dim", "at most 16,777,216 in float32", first.count, "use dtype='float64'")


def unique_names(kinds: Sequence[str], given: Sequence[str | None] = ()) -> tuple[str, ...]:
    """Return the names given, and for layers without one their kind with a number.

    Example:
        >>> unique_names(["lstm", "dense", "dense"]), unique_names(["lstm", "lstm"], [None, "lstm"])
        (('lstm', 'dense', 'dense_1'), ('lstm_1', 'lstm'))
    """
    taken, names = {name for name in given if name}, []
    for kind, name in zip(kinds, given or [None] * len(kinds), strict=True):
        copies = (f"{kind}_{n}" if n else kind for n in range(len(kinds)))
        names.append(name or next(copy for copy in copies if copy not in taken))
        taken.add(names[-1])
    return tuple(names)


def auto_threads(spec: NetworkSpec, window: int, batch_size: int, cores: int) -> int:
    """Return how many of `cores` idle cores should share one batch.

    A batch is split by blocks of 16 rows, and only when each core gets work for well over the
    time that handing it over takes.
    """
    blocks = -(-batch_size // 16)
    if cores < 2 or blocks < 2:
        return 1
    operations = min(batch_size, 16) * row_operations(spec, window)
    return 1 if operations < SPLIT_OPERATIONS else min(blocks, cores)


def row_operations(spec: NetworkSpec, window: int) -> int:
    """Return the multiplications and additions that training on one window takes, roughly."""
    return 6 * window * spec.products


SPLIT_OPERATIONS = 1_000_000  # of one block of rows: some 10 microseconds of a core


def _assign(views: Sequence[Weight], weights: Sequence[ArrayLike]) -> None:
    """Write `weights` into `views` after all of them have been checked."""
    if not isinstance(weights, (list, tuple)) or len(weights) != len(views):
        received = len(weights) if isinstance(weights, (list, tuple)) else weights
        raise fail("weights", f"a list of {len(views)} arrays", received)
    values = [
        _checked(view.name, view.shape, numbers(view.name, value, view.value.dtype))
        for view, value in zip(views, weights, strict=True)
    ]
    for view, array in zip(views, values, strict=True):
        view.value[...] = array


def _checked(name: str, shape: Shape, array: NDArray[np.floating]) -> NDArray[np.floating]:
    if array.shape != shape:
        raise fail(name, f"of shape {shape}", array.shape)
    return array
