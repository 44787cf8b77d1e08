"""The transformer pair for windows as an estimator."""

import warnings
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.callback import with_callbacks
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import draw_seed, local_torch_seed, torch_generator
from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.losses import LOSSES
from sktsgan.networks import RefiningGenerator, TransformerDiscriminator, TransformerGenerator
from sktsgan.representation import ChannelScaler, WindowCopula, WindowTokens, log_scale_floor
from sktsgan.samplers._base import BaseSampler
from sktsgan.training import AdversarialBatches, AdversarialNet
from sktsgan.training._callbacks import DivergenceGuard, FitTaskReporter, StepProgressBar

__all__ = ["TransformerGANSampler"]

_STEPS_PER_EPOCH = 50
_FORWARD_WINDOWS = 2048  # of a forward pass in sampling: what stays in cache
_COLLAPSED_SHARE = 0.1


def _take_scores(scores, residual):
    """Return what a generator without a base makes: it makes scores."""
    return scores


def _choose_device(device):
    if device != "auto":
        return torch.device(device)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class TransformerGANSampler(BaseSampler):
    """Sample windows from a transformer generator trained against a transformer discriminator."""

    _parameter_constraints = {
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "base": [StrOptions({"copula"}), None],
        "latent_size": [Interval(Integral, 1, None, closed="left")],
        "patch_length": [Interval(Integral, 1, None, closed="left"), None],
        "components_per_token": [Interval(Integral, 1, None, closed="left")],
        "discriminator_tokens": [StrOptions({"channel", "time"})],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "depth": [Interval(Integral, 1, None, closed="left")],
        "n_heads": [Interval(Integral, 1, None, closed="left")],
        "generator_dropout": [Interval(Real, 0, 1, closed="left")],
        "discriminator_dropout": [Interval(Real, 0, 1, closed="left")],
        "loss": [StrOptions(set(LOSSES))],
        "gradient_penalty": [Interval(Real, 0, None, closed="left")],
        "penalty_every": [Interval(Integral, 1, None, closed="left")],
        "discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "warmup": [Interval(Real, 0, 1, closed="both")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "beta1": [Interval(Real, 0, 1, closed="left")],
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
        latent_size=100,
        patch_length=None,
        components_per_token=16,
        discriminator_tokens="channel",
        embedding_size=64,
        depth=2,
        n_heads=2,
        generator_dropout=0.0,
        discriminator_dropout=0.0,
        loss="relativistic",
        gradient_penalty=0.3,
        penalty_every=4,
        discriminator_steps=1,
        warmup=0.05,
        generator_learning_rate=3e-4,
        discriminator_learning_rate=1e-3,
        beta1=0.0,
        moving_average=0.995,
        batch_size=256,
        max_iter=3000,
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
        self.components_per_token = components_per_token
        self.discriminator_tokens = discriminator_tokens
        self.embedding_size = embedding_size
        self.depth = depth
        self.n_heads = n_heads
        self.generator_dropout = generator_dropout
        self.discriminator_dropout = discriminator_dropout
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.penalty_every = penalty_every
        self.discriminator_steps = discriminator_steps
        self.warmup = warmup
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.beta1 = beta1
        self.moving_average = moving_average
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None):
        """Train for one pass over further windows.

        The first call learns scales and base from its windows; later calls keep them and move the networks.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``, of the same shape in every call.
        y : array-like of shape (n_windows,), default=None
            Class labels; later calls must bring labels of the first.

        Returns
        -------
        self : object
            The sampler.

        Raises
        ------
        ValueError
            As ``fit``; also if the windows have another shape, or labels are new.
        """
        started = hasattr(self, "container_")
        windows, classes = (self._read_further_set if started else self._read_training_set)(X, y)
        n_updates = -(-len(windows) // min(self.batch_size, len(windows)))
        if not started:
            self._start(windows, classes, n_updates, n_warmup=0)
        self._train(windows, classes, n_updates)
        return self

    def _fit_windows(self, windows, classes):
        n_warmup = round(self.warmup * self.max_iter)
        if self.warm_start and hasattr(self, "net_"):
            if self.net_ is not None:
                self.net_.restart(self.max_iter)
            n_warmup = 0
        else:
            self._start(windows, classes, self.max_iter, n_warmup)
        self._train(windows, classes, self.max_iter + n_warmup)

    def _start(self, windows, classes, n_updates, n_warmup):
        """Learn scales and base, and build the networks."""
        if self.embedding_size % self.n_heads:
            raise ValueError(
                f"embedding_size must be a multiple of n_heads={self.n_heads}, got {self.embedding_size}."
            )
        seed = draw_seed(self.random_state)
        self._generator = torch_generator(seed)
        self.device_ = _choose_device(self.device)
        self._fit_base(windows, classes, seed)
        if not self.scaler_.free_:
            self.net_ = None  # all channels are constant: there is nothing to learn
            return
        with local_torch_seed(seed, self.device_):
            self.net_ = self._make_net(n_updates, n_warmup).initialize()

    def _fit_base(self, windows, classes, seed):
        if self.base == "copula":
            self.copula_ = WindowCopula(random_state=seed)
            self.copula_.fit(windows, classes)
            self.scaler_ = self.copula_.scaler_
        else:
            self.copula_ = None
            self.scaler_ = ChannelScaler().fit(windows)
        if not self.scaler_.free_:
            return
        if self.base == "copula":
            self.copula_.components_.to(self.device_)
        scores = self.scaler_.transform(windows)
        floor = log_scale_floor(scores)
        patch_length = self._patch_length(windows.shape[1])
        tokens = WindowTokens(self.discriminator_tokens, patch_length, floor)
        self.tokens_ = tokens.fit(scores).to(self.device_)

    def _patch_length(self, n_timesteps):
        return min(self.patch_length or max(1, n_timesteps // 6), n_timesteps)

    def _make_net(self, n_updates, n_warmup):
        """Return the skorch net of both networks."""
        return AdversarialNet(
            self._make_generator(),
            TransformerDiscriminator(
                self.tokens_.sizes_, **self._sizes(self.discriminator_dropout)
            ),
            render=_take_scores if self.base is None else self.copula_.components_.decode,
            tokens=self.tokens_,
            n_updates=n_updates,
            n_warmup=n_warmup,
            loss=self.loss,
            gradient_penalty=self.gradient_penalty,
            penalty_every=self.penalty_every,
            discriminator_steps=self.discriminator_steps,
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            beta1=self.beta1,
            moving_average=self.moving_average,
            callbacks=[DivergenceGuard(), *(self.callbacks or [])],
            device=self.device_,
            verbose=0,
        )

    def _make_generator(self):
        sizes = self._sizes(self.generator_dropout)
        if self.base == "copula":
            n_components = self.copula_.n_principal_
            group = min(self.components_per_token, n_components)
            return RefiningGenerator(n_components, group, **sizes)
        steps = self.n_timesteps_
        patch_length = self._patch_length(steps)
        return TransformerGenerator(
            self.latent_size, steps, len(self.scaler_.free_), patch_length, **sizes
        )

    def _sizes(self, dropout):
        return {
            "n_classes": 0 if self.classes_ is None else len(self.classes_),
            "embedding_size": self.embedding_size,
            "depth": self.depth,
            "n_heads": self.n_heads,
            "dropout": dropout,
        }

    def _train(self, windows, classes, n_steps):
        """Run the training steps, and tell callbacks of them."""
        self.n_iter_, self.history_ = 0, []
        if self.net_ is None:
            return
        batches = AdversarialBatches(
            torch.as_tensor(self.scaler_.transform(windows), dtype=torch.float32),
            None if classes is None else torch.as_tensor(classes),
            self._draw_noise,
            batch_size=self.batch_size,
            n_parts=self.discriminator_steps,
            generator=self._generator,
            device=self.device_,
        )
        n_epochs = -(-n_steps // _STEPS_PER_EPOCH)
        context = self._init_callback_context(max_subtasks=n_epochs)
        context.call_on_fit_task_begin(estimator=self)
        watchers = [("fit_task_reporter", FitTaskReporter(self, context))]
        if self.verbose:
            watchers.append(("step_progress_bar", StepProgressBar(n_steps)))
        with local_torch_seed(self._next_seed(), self.device_):
            self.net_.run(batches, n_steps, _STEPS_PER_EPOCH, watchers)
        context.call_on_fit_task_end(estimator=self)
        self.n_iter_, self.history_ = self.net_.n_iter_, self.net_.rows()
        self._warn_of_collapse(batches.real)

    def _next_seed(self):
        return int(torch.randint(2**31 - 1, (), generator=self._generator))

    def _draw_noise(self, n_windows, classes, generator):
        """Draw what the generator starts from: noise and, with a base, its residual."""
        if self.base == "copula":
            return self.copula_.draw_noise(n_windows, classes, generator)
        return torch.randn(n_windows, self.latent_size, generator=generator), None

    def _draw(self, n_windows, classes, generator):
        if self.net_ is None:
            return self.scaler_.inverse_transform(np.empty((n_windows, self.n_timesteps_, 0)))
        scores = self._draw_scores(n_windows, classes, generator)
        return self.scaler_.inverse_transform(scores.double().numpy())

    @torch.no_grad()
    def _draw_scores(self, n_windows, classes, generator):
        self.net_.average_.eval()
        noise, residual = self._draw_noise(n_windows, classes, generator)
        parts = []
        for start in range(0, n_windows, _FORWARD_WINDOWS):
            rows = slice(start, start + _FORWARD_WINDOWS)
            moved = [
                None if t is None else t[rows].to(self.device_) for t in (noise, classes, residual)
            ]
            made = self.net_.average_(*moved[:2])
            parts.append(self.net_.render(made, moved[2]).cpu())
        return torch.cat(parts)

    def _warn_of_collapse(self, real):
        """Warn if generated scores vary far less than real ones."""
        generator = torch_generator(0)
        classes = self._draw_classes(1000, generator)
        generated = self._draw_scores(1000, classes, generator).var(dim=0).mean()
        share = float(generated / real.cpu().var(dim=0).mean())
        if share < _COLLAPSED_SHARE:
            warnings.warn(
                f"The generator collapsed: its windows have {share:.0%} of the training windows' variance. Train "
                "longer, raise gradient_penalty or lower generator_learning_rate.",
                ModeCollapseWarning,
                stacklevel=2,
            )
