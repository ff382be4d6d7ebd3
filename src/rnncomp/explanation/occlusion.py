"""Occlusion: what the output loses where a part of the window is replaced by the baseline.

Source: Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014.

Shapes: T steps, F features.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rnncomp.explanation.double import NUMBERS_AT_ONCE, Array
from rnncomp.explanation.question import Question


class Occluded(NamedTuple):
    """Output of the window less that of the window with something replaced."""

    parts: Array  # (T, F) one feature of a run of steps
    by_step: Array  # (T,) all features of a run of steps
    by_feature: Array  # (F,) one feature in all steps
    output: float  # of the window
    base_output: float  # of the baseline


def occlude(question: Question, run: int = 1) -> Occluded:
    """Replace each value, each step, and each feature of the one window in turn.

    Args:
        question: Of one window.
        run: Steps replaced together, those around the step, `run` in all but for the ends.
    """
    _, steps, features = question.x.shape
    parts, by_step = np.empty((steps, features)), np.empty(steps)
    whole = question.values(np.concatenate([question.x[:1], question.base[:1]]), np.zeros(2, int))
    alone = np.eye(features, dtype=bool)
    block = max(1, NUMBERS_AT_ONCE // (steps * features * (features + 1)))
    for first in range(0, steps, block):
        t = np.arange(first, min(steps, first + block))
        where = _runs(t, steps, run)  # (t, T)
        parts[t] = _lost(question, whole[0], where[:, None, :, None] & alone[:, None])
        by_step[t] = _lost(question, whole[0], np.repeat(where[..., None], features, axis=-1))
    everywhere = np.repeat(alone[:, None], steps, axis=1)  # (F, T, F)
    by_feature = _lost(question, whole[0], everywhere)
    return Occluded(parts, by_step, by_feature, float(whole[0]), float(whole[1]))


def _runs(t: NDArray[np.intp], steps: int, run: int) -> NDArray[np.bool_]:
    """Return which steps are replaced together around each step t, (t, T)."""
    away = np.arange(steps) - t[:, None]
    return np.asarray((away >= -((run - 1) // 2)) & (away <= run // 2))


def _lost(question: Question, output: float, where: NDArray[np.bool_]) -> Array:
    """Return output less the outputs where `where` (..., T, F) is replaced, shape (...)."""
    cases = where.reshape(-1, *where.shape[-2:])
    x = np.where(cases, question.base[0], question.x[0])
    lost: Array = output - question.values(x, np.zeros(len(x), int))
    return lost.reshape(where.shape[:-2])
