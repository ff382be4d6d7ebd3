"""Dense: y = activation(x @ kernel + bias)."""

from __future__ import annotations

from typing import Any

from rnncomp.kernels.layer_specs import DenseSpec
from rnncomp.nn.activations import check_dense_activation
from rnncomp.nn.initializers import get_initializers
from rnncomp.nn.layer import (
    Layer,
    check_flag,
    check_units,
)
from rnncomp.nn.refused import refuse
from rnncomp.nn.regularizers import get_regularizers


class Dense(Layer):
    """A fully connected layer with Keras's arguments; on sequences it works on every step.

    Weights: kernel (F, U), bias (U,).

    Args:
        units: Outputs U, at least 1.
        activation: A name or function of rnncomp.keras.activations; None is linear.
        use_bias: Whether there is a bias.
        kernel_initializer: Name, object, array or function; see rnncomp.keras.initializers.
        bias_initializer: The same for the bias.
        kernel_regularizer: What large weights add to the loss: ``l1``, ``l2``, an object of
            rnncomp.keras.regularizers, or None.
        bias_regularizer: The same for the bias.
        **kwargs: ``name``, ``input_shape=(F,)`` or ``(T, F)``, ``input_dim=F``, ``dtype``.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Dense(1).spec.activation
        'linear'
    """

    kind = "dense"

    def __init__(
        self,
        units: Any,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kwargs)
        refuse(
            "Dense",
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            lora_rank=lora_rank,
            lora_alpha=lora_alpha,
            quantization_config=quantization_config,
        )
        self.units = check_units(units)
        self.spec = DenseSpec(
            self.units,
            activation=check_dense_activation("activation", activation),
            use_bias=check_flag("use_bias", use_bias),
        )
        self.initializers = get_initializers(
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
        )
        self.regularizers = get_regularizers(
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
        )
