"""Travelling: the methods by which a model goes to other programs; `convert` carries them out."""

from __future__ import annotations

import os
from typing import Any, cast

from rnncomp._check import as_path
from rnncomp.errors import InvalidArgumentError
from rnncomp.nn.layer import check_flag
from rnncomp.nn.refused import refuse
from rnncomp.training.doors import door, file_door
from rnncomp.training.model import Model
from rnncomp.training.weights_file import load_weights, save_weights


class Travelling:
    """What a LayerStack has beside its own: methods that go through the doors."""

    def save_weights(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        max_shard_size: Any = None,
    ) -> None:
        """Write the weights, and the state of the optimizer if compiled, to a file.

        Args:
            filepath: Where to: a ``.weights.h5`` file, which Keras loads into the same layers, or
                a ``.safetensors`` file, which `load_model` reads as well.
            overwrite: Whether an existing file is replaced.
            max_shard_size: Refused unless None.

        Raises:
            InvalidArgumentError: The model has no weights yet.
            MissingExtraError: h5py is not installed.
            ModelFileError: A weight is NaN or infinite.
            OutputError: The file cannot be written; nothing is left behind.
            UnsupportedError: The name ends otherwise.
        """
        refuse("save_weights", max_shard_size=max_shard_size)
        path, overwrite = as_path("filepath", filepath), check_flag("overwrite", overwrite)
        save = file_door("save_weights", path) or save_weights
        save(cast("Model", self), path, overwrite=overwrite)

    def load_weights(
        self, filepath: str | os.PathLike[str], skip_mismatch: bool = False, **kwargs: Any
    ) -> None:
        """Take the weights, and the optimizer's state if compiled, from a file.

        In a ``.weights.h5`` file layers are found by their class and order, as in Keras, in a
        ``.safetensors`` file by their names.

        Args:
            filepath: What `save_weights` wrote, here or in Keras.
            skip_mismatch: Refused unless False.
            **kwargs: None are known.

        Raises:
            InvalidArgumentError: The model has no weights yet.
            MissingExtraError: h5py is not installed.
            ModelFileError: The file is missing, damaged, or of other layers; nothing is changed.
            UnsupportedError: The name ends otherwise.
        """
        refuse("load_weights", skip_mismatch=skip_mismatch)
        if kwargs:
            raise InvalidArgumentError(f"load_weights has no argument {next(iter(kwargs))!r}")
        path = as_path("filepath", filepath)
        load = file_door("load_weights", path) or load_weights
        load(cast("Model", self), path)

    def to_keras(self) -> Any:
        """Return the model as one of Keras 3, which must be installed, with a backend.

        Returns:
            A ``keras.Sequential`` with copies of all weights, equal to the bit; compiled as this
            one is, with the state of its optimizer.

        Raises:
            InvalidArgumentError: The model has no weights yet.
            MissingExtraError: Keras 3 is not installed.
            UnsupportedError: Keras has not what the model needs.
        """
        return door("to_keras")(self)

    def to_onnx(self, filepath: str | os.PathLike[str], *, overwrite: bool = True) -> None:
        """Write the model as ONNX, whole or not at all; needs the extra ``rnncomp[onnx]``.

        The file has one input, ``x``, and one output, ``y``, in the model's precision and shapes:
        (batch, T, F) and (batch, U), or (batch, T, U) if the last layer returns sequences. Any
        batch size will do, and any number of steps if the model is declared without one:
        ``Input((None, F))``.

        Args:
            filepath: Where to; it must end in ``.onnx``.
            overwrite: Whether an existing file is replaced.

        Raises:
            InvalidArgumentError: The model has no weights yet.
            MissingExtraError: The package onnx is not installed.
            ModelFileError: A weight is NaN or infinite.
            OutputError: The file cannot be written; nothing is left behind.
            UnsupportedError: A layer or an option has no exact form in ONNX, or the name ends
                otherwise.

        Example:
            >>> from rnncomp import LSTM, Dense, Sequential
            >>> model = Sequential([LSTM(4, input_shape=(3, 1)), Dense(1)], seed=1)
            >>> model.to_onnx("model.onnx")
        """
        door("to_onnx")(self, filepath, overwrite=overwrite)
