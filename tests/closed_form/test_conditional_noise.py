import numpy as np
import pytest
import torch

from sktsgan.closed_form._conditional_noise import ConditionalNoise


@pytest.fixture
def residuals():
    """White residuals of two dimensions, along the one or the other axis by their cell."""
    rng = np.random.default_rng(0)
    cell = rng.integers(2, size=6000)
    spread = np.where(cell[:, None] == [[0, 1]], 1.3, 0.5)
    shift = np.where(cell == 0, 0.3, -0.3)[:, None]
    return spread * rng.normal(size=(6000, 2)) + shift, cell[:, None]


def colour(noise, cells):
    white = torch.randn(len(cells), 2, generator=torch.Generator().manual_seed(0))
    return noise.colour(white, torch.as_tensor(cells)).numpy()


def test_each_cell_has_its_mean_and_covariance(residuals):
    residuals, cells = residuals
    drawn = colour(ConditionalNoise().fit(residuals, cells), cells)
    for k in range(2):
        own = cells[:, 0] == k
        np.testing.assert_allclose(drawn[own].mean(0), residuals[own].mean(0), atol=0.1)
        np.testing.assert_allclose(np.cov(drawn[own].T), np.cov(residuals[own].T), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(residuals.T), atol=0.1)


def test_what_one_factor_explains_is_not_explained_again(residuals):
    residuals, cells = residuals
    drawn = colour(ConditionalNoise().fit(residuals, cells.repeat(2, axis=1)), cells.repeat(2, 1))
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(residuals.T), atol=0.1)


def test_few_windows_and_unknown_cells_stay_nearly_white(residuals):
    residuals, cells = residuals
    noise = ConditionalNoise().fit(10 * residuals[:2], np.array([[0], [2]]))
    white = torch.randn(5, 2)
    torch.testing.assert_close(noise.colour(white, torch.tensor([[0], [1], [2], [3], [9]])), white)
