"""TimeGAN as an estimator."""

from functools import partial
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import torch_generator
from sktsgan.closed_form import times_of_windows
from sktsgan.containers import SeriesContainer, is_ragged, read_series
from sktsgan.losses import LOSSES
from sktsgan.networks import RecurrentDiscriminator, RecurrentTimeGAN
from sktsgan.samplers._gan import SCHEDULES, GANSampler, check_pretraining
from sktsgan.samplers._gate import Gate
from sktsgan.samplers._neighbor_base import NeighborBase
from sktsgan.samplers._neighbors import NeighborSampler
from sktsgan.scaling import ChannelScaler, RangeScaler, SeriesExtender, SeriesScaler
from sktsgan.training import TimeGANNet

__all__ = ["TimeGANSampler"]

_PRETRAINING_SHARE = 0.1
_LEAST_STATES = 24  # as published, and no fewer than channels, lest the autoencoder lose some


class TimeGANSampler(GANSampler):
    """Sample windows, or series of unequal length, from TimeGAN: a generator of latent states.

    An embedder maps series to latent states and a recovery maps them back, a supervisor predicts each state from those
    before it, and a generator makes states that a discriminator can't tell from embedded ones [1]_. By default the
    generator starts from windows of :class:`NeighborSampler`, and training moves their latent states. ``base=None`` is
    the classical generator, from random noise.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    base : "neighbors", NeighborSampler or None, default="neighbors"
        Model that the generator starts from: ``"neighbors"`` is a NeighborSampler with its defaults, None is noise.
    refine : {"auto", "always"}, default="auto"
        As in :class:`TransformerGANSampler`: whether the sampler goes back to the base where training doesn't pay.
    constraints : "auto" or list of str, default=None
        Rules that windows obey, as in :class:`NeighborSampler`; ``constraints_`` says which.
    scaling : {"scores", "range"}, default="scores"
        Scale of the channels: normal scores, or [0, 1] by their range, as published. A
        base needs normal scores.
    cell : {"gru", "lstm"}, default="gru"
        The cell of all recurrent networks.
    hidden_size : int or "auto", default="auto"
        Size of a latent state and of all recurrent networks. ``"auto"`` takes 24, or the number of channels if
        that is more.
    n_layers : int, default=1
        Layers of each recurrent network; the supervisor has one less if there are several.
    loss : {"relativistic", "bce"}, default="relativistic"
        The relativistic pairing loss [2]_ or the cross-entropy of [1]_, of the logits of all steps.
    gamma : float, default=1.0
        Weight γ of the generated states as they are before the supervisor, which the discriminator judges too.
    moment_weight : float, default=0.0
        Weight of the two moments of the batch in the generator's loss.
    gradient_penalty : float, default=0.3
        Weight of the zero-centred penalties (γ/2)·E‖∇D‖² on real and on generated states [3]_; 0 for none.
    generator_steps : int, default=1
        Updates of generator and autoencoder for each update of the discriminator, each on a batch of its own.
    pretraining : tuple of (int, int) or "auto", default="auto"
        Updates of the two phases before the joint one: of the autoencoder, and of the supervisor. ``"auto"`` takes a
        tenth of ``max_iter`` for each.
    warmup : float, default=0.05
        Joint steps before the generator's first update, as a share of ``max_iter`` in [0, 1].
    generator_learning_rate : float, default=0.0001
        Learning rate of Adam for generator and supervisor; that of embedder and recovery is 0.001.
    discriminator_learning_rate : float, default=0.001
        Learning rate of the discriminator's Adam.
    schedule : {"cosine", "constant"}, default="cosine"
        ``"cosine"``: learning rates rise over 100 steps of a phase and fall along a cosine over its last 40 %, Adam of
        the adversarial pair has betas (0, 0.99), and a moving average (0.999) of the weights samples.
        ``"constant"``: as published, constant rates, betas (0.9, 0.999), and the weights themselves.
    batch_size : int, default=128
        Real windows of an update, and as many generated ones.
    max_iter : int, default=1000
        Joint steps.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks, scales and base instead of starting anew.
    device : str or torch.device, default="auto"
        Device to train on; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Callbacks of the training net; scikit-learn's own go to ``set_callbacks``.
    verbose : int, default=0
        1 shows one progress bar over the three phases.
    random_state : int, RandomState instance or None, default=None
        Controls base, initial weights, batches and noise.

    Attributes
    ----------
    net_ : TimeGANNet or None
        The skorch net of all networks; None if all channels are constant.
    base_ : NeighborBase or None
        The base.
    refined_ : bool
        Whether windows are those of the networks; else they are those of the base.
    gate_scores_ : dict of dict of float, or None
        What judges found of ``"base"`` and ``"pair"``, as in TransformerGANSampler; None if nothing was judged.
    keeps_training_windows_ : bool
        Whether it contains its training windows, as every base does.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training windows; for series of unequal length also their ``"length"``.
    n_iter_ : int
        Joint steps in which the generator was updated.
    history_ : list of dict
        A row for at most 50 steps of one ``phase``: the means of ``reconstruction_loss`` (squared units of the scaled
        channels), ``supervised_loss`` (squared units of latent states), ``generator_loss`` and
        ``discriminator_loss`` (nats), ``moment_loss`` and of norms of gradients, as far as the phase has them, the
        ``seconds`` they took, and ``n_iter``.
    device_ : torch.device
    n_timesteps_, n_channels_ : int
        Shape of a window; of series of unequal length, the longest one's.
    n_features_in_ : int
        Size of the second axis of ``X``; channels of series of unequal length.
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
    NeighborSampler : The base by itself.
    TransformerGANSampler : Refines the same base by transformers, and can repair windows.

    Notes
    -----
    ``fit`` takes a list of arrays of shape (length, n_channels) or (length,), of unequal length, and ``sample`` then
    returns such a list. A new series is as long as the training series that it is drawn for, one of those that agree
    with the prompt, unless the prompt names a length: ``prompt={"length": 17}``. Steps beyond the end of a series
    reach neither scales nor losses nor scores. The base takes series that go on past their end by linear
    prediction, and what it makes is cut off again.

    The static features of [1]_ are ``y``, ``timestamps`` and ``conditions``: every network sees them at each step.
    The published configuration is ``TimeGANSampler(**TIMEGAN)``, by ``from sktsgan.samplers.published import TIMEGAN``.
    It departs from the code published with [1]_ in that

    - the discriminator reads states in both directions, as the paper has it;
    - the supervised phase trains the supervisor alone, which is all that its loss depends on;
    - the updates of a joint step take their gradients from one forward pass of each network and from one batch, where
      the published code runs the networks again for each; the discriminator sees the last of them;
    - constant channels and copies of other channels do not reach the networks, and come back exactly; channels of at
      most 256 values get values back that were seen.

    Departures of the defaults: the noise is a draw of the base, scaled as the windows; linear maps lead past the
    recurrent networks, the embedder's to states that are white about their mean in a series, the recovery's back,
    and the generator begins the joint phase as a copy of the embedder, so that it starts from the base; the means of
    states over time stay those of the base; a generated state moves towards what the supervisor made of the states
    before it by a learned share, which begins at zero; the discriminator sees the increments of states too;
    relativistic loss, penalties (estimated by finite differences on every fourth step, with four times the weight), a
    moving average and falling learning rates.

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
    >>> sampler = TimeGANSampler(max_iter=5, refine="always", random_state=0).fit(X)
    >>> sampler.sample(3, random_state=0).shape
    (3, 24, 5)
    >>> ragged = [x[: 10 + i % 15] for i, x in enumerate(X)]
    >>> sampler.fit(ragged)
    TimeGANSampler(max_iter=5, random_state=0, refine='always')
    >>> [len(x) for x in sampler.sample(2, prompt={"length": 17})]
    [17, 17]
    """

    _parameter_constraints = {
        **GANSampler._parameter_constraints,
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "base": [StrOptions({"neighbors"}), NeighborSampler, None],
        "refine": [StrOptions({"auto", "always"})],
        "constraints": [list, tuple, StrOptions({"auto"}), None],
        "scaling": [StrOptions({"scores", "range"})],
        "cell": [StrOptions({"gru", "lstm"})],
        "hidden_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "gamma": [Interval(Real, 0, None, closed="left")],
        "moment_weight": [Interval(Real, 0, None, closed="left")],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "generator_steps": [Interval(Integral, 1, None, closed="left")],
        "pretraining": [tuple, StrOptions({"auto"})],
        "warmup": [Interval(Real, 0, 1, closed="both")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions(set(SCHEDULES))],
    }

    def __init__(
        self,
        *,
        n_channels=None,
        base="neighbors",
        refine="auto",
        constraints=None,
        scaling="scores",
        cell="gru",
        hidden_size="auto",
        n_layers=1,
        loss="relativistic",
        gamma=1.0,
        moment_weight=0.0,
        gradient_penalty=0.3,
        generator_steps=1,
        pretraining="auto",
        warmup=0.05,
        generator_learning_rate=1e-4,
        discriminator_learning_rate=1e-3,
        schedule="cosine",
        batch_size=128,
        max_iter=1000,
        warm_start=False,
        device="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.n_channels = n_channels
        self.base = base
        self.refine = refine
        self.constraints = constraints
        self.scaling = scaling
        self.cell = cell
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.loss = loss
        self.gamma = gamma
        self.moment_weight = moment_weight
        self.gradient_penalty = gradient_penalty
        self.generator_steps = generator_steps
        self.pretraining = pretraining
        self.warmup = warmup
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def _check_parameters(self, n_items):
        super()._check_parameters(n_items)
        check_pretraining(self.pretraining)
        if self.base is not None and self.scaling != "scores":
            raise ValueError(f'scaling must be "scores" with a base, got {self.scaling!r}.')

    def _learn(self, windows, rows):
        if self.base is None or self.refine == "always" or self._goes_on:
            super()._learn(windows, rows)
            return
        windows = self._start(windows)
        learn = partial(self._train, n_steps=0) if self.net_ is None else self._train_and_judge
        learn(windows, rows)

    def _train_and_judge(self, windows, rows):
        """Train on windows that no judge sees, and go back to the base if it is no worse."""
        self.n_iter_, self.history_, base, whole = 0, [], self.base_, self._whole(windows)
        gate = Gate(whole, times_of_windows(whole))
        if not gate.has_enough:
            with self._fit_task():
                return
        self.base_ = base.of_some(whole, self.conditions_, ~gate.unseen)
        places = torch.as_tensor(np.flatnonzero(~gate.unseen))

        def draw(refined, seed):
            generator = torch_generator(seed)
            drawn = places[torch.randint(len(places), (len(places),), generator=generator)]
            return self._draw(drawn, generator, refined)

        gate.begin(partial(draw, False), partial(draw, True))
        self._train(windows, rows, self.max_iter + self.net_.n_ahead, gate.unseen)
        self.refined_, self.gate_scores_ = gate.decide(), gate.scores
        self.base_ = base
        for name, value in gate.row().items():
            self.net_.history.record(name, value)
        self.history_ = self.net_.rows()
        if self.verbose:
            verdict = "The networks refine" if self.refined_ else "Back to"
            print(f"{verdict} the base: {gate.text()}.")

    def _watch(self, items, rows, held_out):
        self.refined_, self.gate_scores_ = True, None  # until it is judged
        return []

    def _make(self, rows, generator):
        return self._draw(rows, generator, self.refined_)

    def _draw(self, rows, generator, refined):
        """Return windows of the networks or of the base."""
        if refined or self.base_ is None:
            return super()._make(rows, generator)
        return self.base_.sample(rows, generator)

    def _read(self, X):
        if not is_ragged(X):
            return super()._read(X)
        windows, container = read_series(X, self.n_channels)
        self.n_features_in_ = container.n_channels
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        return windows, container

    @property
    def _is_ragged(self):
        return isinstance(self.container_, SeriesContainer)

    def _build(self, windows, seed):
        self._fit_scaler(windows)
        self.refined_, self.gate_scores_ = False, None
        self.base_, self.keeps_training_windows_ = None, self.base is not None
        if not self.scaler_.free_:
            return None  # all channels are constant
        if self.base is not None:
            known = self._whole(windows), self.conditions_, seed, self.categorical_
            self.base_ = NeighborBase.fit(self.base, *known)
        return self._make_net(windows)

    def _fit_scaler(self, windows):
        scaler = ChannelScaler() if self.scaling == "scores" else RangeScaler()
        self.scaler_ = (SeriesScaler(scaler) if self._is_ragged else scaler).fit(windows)
        self._extender = SeriesExtender().fit(windows) if self._is_ragged else None

    def _whole(self, windows):
        """Return windows without a missing step, as the base takes them."""
        return self._extender.transform(windows) if self._is_ragged else windows

    def _make_net(self, windows=None):
        """Return the skorch net of all networks; windows are what it starts from, None if that is of no account."""
        lengths = self.pretraining
        if lengths == "auto":
            lengths = (round(_PRETRAINING_SHARE * self.max_iter),) * 2
        return TimeGANNet(
            *self._make_networks(windows),
            phase_lengths=lengths,
            n_updates=self.max_iter,
            n_warmup=self._n_warmup,
            generator_steps=self.generator_steps,
            loss=self.loss,
            gamma=self.gamma,
            moment_weight=self.moment_weight,
            gradient_penalty=self.gradient_penalty,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            **SCHEDULES[self.schedule],
        )

    def _make_networks(self, windows):
        n_channels, n_conditions = len(self.scaler_.free_), self._n_conditions
        hidden_size = self.hidden_size
        if hidden_size == "auto":
            hidden_size = max(_LEAST_STATES, n_channels)
        sizes = {"hidden_size": hidden_size, "n_layers": self.n_layers, "cell": self.cell}
        networks = RecurrentTimeGAN(
            n_channels,
            n_channels,
            n_conditions,
            covariances=None if self.base is None else self._covariances(windows),
            unit_range=self.scaling == "range",
            **sizes,
        )
        sizes["with_increments"] = self.base is not None
        return networks, RecurrentDiscriminator(hidden_size, n_conditions, **sizes)

    def _covariances(self, windows):
        """Return covariances of the scaled channels of a step, whole and about the mean of a series."""
        if windows is None:
            return torch.diag_embed(torch.ones(2, len(self.scaler_.free_)))
        scores, inside = self.scaler_.transform(windows), ~np.isnan(windows[..., :1])
        means = scores.sum(axis=1, keepdims=True, where=inside) / inside.sum(axis=1, keepdims=True)
        steps = (part[inside[..., 0]] for part in (scores, scores - means))
        return torch.as_tensor(np.stack([part.T @ part / len(part) for part in steps]))

    def _noise(self, rows, generator):
        """Draw what the generator starts from."""
        if self.base_ is not None:
            drawn = self.scaler_.transform(self.base_.sample(rows, generator))
            return torch.as_tensor(drawn, dtype=torch.float32), None
        shape = len(rows), self.n_timesteps_, len(self.scaler_.free_)
        return torch.rand(shape, generator=generator), None
