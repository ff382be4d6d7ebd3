"""Input: the shape of what a network reads, with Keras's arguments."""

from __future__ import annotations

from typing import Any

from rnncomp._check import count, fail, shown
from rnncomp.errors import InvalidArgumentError
from rnncomp.nn.layer import InputShape, check_batch_shape, check_dtype, check_name, check_shape
from rnncomp.nn.refused import refuse


class Input:
    """The shape of one sample, as the first entry of a Sequential.

    Args:
        shape: (T, F): time steps and features; T None for any number of steps; (F,) in front of
            a Dense layer.
        batch_size: Samples in a batch, which matters where stateful layers keep the states of so
            many; None for any.
        dtype: None, or the network's ``float32`` or ``float64``; ``int32`` and ``int64``, as in
            front of an Embedding, are None: whole numbers are read from any array of numbers.
        sparse: Refused unless False or None.
        ragged: Refused unless False or None.
        batch_shape: (batch_size, T, F), in place of both.
        name: For the summary and the saved file.
        tensor: Refused unless None.
        optional: Refused unless False.

    Raises:
        UnsupportedError: An option is refused by name.
        InvalidArgumentError: The shape breaks its rule.

    Example:
        >>> Input((50, 1)).shape
        (50, 1)
    """

    shape: InputShape

    def __init__(
        self,
        shape: Any = None,
        batch_size: Any = None,
        dtype: Any = None,
        sparse: Any = None,
        ragged: Any = None,
        batch_shape: Any = None,
        name: str | None = None,
        tensor: Any = None,
        optional: Any = False,
    ) -> None:
        refuse(
            "Input",
            sparse=sparse,
            ragged=ragged,
            tensor=tensor,
            optional=optional,
        )
        if (shape is None) == (batch_shape is None):
            raise InvalidArgumentError(
                f"Input needs either shape or batch_shape, got shape={shown(shape)} and "
                f"batch_shape={shown(batch_shape)}; pass for example Input((50, 1))"
            )
        self.batch_size: int | None
        if batch_shape is not None:
            if batch_size is not None:
                raise fail("batch_size", "None beside batch_shape, which has it", batch_size)
            self.shape, self.batch_size = check_batch_shape("batch_shape", batch_shape)
        else:
            self.shape = check_shape("shape", shape)
            self.batch_size = None if batch_size is None else count("batch_size", batch_size)
        self.dtype = None if dtype in ("int32", "int64") else check_dtype("Input", dtype)
        self.name = check_name(name) or "input_layer"

    def __repr__(self) -> str:
        return f"<Input name={self.name}, shape={self.shape}>"
