import numpy as np
import pytest

from sktsgan.closed_form._neighbor_search import find_neighbors, split_cells


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(300, 6)).cumsum(axis=0).astype(np.float32)


def test_neighbours_share_nothing_and_lie_apart(features):
    times = np.arange(300)
    near = find_neighbors(features, times, 12, 3, 8)
    assert near.shape == (300, 8)
    assert (np.abs(near - times[:, None]) >= 12).all()
    gaps = np.diff(np.sort(near, axis=1), axis=1)
    assert gaps.min() >= 3


def test_independent_windows_have_their_nearest(features):
    near = find_neighbors(features, 100 * np.arange(300), 12, 3, 5)
    distances = ((features[:, None] - features) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    expected = np.sort(distances, axis=1)[:, :5]
    np.testing.assert_allclose(
        np.take_along_axis(distances, near, axis=1), expected, rtol=1e-2, atol=1e-2
    )


def test_in_need_those_close_in_time_come_before_those_that_share(features):
    # windows 0 and 19 have only eight others that share nothing
    near = find_neighbors(features[:20], np.arange(20), 12, 5, 10)
    assert sorted(near[0][:8]) == list(range(12, 20))
    assert sorted(near[19][:8]) == list(range(8))
    assert 0 not in near[0] and 19 not in near[19]


def test_few_windows_take_themselves_last(features):
    near = find_neighbors(features[:3], np.zeros(3, dtype=int), 12, 3, 8)
    assert near.shape == (3, 3)
    np.testing.assert_array_equal(near[:, -1], np.arange(3))


def test_cells_hold_every_row_once(features):
    rows = np.arange(10, 290)
    cells = split_cells(features, rows, 50)
    assert max(map(len, cells)) <= 50
    np.testing.assert_array_equal(np.sort(np.concatenate(cells)), rows)
