"""Embedding: a row of a table for every whole number."""

from __future__ import annotations

from typing import Any

from rnncomp._check import count
from rnncomp.kernels.layer_specs import EmbeddingSpec
from rnncomp.nn.initializers import get_initializers
from rnncomp.nn.layer import Layer, check_flag
from rnncomp.nn.refused import refuse
from rnncomp.nn.regularizers import get_regularizers


class Embedding(Layer):
    """A table that whole numbers are looked up in, with Keras's arguments; the first layer.

    It reads (N, T) whole numbers, each in 0 .. input_dim - 1, and gives (N, T, output_dim).

    Weights: embeddings (input_dim, output_dim).

    Args:
        input_dim: Rows of the table V: the largest number that may come, and 1.
        output_dim: Numbers in a row, at least 1.
        embeddings_initializer: Name, object, array or function; see rnncomp.keras.initializers.
        embeddings_regularizer: What large numbers add to the loss: ``l1``, ``l2``, an object of
            rnncomp.keras.regularizers, or None.
        mask_zero: Whether 0 means that a step is not there: recurrent layers leave it out.
        **kwargs: ``name``, ``input_shape=(T,)``, ``dtype``.

    All other arguments are Keras's and refused by name unless they are off.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: An option of Keras that rnncomp does not have is switched on.

    Example:
        >>> Embedding(3, 2, embeddings_initializer="ones")([[0, 2]]).shape
        (1, 2, 2)
    """

    kind = "embedding"
    spec: EmbeddingSpec

    def __init__(
        self,
        input_dim: Any,
        output_dim: Any,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        options = dict(kwargs)
        refuse("Embedding", input_length=options.pop("input_length", None))
        super().__init__(options)
        refuse(
            "Embedding",
            embeddings_constraint=embeddings_constraint,
            weights=weights,
            lora_rank=lora_rank,
            lora_alpha=lora_alpha,
            quantization_config=quantization_config,
        )
        self.spec = EmbeddingSpec(
            count("input_dim", input_dim),
            count("output_dim", output_dim),
            check_flag("mask_zero", mask_zero),
        )
        self.units = self.spec.units
        self.initializers = get_initializers(embeddings_initializer=embeddings_initializer)
        self.regularizers = get_regularizers(embeddings_regularizer=embeddings_regularizer)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        sizes = {"input_dim": self.spec.count, "output_dim": self.spec.units}
        return {**super().get_config(), **sizes}
