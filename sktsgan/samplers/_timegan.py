"""TimeGAN as an estimator."""

from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan.losses import LOSSES
from sktsgan.networks import RecurrentDiscriminator, RecurrentTimeGAN
from sktsgan.representation import (
    ChannelScaler,
    RangeScaler,
    SeriesScaler,
    extend_series,
)
from sktsgan.samplers._adversarial import AdversarialSampler
from sktsgan.samplers._copula import CopulaSampler
from sktsgan.samplers._ragged import RaggedSetsMixin
from sktsgan.training import TimeGANNet
from sktsgan.training._callbacks import DivergenceGuard

__all__ = ["TimeGANSampler"]

_LEAST_STATES = 24  # as published, and no fewer than channels, lest the autoencoder lose some
_PENALTY_EVERY = 4


class TimeGANSampler(RaggedSetsMixin, AdversarialSampler):
    """Sample windows, or series of unequal length, from TimeGAN: a generator of latent states.

    An embedder and a recovery lead series to latent states and back, a supervisor predicts each state from those
    before it, and a generator makes states that a discriminator can't tell from embedded ones [1]_. By default the
    generator starts from the closed-form model of :class:`CopulaSampler`: its noise are windows of that model, and
    training moves their latent states. ``base=None`` is the classical generator, from random noise.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    base : "copula", CopulaSampler or None, default="copula"
        What the generator starts from: ``"copula"`` is a CopulaSampler with its defaults.
    scaling : {"scores", "range"}, default="scores"
        What channels are scaled to: normal scores, with the rules of CopulaSampler, or [0, 1] by their range, as
        published. A base is a model of scores.
    latent_size : int, default=None
        Size of the noise at each step, without a base; None takes the number of channels.
    cell : {"gru", "lstm"}, default="gru"
        The cell of all recurrent networks.
    hidden_size : int or "auto", default="auto"
        Size of a latent state and of all recurrent networks. ``"auto"`` takes 24, or the number of channels where
        that is more.
    n_layers : int, default=1
        Layers of each recurrent network; the supervisor has one less, where there are several.
    loss : {"relativistic", "bce"}, default="relativistic"
        The relativistic pairing loss [2]_ or the cross-entropy of [1]_, of the logits of all steps.
    gamma : float, default=1.0
        Weight γ of judging generated states before the supervisor too.
    supervised_weight : float, default=1.0
        Weight of the root of the supervised loss in the loss of supervisor and generator.
    moment_weight : float, default=0.0
        Weight of the two moments of the batch in that loss.
    gradient_penalty : float, default=0.3
        Weight of the zero-centred penalties (γ/2)·E‖∇D‖² on real and on generated states [3]_; 0 for none.
    discriminator_threshold : float, default=0.15
        The discriminator is updated only where its loss is above it, in nats.
    generator_steps : int, default=1
        Updates of generator and autoencoder for each update of the discriminator, each on a batch of its own.
    autoencoder_share, supervised_share : float, default=0.1
        Steps of the first two phases, as a share of ``max_iter``.
    warmup : float, default=0.05
        Joint steps before the generator's first update, as a share of ``max_iter`` in [0, 1].
    autoencoder_learning_rate : float, default=0.001
        Of Adam, with betas (0.9, 0.999), for embedder and recovery, and for the supervisor in its phase.
    generator_learning_rate : float, default=0.0003
        Of Adam for generator and supervisor.
    discriminator_learning_rate : float, default=0.001
        Of Adam for the discriminator.
    betas : tuple of (float, float), default=(0.0, 0.99)
        Of Adam for generator, supervisor and discriminator.
    decay : bool, default=True
        Whether the learning rates of a phase rise over 100 steps and fall along a cosine over its last 40 %.
    moving_average : float, default=0.999
        Decay in one update of the average of the weights that samples; 0 takes the weights themselves.
    batch_size : int, default=128
        Real windows of an update, and as many generated ones.
    max_iter : int, default=2000
        Joint steps.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks, scales and base instead of starting anew.
    device : str or torch.device, default="auto"
        Where networks train; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Called by the training net. scikit-learn's own callbacks go to ``set_callbacks``.
    verbose : int, default=0
        1 shows one progress bar over the three phases.
    random_state : int, RandomState instance or None, default=None
        Rules base, initial weights, batches and noise.

    Attributes
    ----------
    net_ : TimeGANNet or None
        The skorch net of all networks; None where all channels are constant.
    copula_ : WindowCopula or None
        The base.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also where ``y`` held numbers.
    conditions_ : ConditionTable
        What is known of the training windows; for series of unequal length also their ``"length"``.
    n_iter_ : int
        Joint steps in which the generator was updated.
    history_ : list of dict
        A row for at most 50 steps of one ``phase``: the means of ``reconstruction_loss`` (squared units of the scaled
        channels), ``supervised_loss`` (squared units of latent states), ``generator_loss`` and
        ``discriminator_loss`` (nats), ``moment_loss`` and of norms of gradients, as far as the phase has them, the
        ``seconds`` they took, and ``n_iter``.
    device_ : torch.device
        Where the networks are.
    n_timesteps_, n_channels_ : int
        Shape of a window; of series of unequal length, the longest one's.
    n_features_in_ : int
        Size of the second axis of ``X``; channels of series of unequal length.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names, where ``X`` was a DataFrame with string columns.

    Warns
    -----
    DivergenceWarning
        If training turned non-finite; the last good weights were kept.
    ModeCollapseWarning
        If generated windows have less than a tenth of the training windows' variance.

    See Also
    --------
    CopulaSampler : The base by itself.
    TransformerGANSampler : Refines the same base by transformers, and can repair windows.

    Notes
    -----
    ``fit`` takes a list of arrays of shape (length, n_channels) or (length,), of unequal length, and ``sample`` then
    returns such a list. A new series is as long as the training series that it is drawn for, one of those that agree
    with the prompt, unless the prompt names a length: ``prompt={"length": 17}``. Steps beyond the end of a series
    reach neither scales nor losses nor scores. The base takes series that go on past their end read backwards, and
    what it makes is cut off again.

    The static features of [1]_ are ``y``, ``timestamps`` and ``conditions``: every network sees them at each step.

    The published configuration is ``TimeGANSampler(base=None, scaling="range", hidden_size=24, n_layers=3,
    loss="bce", gamma=1, supervised_weight=100, moment_weight=100, gradient_penalty=0, generator_steps=2,
    autoencoder_share=1, supervised_share=1, warmup=0, generator_learning_rate=1e-3, betas=(0.9, 0.999),
    decay=False, moving_average=0, max_iter=50_000)``. Departures that remain from the code published with [1]_:

    - the discriminator reads states in both directions, as the paper has it;
    - the supervised phase trains the supervisor alone, which is all that its loss depends on;
    - the updates of a joint step take their gradients from one forward pass of each network and from one batch, where
      the published code runs the networks again for each; the discriminator sees the last of them;
    - constant channels and copies of other channels do not reach the networks, and come back exactly.

    Departures of the defaults: the noise is a draw of the base, scaled as the windows; linear maps lead past every
    recurrent network but the discriminator's, those of the recovery begin as the inverse of the embedder's, and
    the generator begins the joint phase as a copy of the embedder, so that it starts from the base; a
    generated state moves towards what the supervisor made of the states before it by a learned share, which begins at
    zero; relativistic loss, penalties (estimated by finite differences on every fourth step, with four times the
    weight), a moving average and falling learning rates.

    References
    ----------
    .. [1] Yoon, Jarrett, van der Schaar (2019). Time-series generative adversarial networks. NeurIPS.
    .. [2] Jolicoeur-Martineau (2019). The relativistic discriminator. ICLR.
    .. [3] Mescheder, Geiger, Nowozin (2018). Which training methods for GANs do actually converge? ICML.

    Examples
    --------
    >>> from sktsgan import TimeGANSampler
    >>> from sktsgan.datasets import make_sines
    >>> X = make_sines(200, random_state=0)
    >>> sampler = TimeGANSampler(max_iter=5, random_state=0).fit(X)
    >>> sampler.sample(3, random_state=0).shape
    (3, 24, 5)
    >>> ragged = [x[: 10 + i % 15] for i, x in enumerate(X)]
    >>> sampler.fit(ragged)
    TimeGANSampler(max_iter=5, random_state=0)
    >>> [len(x) for x in sampler.sample(2, prompt={"length": 17})]
    [17, 17]
    """

    _parameter_constraints = {
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "base": [StrOptions({"copula"}), CopulaSampler, None],
        "scaling": [StrOptions({"scores", "range"})],
        "latent_size": [Interval(Integral, 1, None, closed="left"), None],
        "cell": [StrOptions({"gru", "lstm"})],
        "hidden_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "supervised_weight": [Interval(Real, 0, None, closed="neither")],
        "moment_weight": [Interval(Real, 0, None, closed="left")],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "discriminator_threshold": [Interval(Real, 0, None, closed="left")],
        "generator_steps": [Interval(Integral, 1, None, closed="left")],
        "autoencoder_share": [Interval(Real, 0, None, closed="left")],
        "supervised_share": [Interval(Real, 0, None, closed="left")],
        "warmup": [Interval(Real, 0, 1, closed="both")],
        "autoencoder_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "betas": [tuple],
        "decay": ["boolean"],
        "moving_average": [Interval(Real, 0, 1, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "device": [str, torch.device],
        "callbacks": [list, None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        n_channels=None,
        base="copula",
        scaling="scores",
        latent_size=None,
        cell="gru",
        hidden_size="auto",
        n_layers=1,
        loss="relativistic",
        gamma=1.0,
        supervised_weight=1.0,
        moment_weight=0.0,
        gradient_penalty=0.3,
        discriminator_threshold=0.15,
        generator_steps=1,
        autoencoder_share=0.1,
        supervised_share=0.1,
        warmup=0.05,
        autoencoder_learning_rate=1e-3,
        generator_learning_rate=3e-4,
        discriminator_learning_rate=1e-3,
        betas=(0.0, 0.99),
        decay=True,
        moving_average=0.999,
        batch_size=128,
        max_iter=2000,
        warm_start=False,
        device="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.n_channels = n_channels
        self.base = base
        self.scaling = scaling
        self.latent_size = latent_size
        self.cell = cell
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.loss = loss
        self.gamma = gamma
        self.supervised_weight = supervised_weight
        self.moment_weight = moment_weight
        self.gradient_penalty = gradient_penalty
        self.discriminator_threshold = discriminator_threshold
        self.generator_steps = generator_steps
        self.autoencoder_share = autoencoder_share
        self.supervised_share = supervised_share
        self.warmup = warmup
        self.autoencoder_learning_rate = autoencoder_learning_rate
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.betas = betas
        self.decay = decay
        self.moving_average = moving_average
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self):
        super()._check_parameters()
        if len(self.betas) != 2 or not all(
            isinstance(beta, Real) and 0 <= beta < 1 for beta in self.betas
        ):
            raise ValueError(f"betas must be two numbers in [0, 1), got {self.betas!r}.")
        if self.base is not None and self.scaling != "scores":
            raise ValueError(
                f'scaling must be "scores" with a base, which is a model of scores, got {self.scaling!r}.'
            )
        if self.base is not None and self.latent_size is not None:
            raise ValueError(
                f"latent_size must be None with a base, whose windows are the noise, got {self.latent_size}."
            )

    def _count_warmup(self):
        return sum(self._phase_lengths()) + round(self.warmup * self.max_iter)

    def _phase_lengths(self):
        shares = self.autoencoder_share, self.supervised_share
        return [round(share * self.max_iter) for share in shares]

    def _count_parts(self):
        return self.generator_steps

    def _build(self, windows, seed, n_updates, n_warmup):
        self._fit_scaler(windows)
        self.copula_ = None
        if not self.scaler_.free_:
            return None  # all channels are constant
        if self.base is not None:
            base = CopulaSampler() if self.base == "copula" else clone(self.base)
            self.copula_ = base._fit_copula(
                self._whole(windows), self.conditions_, seed, self.scaler_
            )
        return self._make_net(windows, n_updates, n_warmup).initialize()

    def _fit_scaler(self, windows):
        scaler = ChannelScaler() if self.scaling == "scores" else RangeScaler()
        self.scaler_ = (SeriesScaler(scaler) if self._is_ragged else scaler).fit(windows)

    def _whole(self, windows):
        """Return windows without a missing step, as the base takes them."""
        return extend_series(windows) if self._is_ragged else windows

    def _make_net(self, windows, n_updates, n_warmup):
        """Return the skorch net of all networks; ``n_warmup`` is 0 for ``partial_fit``, which trains jointly only."""
        lengths = self._phase_lengths() if n_warmup else [0, 0]
        return TimeGANNet(
            *self._make_networks(windows),
            n_autoencoder=lengths[0],
            n_supervised=lengths[1],
            n_updates=n_updates,
            n_warmup=n_warmup - sum(lengths),
            loss=self.loss,
            gamma=self.gamma,
            supervised_weight=self.supervised_weight,
            moment_weight=self.moment_weight,
            gradient_penalty=self.gradient_penalty,
            penalty_every=_PENALTY_EVERY,
            threshold=self.discriminator_threshold,
            autoencoder_learning_rate=self.autoencoder_learning_rate,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            betas=tuple(map(float, self.betas)),
            decay=self.decay,
            moving_average=self.moving_average,
            callbacks=[DivergenceGuard(), *(self.callbacks or [])],
            device=self.device_,
            verbose=0,
        )

    def _make_networks(self, windows):
        n_channels, n_conditions = len(self.scaler_.free_), self.conditions_.encoded.shape[1]
        hidden_size = self.hidden_size
        if hidden_size == "auto":
            hidden_size = max(_LEAST_STATES, n_channels)
        sizes = {"hidden_size": hidden_size, "n_layers": self.n_layers, "cell": self.cell}
        networks = RecurrentTimeGAN(
            n_channels,
            self.latent_size or n_channels,
            n_conditions,
            covariances=None if self.base is None else self._covariances(windows),
            unit_range=self.scaling == "range",
            **sizes,
        )
        sizes["with_increments"] = self.base is not None
        return networks, RecurrentDiscriminator(hidden_size, n_conditions, **sizes)

    def _covariances(self, windows):
        """Return covariances of the scaled channels of a step, whole and about the mean of a series."""
        scores, inside = self.scaler_.transform(windows), ~np.isnan(windows[..., :1])
        means = scores.sum(axis=1, keepdims=True, where=inside) / inside.sum(axis=1, keepdims=True)
        steps = (part[inside[..., 0]] for part in (scores, scores - means))
        return torch.as_tensor(np.stack([part.T @ part / len(part) for part in steps]))

    def _add_rows(self, windows, rows):
        if self.copula_ is not None:
            codes = self.conditions_.codes("y")
            classes = None if codes is None else codes[rows]
            self.copula_.add_rows(self._whole(windows), classes, self.conditions_.encoded[rows])

    def _draw_noise(self, n_windows, rows, generator):
        """Draw what the generator starts from and, for series of unequal length, the lengths of the rows."""
        if self.copula_ is not None:
            noise = self.copula_.draw_scores(n_windows, generator, rows)
        else:
            size = self.latent_size or len(self.scaler_.free_)
            noise = torch.rand(n_windows, self.n_timesteps_, size, generator=generator)
        return noise, self._lengths_of(rows)

    def _draw_training_noise(self, n_windows, rows, generator):
        if self.net_.phase != "joint":  # which alone has a generator
            return torch.empty(n_windows, 0), self._lengths_of(rows)
        return self._draw_noise(n_windows, rows, generator)

    def _lengths_of(self, rows):
        if not self._is_ragged:
            return None
        return torch.tensor(self.conditions_.frame["length"].to_numpy())[rows]
