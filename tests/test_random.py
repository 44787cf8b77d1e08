"""Randomness that stays inside an estimator."""

import threading

import numpy as np
import pytest
import torch

from sktsgan._random import draw_seed, local_torch_seed, torch_generator


def test_seed_of_an_integer():
    assert draw_seed(0) == draw_seed(0)
    assert draw_seed(0) != draw_seed(1)
    assert 0 <= draw_seed(2**32 - 1) < 2**31


def test_seed_of_a_random_state_advances_it():
    rng = np.random.RandomState(0)
    first, second = draw_seed(rng), draw_seed(rng)
    assert first != second
    assert draw_seed(np.random.RandomState(0)) == first


def test_no_seed_is_fresh_and_leaves_the_global_state():
    np.random.seed(0)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    seeds = {draw_seed(None) for _ in range(10)}
    assert len(seeds) > 5
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_seed_is_validated():
    with pytest.raises(ValueError, match="random_state must be an integer .*, got 'seven'"):
        draw_seed("seven")


def test_generator():
    first, again = (torch.rand(5, generator=torch_generator(3)) for _ in range(2))
    assert torch.equal(first, again)


def test_local_seed_is_undone_also_by_an_error():
    torch.manual_seed(1)
    state = torch.get_rng_state()
    drawn = []
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), local_torch_seed(7):
            drawn.append(torch.rand(3))
            raise ZeroDivisionError
        assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(*drawn)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "x", np.nan, [], object()])
def test_seeds_that_are_refused(seed):
    with pytest.raises(ValueError, match="^random_state must be an integer from 0 to 4294967295"):
        draw_seed(seed)


def test_seeded_blocks_of_threads_come_one_after_another():
    drawn, ready = {}, threading.Barrier(4)

    def draw(seed):
        ready.wait()
        with local_torch_seed(seed):
            drawn[seed] = [torch.rand(()).item() for _ in range(200)]

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in range(4)]
    before = torch.get_rng_state()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert torch.equal(torch.get_rng_state(), before)
    for seed, values in drawn.items():
        with local_torch_seed(seed):
            assert values == [torch.rand(()).item() for _ in range(200)]
