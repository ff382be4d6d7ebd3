"""GRU: an update gate z and a reset gate r, no cell state."""

from __future__ import annotations

from typing import Any

from rnncomp.nn.recurrent import RecurrentLayer


class GRU(RecurrentLayer):
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
        dropout: Share of the inputs dropped in training, 0 .. below 1; the same in every step.
        recurrent_dropout: Share of the states dropped in training; the kernels then work gate by
            gate, which is slower.
        return_sequences: Whether to return every step instead of the last one.
        return_state: Whether a call of the layer returns the last states, too; not in a Sequential.
        go_backwards: Whether the last step is read first; a sequence comes out in that order.
        stateful: Whether each batch starts in the states in which the last one ended.
        unroll: Has no effect: the time loop runs in the kernel.
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
        self._take(locals(), kwargs)
