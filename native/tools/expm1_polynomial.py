"""Prints the coefficients of native/rnncomp/activations.h.

expm1(r) = r + r^2 * q(r) for |r| <= ln 2 / 2, q the polynomial whose largest relative error of
expm1 is smallest: Remez's exchange on (expm1(r) - r) / r^2 with weight |r|.

    pip install mpmath && python native/tools/expm1_polynomial.py
"""

from itertools import groupby

import mpmath as mp

mp.mp.dps = 50
HALF = mp.log(2) / 2 * mp.mpf("1.0001")  # n is rounded: r may lie a little beyond
GRID = [HALF * mp.cos(mp.pi * k / 4000) for k in range(4001)]


def wanted(r):
    """Return (expm1(r) - r) / r^2, 1/2 at 0."""
    return (mp.expm1(r) - r) / r**2 if abs(r) > mp.mpf(10) ** -12 else mp.mpf(1) / 2


def levelled(degree, points):
    """Return the polynomial whose weighted error has one size and alternating sign at `points`."""
    rows = [[x**j for j in range(degree + 1)] + [(-1) ** i / abs(x)] for i, x in enumerate(points)]
    solution = mp.lu_solve(mp.matrix(rows), mp.matrix([wanted(x) for x in points]))
    return list(solution)[: degree + 1]


def errors_of(polynomial):
    """Return the weighted error on the grid."""
    return [(wanted(r) - mp.polyval(polynomial[::-1], r)) * abs(r) for r in GRID]


def peaks(errors, count):
    """Return the grid points of the largest error of each run of one sign, `count` of them."""
    runs = [list(run) for _, run in groupby(range(len(GRID)), lambda i: errors[i] > 0)]
    best = [max(run, key=lambda i: abs(errors[i])) for run in runs]
    while len(best) > count:
        best.pop(0 if abs(errors[best[0]]) < abs(errors[best[-1]]) else -1)
    return [GRID[i] for i in best]


def remez(degree):
    """Return the best polynomial of `degree` and its largest weighted error."""
    count = degree + 2
    points = [HALF * mp.cos(mp.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    points = [x if abs(x) > HALF / 100 else HALF * mp.mpf("0.15") for x in points]
    for _ in range(20):
        polynomial = levelled(degree, points)
        errors = errors_of(polynomial)
        points = peaks(errors, count)
    return polynomial, max(abs(e) for e in errors)


if __name__ == "__main__":
    for name, degree in (("float", 4), ("double", 9)):
        polynomial, error = remez(degree)
        print(name, "largest relative error", mp.nstr(error, 3))
        for coefficient in polynomial:
            print("   ", mp.nstr(coefficient, 20))
