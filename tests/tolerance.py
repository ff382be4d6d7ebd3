"""How near is near enough: the one place where the tests say it.

The unit is ``eps * max|value|``: one rounding at the size of the largest number in an array. Small
numbers in it are sums in which larger ones cancelled, and carry the roundings of those.
"""

import math

import numpy as np


def steps_bound(window):
    """Return k for the outputs after T time steps: some roundings a step, then a random walk.

    It holds while the recurrent kernel does not stretch what it carries (spectral radius <= 1).
    """
    return 8.0 + math.sqrt(window)


def gradient_bound(window):
    """Return k for gradients of inputs and weights: they have gone through time forth and back."""
    return 2.0 * steps_bound(window)


def carried_bound(window):
    """Return k for gradients of initial states: they carry the error of every step's slope.

    Where h is near 1 the slope 1 - h^2 has a relative error some times that of h, and such a
    gradient is, but for the last sums, one product of all slopes. The reference carries it, too: on
    a processor without AVX, NumPy's own tanh and exp moved it by 3.9 times steps_bound.
    """
    return 6.0 * steps_bound(window)


def inner_bound(window):
    """Return k for all that a layer computes on the way, at every step.

    Twice that of the outputs: where a slope is above 1 (exponential, softplus's products), a gate
    stretches the roundings of its sum, and not only the last step is looked at.
    """
    return 2.0 * steps_bound(window)


def sides(dtype):
    """Return how many sides of a comparison round at `dtype`: two where the reference does, too.

    The reference counts in float64, whose roundings are nothing beside those of float32; in float64
    it may itself be as far from the truth as the bound allows, and NumPy's sums and functions
    differ from processor to processor.
    """
    return 2 if np.dtype(dtype) == np.float64 else 1


def largest(values):
    """Return max|value|, 0 for an empty array."""
    return float(np.max(np.abs(values), initial=0.0))


def assert_close(actual, expected, *, k, eps=None, magnitude=None, what="value"):
    """Assert ``|actual - expected| <= k * eps * magnitude`` everywhere, and equal shapes.

    `eps` is that of actual's dtype unless given; `magnitude` is max|expected| unless given.
    """
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: {actual.shape}, expected {expected.shape}"
    assert np.isfinite(expected).all(), f"{what}: the expected values are not finite"
    eps = np.finfo(actual.dtype).eps if eps is None else eps
    magnitude = largest(expected) if magnitude is None else magnitude
    error = np.abs(actual.astype(np.float64) - expected.astype(np.float64))
    bound = k * eps * magnitude
    worst = largest(error)
    assert not np.isnan(error).any(), f"{what}: NaN"
    assert worst <= bound, f"{what}: off by {worst:.3g}, allowed {bound:.3g} (k={k:.3g})"


def assert_same_bytes(actual, expected, *, what="value"):
    """Assert equality to the last bit, sign of zero included."""
    assert actual.dtype == expected.dtype, f"{what}: {actual.dtype}, expected {expected.dtype}"
    assert actual.shape == expected.shape, f"{what}: {actual.shape}, expected {expected.shape}"
    assert actual.tobytes() == expected.tobytes(), f"{what}: bytes differ"


def assert_gradient(gradient, function, at, *, k=128.0, what="gradient"):
    """Assert that `gradient` is what central differences of the scalar `function` say at `at`.

    A step of eps^(1/3) makes the error of a central difference about eps^(2/3) times the size of
    the function, half cut-off, half rounding; k leaves room for large third derivatives (products
    of linear gates). A wrong equation is off by the size of the gradient, a billion times more.
    """
    eps = np.finfo(np.float64).eps
    step = eps ** (1 / 3)
    numeric = np.empty(at.size)
    flat = at.ravel()
    for j in range(at.size):
        ahead, behind = flat.copy(), flat.copy()
        ahead[j] += step
        behind[j] -= step
        rise = function(ahead.reshape(at.shape)) - function(behind.reshape(at.shape))
        numeric[j] = rise / (ahead[j] - behind[j])
    magnitude = max(largest(numeric), abs(function(at)))
    numeric = numeric.reshape(at.shape)
    assert_close(gradient, numeric, k=k, eps=eps ** (2 / 3), magnitude=magnitude, what=what)
