"""The transformer pair for windows as an estimator."""

from numbers import Integral, Real

import torch
from sklearn.base import clone
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan.closed_form import log_scale_floor
from sktsgan.losses import LOSSES
from sktsgan.networks import RefiningGenerator, TransformerDiscriminator, TransformerGenerator
from sktsgan.samplers._copula import CopulaSampler, add_rows
from sktsgan.samplers._gan import SCHEDULES, GANSampler
from sktsgan.scaling import ChannelScaler
from sktsgan.training import AdversarialNet, WindowTokens

__all__ = ["TransformerGANSampler"]

_COMPONENTS_PER_TOKEN = 16


class TransformerGANSampler(GANSampler):
    """Sample windows from a transformer generator trained against a transformer discriminator.

    By default the generator starts from the closed-form model of :class:`CopulaSampler` and refines what it draws; the
    discriminator judges levels, increments, scales and shapes of each channel. ``base=None`` is the classical
    generator, from latent noise to windows.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    base : "copula", CopulaSampler or None, default="copula"
        Model that the generator starts from: ``"copula"`` is a CopulaSampler with its defaults, None is noise.
    latent_size : int, default=100
        Size of the noise, without a base.
    patch_length : int, default=None
        Steps of a token of both networks, as in [4]_. None makes a token of each channel for the discriminator and, of
        a sixth of the window, for the generator without a base.
    embedding_size : int, default=64
        Width of a token in both encoders; a multiple of ``n_heads``.
    n_layers : int, default=1
        Layers of each encoder.
    n_heads : int, default=2
        Attention heads of a layer.
    dropout : float, default=0.0
        Dropout rate of both encoders, in [0, 1), while training; there is none in sampling.
    loss : {"relativistic", "bce"}, default="relativistic"
        The relativistic pairing loss [2]_ or the cross-entropy of [1]_ with the non-saturating generator loss.
    gradient_penalty : float, default=0.3
        Weight γ of the zero-centred penalties (γ/2)·E‖∇D‖² on real and on generated tokens [3]_; 0 for none.
    discriminator_steps : int, default=1
        Discriminator updates for each generator update.
    warmup : float, default=0.05
        Discriminator updates before the first generator update, as a share of ``max_iter`` in [0, 1].
    generator_learning_rate : float, default=0.0003
        Learning rate of the generator's Adam.
    discriminator_learning_rate : float, default=0.001
        Learning rate of the discriminator's Adam.
    schedule : {"cosine", "constant"}, default="cosine"
        ``"cosine"``: learning rates rise over 100 updates and fall along a cosine over the last 40 %, Adam has betas
        (0, 0.99), and a moving average (0.999) of the generator's weights samples. ``"constant"``: as in [4]_, constant
        rates, betas (0.9, 0.999), and the weights themselves.
    batch_size : int, default=128
        Real windows of a discriminator update, and as many generated ones.
    max_iter : int, default=3000
        Generator updates.
    n_iter_no_change : int, default=None
        Updates without improvement after which ``fit`` ends; None makes all of them. If given, windows are held out,
        a classifier tells them from generated ones every 500 updates
        (:func:`~sktsgan.metrics.classifier_two_sample_score`), and the generator that was hardest to tell is kept,
        which may be the one that training started from. The base is fitted on all windows.
    validation_fraction : float, default=0.1
        Share of the windows, in (0, 1), held out in ten blocks to choose the best weights by; without effect unless
        ``n_iter_no_change`` is given.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks, scales and base instead of starting anew.
    device : str or torch.device, default="auto"
        Device to train on; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Callbacks of the training net; scikit-learn's own go to ``set_callbacks``.
    verbose : int, default=0
        1 shows a progress bar.
    random_state : int, RandomState instance or None, default=None
        Controls base, initial weights, batches and noise.

    Attributes
    ----------
    net_ : AdversarialNet or None
        The skorch net of both networks; None if all channels are constant.
    copula_ : WindowCopula or None
        The base.
    imputer_ : WindowRepair
        The model that ``impute`` draws from. It keeps up to 4,000 training windows.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training windows.
    n_iter_ : int
        Generator updates made.
    history_ : list of dict
        A row for every 50 steps: the means of ``generator_loss`` and ``discriminator_loss`` (nats), of
        ``generator_grad_norm`` and ``discriminator_grad_norm``, the ``seconds`` they took, ``step`` and ``n_iter``.
        With ``n_iter_no_change`` also ``validation_accuracy`` where it was judged, in [0, 1]: 0.5 is best.
    device_ : torch.device
        The device of the networks.
    n_timesteps_, n_channels_ : int
        Shape of a window.
    n_features_in_ : int
        Size of the second axis of ``X``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, if ``X`` was a DataFrame with string columns.

    Warns
    -----
    DivergenceWarning
        If training turned non-finite; the last good weights were kept.
    ModeCollapseWarning
        If generated windows have less than a tenth of the training windows' variance.

    See Also
    --------
    CopulaSampler : The base by itself.

    Notes
    -----
    The plain transformer GAN of the literature [4]_ is ``TransformerGANSampler(**TTSGAN)``, by
    ``from sktsgan.samplers.published import TTSGAN``.

    Departures from [1]_ and [3]_: both players move at once, from one backward pass through the
    discriminator; the penalty is estimated by finite differences on every fourth step, with four
    times the weight; and the generator that samples is a moving average of the trained one.

    ``impute`` draws from a Gaussian of plain windows, similar training windows and straight lines, blended as
    held-out windows say; the trained networks take no part in it.

    References
    ----------
    .. [1] Goodfellow et al. (2014). Generative adversarial nets. NeurIPS.
    .. [2] Jolicoeur-Martineau (2019). The relativistic discriminator. ICLR.
    .. [3] Mescheder, Geiger, Nowozin (2018). Which training methods for GANs do actually converge? ICML.
    .. [4] Li, Metsis, Wang, Ngu (2022). TTS-GAN: a transformer-based time-series GAN. AIME.

    Examples
    --------
    >>> from sktsgan import TransformerGANSampler
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(200, random_state=0)
    >>> sampler = TransformerGANSampler(max_iter=5, random_state=0).fit(X)
    >>> sampler.sample(3, random_state=0).shape
    (3, 24, 5)
    """

    _parameter_constraints = {
        **GANSampler._parameter_constraints,
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "base": [StrOptions({"copula"}), CopulaSampler, None],
        "latent_size": [Interval(Integral, 1, None, closed="left")],
        "patch_length": [Interval(Integral, 1, None, closed="left"), None],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "n_heads": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "warmup": [Interval(Real, 0, 1, closed="both")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions(set(SCHEDULES))],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left"), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    }

    _takes_holes = True

    def __init__(
        self,
        *,
        n_channels=None,
        base="copula",
        latent_size=100,
        patch_length=None,
        embedding_size=64,
        n_layers=1,
        n_heads=2,
        dropout=0.0,
        loss="relativistic",
        gradient_penalty=0.3,
        discriminator_steps=1,
        warmup=0.05,
        generator_learning_rate=3e-4,
        discriminator_learning_rate=1e-3,
        schedule="cosine",
        batch_size=128,
        max_iter=3000,
        n_iter_no_change=None,
        validation_fraction=0.1,
        warm_start=False,
        device="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.n_channels = n_channels
        self.base = base
        self.latent_size = latent_size
        self.patch_length = patch_length
        self.embedding_size = embedding_size
        self.n_layers = n_layers
        self.n_heads = n_heads
        self.dropout = dropout
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.discriminator_steps = discriminator_steps
        self.warmup = warmup
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self, n_items):
        super()._check_parameters(n_items)
        if self.embedding_size % self.n_heads:
            raise ValueError(
                f"embedding_size must be a multiple of n_heads={self.n_heads}, got {self.embedding_size}."
            )

    def _build(self, windows, seed):
        self._fit_base(windows, seed)
        return self._make_net() if self.scaler_.free_ else None  # all channels are constant

    def _fit_base(self, windows, seed):
        if self.base is not None:
            base = CopulaSampler() if self.base == "copula" else clone(self.base)
            self.copula_ = base._fit_copula(windows, self.conditions_, seed)
            self.scaler_ = self.copula_.scaler_
        else:
            self.copula_ = None
            self.scaler_ = ChannelScaler().fit(windows)
        if not self.scaler_.free_:
            return
        if self.base is not None:
            self.copula_.hold_levels()
            self.copula_.to(self.device_)
        scores = self.scaler_.transform(windows)
        floor = log_scale_floor(scores)
        patch_length = self._patch_length(windows.shape[1])
        tokens = WindowTokens(None if self.patch_length is None else patch_length, floor)
        self.tokens_ = tokens.fit(scores).to(self.device_)

    def _patch_length(self, n_timesteps):
        return min(self.patch_length or max(1, n_timesteps // 6), n_timesteps)

    def _make_net(self):
        """Return the skorch net of both networks."""
        return AdversarialNet(
            self._make_generator(),
            TransformerDiscriminator(self.tokens_.sizes_, **self._sizes()),
            **({} if self.base is None else {"render": self.copula_.refine}),
            tokens=self.tokens_,
            n_updates=self.max_iter,
            n_warmup=self._n_warmup,
            loss=self.loss,
            gradient_penalty=self.gradient_penalty,
            discriminator_steps=self.discriminator_steps,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            **SCHEDULES[self.schedule],
        )

    def _make_generator(self):
        sizes = self._sizes()
        if self.base is not None:
            n_components = self.copula_.n_principal_
            group = min(_COMPONENTS_PER_TOKEN, n_components)
            return RefiningGenerator(n_components, group, **sizes)
        steps = self.n_timesteps_
        patch_length = self._patch_length(steps)
        return TransformerGenerator(
            self.latent_size, steps, len(self.scaler_.free_), patch_length, **sizes
        )

    def _sizes(self):
        return {
            "n_conditions": self._n_conditions,
            "embedding_size": self.embedding_size,
            "n_layers": self.n_layers,
            "n_heads": self.n_heads,
            "dropout": self.dropout,
        }

    def _add_rows(self, windows, rows):
        if self.copula_ is not None:
            add_rows(self.copula_, windows, self.conditions_, rows)

    def _noise(self, rows, generator):
        """Draw what the generator starts from and, with a base, what its ``refine`` needs besides."""
        if self.copula_ is not None:
            return self.copula_.draw_noise(len(rows), rows, generator)
        return torch.randn(len(rows), self.latent_size, generator=generator), None
