"""`rnncomp inspect`, `datasets` and `info`: what they print."""

import pytest

import rnncomp


def test_inspect_prints_columns_seasons_and_windows(rnncomp_program):
    out = rnncomp_program("inspect", "nyc_taxi", "--window", 48, "--horizon", 6).out
    assert out.splitlines()[0] == (
        "nyc_taxi: 10,320 rows, every 30 minutes, 2014-07-01 00:00:00 to 2015-01-31 23:30:00"
    )
    assert "48 steps (1 day)" in out
    assert "10,267 of 48 steps, 6 ahead" in out
    assert "Nothing is in the way" in out
    row = next(line.split() for line in out.splitlines() if line.split()[:1] == ["value"])
    assert row == ["value", "number", "target", "0", "8.0000", "15138", "39197"]


def test_inspect_prints_what_is_in_the_way(rnncomp_program):
    result = rnncomp_program("inspect", "co2")
    assert result.code == 0
    assert "In the way" in result.out
    assert "59 empty cells" in result.out
    assert "Nothing is in the way" not in result.out
    filled = rnncomp_program("inspect", "co2", "--missing", "ffill").out
    assert "Note: filled with the value before" in filled
    assert "Nothing is in the way" in filled


def test_inspect_prints_gaps(rnncomp_program, tmp_path):
    days = [f"2024-01-{day:02d}" for day in range(1, 31) if day not in (7, 8)]
    rows = "".join(f"{day},{k % 5}\n" for k, day in enumerate(days))
    (tmp_path / "a.csv").write_text("day,value\n" + rows)
    out = rnncomp_program("inspect", "a.csv", "--window", 3).out
    assert "2 moments without a row (2024-01-07, 2024-01-08)" in out


def test_inspect_json_is_the_inspection(rnncomp_program):
    found = rnncomp_program("inspect", "sunspots", "--window", 24, "--json").json()
    assert found["windows"] == rnncomp.inspect("sunspots", window=24).windows
    assert found["columns"][1]["role"] == "target"


def test_datasets_lists_all(rnncomp_program):
    out = rnncomp_program("datasets").out
    listed = {line.split()[0] for line in out.splitlines() if line.strip()}
    assert listed >= {dataset.name for dataset in rnncomp.list_datasets()} >= {"sines", "airline"}
    found = rnncomp_program("datasets", "--json").json()["datasets"]
    assert {row["name"]: row["rows"] for row in found}["sunspots"] == 3120


@pytest.mark.parametrize("name", ["sines", "sunspots", "airline"])
def test_datasets_writes_a_file_that_can_be_read(rnncomp_program, tmp_path, name):
    result = rnncomp_program("datasets", name)
    assert (result.code, result.out) == (0, f"wrote {name}.csv\n")
    again = rnncomp.load(tmp_path / f"{name}.csv")
    assert (again.values == rnncomp.load(name).values).all()


def test_info_tells_backend_level_and_cores(rnncomp_program):
    facts = rnncomp_program("info", "--json").json()
    backend = rnncomp.backend_info()
    assert facts["version"] == rnncomp.__version__
    assert (facts["backend"], facts["level"]) == (backend.backend, backend.level)
    assert (facts["levels"], facts["cores"]) == (list(backend.levels), backend.cores)
    out = rnncomp_program("info").out
    assert f"backend                {backend.backend}" in out
    assert "instruction-set level" in out


def test_info_of_the_reference(rnncomp_program, monkeypatch):
    monkeypatch.setenv("RNNCOMP_BACKEND", "reference")
    out = rnncomp_program("info").out
    assert "reference" in out
    assert "None" not in out


HOURS = 't,a,"b,c",plan\n' + "".join(
    f"2024-01-{1 + k // 24:02d} {k % 24:02d}:00,{k % 5},{k % 7},{k % 2}\n" for k in range(96)
)


def roles(found):
    return {column["name"]: column["role"] for column in found["columns"]}


def test_columns_known_ahead_and_several_targets(rnncomp_program, tmp_path):
    (tmp_path / "a.csv").write_text(HOURS)
    options = ("--target", '"b,c",a', "--known", "plan", "--calendar", "hour,weekday")
    found = rnncomp_program("inspect", "a.csv", *options, "--json").json()
    calendar = ("hour_sin", "hour_cos", "weekday_sin", "weekday_cos")
    expected = {"t": "time", "a": "target", "b,c": "target", "plan": "known"}
    assert roles(found) == expected | dict.fromkeys(calendar, "known")
    assert found["target"] == "b,c"
    out = rnncomp_program("inspect", "a.csv", *options).out
    row = next(line.split() for line in out.splitlines() if line.split()[:1] == ["hour_sin"])
    assert row[:6] == ["hour_sin", "calendar", "known", "0", "-1.0000", "0"]
    assert "Nothing is in the way" in out


def test_inspect_says_what_resampling_would_do_and_does_it(rnncomp_program, tmp_path):
    text = HOURS.replace(" 05:00", " 05:20").replace("2024-01-02 07:00", "2024-01-02 07:10")
    (tmp_path / "a.csv").write_text(text)
    out = rnncomp_program("inspect", "a.csv", "--target", "a").out
    assert "--resample 1h" in out
    out = rnncomp_program("inspect", "a.csv", "--target", "a", "--resample", "1h").out
    assert "Nothing is in the way" in out
    assert "Note: resampled: 96 rows became 96, the means of what was observed every hour" in out
