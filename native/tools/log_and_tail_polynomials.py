"""Prints the coefficients of native/rnncomp/special.h.

    log((1 + s) / (1 - s)) = 2 s + s^3 * p(s^2)             for |s| <= tan(pi / 8)^2
    normal tail Phi(-a)    = exp(-a^2 / 2) * u * g(t)       for 0 <= a <= end
                             u = 1 / (a + 4.5),  t = 9 u - 1
    x - tanh(x)            = x^3 * h(x^2)                   for |x| <= 1.25

p, g and h are polynomials through the function at Chebyshev's points, whose largest error is within
a small factor of the smallest one.

    pip install mpmath && python native/tools/log_and_tail_polynomials.py
"""

import mpmath as mp

mp.mp.dps = 60
SHIFT = mp.mpf("4.5")


def log_rest(s2):
    """Return p(s^2)."""
    if s2 < mp.mpf(10) ** -12:
        return mp.mpf(2) / 3 + 2 * s2 / 5
    s = mp.sqrt(s2)
    return (2 * mp.atanh(s) - 2 * s) / s**3


def tail(t):
    """Return g(t)."""
    a = SHIFT * 2 / (t + 1) - SHIFT
    return mp.erfc(a / mp.sqrt(2)) / 2 * mp.exp(a * a / 2) * (a + SHIFT)


def shrink_rest(x2):
    """Return h(x^2)."""
    if x2 < mp.mpf(10) ** -12:
        return mp.mpf(1) / 3 - 2 * x2 / 15
    x = mp.sqrt(x2)
    return (x - mp.tanh(x)) / x**3


def through(function, low, high, degree):
    """Return the polynomial through `function` at Chebyshev's points, and its largest error."""
    middle, half = (low + high) / 2, (high - low) / 2
    points = [
        middle + half * mp.cos(mp.pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)
    ]
    rows = mp.matrix([[x**j for j in range(degree + 1)] for x in points])
    found = list(mp.lu_solve(rows, mp.matrix([function(x) for x in points])))
    grid = [middle + half * mp.cos(mp.pi * k / 500) for k in range(501)]
    errors = [abs(mp.polyval(found[::-1], x) / function(x) - 1) for x in grid]
    return found, max(errors)


def show(name, found, error):
    """Print coefficients, the constant first."""
    print(name, len(found), "terms, largest relative error", mp.nstr(error, 3))
    print("   ", ", ".join(mp.nstr(c, 20) for c in found))


if __name__ == "__main__":
    sizes = (("float", 3, 14.5, 10, 8), ("double", 8, 38.7, 23, 17))
    for name, degree, end, tail_degree, shrink_degree in sizes:
        limit = mp.tan(mp.pi / 8) ** 4 * mp.mpf("1.0001")  # a rounding beyond
        show(f"{name} p", *through(log_rest, mp.mpf(0), limit, degree))
        show(f"{name} g", *through(tail, 2 * SHIFT / (end + SHIFT) - 1, mp.mpf(1), tail_degree))
        show(f"{name} h", *through(shrink_rest, mp.mpf(0), mp.mpf("1.5627"), shrink_degree))
