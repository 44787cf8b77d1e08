"""A long series that is made block by block."""

import numpy as np
import pytest

from sktsgan.closed_form import SeriesChain

N_STEPS = 3000


@pytest.fixture(scope="module")
def values():
    """A slow wave, a walk that returns, a channel that is often 0, and a constant."""
    rng, walk = np.random.default_rng(0), np.zeros(N_STEPS)
    for step in range(1, N_STEPS):
        walk[step] = 0.9 * walk[step - 1] + rng.normal()
    wave = np.sin(np.arange(N_STEPS) / 12) + walk / 20
    return np.column_stack([wave, walk, np.maximum(walk - 1, 0), np.full(N_STEPS, 2.0)])


@pytest.fixture(scope="module")
def chain(values):
    return SeriesChain().fit(values, [0])


def draw(chain, n_series, n_steps, seed=0, **options):
    rng = np.random.default_rng(seed)
    return np.concatenate(list(chain.draw(n_series, n_steps, rng, **options)), axis=1)


def test_series_are_as_long_and_as_many_as_asked_for(chain):
    blocks = list(chain.draw(3, 100, np.random.default_rng(0)))
    assert sum(block.shape[1] for block in blocks) == 100
    assert {block.shape[0] for block in blocks} == {3}
    assert all(12 <= block.shape[1] <= 24 for block in blocks[:-1])


def test_levels_neither_collapse_nor_explode(chain, values):
    made = draw(chain, 2, 5000)
    ratio = made[..., :2].std(axis=(0, 1)) / values[:, :2].std(axis=0)
    assert (ratio > 0.8).all() and (ratio < 1.2).all()
    assert (made[..., 3] == 2).all()
    share = (made[..., 2] == 0).mean() - (values[:, 2] == 0).mean()
    assert abs(share) < 0.1


def test_there_is_no_jump_where_blocks_meet(chain, values):
    blocks = list(chain.draw(4, 4000, np.random.default_rng(0)))
    made = np.concatenate(blocks, axis=1)
    seams = np.cumsum([block.shape[1] for block in blocks])[:-1]
    steps = np.diff(made[..., 1], axis=1)
    assert steps[:, seams - 1].std() < 1.15 * np.diff(values[:, 1]).std()


def test_gaps_close(chain):
    assert (chain.slopes_ >= 0).all() and (chain.slopes_ < 1).all()
    assert (chain.slopes_[-1] < 0.5).all()
    assert chain.slopes_[0].min() > 0.5


def test_a_series_is_no_copy(chain, values):
    made = draw(chain, 1, 1000)[0, :, 0]
    windows = np.lib.stride_tricks.sliding_window_view
    real, new = windows(values[:, 0], 48), windows(made, 48)[::48]
    nearest = np.abs(new[:, None] - real[None]).max(axis=2).min(axis=1)
    assert (nearest > 1e-6).all()


def test_initial_steps_are_gone_on_from(chain, values):
    made = draw(chain, 30, 24, initial=values[500:600])
    assert np.abs(made[:, 0, 0] - values[599, 0]).mean() < 0.3
    assert len(np.unique(made[:, 0, 0])) > 15


def test_what_came_after_the_same_steps_is_not_copied(chain, values):
    made = draw(chain, 50, 12, initial=values[500:600])
    assert np.abs(made - values[600:612]).max(axis=(1, 2)).min() > 1e-3


def test_places_in_the_calendar_are_kept_to(values):
    angle = np.arange(N_STEPS) / 300
    places = 5 * np.column_stack([np.cos(angle), np.sin(angle)])
    values = values + np.sin(angle)[:, None] * [5, 0, 0, 0]
    chain = SeriesChain().fit(values, [0], places)
    made = draw(chain, 2, 1500, place_of=lambda step: places[step])
    assert np.abs(made[..., 0] - 5 * np.sin(angle[:1500])).mean() < 1.5


def test_stretches_are_never_run_over(values):
    chain = SeriesChain().fit(values, [0, 1000, 1010])
    last = chain.moments_ + chain.block_
    for begin, end in ((0, 1000), (1000, 1010), (1010, N_STEPS)):
        inside = (chain.moments_ >= begin) & (chain.moments_ < end)
        assert (last[inside] <= end).all()
        assert (chain.moments_[inside] >= begin + chain.block_).all()


def test_few_steps_are_refused():
    with pytest.raises(ValueError, match="X must have 8 steps without a gap .* got 7"):
        SeriesChain().fit(np.arange(7.0)[:, None], [0])
    made = draw(SeriesChain().fit(np.random.default_rng(0).normal(size=(8, 1)), [0]), 1, 20)
    assert made.shape == (1, 20, 1) and np.isfinite(made).all()
