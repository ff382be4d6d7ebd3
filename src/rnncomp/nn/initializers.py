"""First weights, by Keras's names: each a pure function of (shape, seed, purpose)."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import check_seed, fail, integer, nearest, real, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.nn import random

Shape = tuple[int, ...]
FloatArray = NDArray[np.float64]


class Initializer:
    """Base of all initializers. `seed`, where there is one, overrides the network's seed."""

    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the first values of a weight, float64, of `shape`."""
        raise NotImplementedError

    def __call__(self, shape: Shape) -> FloatArray:
        """Return values of `shape` outside of any network, as Keras allows."""
        return self.draw(tuple(shape), random.fresh_seed(), "standalone")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this initializer again."""
        return dataclasses.asdict(self)  # type: ignore[call-overload,no-any-return]

    def _seed(self, seed: int) -> int:
        return seed if self.seed is None else check_seed(self.seed)


@dataclass(frozen=True)
class Zeros(Initializer):
    """All zeros."""

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return zeros of `shape`."""
        return np.zeros(shape)


@dataclass(frozen=True)
class Ones(Initializer):
    """All ones."""

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return ones of `shape`."""
        return np.ones(shape)


@dataclass(frozen=True)
class Constant(Initializer):
    """All `value`."""

    value: float = 0.0

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return an array of `shape` filled with `value`."""
        return np.full(shape, real("value", self.value))


@dataclass(frozen=True)
class RandomUniform(Initializer):
    """Uniform between `minval` and `maxval`."""

    minval: float = -0.05
    maxval: float = 0.05
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return uniform numbers of `shape`."""
        return random.uniform(self._seed(seed), purpose, shape, self.minval, self.maxval)


@dataclass(frozen=True)
class RandomNormal(Initializer):
    """Normal with `mean` and `stddev`."""

    mean: float = 0.0
    stddev: float = 0.05
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return normal numbers of `shape`."""
        return random.normal(self._seed(seed), purpose, shape, self.mean, self.stddev)


@dataclass(frozen=True)
class _UniformScaling(Initializer):
    """Uniform within +- sqrt(3 * scale / fan)."""

    seed: int | None = None
    scale: ClassVar[float] = 1.0

    @staticmethod
    def fan(fan_in: int, fan_out: int) -> float:
        """Return what the variance is divided by."""
        return fan_in

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return uniform numbers of `shape`, scaled by its fan."""
        fan_in, fan_out = (math.prod(shape[:-1]), shape[-1]) if len(shape) > 1 else shape * 2
        limit = math.sqrt(3.0 * self.scale / max(1.0, self.fan(fan_in, fan_out)))
        return random.uniform(self._seed(seed), purpose, shape, -limit, limit)


@dataclass(frozen=True)
class GlorotUniform(_UniformScaling):
    """Uniform within +- sqrt(6 / (fan_in + fan_out)): Keras's default for kernels."""

    @staticmethod
    def fan(fan_in: int, fan_out: int) -> float:
        """Return the mean of both fans."""
        return (fan_in + fan_out) / 2


@dataclass(frozen=True)
class HeUniform(_UniformScaling):
    """Uniform within +- sqrt(6 / fan_in)."""

    scale: ClassVar[float] = 2.0


@dataclass(frozen=True)
class LecunUniform(_UniformScaling):
    """Uniform within +- sqrt(3 / fan_in)."""


@dataclass(frozen=True)
class Orthogonal(Initializer):
    """Orthonormal rows or columns times `gain`: Keras's default for recurrent kernels."""

    gain: float = 1.0
    seed: int | None = None

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return a random matrix of `shape` with orthonormal rows (columns if it is tall)."""
        if len(shape) != 2:
            raise fail("shape", "that of a matrix for the orthogonal initializer", shape)
        tall = (max(shape), min(shape))
        q = _orthonormal_columns(random.normal(self._seed(seed), purpose, tall))
        return real("gain", self.gain) * (q if shape == tall else np.ascontiguousarray(q.T))


def _orthonormal_columns(a: FloatArray) -> FloatArray:
    """Return Q of a = QR (m, n), m >= n, with the signs that make R's diagonal positive.

    Householder steps by einsum, which adds in a fixed order: LAPACK's result depends on its build
    and its threads.
    """
    a = a.copy()
    m, n = a.shape
    reflectors = []
    for k in range(n):
        v = a[k:, k].copy()
        v[0] += math.copysign(math.sqrt((v * v).sum()), v[0])
        v *= math.sqrt(2.0 / (v * v).sum())  # the reflection is I - v v'
        a[k:, k:] -= v[:, None] * np.einsum("i,ij->j", v, a[k:, k:])
        reflectors.append(v)
    q = np.eye(m, n)
    for k in reversed(range(n)):
        v = reflectors[k]
        q[k:, k:] -= v[:, None] * np.einsum("i,ij->j", v, q[k:, k:])
    return q * np.where(np.diag(a) < 0.0, -1.0, 1.0)


@dataclass(frozen=True)
class UnitForgetBias(Initializer):
    """Ones for the forget gate, `others` for the gates i, g and o."""

    others: Initializer

    def draw(self, shape: Shape, seed: int, purpose: str) -> FloatArray:
        """Return the first bias of an LSTM, shape (4U,)."""
        units = shape[0] // 4
        gates = [self.others.draw((units,), seed, f"{purpose}/{gate}") for gate in "igo"]
        return np.concatenate([gates[0], np.ones(units), *gates[1:]])


CLASSES: dict[str, type[Initializer]] = {
    "constant": Constant,
    "glorot_uniform": GlorotUniform,
    "he_uniform": HeUniform,
    "lecun_uniform": LecunUniform,
    "ones": Ones,
    "orthogonal": Orthogonal,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "zeros": Zeros,
}
REFUSED = (
    "glorot_normal",
    "he_normal",
    "identity",
    "lecun_normal",
    "truncated_normal",
    "variance_scaling",
)


def get_initializer(name: str, value: object) -> Initializer:
    """Return the initializer given by name, object, or saved config, for the argument `name`.

    Raises:
        UnsupportedError: Keras has it, rnncomp does not.
        InvalidArgumentError: It is not known at all.
    """
    if isinstance(value, Initializer):
        return value
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return _from_config(name, value)
    if isinstance(value, str):
        # Keras also takes the class name: "GlorotUniform".
        word = "".join("_" + c.lower() if c.isupper() else c for c in value).lstrip("_")
        if word in CLASSES:
            return CLASSES[word]()
        if word in REFUSED:
            offered = ", ".join(CLASSES)
            raise UnsupportedError(f"{name}={shown(value)} is not supported; use one of {offered}")
        raise fail(name, "the name of an initializer", value, nearest(word, CLASSES))
    raise UnsupportedError(
        f"{name} must be an rnncomp initializer or the name of one, got {shown(value)}; "
        "to start from weights of your own, call set_weights"
    )


def default_initializer(kind: str, weight: str) -> Initializer:
    """Return Keras's default for a weight of a layer."""
    if weight == "bias":
        return UnitForgetBias(Zeros()) if kind == "lstm" else Zeros()
    return Orthogonal() if weight == "recurrent_kernel" else GlorotUniform()


def to_config(initializer: Initializer) -> dict[str, Any]:
    """Return the plain description that get_initializer takes back."""
    if isinstance(initializer, UnitForgetBias):  # the layer's unit_forget_bias says the rest
        return to_config(initializer.others)
    name = next(word for word, cls in CLASSES.items() if type(initializer) is cls)
    return {"name": name, **initializer.get_config()}


def _from_config(name: str, config: dict[str, Any]) -> Initializer:
    arguments = dict(config)
    cls = CLASSES.get(arguments.pop("name"))
    fields = {f.name for f in dataclasses.fields(cls)} if cls else set()  # type: ignore[arg-type]
    if cls is None or not set(arguments) <= fields:
        raise InvalidArgumentError(f"{name} holds no known initializer: {shown(config)}")
    for key, value in arguments.items():
        if key == "seed":
            _ = value is None or integer("seed", value, at_least=0)
        else:
            real(key, value)
    return cls(**arguments)
