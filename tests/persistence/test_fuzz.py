"""Files that are not what they seem end in a ValueError."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("benchmarks.persistence.fuzz", reason="not in source distributions")
from benchmarks.persistence import fuzz  # noqa: E402


@pytest.fixture(scope="module")
def sources():
    return fuzz.read_sources()


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_file_that_is_not_what_it_seems(tmp_path, sources, seed):
    path = tmp_path / "case"
    _, must_fail = fuzz.make_case(np.random.default_rng(seed), path, sources)
    assert fuzz.try_case(path, must_fail) in ("refused", "another model")
    assert [p.name for p in tmp_path.iterdir()] == ["case"]


def test_the_watch_sees_what_it_is_for(tmp_path):
    with fuzz.watching() as seen:
        exec("1 + 1")
        (tmp_path / "x").write_text("")
    assert {event for event, _ in seen} >= {"exec", "open"}


def test_the_benchmark_counts_every_case(capsys):
    found = fuzz.main(["--cases", "30"])
    assert sum(found["outcomes"].values()) == 30
    assert "30 cases" in capsys.readouterr().out
