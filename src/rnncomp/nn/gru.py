"""GRU: an update gate z and a reset gate r, no cell state."""

from __future__ import annotations

from typing import Any

from rnncomp.kernels.layer_specs import RecurrentSpec
from rnncomp.nn.activations import check_activation
from rnncomp.nn.initializers import get_initializers
from rnncomp.nn.layer import (
    Layer,
    check_flag,
    check_units,
)
from rnncomp.nn.refused import refuse
from rnncomp.nn.regularizers import get_regularizers


class GRU(Layer):
    """A gated recurrent unit with Keras's arguments.

    Gates in the order z, r, g::

        z, r = recurrent_activation(x @ kernel + h @ recurrent_kernel + bias)
        g = activation(x @ kernel + r * (h @ recurrent_kernel + recurrent bias) + bias)
        h = z * h + (1 - z) * g

    Weights: kernel (F, 3U), recurrent_kernel (U, 3U), bias (2, 3U). With ``reset_after=False``
    r is applied to h before the product, and the bias is (3U,).

    Args:
        units: Outputs U of a step, at least 1.
        activation: Of the candidate: a name or function of
            rnncomp.keras.activations.
        recurrent_activation: Of the gates, the same.
        use_bias: Whether there is a bias.
        kernel_initializer: Name, object, array or function; see rnncomp.keras.initializers.
        recurrent_initializer: The same for the recurrent kernel.
        bias_initializer: The same for the bias.
        kernel_regularizer: What large weights add to the loss: ``l1``, ``l2``, an object of
            rnncomp.keras.regularizers, or None.
        recurrent_regularizer: The same for the recurrent kernel.
        bias_regularizer: The same for the bias.
        return_sequences: Whether to return every step instead of the last one.
        reset_after: Whether the reset gate is applied after the recurrent product.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> GRU(50, input_shape=(50, 1)).units
        50
    """

    kind = "gru"

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        reset_after: bool = True,
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        super().__init__(kwargs)
        refuse(
            "GRU",
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            use_cudnn=use_cudnn,
        )
        self.units = check_units(units)
        self.spec = RecurrentSpec(
            "gru",
            self.units,
            activation=check_activation("activation", activation),
            recurrent_activation=check_activation("recurrent_activation", recurrent_activation),
            use_bias=check_flag("use_bias", use_bias),
            reset_after=check_flag("reset_after", reset_after),
            return_sequences=check_flag("return_sequences", return_sequences),
        )
        self.initializers = get_initializers(
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
        )
        self.regularizers = get_regularizers(
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
        )
