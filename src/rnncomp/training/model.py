# ruff: noqa: D102
"""Model: what the loop of fit, the callbacks and the files see of a Sequential."""

from __future__ import annotations

from typing import Any, Protocol

from rnncomp.kernels.spec import PenaltySpec
from rnncomp.nn.layer import Layer
from rnncomp.nn.network import Network
from rnncomp.samples import FloatArray, Samples
from rnncomp.training.compiled import Compiled


class Model(Protocol):
    """A Sequential, seen from below; its attributes and methods are documented there."""

    name: str
    seed: int
    batch_size: int | None
    layers: list[Layer]
    stop_training: bool
    threads: int | None

    @property
    def dtype(self) -> str: ...

    @property
    def built(self) -> bool: ...

    @property
    def stateful(self) -> bool: ...

    @property
    def network(self) -> Network: ...

    @property
    def compiled(self) -> bool: ...

    @property
    def compiled_with(self) -> Compiled: ...

    @property
    def optimizer(self) -> Any: ...

    @property
    def metrics_names(self) -> list[str]: ...

    @property
    def losses(self) -> list[float]: ...

    @property
    def penalty(self) -> PenaltySpec: ...

    @property
    def input_shape(self) -> tuple[int | None, ...]: ...

    def layer_output_shape(self, index: int) -> tuple[int | None, ...]: ...

    def count_params(self) -> int: ...

    def get_weights(self) -> list[FloatArray]: ...

    def set_weights(self, weights: list[FloatArray]) -> None: ...

    def save(self, filepath: str, overwrite: bool = True) -> None: ...

    def save_weights(self, filepath: str, overwrite: bool = True) -> None: ...

    def threads_for(self, window: int, rows: int) -> int: ...

    def shaped(self, outputs: FloatArray, samples: Samples) -> FloatArray: ...
