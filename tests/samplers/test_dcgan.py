"""DCGANSampler: configurations, images of every size, going on, and what is refused."""

import pickle

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sktsgan import AugmentedClassifier, DCGANSampler, GANOverSampler
from sktsgan.exceptions import DivergenceWarning, ModeCollapseWarning

QUICK = {"max_iter": 3, "width": 2, "random_state": 0}
# the call that the documentation names the pair of the tutorials
TUTORIAL = {
    "architecture": "mlp",
    "groups": None,
    "latent_size": 100,
    "loss": "bce",
    "gradient_penalty": 0,
    "shift": 0,
    "generator_learning_rate": 2e-4,
    "discriminator_learning_rate": 2e-4,
    "schedule": "constant",
    "batch_size": 128,
}
FEW_STEPS = pytest.mark.filterwarnings("ignore::sktsgan.exceptions.ModeCollapseWarning")
pytestmark = FEW_STEPS


@pytest.fixture
def blobs():
    """Return 80 images of 9 by 12 pixels with a bright disc, and whether it is left or right."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [50, 30])
    rows, columns = np.mgrid[:9, :12]
    middle = np.where(labels, 8, 3)[:, None, None] + rng.normal(size=(80, 1, 1))
    images = np.exp(-((rows - 4) ** 2 + (columns - middle) ** 2) / 8)
    return (255 * images).astype(np.uint8), labels


def make_sampler(**params):
    return DCGANSampler(**QUICK | params)


def weights(network):
    return torch.nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def message_of(call, *args, **kwargs):
    with pytest.raises(ValueError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


def test_the_pair_of_the_tutorials(blobs):
    sampler = DCGANSampler(**TUTORIAL, max_iter=3, random_state=0).fit(blobs[0])
    net = sampler.net_
    for optimizer in (net.optimizer_, net.discriminator_optimizer_):
        (group,) = optimizer.param_groups
        assert (group["lr"], group["betas"]) == (2e-4, (0.5, 0.999))
    assert net.module_.layers[0].in_features == 100
    # the generator itself samples
    torch.testing.assert_close(weights(net.average_.module), weights(net.module_), rtol=0, atol=0)


@pytest.mark.parametrize("architecture", ["conv", "mlp"])
@pytest.mark.parametrize("loss", ["relativistic", "bce"])
def test_both_networks_move(blobs, architecture, loss):
    sampler = make_sampler(architecture=architecture, loss=loss, max_iter=1).fit(*blobs)
    before = [weights(network) for network in (sampler.net_.module_, sampler.net_.discriminator_)]
    sampler.partial_fit(*blobs)
    after = [weights(network) for network in (sampler.net_.module_, sampler.net_.discriminator_)]
    assert all((b != a).float().mean() > 0.5 for b, a in zip(before, after, strict=True))


@pytest.mark.parametrize("size", [(8, 8), (40, 24), (9, 13, 3), (128, 128), (8, 128), (28, 28, 2)])
def test_sizes(size):
    images = np.random.default_rng(0).random((10, *size))
    made = make_sampler(max_iter=1).fit(images).sample(3)
    assert made.shape == (3, *size)
    assert images.min() <= made.min() and made.max() <= images.max()


def test_identical_images(blobs):
    images = np.repeat(blobs[0][:1], 6, axis=0)
    sampler = make_sampler().fit(images)
    assert sampler.net_ is None and sampler.history_ == []
    np.testing.assert_array_equal(sampler.partial_fit(images).sample(6), images)


def test_pixels_and_channels_that_never_vary(blobs):
    images = np.stack([blobs[0], np.full_like(blobs[0], 255), blobs[0]], axis=-1)
    images[:, 0] = 7
    made = make_sampler().fit(images).sample(20, random_state=0)
    assert (made[:, 0] == 7).all() and (made[:, 1:, :, 1] == 255).all()
    np.testing.assert_array_equal(made[..., 2], made[..., 0])
    assert len(np.unique(made[..., 0])) > 2


def test_shape_is_told(blobs):
    sampler = make_sampler(image_shape=(9, 12)).fit(blobs[0].reshape(80, -1))
    assert sampler.image_shape_ == (9, 12, 1)
    assert sampler.n_features_in_ == 108


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_other_images_are_refused_later(blobs, method):
    images, labels = blobs
    sampler = make_sampler(warm_start=True).fit(images, labels)
    made = sampler.sample(3, random_state=0)
    expected = (
        "X has images of shape (9, 11), but DCGANSampler was fitted on images of shape (9, 12)."
    )
    assert message_of(getattr(sampler, method), images[..., :-1], labels) == expected
    np.testing.assert_array_equal(sampler.sample(3, random_state=0), made)


def test_nothing_is_trained_before_errors(blobs):
    images, labels = blobs
    sampler = make_sampler(image_shape=(12, 9))
    expected = "X has images of shape (9, 12), but image_shape=(12, 9)."
    assert message_of(sampler.fit, images, labels) == expected
    assert not hasattr(sampler, "net_")


def test_partial_fit_takes_a_single_image(blobs):
    images, labels = blobs
    sampler = make_sampler().fit(images, labels).partial_fit(images[:1], labels[:1])
    assert len(sampler.conditions_) == 81
    assert make_sampler().fit(images[:, :1, :1]).partial_fit(images[:1, :1, :1]).n_iter_ == 4


def test_pickle_goes_on_like_the_original(blobs):
    sampler = make_sampler().fit(*blobs)
    copy = pickle.loads(pickle.dumps(sampler))
    made = [s.partial_fit(*blobs).sample(3, random_state=0) for s in (sampler, copy)]
    np.testing.assert_array_equal(*made)


def test_divergence_warns_and_keeps_good_weights(blobs):
    sampler = make_sampler(discriminator_learning_rate=1e30, max_iter=200)
    with pytest.warns(DivergenceWarning):
        sampler.fit(blobs[0])
    assert torch.isfinite(weights(sampler.net_.module_)).all()
    assert sampler.sample(3).shape == (3, 9, 12)


@pytest.mark.filterwarnings("default::sktsgan.exceptions.ModeCollapseWarning")
def test_an_untrained_generator_is_a_collapsed_one(blobs):
    with pytest.warns(ModeCollapseWarning, match="variance"):
        make_sampler(groups=None, max_iter=1).fit(blobs[0])


def test_lower_precision(blobs):
    full, mixed = (make_sampler(precision=p).fit(*blobs) for p in ("float32", "bfloat16"))
    assert weights(mixed.net_.module_).dtype == torch.float32
    one, other = weights(full.net_.discriminator_), weights(mixed.net_.discriminator_)
    assert not torch.equal(one, other)
    torch.testing.assert_close(one, other, rtol=0, atol=0.02)
    assert mixed.sample(3).shape == (3, 9, 12)


def test_prompts(blobs):
    images, labels = blobs
    sampler = make_sampler(max_iter=200, width=4).fit(images, labels)
    for label, side in ((0, images[..., :6]), (1, images[..., 6:])):
        assert side[labels == label].mean() > images.mean()
        made = sampler.sample(50, prompt=label, random_state=0)
        left, right = made[..., :6].mean(), made[..., 6:].mean()
        assert (left > right) == (label == 0)


def test_grid_search(blobs):
    search = GridSearchCV(make_sampler(), {"max_iter": [1, 2]}, cv=2, error_score="raise")
    search.fit(*blobs)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_.sample(3, prompt=1).shape == (3, 9, 12)


def test_images_move_where_groups_are_small(blobs):
    images, labels = blobs
    shares = [make_sampler().fit(images, y).net_.tokens.share for y in (None, labels)]
    assert shares[0] > 0 and shares[1] == 0
    assert make_sampler(shift=0.2).fit(images, labels).net_.tokens.share == 0.2


def test_groups_are_conditions(blobs):
    images, labels = blobs
    sampler = make_sampler(groups=3).fit(images, labels)
    assert len(sampler.groups_.class_of_group_) == 6
    assert sampler.net_.discriminator_.projection.in_features == 2 + 6
    sampler.partial_fit(images[:7], labels[:7])
    assert len(sampler.groups_.codes_) == len(sampler.conditions_) == 87
    assert make_sampler(groups=1).fit(images, labels).groups_ is None


def test_groups_without_labels_go_on(blobs):
    images, labels = blobs
    sampler = make_sampler(groups=4).fit(images[labels == 0])
    sampler.partial_fit(images[labels == 1][:5])  # images of another kind, and fewer
    assert sampler.sample(5).shape == (5, 9, 12)


@pytest.mark.parametrize("flat", [False, True])
def test_over_sampling(blobs, flat):
    images, labels = blobs
    X = images.reshape(80, -1) if flat else images
    sampler = make_sampler(image_shape=(9, 12))
    X_all, y_all = GANOverSampler(sampler, random_state=0).fit_resample(X, labels)
    assert X_all.shape == (100, *X.shape[1:]) and X_all.dtype == np.uint8
    np.testing.assert_array_equal(X_all[:80], X)
    assert np.bincount(y_all).tolist() == [50, 50]


def test_augmented_classifier(blobs):
    images, labels = blobs
    flatten = FunctionTransformer(lambda X: X.reshape(len(X), -1) / 255.0)
    classifier = make_pipeline(flatten, LogisticRegression())
    model = AugmentedClassifier(classifier, make_sampler(), random_state=0).fit(images, labels)
    assert model.score(images, labels) == 1
