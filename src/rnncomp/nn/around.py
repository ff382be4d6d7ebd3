"""Layers without weights: Masking, Dropout, Activation, RepeatVector, Flatten."""

from __future__ import annotations

from typing import Any

from rnncomp._check import count, real
from rnncomp.kernels.layer_specs import (
    ActivationSpec,
    DropoutSpec,
    FlattenSpec,
    MaskingSpec,
    RepeatVectorSpec,
)
from rnncomp.nn.activations import check_dense_activation
from rnncomp.nn.layer import Layer
from rnncomp.nn.recurrent import check_share
from rnncomp.nn.refused import refuse


class Masking(Layer):
    """Takes steps as not there whose features all equal a value; recurrent layers leave them out.

    Args:
        mask_value: The value.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> Masking(9.0)([[[9.0], [3.0]]]).tolist()
        [[[0.0], [3.0]]]
    """

    kind = "masking"

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(kwargs)
        self.spec = MaskingSpec(real("mask_value", mask_value))


class Dropout(Layer):
    """Drops a share of all numbers in training, and scales the others up by as much.

    What is dropped depends on the model's seed and on the batches trained before, on nothing else.

    Args:
        rate: The share, 0 .. below 1.
        noise_shape: Refused unless None.
        seed: Refused unless None: the model's seed decides.
        **kwargs: ``name``, ``input_shape``, ``dtype``.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Dropout(0.5)([[1.0, 2.0]])
        array([[1., 2.]], dtype=float32)
    """

    kind = "dropout"
    spec: DropoutSpec

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(kwargs)
        refuse("Dropout", noise_shape=noise_shape, seed=seed)
        self.spec = DropoutSpec(check_share("rate", rate))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        return {**super().get_config(), "rate": self.spec.dropout}


class Activation(Layer):
    """An activation by itself.

    Args:
        activation: Its name, or a function of rnncomp.keras.activations.
        **kwargs: ``name``, ``input_shape``, ``dtype``.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> Activation("relu")([[-1.0, 2.0]])
        array([[0., 2.]], dtype=float32)
    """

    kind = "activation"

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(kwargs)
        self.spec = ActivationSpec(check_dense_activation("activation", activation))


class RepeatVector(Layer):
    """Gives one step several times: the way from an encoder to a decoder.

    Args:
        n: How often, at least 1.
        **kwargs: ``name``, ``input_shape=(F,)``, ``dtype``.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> RepeatVector(3)([[1.0, 2.0]]).shape
        (1, 3, 2)
    """

    kind = "repeat_vector"
    spec: RepeatVectorSpec

    def __init__(self, n: Any, **kwargs: Any) -> None:
        super().__init__(kwargs)
        self.spec = RepeatVectorSpec(count("n", n))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        return {**super().get_config(), "n": self.spec.count}


class Flatten(Layer):
    """Puts all steps side by side as one.

    Args:
        data_format: Must be None or ``channels_last``.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    Raises:
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Flatten()([[[1.0, 2.0], [3.0, 4.0]]])
        array([[1., 2., 3., 4.]], dtype=float32)
    """

    kind = "flatten"

    def __init__(self, data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(kwargs)
        refuse("Flatten", data_format=data_format)
        self.spec = FlattenSpec()
