"""The transformer pair for windows as an estimator."""

from functools import partial
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import threads_for, torch_generator
from sktsgan.closed_form import log_scale_floor, times_of_windows
from sktsgan.losses import LOSSES
from sktsgan.networks import RefiningGenerator, TransformerDiscriminator, TransformerGenerator
from sktsgan.samplers._gan import SCHEDULES, GANSampler
from sktsgan.samplers._gate import Gate
from sktsgan.samplers._neighbor_base import N_NOISES, NeighborBase, beside_noise
from sktsgan.samplers._neighbors import NeighborSampler
from sktsgan.scaling import ChannelScaler
from sktsgan.scaling._readings import ReadingScaler
from sktsgan.training import AdversarialNet, WindowTokens
from sktsgan.training._callbacks import EarlyQuestion

__all__ = ["TransformerGANSampler"]

_WIDER = 1.5  # the neighbourhoods of the pair to those of the base: it wins back likeness, and memory stays lower
_PENALTY_EVERY = 2  # updates, with a base
_MOVING_AVERAGE = 0.995  # with a base, which leaves less to learn
_FIRST_LOOK = 1 / 3  # of the updates, after which a pair that is worse than its base is given up


class TransformerGANSampler(GANSampler):
    """Sample windows from a transformer generator trained against a transformer discriminator.

    By default the generator starts from what :class:`NeighborSampler` draws, from wider neighbourhoods, and moves it
    along them; the discriminator judges levels, increments, scales and shapes of each channel. Windows are held out,
    and the pair is kept only where judges that learn from these find it better than the base: else the sampler draws
    like NeighborSampler. ``base=None`` is the classical generator, from latent noise to windows.

    Parameters
    ----------
    n_channels : int, default=None
        Channels of flat windows; None means one for flat windows and any number for windows with three axes.
    base : "neighbors", NeighborSampler or None, default="neighbors"
        What the generator starts from: ``"neighbors"`` is a NeighborSampler with its defaults, None is noise.
    refine : {"auto", "always"}, default="auto"
        ``"auto"`` holds out 30 % of the windows and goes back to the base where the pair, judged by these, isn't
        better. ``"always"`` trains on all windows and keeps the pair.
    constraints : "auto" or list of str, default=None
        Rules that windows obey, as in :class:`NeighborSampler`; ``constraints_`` says which.
    latent_size : int, default=100
        Size of the noise, without a base.
    patch_length : int, default=None
        Steps of a token of both networks, as in [4]_. None makes a token of each channel for the discriminator and of a
        sixth of the window for the generator.
    embedding_size : int, default=64
        Width of a token in both encoders; a multiple of ``n_heads``.
    n_layers : int, default=1
        Layers of each encoder.
    n_heads : int, default=4
        Attention heads of a layer.
    dropout : float, default=0.0
        Dropout rate of both encoders, in [0, 1), while training; there is none in sampling.
    loss : {"relativistic", "bce"}, default="relativistic"
        The relativistic pairing loss [2]_ or the cross-entropy of [1]_ with the non-saturating generator loss.
    gradient_penalty : float, default=3.0
        Weight γ of the zero-centred penalties (γ/2)·E‖∇D‖² on real and on generated tokens [3]_; 0 for none.
    discriminator_steps : int, default=1
        Discriminator updates for each generator update.
    warmup : float, default=0.05
        Discriminator updates before the first generator update, as a share of ``max_iter`` in [0, 1].
    generator_learning_rate : float, default=0.001
        Learning rate of the generator's Adam.
    discriminator_learning_rate : float, default=0.001
        Learning rate of the discriminator's Adam.
    schedule : {"cosine", "constant"}, default="cosine"
        ``"cosine"``: learning rates rise over 100 updates and fall along a cosine over the last 40 %, Adam has betas
        (0, 0.99), and a moving average of the generator's weights samples (0.995; without a base 0.999).
        ``"constant"``: as in [4]_, constant rates, betas (0.9, 0.999), and the weights themselves.
    batch_size : int, default=128
        Real windows of a discriminator update, and as many generated ones.
    max_iter : int, default=1500
        Generator updates. With ``refine="auto"``, a pair that is worse than its base after a third of them is given
        up, and one that is kept makes half as many again on all windows.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks, scales and base instead of starting anew. The pair is then
        kept without being judged, as after ``partial_fit``.
    device : str or torch.device, default="auto"
        Device to train on; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Callbacks of the training net; scikit-learn's own go to ``set_callbacks``.
    verbose : int, default=0
        1 shows a progress bar, and a line that says whether the pair was kept.
    random_state : int, RandomState instance or None, default=None
        Controls base, initial weights, batches and noise.

    Attributes
    ----------
    net_ : AdversarialNet or None
        The skorch net of both networks; None if all channels are constant.
    base_ : NeighborBase or None
        The base.
    n_neighbors_ : int
        Neighbours that the base by itself makes a window of; those of the pair are half as many more.
    refined_ : bool
        Whether the pair is at work; else windows are draws of the base.
    gate_scores_ : dict of dict or None
        For ``"base"`` and ``"pair"`` the held-out accuracies of two judges, ``"boosting"`` and ``"convolutions"``, and
        the AUC of ``"membership"`` inference; .5 is best. None if none was judged, as with fewer than some 700 windows.
    keeps_training_windows_ : bool
        Whether there is a base, which contains the training windows.
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
        The row after which the pair was judged, the last one where it wasn't kept, has ``refined`` and the figures of
        ``gate_scores_`` too, as ``base_boosting`` and so on.
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
    NeighborSampler : The base by itself.

    Notes
    -----
    ``TransformerGANSampler(**sktsgan.samplers.published.TTSGAN)`` is the transformer GAN of the literature [4]_.

    The generator's output g for a draw moves it by Nᵀ N g / ‖N‖, where the rows of N are the neighbours less their
    mean: where they agree, nothing changes. The pair is kept if the mean accuracy of both judges falls by more than
    .01, and neither one of them nor membership inference rises by more than .01.

    Departures from [1]_ and [3]_: both players move at once, from one backward pass; the penalty is estimated by finite
    differences on every second step (every fourth without a base); a moving average of the generator samples.

    ``impute`` draws from a Gaussian of plain windows, similar training windows and straight lines, blended as
    held-out windows say; the networks take no part in it.

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
        "base": [StrOptions({"neighbors"}), NeighborSampler, None],
        "refine": [StrOptions({"auto", "always"})],
        "constraints": [list, tuple, StrOptions({"auto"}), None],
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
    }

    _takes_holes = True
    _takes_categories = property(lambda self: self.base is not None)

    def __init__(
        self,
        *,
        n_channels=None,
        base="neighbors",
        refine="auto",
        constraints=None,
        latent_size=100,
        patch_length=None,
        embedding_size=64,
        n_layers=1,
        n_heads=4,
        dropout=0.0,
        loss="relativistic",
        gradient_penalty=3.0,
        discriminator_steps=1,
        warmup=0.05,
        generator_learning_rate=1e-3,
        discriminator_learning_rate=1e-3,
        schedule="cosine",
        batch_size=128,
        max_iter=1500,
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

    def _learn(self, windows, rows):
        self._times = times_of_windows(windows)  # before holes are filled, which windows share too
        if self.base is None or self.refine == "always" or self._goes_on:
            super()._learn(windows, rows)
            return
        windows = self._start(windows)
        if self.net_ is None:
            self._train(windows, rows, 0)
        else:
            self._train_and_judge(windows, rows)

    def _train_and_judge(self, windows, rows):
        """Train on windows that no judge sees, and keep what the judges favour."""
        gate = Gate(windows, self._times)
        self.n_iter_, self.history_, found = 0, [], "too few windows to judge by"
        if gate.has_enough:
            gate.begin(*self._prepare_draws(windows, ~gate.unseen))
            self._gate = gate
            self._train(windows, rows, self.max_iter + self.net_.n_ahead, gate.unseen)
            self.refined_, found = gate.decide(), gate.text()
            for name, value in gate.row().items():
                self.net_.history.record(name, value)
            self.history_ = self.net_.rows()
        else:
            with self._fit_task():
                pass
        if self.verbose:
            print(f"{'The pair refines its base' if self.refined_ else 'The base alone'}: {found}.")
        self._set_base(self._around(windows, self._n_wide if self.refined_ else self.n_neighbors_))
        if self.refined_:  # it has yet to see the windows that were held out
            self.net_.restart(n_more := -(-self.max_iter // 2))
            self._train(windows, rows, n_more)
        self.gate_scores_ = gate.scores

    def _prepare_draws(self, windows, seen):
        """Let the pair start from windows of a mask; return functions that draw from the base and from the pair."""
        base, wide = (self._around(windows, k, seen) for k in (self.n_neighbors_, self._n_wide))
        self._set_base(wide)
        places = torch.as_tensor(np.flatnonzero(seen))

        def draw(base, refined, seed):
            generator = torch_generator(seed)
            rows = places[torch.randint(len(places), (len(places),), generator=generator)]
            return self._draw(base, rows, generator, refined)

        return partial(draw, base, False), partial(draw, wide, True)

    def _watch(self, items, rows, held_out):
        self.refined_, self.gate_scores_ = True, None  # until it is judged
        gate = vars(self).pop("_gate", None)
        if gate is None:
            return []
        return [("early_question", EarlyQuestion(gate.pays, round(_FIRST_LOOK * self.max_iter)))]

    def _build(self, windows, seed):
        self.refined_, self.gate_scores_ = False, None
        self._fit_base(windows, seed)
        if not self.scaler_.free_:  # all channels are constant
            return None
        scores = self.scaler_.transform(windows)
        patch_length = None if self.patch_length is None else self._patch_length(windows.shape[1])
        tokens = WindowTokens(patch_length, log_scale_floor(scores))
        self.tokens_ = tokens.fit(scores).to(self.device_)
        return self._make_net()

    def _fit_base(self, windows, seed):
        self.keeps_training_windows_ = self.base is not None
        if self.base is None:
            self.base_, self.scaler_ = None, ChannelScaler().fit(windows)
            return
        if len(getattr(self, "_times", ())) != len(windows):  # as in partial_fit
            self._times = times_of_windows(windows)
        sampler = NeighborSampler() if self.base == "neighbors" else self.base
        known = windows, self._times, self.conditions_
        self.n_neighbors_ = sampler._count_neighbors(*known, seed, self.categorical_)
        self._n_wide = round(_WIDER * self.n_neighbors_)
        self.scaler_ = ReadingScaler(self.categorical_).fit(windows)
        self.base_ = self._around(windows, self._n_wide)

    def _around(self, windows, n_neighbors, seen=slice(None)):
        known = self.scaler_, self.conditions_, self._times, seen
        return NeighborBase.around(windows, n_neighbors, *known).to(self.device_)

    def _set_base(self, base):
        self.base_ = base
        self.net_.render, self.net_.blur = base.render, base.blur

    def _patch_length(self, n_timesteps):
        return min(self.patch_length or max(1, n_timesteps // 6), n_timesteps)

    def _make_net(self):
        """Return the skorch net of both networks."""
        options = SCHEDULES[self.schedule]
        if self.base_ is not None:
            options = options | {"render": self.base_.render, "blur": self.base_.blur}
            options["penalty_every"] = _PENALTY_EVERY
            options["moving_average"] = min(options["moving_average"], _MOVING_AVERAGE)
        return AdversarialNet(
            self._make_generator(),
            TransformerDiscriminator(self.tokens_.sizes_, **self._sizes()),
            tokens=self.tokens_,
            n_updates=self.max_iter,
            n_warmup=self._n_warmup,
            loss=self.loss,
            gradient_penalty=self.gradient_penalty,
            discriminator_steps=self.discriminator_steps,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            **options,
        )

    def _make_generator(self):
        shape = self.n_timesteps_, len(self.scaler_.free_)
        patch_length, sizes = self._patch_length(shape[0]), self._sizes()
        if self.base_ is not None:
            return RefiningGenerator(*shape, N_NOISES, patch_length, **sizes)
        return TransformerGenerator(self.latent_size, *shape, patch_length, **sizes)

    def _sizes(self):
        names = "embedding_size", "n_layers", "n_heads", "dropout"
        return {name: getattr(self, name) for name in names} | {"n_conditions": self._n_conditions}

    def _noise(self, rows, generator):
        """Draw what the generator starts from and, with a base, the windows that it was drawn around."""
        if self.base_ is None:
            return torch.randn(len(rows), self.latent_size, generator=generator), None
        scores, _, centres = self.base_.draw(rows, generator)
        return beside_noise(scores, generator), centres

    def _make(self, rows, generator):
        if self.base_ is None:
            return super()._make(rows, generator)
        return self._draw(self.base_, rows, generator, self.refined_)

    def _draw(self, base, rows, generator, refined):
        """Return windows of a base for rows of the table, refined or not."""
        scores, as_read, centres = base.draw(rows, generator)
        if refined:
            noise = beside_noise(scores, generator)
            with threads_for(self.net_.n_parameters()):
                scores = self._run_generator(noise, centres, rows)
        return self.scaler_.inverse_transform(scores.numpy(), as_read)
