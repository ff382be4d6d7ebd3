"""What SimpleRNN, LSTM and GRU share: Keras's arguments but for those of their gates."""

from __future__ import annotations

from typing import Any, ClassVar

from rnncomp._check import real
from rnncomp.kernels.layer_specs import Cell, RecurrentSpec
from rnncomp.nn.activations import check_activation
from rnncomp.nn.initializers import get_initializers
from rnncomp.nn.layer import Layer, check_flag, check_units
from rnncomp.nn.refused import refuse
from rnncomp.nn.regularizers import get_regularizers

WEIGHTS = ("kernel", "recurrent", "bias")
REFUSED = (
    "activity_regularizer",
    "kernel_constraint",
    "recurrent_constraint",
    "bias_constraint",
    "seed",
    "use_cudnn",
    "implementation",
    "zero_output_for_mask",
    "time_major",
)


class LayerWithStates(Layer):
    """Base of SimpleRNN, LSTM, GRU and Bidirectional.

    Attributes:
        return_state: Whether a call returns the last states, too.
        stateful: Whether each batch starts in the states in which the last one ended.
    """

    def reset_state(self) -> None:
        """Let the next batch start from zero again; the states of a stateful layer are kept."""
        if self.network is not None:
            self.network.reset_states(self.index)

    def reset_states(self) -> None:
        """Another name of reset_state."""
        self.reset_state()


class RecurrentLayer(LayerWithStates):
    """Base of SimpleRNN, LSTM and GRU."""

    kind: ClassVar[Cell]
    spec: RecurrentSpec

    def _take(self, given: dict[str, Any], kwargs: dict[str, Any]) -> None:
        """Take a constructor's arguments, by name, and its keyword arguments.

        Args:
            given: ``locals()`` of the constructor: what a gate does not have is missing.
            kwargs: The others: ``name``, ``input_shape`` and the like.
        """
        kwargs = dict(kwargs)
        for option in REFUSED:
            if option in kwargs or option in given:
                value = kwargs.pop(option) if option in kwargs else given[option]
                refuse(type(self).__name__, **{option: value})
        Layer.__init__(self, kwargs)
        self.units = check_units(given["units"])
        self.spec = RecurrentSpec(
            self.kind,
            self.units,
            activation=check_activation("activation", given["activation"]),
            use_bias=check_flag("use_bias", given["use_bias"]),
            return_sequences=check_flag("return_sequences", given["return_sequences"]),
            go_backwards=check_flag("go_backwards", given["go_backwards"]),
            dropout=check_share("dropout", given["dropout"]),
            recurrent_dropout=check_share("recurrent_dropout", given["recurrent_dropout"]),
            recurrent_activation=check_activation(
                "recurrent_activation", given.get("recurrent_activation", "sigmoid")
            ),
            reset_after=check_flag("reset_after", given.get("reset_after", True)),
        )
        self.return_state = check_flag("return_state", given["return_state"])
        self.stateful = check_flag("stateful", given["stateful"])
        self.unroll = check_flag("unroll", given["unroll"])  # the loop runs in the kernel anyway
        self.initializers = get_initializers(**_of_weights("initializer", given))
        self.regularizers = get_regularizers(**_of_weights("regularizer", given))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        names = ("return_state", "stateful", "unroll")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def check_share(name: str, value: object) -> float:
    """Return `value` as the share of numbers that dropout drops."""
    return real(name, value, at_least=0.0, below=1.0)


def _of_weights(what: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments ``kernel_<what>`` and so on."""
    return {f"{weight}_{what}": given[f"{weight}_{what}"] for weight in WEIGHTS}
