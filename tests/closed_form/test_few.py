"""Classes of few windows: kernels on their windows that borrow the other classes' covariance."""

import numpy as np
import pytest
import torch

from sktsgan.closed_form._few import covariance_within, is_few, spread_about_classes
from sktsgan.closed_form._mixture import GroupedGaussians

N_COMPONENTS = 4


def unbalanced(n_many=400, n_few=3):
    """Return components of two classes far apart, within which they vary alike."""
    rng = np.random.default_rng(0)
    classes = np.repeat([0, 1], [n_many, n_few])
    components = rng.normal(size=(len(classes), N_COMPONENTS)) * [3.0, 1.0, 1.0, 0.1]
    components[classes == 1] += 50
    return components, classes


def fit(components, classes, n_groups="auto"):
    mixture = GroupedGaussians(n_groups, 400, random_state=0)
    return mixture.fit(components, components, classes, one_hot(classes))


def one_hot(classes):
    return np.eye(classes.max() + 1)[classes]


def draw(components, classes, label, n):
    """Fit a mixture and draw from it for windows of one class."""
    generator = torch.Generator().manual_seed(0)
    own = torch.as_tensor(np.flatnonzero(classes == label))
    rows = own[torch.randint(len(own), (n,), generator=generator)]
    given = torch.as_tensor(one_hot(classes), dtype=torch.float32)[rows]
    return fit(components, classes).draw(n, generator, rows, given)[0].numpy()


def test_few_is_relative_to_other_classes():
    assert is_few(2, 2)
    assert not is_few(2, 1)
    assert not is_few(20, 2)


def test_a_small_class_has_a_kernel_on_each_window():
    components, classes = unbalanced()
    mixture = fit(components, classes)
    own = mixture.groups_of_class_[1]
    np.testing.assert_allclose(mixture.means_[own], components[classes == 1], rtol=1e-5)
    assert mixture.group_sizes_[own].tolist() == [1, 1, 1]
    np.testing.assert_array_equal(mixture.roots_[own[0]], mixture.roots_[own[1]])


@pytest.mark.parametrize("n_few", [1, 2, 6])
def test_kernels_have_a_share_of_the_covariance_within_the_large_class(n_few):
    components, classes = unbalanced(n_few=n_few)
    kernel = fit(components, classes).roots_[-1].double().numpy()
    within = covariance_within(components, classes)
    np.testing.assert_allclose(kernel @ kernel, within / n_few, rtol=1e-4, atol=1e-6)


def test_new_windows_vary_as_much_as_those_of_the_large_class():
    means = []
    for seed in range(200):  # over draws of the few windows themselves
        rng = np.random.default_rng(seed)
        components = rng.normal(size=(303, 1))
        made = draw(components, np.repeat([0, 1], [300, 3]), 1, n=200)
        means.append(made.var())
    assert np.mean(means) == pytest.approx(1, abs=0.15)


def test_the_large_class_is_what_it_is_without_the_small_one():
    components, classes = unbalanced()
    many = classes == 0  # some groups of it
    alone = fit(components[many], classes[many])
    beside = fit(components, classes)
    np.testing.assert_array_equal(beside.group_sizes_[:-3], alone.group_sizes_)
    np.testing.assert_allclose(beside.roots_[0], alone.roots_[0], rtol=0.1, atol=0.1)


def test_groups_asked_for_are_kept():
    components, classes = unbalanced()
    assert fit(components, classes, n_groups=1).group_sizes_.tolist() == [400, 3]


def test_single_windows_alone_say_nothing_of_variance():
    components, classes = np.eye(3), np.arange(3)
    np.testing.assert_allclose(draw(components, classes, 2, n=5), np.eye(3)[[2] * 5])


def test_free_windows_are_counted():
    components, classes = np.array([[0.0], [2.0], [5.0], [6.0], [7.0]]), np.array([0, 0, 1, 1, 1])
    # five windows less two means are free
    assert covariance_within(components, classes) == pytest.approx((1 + 1 + 1 + 1) / 3)
    members, kernels = [np.array([0]), np.array([2, 3])], np.array([True, False])
    first, second = spread_about_classes(components, members, classes, kernels)
    assert first.tolist() == [[-1.0]]  # from the mean of its class
    assert second.tolist() == [[-0.5], [0.5]]  # from that of its group
