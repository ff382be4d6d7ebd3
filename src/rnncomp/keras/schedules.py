"""Learning-rate schedules, as in keras.optimizers.schedules, where they are found too."""

from rnncomp.training.cosine_decays import CosineDecay, CosineDecayRestarts
from rnncomp.training.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from rnncomp.training.schedule import LearningRateSchedule
from rnncomp.training.schedules import deserialize, serialize

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]
