"""Lag importance: means over windows, beside linear models in the same measure."""

import numpy as np
import pytest

from drawn import legend_texts
from more_networks import cell
from networks import make_problem
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.attribution import attribute
from rnncomp.explanation.lags import lag_importance
from rnncomp.forecasting.baselines.ridge import Ridge
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.nn import Network
from rnncomp.samples import Samples
from rnncomp.series.scaling import MinMaxScaler
from tolerance import assert_close


def made(features=2, windows=7, steps=5):
    """Return a network and windows for it."""
    spec = NetworkSpec(features, (cell("lstm", 4), DenseSpec(2)))
    p = make_problem(spec, samples=windows, window=steps, seed=1)
    return Network(spec, dtype="float64", params=p.params), p.samples.windows()


def test_it_is_the_mean_size_of_the_parts():
    network, x = made()
    for baseline in (None, "zero", "last", [0.1, -0.2]):
        found = lag_importance(network, x, baseline=baseline, output=1)
        parts = [attribute(network, one, baseline=baseline, output=1).parts for one in x]
        assert_close(found.network, np.abs(parts).mean(axis=0), k=16.0)
        assert_close(found.by_lag, np.abs(parts).sum(axis=2).mean(axis=0), k=16.0)
        assert_close(found.by_feature, np.abs(parts).sum(axis=1).mean(axis=0), k=16.0)
    assert (found.windows, found.baseline_name, found.incomplete) == (7, "given", 0)


def test_a_linear_network_and_its_own_coefficients_agree():
    kernel, recurrent = np.array([1.5, -0.5]), 0.7
    spec = NetworkSpec(2, (RecurrentSpec("simple_rnn", 1, activation="linear"),))
    network = Network(spec, dtype="float64", params=np.array([*kernel, recurrent, 0.2]))
    x = np.random.default_rng(2).normal(size=(30, 5, 2))
    coefficients = recurrent ** np.arange(4, -1, -1.0)[:, None] * kernel
    for given in (coefficients, coefficients.ravel()):
        for baseline in ("mean", "zero", "last"):
            found = lag_importance(network, x, linear={"own": given}, baseline=baseline)
            assert_close(found.linear["own"], found.network, k=64.0)


def test_coefficients_in_other_units_come_out_the_same():
    """Ridge learns in the units of the series; a linear network of the same map reads scaled."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(400, 2)) * [50.0, 0.3] + [900.0, -2.0]
    steps = 4
    starts = range(len(rows) - steps)
    targets = rows[steps - 1 : -1] @ [[0.8], [40.0]] + rng.normal(size=(396, 1))
    ridge = Ridge(window=steps)
    ridge.fit_samples(Samples(rows, starts, steps, targets), Samples(rows, range(0), steps))
    scaler = MinMaxScaler().fit(rows)
    scaled = scaler.transform(rows)
    # The same map between scaled numbers: the target is scaled as the first column is.
    units = scaler.spread / scaler.spread[0]
    own = np.linalg.lstsq(
        np.c_[Samples(scaled, starts, steps).windows().reshape(len(starts), -1), np.ones(396)],
        scaler.transform(targets[:, 0], column=0),
        rcond=None,
    )[0][:-1]
    np.testing.assert_allclose(
        ridge.weights[:, 0].reshape(steps, 2) * units, own.reshape(steps, 2), atol=1e-6
    )
    network, _ = made()
    windows = Samples(scaled, starts, steps)
    linear = {"in its units": ridge.weights[:, 0]}
    found = lag_importance(network, windows, linear=linear, units=scaler.spread)
    same = lag_importance(network, windows, linear={"own": own})
    np.testing.assert_allclose(found.linear["in its units"], same.linear["own"], rtol=1e-5)
    assert np.argmax(found.linear["in its units"].sum(axis=1)) == steps - 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"linear": {"ridge": np.ones((10, 3))}}, r"linear\['ridge'\] must be of shape \(10,\)"),
        ({"linear": {"ridge": np.full(10, np.nan)}}, "must be finite"),
        ({"units": [1.0]}, "units must be 2 numbers above 0"),
        ({"units": [1.0, 0.0]}, "units must be 2 numbers above 0"),
        ({"columns": ["a"]}, "columns must be 2 names"),
        ({"output": 2}, "output must be the number of one of 2"),
        ({"seed": 3}, "seed must be left out with a network"),
        ({"of": "a"}, "of must be left out with a network"),
        ({"windows": None}, "windows must be what the network reads"),
    ],
    ids=str,
)
def test_refused(arguments, words):
    network, x = made()
    with pytest.raises(InvalidArgumentError, match=words):
        lag_importance(network, **{"windows": x, **arguments})


def test_windows_whose_parts_do_not_sum_are_counted():
    spec = NetworkSpec(1, (RecurrentSpec("simple_rnn", 1, activation="hard_shrink"),))
    network = Network(spec, dtype="float64", params=np.array([1.0, 0.0, 0.0]))
    x = np.array([0.1, 0.2, 1.0]).reshape(3, 1, 1)
    with pytest.warns(UserWarning, match="do not sum in 1 of 3 windows, they miss up to 0.5"):
        found = lag_importance(network, x, baseline="zero")
    assert found.incomplete == 1


def test_it_is_drawn():
    network, x = made()
    linear = {"ridge": np.arange(10.0)}
    found = lag_importance(network, x, linear=linear, columns=("sun", "moon"))
    ax = found.plot()
    assert legend_texts(ax) == ["network", "ridge"]
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(list(found.by_lag))
    (line,) = ax.get_lines()
    assert list(line.get_xdata()) == [5, 4, 3, 2, 1]
    np.testing.assert_allclose(line.get_ydata(), found.linear["ridge"].sum(axis=1))
    left, right = ax.get_xlim()
    assert left > right  # the last step is on the right
    ax = found.plot(feature="moon")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(list(found.network[:, 1]))
    assert ax.texts[0].get_text().startswith("moon · mean over 7 windows")
    with pytest.raises(InvalidArgumentError, match="did you mean 'moon'"):
        found.plot(feature="moons")
    assert repr(found).startswith("LagImportance(7 windows; largest: ")
