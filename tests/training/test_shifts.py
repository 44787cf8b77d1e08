"""RandomShift: images move as a whole, by no more than asked, and gradients flow back."""

import pytest
import torch

from sktsgan.training import RandomShift


@pytest.fixture(autouse=True)
def seed():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield


def test_images_move_as_a_whole():
    images = torch.zeros(200, 2, 10, 20)
    images[:, 0, 5, 10] = 1.0
    images[:, 1, 6, 10] = 1.0
    (moved,) = RandomShift(0.1)(images)
    assert moved.shape == images.shape
    first, second = (moved[:, c].flatten(1).argmax(dim=1) for c in range(2))
    rows, columns = first // 20 - 5, first % 20 - 10
    assert set(rows.tolist()) == {-1, 0, 1} and set(columns.tolist()) == {-2, -1, 0, 1, 2}
    assert (second - first == 20).all()


def test_edges_are_repeated():
    images = torch.arange(8.0).expand(50, 1, 8, 8)
    (moved,) = RandomShift(0.25)(images)
    steps = moved.diff(dim=3)
    assert ((steps == 0) | (steps == 1)).all()


def test_nothing_moves_where_less_than_a_pixel_is_asked():
    images = torch.randn(5, 1, 8, 8)
    assert RandomShift(0.0)(images)[0] is images
    assert RandomShift(0.12)(images)[0] is images


def test_gradients_flow_back():
    images = torch.randn(5, 1, 8, 8, requires_grad=True)
    RandomShift(0.125)(images)[0].sum().backward()
    assert images.grad.sum() == pytest.approx(images.numel())
