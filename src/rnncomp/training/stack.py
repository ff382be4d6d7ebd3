"""LayerStack: layers in order, and the network that they become once their input is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import check_seed, count, fail, one_of
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.kernels.engine import DType
from rnncomp.kernels.info import cores
from rnncomp.kernels.spec import NO_PENALTY, NetworkSpec, PenaltySpec
from rnncomp.nn.arrays import as_samples, check_samples
from rnncomp.nn.calls import call_network
from rnncomp.nn.chain import chain_spec, check_order, check_stateful, reads_numbers
from rnncomp.nn.input import Input
from rnncomp.nn.layer import InputShape, Layer, check_batch_shape, check_flag, check_name
from rnncomp.nn.network import Network, Weight, auto_threads, unique_names
from rnncomp.nn.predictor import Predictor
from rnncomp.nn.random import next_model_seed
from rnncomp.nn.refused import NeverFrozen, refuse
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.left_out import NotHere
from rnncomp.training.plan import BATCH_SIZE, check_size
from rnncomp.training.travel import Travelling


class LayerStack(Travelling, NotHere, NeverFrozen):
    """What Sequential is before it learns; its arguments are documented there."""

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
        refuse("Sequential", trainable=trainable)
        self.name = check_name(name) or "sequential"
        self.seed = next_model_seed() if seed is None else check_seed(seed)
        self.dtype = cast("DType", one_of("dtype", dtype, ("float32", "float64")))
        self.threads = None if threads is None else count("threads", threads)
        self.layers: list[Layer] = []
        self.batch_size: int | None = None  # that stateful layers keep states for, if declared
        self._declared: InputShape | None = None  # by Input, input_shape or build
        self._shape: InputShape | None = None  # of the network as it was built
        self._network: Network | None = None
        self._kept: dict[int, list[FloatArray]] = {}  # of layers between two networks
        if not isinstance(layers or (), Iterable):
            raise fail("layers", "a list of layers", layers, "pass [layer], or call add")
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._build_if_declared()  # once: drawing first weights takes time

    def add(self, layer: Layer | Input, rebuild: bool = True) -> None:
        """Add a layer at the end; the network is built as soon as its input shape is known.

        Args:
            layer: An Input (first) or a layer.
            rebuild: Whether to build now; with False the next `build` or `fit` does.
        """
        if isinstance(layer, Input):
            self._take_shape(layer)
            return
        if not isinstance(layer, Layer):
            raise fail(
                "layer", "an Input or a layer of rnncomp", layer, "of a model, add its layers"
            )
        if layer.return_state or getattr(layer, "merge_mode", "concat") is None:
            raise UnsupportedError(
                f"layer {layer.name!r} gives several arrays, and a Sequential has one; leave "
                "return_state False and merge_mode set, or call the layer by itself"
            )
        if layer.network is not None or layer.wrapped or layer in self.layers:
            raise UnsupportedError(
                f"layer {layer.name!r} belongs to a model already; make a new "
                f"{type(layer).__name__}: layers are not shared"
            )
        if layer.dtype not in (None, self.dtype):
            hint = f"pass Sequential(dtype={layer.dtype!r})"
            raise UnsupportedError(f"layer {layer.name!r} cannot have a dtype of its own; {hint}")
        if layer.given_name in [other.given_name for other in self.layers if other.given_name]:
            raise fail("name", "different for all layers of a model", layer.given_name)
        if not self.layers and layer.input_shape is not None:
            self._declared, self.batch_size = layer.input_shape, layer.batch_size
        self._keep_weights()
        self._unbuild()
        self.layers.append(layer)
        self._name_layers()
        check_order(self.layers, self._declared)
        if check_flag("rebuild", rebuild):
            self._build_if_declared()

    def pop(self, rebuild: bool = True) -> Layer:
        """Remove the last layer and return it; the others keep their weights."""
        if not self.layers:
            raise InvalidArgumentError("there is no layer to pop; add one first")
        self._keep_weights()
        self._unbuild()
        layer = self.layers.pop()
        if check_flag("rebuild", rebuild):
            self._build_if_declared()
        return layer

    def build(self, input_shape: Sequence[int | None] | None = None) -> None:
        """Make the weights for an input of shape (None, T, F), the batch included as in Keras."""
        if input_shape is not None:
            self._unbuild()
            self._declared, self.batch_size = check_batch_shape("input_shape", input_shape)
        if self._declared is None:
            raise InvalidArgumentError(
                "build needs an input shape; pass build((None, time_steps, features))"
            )
        if self._network is None:
            self._build(self._declared)

    def declare(self, shape: InputShape, batch_size: int | None = None) -> None:
        """Say what the input will be, (T, F) or (F,), without building."""
        self._declared, self.batch_size = shape, batch_size

    def build_from(self, params: FloatArray) -> None:
        """Make the network with these weights, shape (P,), for the declared input."""
        if self._declared is None:
            raise InvalidArgumentError("build_from needs a declared input; call declare first")
        self._unbuild()
        self._build(self._declared, params)

    @property
    def declared_spec(self) -> NetworkSpec:
        """What the network is told when it is built for the declared input."""
        assert self._declared is not None
        return chain_spec(self.layers, self._declared)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by name or by index."""
        if (name is None) == (index is None):
            raise InvalidArgumentError("get_layer needs either name or index")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise fail("index", f"below {len(self.layers)}", index)
            return self.layers[index]
        one_of("name", name, [layer.name for layer in self.layers])
        return next(layer for layer in self.layers if layer.name == name)

    @property
    def trainable_weights(self) -> list[Weight]:
        """All weights: none is frozen."""
        return self.weights

    @property
    def built(self) -> bool:
        """Whether there are weights."""
        return self._network is not None

    @property
    def network(self) -> Network:
        """The network with its weights; asking for it before it is built raises."""
        if self._network is None:
            raise InvalidArgumentError(
                "the model has no weights yet; give the first layer input_shape=(T, F), or call "
                "build or fit"
            )
        return self._network

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of the input, the batch (None) included."""
        return (None, *(self._shape or self._declared or ()))

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Shape of the output, the batch (None) included."""
        return self.layer_output_shape(len(self.layers) - 1)

    def layer_output_shape(self, index: int) -> tuple[int | None, ...]:
        """Return the shape of what layer `index` gives, the batch (None) included."""
        return (None, *self.network.spec.shapes[index + 1])

    @property
    def weights(self) -> list[Weight]:
        """Named views of all weights in Keras's order."""
        return self._network.weights if self._network is not None else []

    @property
    def losses(self) -> list[float]:
        """What each weight with a regularizer adds to the loss, in the order of the weights."""
        return [loss for layer in self.layers for loss in layer.losses]

    @property
    def penalty(self) -> PenaltySpec:
        """The regularizers of all weights, as the kernels are told."""
        given = [r for layer in self.layers for r in layer.weight_regularizers]
        l1, l2 = (tuple(getattr(r, name, 0.0) for r in given) for name in ("l1", "l2"))
        return PenaltySpec(l1, l2) if any(l1 + l2) else NO_PENALTY

    def get_weights(self) -> list[FloatArray]:
        """Return copies of all weights in Keras's order."""
        return self._network.get_weights() if self._network is not None else []

    def set_weights(self, weights: Sequence[ArrayLike]) -> None:
        """Replace all weights, given in Keras's order and shapes."""
        self.network.set_weights(weights)

    def count_params(self) -> int:
        """Return the number of weights."""
        return self.network.spec.n_params

    def fitting(self, samples: Samples, *, flat: bool = False) -> Samples:
        """Return `samples` if the model can read them; the first ones ever build it.

        `flat` says that they came as (N, F), for a Dense layer.
        """
        if self._network is None:
            steps = () if flat else (samples.window,)
            features = () if reads_numbers(self.layers) else (samples.features,)
            self._build(self._declared or (*steps, *features))
        wanted = 1 if self.is_flat else (self._declared or (None,))[0]
        if wanted not in (None, samples.window):
            hint = "declare None time steps for windows of any length"
            raise fail("x", f"windows of {wanted} time steps, as declared", samples.window, hint)
        return check_samples(samples, self.network.spec)

    def _samples(self, x: Any, y: Any, needs_targets: str = "") -> Samples:
        """Return checked Samples; the first ones ever build the network.

        `needs_targets` is the method that cannot do without targets.
        """
        if x is None:
            raise fail("x", "windows of shape (N, T, F), or Samples", x)
        if not self.layers:
            raise InvalidArgumentError("the model has no layers; add for example LSTM(50)")
        samples = as_samples(x, y, dtype=np.dtype(self.dtype), first=self.layers[0].spec)
        if not len(samples):
            raise fail("x", "at least one sample", "none")
        if needs_targets and samples.targets is None:
            raise InvalidArgumentError(
                f"{needs_targets} needs targets; pass y, or Samples with them"
            )
        known = self.built or isinstance(x, Samples) or reads_numbers(self.layers)
        flat = not known and np.ndim(x) == 2
        return self.fitting(samples, flat=flat)

    @property
    def is_flat(self) -> bool:
        """Whether the input is (N, F), without time steps."""
        return len(self.input_shape) == 2 and not reads_numbers(self.layers)

    def batch_of(self, batch_size: int | None) -> int:
        """Return the batch size that is meant: as given, as declared for stateful layers, or 32."""
        declared = self.batch_size if self.stateful else None
        size = check_size("batch_size", batch_size, declared or BATCH_SIZE)
        if declared not in (None, size):
            raise fail("batch_size", f"{declared}, as declared for stateful layers", size)
        return size

    @property
    def stateful(self) -> bool:
        """Whether each batch starts in the states in which the last one ended."""
        return any(layer.stateful for layer in self.layers)

    def threads_for(self, window: int, rows: int) -> int:
        """Return how many threads may share a batch of `rows` windows: those that can pay.

        Asked before every native call, so that a long training takes up cores as others leave
        them; the number of threads never changes a byte.
        """
        return self.threads or auto_threads(self.network.spec, window, rows, self.cores())

    def cores(self) -> int:
        """Return the cores that the next native call may use."""
        return cores()

    def predictor(self, window: int | None = None) -> Predictor:
        """Return the model prepared for one window at a time, in microseconds.

        It keeps a copy of the weights: make it again after more training.

        Args:
            window: Time steps T in a window; None for those of the model's input.

        Returns:
            A Predictor: call it with a window, shape (T, F), and it returns what
            ``predict(x[None])[0]`` does, to rounding.

        Raises:
            InvalidArgumentError: The model has no weights yet, or reads windows of another length.
        """
        network, steps = self.network, 1 if self.is_flat else self.input_shape[1]
        if window is None and steps is None:
            raise fail("window", "given, as the model reads any number of steps", window)
        window = count("window", steps if window is None else window)
        if window != (steps or window):
            raise fail("window", f"{steps}, as declared", window)
        return network.predictor(window)

    def __call__(self, x: Any, training: bool = False, mask: Any = None) -> FloatArray:
        """Return the outputs for data in one pass, as `predict` does, without bar and callbacks.

        Args:
            x: Windows, shape (N, T, F), or Samples.
            training: Whether dropout acts; every call then draws anew.
            mask: Refused unless None.
        """
        refuse("a model's call", mask=mask)
        samples = self._samples(x, None)
        training = check_flag("training", training)
        if self.stateful:
            self.batch_of(len(samples))
        return self.shaped(
            call_network(self.network, samples, training=training, stateful=self.stateful), samples
        )

    def predict_on_batch(self, x: Any) -> FloatArray:
        """Return the outputs for data in one pass; see __call__."""
        return self(x)

    def shaped(self, outputs: FloatArray, samples: Samples) -> FloatArray:
        """Return `outputs` (N, O) in the shape that the last layer gives."""
        return outputs.reshape(-1, *self.network.spec.output_shape(samples.window))

    def _take_shape(self, given: Input) -> None:
        if self.layers or self._declared is not None:
            raise InvalidArgumentError("Input must be the first entry of a Sequential, once")
        if given.dtype not in (None, self.dtype):
            hint = f"pass Sequential(dtype={given.dtype!r})"
            raise UnsupportedError(f"Input cannot have a dtype of its own; {hint}")
        self._declared, self.batch_size = given.shape, given.batch_size

    def _name_layers(self) -> None:
        """Number the layers that were given no name: lstm, dense, dense_1."""
        kinds = [layer.kind for layer in self.layers]
        names = unique_names(kinds, [layer.given_name for layer in self.layers])
        for layer, name in zip(self.layers, names, strict=True):
            layer.name = name

    def _build_if_declared(self) -> None:
        """Make the network if there are layers and the shape of their input is known."""
        if self.layers and self._declared is not None:
            self._build(self._declared)

    def _build(self, shape: InputShape, params: FloatArray | None = None) -> None:
        """Make the network for an input of `shape`, (T, F) or (F,)."""
        if not self.layers:
            raise InvalidArgumentError("a model needs a layer; add for example LSTM(50)")
        if self.layers[0].spec.recurrent and len(shape) != 2:
            raise fail("input_shape", "(time steps, features)", shape, "for example (50, 1)")
        check_stateful(self.layers)
        self._network = Network(
            chain_spec(self.layers, shape),
            dtype=self.dtype,
            seed=self.seed,
            names=[layer.name for layer in self.layers],
            initializers=[layer.initializers for layer in self.layers],
            params=params,
        )
        self._shape = shape
        for index, layer in enumerate(self.layers):
            layer.network, layer.index = self._network, index
            kept = self._kept.pop(id(layer), None)
            shapes = [weight.shape for weight in layer.weights]
            if kept is not None and [array.shape for array in kept] == shapes:
                layer.set_weights(kept)
        self._kept.clear()

    def _keep_weights(self) -> None:
        """Keep the weights of the layers, which are about to become another network."""
        if self._network is not None:
            self._kept = {id(layer): layer.get_weights() for layer in self.layers}

    def _unbuild(self) -> None:
        self._network = self._shape = None
        for layer in self.layers:
            layer.network, layer.index = None, -1
