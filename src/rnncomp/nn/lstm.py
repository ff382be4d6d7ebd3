"""LSTM: gates i, f, o and a cell state c beside the hidden state h."""

from __future__ import annotations

from typing import Any

from rnncomp.nn.initializers import UnitForgetBias
from rnncomp.nn.layer import check_flag
from rnncomp.nn.recurrent import RecurrentLayer


class LSTM(RecurrentLayer):
    """A long short-term memory layer with Keras's arguments.

    Gates in the order i, f, g, o (g is Keras's c, the candidate)::

        i, f, o = recurrent_activation(x @ kernel + h @ recurrent_kernel + bias)
        g = activation(...)
        c = f * c + i * g
        h = o * activation(c)

    Weights: kernel (F, 4U), recurrent_kernel (U, 4U), bias (4U,).

    Args:
        units: Outputs U of a step, at least 1.
        activation: Of the candidate and the cell state: a name or function of
            rnncomp.keras.activations.
        recurrent_activation: Of the gates, the same.
        use_bias: Whether there is a bias.
        kernel_initializer: Name, object, array or function; see rnncomp.keras.initializers.
        recurrent_initializer: The same for the recurrent kernel.
        bias_initializer: The same for the bias.
        unit_forget_bias: Whether the forget gate's bias starts at 1.
        kernel_regularizer: What large weights add to the loss: ``l1``, ``l2``, an object of
            rnncomp.keras.regularizers, or None.
        recurrent_regularizer: The same for the recurrent kernel.
        bias_regularizer: The same for the bias.
        dropout: Share of the inputs dropped in training, 0 .. below 1; the same in every step.
        recurrent_dropout: Share of the states dropped in training; the kernels then work gate by
            gate, which is slower.
        return_sequences: Whether to return every step instead of the last one.
        return_state: Whether a call of the layer returns the last states, too; not in a Sequential.
        go_backwards: Whether the last step is read first; a sequence comes out in that order.
        stateful: Whether each batch starts in the states in which the last one ended.
        unroll: Has no effect: the time loop runs in the kernel.
        **kwargs: ``name``, ``input_shape=(T, F)``, ``dtype``.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> LSTM(50, input_shape=(50, 1)).units
        50
    """

    kind = "lstm"

    def __init__(
        self,
        units: Any,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
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
        use_cudnn: Any = "auto",
        **kwargs: Any,
    ) -> None:
        self._take(locals(), kwargs)
        self.unit_forget_bias = check_flag("unit_forget_bias", unit_forget_bias)
        if self.unit_forget_bias:
            self.initializers["bias"] = UnitForgetBias(self.initializers["bias"])

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}
