"""DCGAN as an estimator."""

import math
from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan.closed_form import ImageGroups
from sktsgan.containers import check_image_shape, read_training_images
from sktsgan.losses import LOSSES
from sktsgan.networks import (
    ConvDiscriminator,
    ConvGenerator,
    DenseDiscriminator,
    DenseGenerator,
)
from sktsgan.samplers._gan import SCHEDULES, GANSampler
from sktsgan.scaling import PixelScaler
from sktsgan.training import AdversarialNet, RandomShift

__all__ = ["DCGANSampler"]

_PIXELS_AT_ONCE = 2**18  # of a forward pass in sampling: what stays in cache
_SHIFT = 0.08  # where groups are small
_SCHEDULES = SCHEDULES | {"constant": SCHEDULES["constant"] | {"betas": (0.5, 0.999)}}  # as in [1]


class DCGANSampler(GANSampler):
    """Sample images from a convolutional generator, trained against a convolutional discriminator.

    Parameters
    ----------
    image_shape : tuple of (int, int) or (int, int, int), default=None
        Height and width of flat images, and channels if there are several. None means square images of one channel if
        the number of columns is a square, and rows of pixels if there are fewer than 64 columns.
    architecture : {"conv", "mlp"}, default="conv"
        Strided convolutions [1]_, or linear layers of 256, 512 and 1024 units, and back.
    groups : int, "auto" or None, default="auto"
        Number of groups of similar images in each class; both networks see the group as a condition [4]_, and a new
        image gets that of the training image it is made for. ``"auto"`` makes one for every 150 images of a class or,
        without classes, for every 50, and at most 200; none if a class has fewer than 150 images.
    latent_size : int, default=64
        Size of the noise that an image is made from.
    width : int, default=16
        Channels of the largest maps; they double as sides are halved. Without effect on ``"mlp"``.
    loss : {"relativistic", "bce"}, default="relativistic"
        The relativistic pairing loss [2]_ or the cross-entropy with the non-saturating generator loss.
    gradient_penalty : float, default=0.3
        Weight γ of the zero-centred penalties (γ/2)·E‖∇D‖² on real and on generated images [3]_; 0 for none.
    shift : float or "auto", default="auto"
        Largest random shift of the images that the discriminator sees, real and generated ones alike [5]_, as a share
        of height and width in [0, 0.5], in whole pixels; 0 for none. ``"auto"`` is 0.08 without classes, where groups
        are small, and 0 with them.
    discriminator_steps : int, default=1
        Discriminator updates for each generator update.
    generator_learning_rate : float, default=0.001
        Learning rate of the generator's Adam.
    discriminator_learning_rate : float, default=0.001
        Learning rate of the discriminator's Adam.
    schedule : {"cosine", "constant"}, default="cosine"
        ``"cosine"``: learning rates rise over 100 steps and fall along a cosine over the last 40 %, Adam has betas
        (0, 0.99), and a moving average (0.999) of the generator samples. ``"constant"``: constant rates, betas
        (0.5, 0.999) as in [1]_, and the generator itself.
    batch_size : int, default=64
        Real images of a discriminator update, and as many generated ones.
    max_iter : int, default=8000
        Generator updates.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks and scales instead of starting anew.
    precision : {"float32", "bfloat16"}, default="float32"
        Precision of the networks in training. ``"bfloat16"`` is mixed precision by ``torch.autocast``, for devices that
        are quicker at it; weights and losses stay float32.
    device : str or torch.device, default="auto"
        Device to train on; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Callbacks of the training net; scikit-learn's own go to ``set_callbacks``.
    verbose : int, default=0
        1 shows a progress bar.
    random_state : int, RandomState instance or None, default=None
        Controls initial weights, batches and noise.

    Attributes
    ----------
    net_ : AdversarialNet or None
        The skorch net of both networks; None if all images are the same.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training images.
    n_iter_ : int
        Generator updates made.
    history_ : list of dict
        A row for every 50 steps: the means of ``generator_loss`` and ``discriminator_loss`` (nats), of
        ``generator_grad_norm`` and ``discriminator_grad_norm``, the ``seconds`` they took, ``step`` and ``n_iter``.
    device_ : torch.device
        The device of the networks.
    image_shape_ : tuple of (int, int, int)
        Height, width and channels of an image.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    Warns
    -----
    DivergenceWarning
        If training turned non-finite; the last good weights were kept.
    ModeCollapseWarning
        If generated images have less than a tenth of the training images' variance.

    References
    ----------
    .. [1] Radford, Metz, Chintala (2016). Unsupervised representation learning with deep convolutional generative
       adversarial networks. ICLR.
    .. [2] Jolicoeur-Martineau (2019). The relativistic discriminator. ICLR.
    .. [3] Mescheder, Geiger, Nowozin (2018). Which training methods for GANs do actually converge? ICML.
    .. [4] Liu, Wang, Bau, Zhu, Torralba (2020). Diverse image generation via self-conditioned GANs. CVPR.
    .. [5] Zhao, Liu, Lin, Zhu, Han (2020). Differentiable augmentation for data-efficient GAN training. NeurIPS.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sktsgan import DCGANSampler
    >>> digits = load_digits()
    >>> sampler = DCGANSampler(max_iter=200, random_state=0).fit(digits.images, digits.target)
    >>> sampler.sample(3, prompt=[0, 1, 2], random_state=0).shape
    (3, 8, 8)
    """

    _parameter_constraints = {
        **GANSampler._parameter_constraints,
        "image_shape": [tuple, list, None],
        "architecture": [StrOptions({"conv", "mlp"})],
        "groups": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
        "latent_size": [Interval(Integral, 1, None, closed="left")],
        "width": [Interval(Integral, 1, None, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "shift": [Interval(Real, 0, 0.5, closed="both"), StrOptions({"auto"})],
        "discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions(set(_SCHEDULES))],
        "precision": [StrOptions({"float32", "bfloat16"})],
    }

    def __init__(
        self,
        *,
        image_shape=None,
        architecture="conv",
        groups="auto",
        latent_size=64,
        width=16,
        loss="relativistic",
        gradient_penalty=0.3,
        shift="auto",
        discriminator_steps=1,
        generator_learning_rate=1e-3,
        discriminator_learning_rate=1e-3,
        schedule="cosine",
        batch_size=64,
        max_iter=8000,
        warm_start=False,
        precision="float32",
        device="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.image_shape = image_shape
        self.architecture = architecture
        self.groups = groups
        self.latent_size = latent_size
        self.width = width
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.shift = shift
        self.discriminator_steps = discriminator_steps
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.precision = precision
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self, n_items):
        super()._check_parameters(n_items)
        check_image_shape(self.image_shape)

    def _read(self, X):
        return read_training_images(
            self, X, image_shape=self.image_shape, min_images=self._min_items
        )

    def _build(self, images, seed):
        self._forward_items = max(16, _PIXELS_AT_ONCE // math.prod(self.image_shape_[:2]))
        self._latent_size = self.latent_size  # which may be set anew before the next fit
        self.scaler_ = PixelScaler().fit(images)
        if not self.scaler_.free_:
            return None  # all images are the same
        self.groups_ = self._find_groups(images, seed)
        return self._make_net()

    def _make_net(self):
        """Return the skorch net of both networks."""
        generator, discriminator = self._make_networks()
        return AdversarialNet(
            generator,
            discriminator,
            tokens=RandomShift(self._choose_shift()),
            n_updates=self.max_iter,
            loss=self.loss,
            gradient_penalty=self.gradient_penalty,
            discriminator_steps=self.discriminator_steps,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            precision=self.precision,
            **_SCHEDULES[self.schedule],
        )

    def _choose_shift(self):
        if self.shift != "auto":
            return self.shift
        return _SHIFT if self.classes_ is None else 0.0

    def _find_groups(self, images, seed):
        if self.groups is None:
            return None
        groups = ImageGroups(self.groups, random_state=seed)
        groups.fit(self.scaler_.transform(images), self.conditions_.codes("y"))
        return None if groups.is_trivial else groups

    def _make_networks(self):
        shape = len(self.scaler_.free_), *self.image_shape_[:2]
        n_conditions = self._n_conditions
        if self.groups_ is not None:
            n_conditions += len(self.groups_.class_of_group_)
        if self.architecture == "mlp":
            return (
                DenseGenerator(self.latent_size, shape, n_conditions),
                DenseDiscriminator(shape, n_conditions),
            )
        return (
            ConvGenerator(self.latent_size, shape, n_conditions, self.width),
            ConvDiscriminator(shape, n_conditions, self.width),
        )

    def _add_rows(self, images, rows):
        if self.net_ is not None and self.groups_ is not None:
            self.groups_.add_rows(*self._known_of(images, rows))

    def _known_of(self, images, rows):
        """Return scaled images and, where there are any, their classes as integers."""
        classes = self.conditions_.codes("y")
        return self.scaler_.transform(images), None if classes is None else classes[rows]

    def _encoded(self, rows, items=None):
        known = super()._encoded(rows)
        if self.groups_ is None:
            return known
        if items is None:
            codes = self.groups_.codes_[rows]
        else:  # without conditions, partial_fit keeps no row of an image: its group is found anew
            codes = self.groups_.find(*self._known_of(items, rows))
        groups = self.groups_.encode(codes)
        return groups if known is None else torch.cat([known, groups], dim=1)

    def _noise(self, rows, generator):
        return torch.randn(len(rows), self._latent_size, generator=generator), None
