"""ImageGroups: groups lie within classes, are found again, and have names that are indicators."""

import numpy as np
import pytest
import torch

from sktsgan.closed_form import ImageGroups


@pytest.fixture
def images():
    """Return 90 images in three heaps far apart."""
    rng = np.random.default_rng(0)
    heaps = 100.0 * np.repeat([0, 1, 2], 30)
    return (heaps[:, None, None, None] + rng.normal(size=(90, 1, 4, 5))).astype(np.float32)


def test_heaps_are_groups(images):
    groups = ImageGroups(3, random_state=0).fit(images)
    codes = groups.codes_.reshape(3, 30)
    assert (codes == codes[:, :1]).all() and len(np.unique(codes)) == 3
    np.testing.assert_array_equal(groups.find(images), groups.codes_)
    assert not groups.is_trivial


def test_groups_lie_within_classes(images):
    classes = np.tile([0, 1], 45)
    groups = ImageGroups(3, random_state=0).fit(images, classes)
    assert len(groups.class_of_group_) == 6
    np.testing.assert_array_equal(groups.class_of_group_[groups.codes_], classes)
    np.testing.assert_array_equal(
        groups.class_of_group_[groups.find(images, 1 - classes)], 1 - classes
    )


def test_further_images(images):
    groups = ImageGroups(3, random_state=0).fit(images)
    groups.add_rows(images[:5])
    np.testing.assert_array_equal(groups.codes_[90:], groups.codes_[:5])


def test_indicators(images):
    groups = ImageGroups(3, random_state=0).fit(images)
    encoded = groups.encode(groups.codes_)
    assert encoded.shape == (90, 3) and encoded.dtype == torch.float32
    np.testing.assert_array_equal(encoded.argmax(dim=1).numpy(), groups.codes_)


@pytest.mark.parametrize(("n_images", "n_groups"), [(40, 1), (400, 8), (1000, 20)])
def test_number_of_groups(n_images, n_groups):
    images = np.random.default_rng(0).normal(size=(n_images, 1, 3, 3))
    groups = ImageGroups("auto", random_state=0).fit(images)
    assert len(groups.class_of_group_) == n_groups
    assert groups.is_trivial == (n_groups == 1)


def test_classes_take_larger_groups():
    images = np.random.default_rng(0).normal(size=(900, 1, 3, 3))
    groups = ImageGroups("auto", random_state=0).fit(images, np.repeat([0, 1], [600, 300]))
    assert np.bincount(groups.class_of_group_).tolist() == [4, 2]


def test_no_groups_beside_a_small_class():
    images = np.random.default_rng(0).normal(size=(900, 1, 3, 3))
    classes = np.repeat([0, 1], [800, 100])
    assert ImageGroups("auto", random_state=0).fit(images, classes).is_trivial
    assert not ImageGroups(2, random_state=0).fit(images, classes).is_trivial


def test_large_images_are_compared_by_their_averages(images):
    large = images.repeat(20, axis=2).repeat(20, axis=3)
    groups = ImageGroups(3, random_state=0).fit(large)
    assert groups.pca_.n_features_in_ == 32 * 32
    codes = groups.codes_.reshape(3, 30)
    assert (codes == codes[:, :1]).all()


def test_fewer_images_than_groups(images):
    images[:, 0] = images[:1, 0]
    images[0] += 1
    assert len(ImageGroups(5, random_state=0).fit(images).class_of_group_) == 2
