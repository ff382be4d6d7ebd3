"""SimpleRNN: h = activation(x @ kernel + h @ recurrent_kernel + bias)."""

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


class SimpleRNN(Layer):
    """A plain recurrent layer with Keras's arguments.

    The state h (U,) of a step is ``activation(x @ kernel + h @ recurrent_kernel + bias)``.
    Weights: kernel (F, U), recurrent_kernel (U, U), bias (U,).

    Args:
        units: Outputs U of a step, at least 1.
        activation: Of the hidden state: a name or function of
            rnncomp.keras.activations; None is linear.
        use_bias: Whether there is a bias.
        kernel_initializer: Name, object, array or function; see rnncomp.keras.initializers.
        recurrent_initializer: The same for the recurrent kernel.
        bias_initializer: The same for the bias.
        kernel_regularizer: What large weights add to the loss: ``l1``, ``l2``, an object of
            rnncomp.keras.regularizers, or None.
        recurrent_regularizer: The same for the recurrent kernel.
        bias_regularizer: The same for the bias.
        return_sequences: Whether to return every step instead of the last one.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> SimpleRNN(50, input_shape=(50, 1)).units
        50
    """

    kind = "simple_rnn"

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        seed: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(kwargs)
        refuse(
            "SimpleRNN",
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            unroll=unroll,
            seed=seed,
        )
        self.units = check_units(units)
        self.spec = RecurrentSpec(
            "simple_rnn",
            self.units,
            activation=check_activation("activation", activation),
            use_bias=check_flag("use_bias", use_bias),
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
