"""What samplers with a generator and a discriminator share."""

import warnings
from abc import abstractmethod
from numbers import Integral

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.callback import with_callbacks
from sklearn.utils._param_validation import Interval

from sktsgan._random import draw_seed, local_torch_seed, threads_for, torch_generator
from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.samplers._base import BaseSampler
from sktsgan.samplers._network_size import refuse_large_networks
from sktsgan.samplers._transaction import all_or_nothing
from sktsgan.training import AdversarialBatches
from sktsgan.training._callbacks import DivergenceGuard, FitTaskReporter, StepProgressBar

__all__ = ["SCHEDULES", "GANSampler", "check_pretraining", "choose_device", "held_out_blocks"]

SCHEDULES = {
    "cosine": {"decay": True, "betas": (0.0, 0.99), "moving_average": 0.999},
    "constant": {"decay": False, "betas": (0.9, 0.999), "moving_average": 0.0},
}
_STEPS_PER_EPOCH = 50
_COLLAPSED_SHARE = 0.1
_HELD_OUT_BLOCKS = 10


def choose_device(device):
    """Return the torch device that a parameter means; a ValueError if this machine doesn't have it."""
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        found = torch.device(device)
    except RuntimeError:
        raise ValueError(f'device must be "auto" or a torch device, got {device!r}.') from None
    try:
        torch.empty(1, device=found).cpu()
    except (AssertionError, NotImplementedError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"device must be one that this machine has, got {device!r}: {reason}"
        ) from None
    return found


def _check_callbacks(callbacks):
    """Refuse what skorch would only stumble over once training begins."""
    for item in callbacks or []:
        callback = item[1] if isinstance(item, tuple) and len(item) == 2 else item
        if not hasattr(callback, "on_train_begin"):
            raise ValueError(
                f"callbacks must hold skorch callbacks or (name, callback) pairs, got {item!r}."
            )


def check_pretraining(pretraining):
    """Refuse what is neither "auto" nor the updates of two phases."""
    if pretraining == "auto":
        return
    if len(pretraining) != 2 or not all(isinstance(n, Integral) and n >= 0 for n in pretraining):
        raise ValueError(
            f'pretraining must be "auto" or two integers of at least 0, got {pretraining!r}.'
        )


def held_out_blocks(n_items, fraction):
    """Return a mask of the items to hold out: contiguous blocks of equal length, evenly spread.

    Windows that follow each other overlap; single ones would have their twins among the others.
    """
    place = np.arange(n_items) * _HELD_OUT_BLOCKS / n_items % 1
    held_out = np.zeros(n_items, dtype=bool)
    held_out[np.argsort(-place, kind="stable")[: round(fraction * n_items)]] = True
    return held_out


class GANSampler(BaseSampler):
    """Base of samplers that train a generator against a discriminator.

    A sampler adds two hooks. ``_build(items, seed)`` sets ``scaler_`` and returns a GANNet, or None where there is
    nothing to learn; torch is seeded when it is called, and the net gets ``device_`` and the callbacks. ``_noise(rows,
    generator)`` returns what the generator starts from for those rows of ``conditions_``, and what its net's ``render``
    takes besides, or None.

    It has the parameters ``max_iter``, ``batch_size``, ``warm_start``, ``device``, ``callbacks``, ``verbose`` and
    ``random_state``, whose constraints are here; with ``warmup`` the discriminator begins alone.

    Attributes
    ----------
    net_ : GANNet or None
        The skorch net of both networks; None where there is nothing to learn.
    scaler_ : transformer
        ``transform(items)`` makes the numbers that the networks take, ``inverse_transform(numbers, generator)`` the
        items again.
    n_iter_ : int
        Generator updates made.
    history_ : list of dict
        Losses, norms of gradients and seconds, a row for every 50 steps.
    device_ : torch.device
        The device of the networks.
    """

    _parameter_constraints = {
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "device": [str, torch.device],
        "callbacks": [list, None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    warmup = 0.0  # of samplers whose networks begin together
    _forward_items = 2048  # of a forward pass in sampling: what stays in cache

    @abstractmethod
    def _build(self, items, seed):
        """Learn scales and return the net of both networks."""

    @abstractmethod
    def _noise(self, rows, generator):
        """Return noise and residual, both CPU tensors; the residual may be None."""

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X,
        y=None,
        *,
        timestamps=None,
        conditions=None,
        entities=None,
        categorical=None,
        channels=None,
    ):
        """Train for one pass over further items.

        The first call learns scales, base and vocabulary from its items; later calls keep them and move the networks.

        Parameters
        ----------
        X : array-like, DataFrame, list or iterable of str
            Items as in ``fit``, of the same shape in every call. Texts may be of any length, and are cut.
        y : array-like of shape (n_items,), default=None
            Class labels or numbers; later calls must bring labels of the first.
        timestamps : array-like of shape (n_items,), default=None
            As in ``fit``; in every call or in none.
        conditions : DataFrame of shape (n_items, n_conditions), default=None
            As in ``fit``; of the same columns in every call, and of classes that the first one brought.
        entities : array-like of shape (n_items,), default=None
            As in ``fit``; in every call or in none, and of entities that the first one brought.
        categorical : array-like of int, default=None
            As in ``fit``; what the first call says holds for all.
        channels : list of str or DataFrame, default=None
            As in ``fit``; what the first call says holds for all.

        Returns
        -------
        self : object
            The sampler. Prompts choose among the items of all calls.

        Raises
        ------
        ValueError
            As ``fit``; also if the items have another shape, or labels are new.
        """
        started = hasattr(self, "net_")
        read = self._read_further_set if started else self._read_training_set
        with all_or_nothing(self, goes_on=started):
            items, rows = read(X, y, timestamps, conditions, entities, categorical, channels)
            if not started:
                items = self._start(items)
            if self.net_ is not None:
                self.net_.hold()
            self._train(items, rows, -(-len(items) // min(self.batch_size, len(items))))
        return self

    def _check_parameters(self, n_items):
        super()._check_parameters(n_items)
        _check_callbacks(self.callbacks)
        choose_device(self.device)

    @property
    def _n_warmup(self):
        return round(self.warmup * self.max_iter)

    def _add_rows(self, items, rows):
        if getattr(self, "base_", None) is not None:
            self.base_.add_rows(rows, self.conditions_, len(self.conditions_))

    def _learn(self, items, rows):
        n_steps = self.max_iter
        if not self._goes_on:
            items = self._start(items)
            n_steps += 0 if self.net_ is None else self.net_.n_ahead
        elif self.net_ is not None:
            self.net_.restart(self.max_iter)
        self._train(items, rows, n_steps)

    def _start(self, items):
        """Build the net, and return the items, whose holes are imputed now."""
        seed = draw_seed(self.random_state)
        items = self._learn_holes(items, seed)
        self._generator = torch_generator(seed)
        self.device_ = choose_device(self.device)
        with local_torch_seed(seed, self.device_):
            with refuse_large_networks(self):
                self.net_ = self._build(items, seed)
            if self.net_ is not None:
                self.net_.callbacks = [DivergenceGuard(), *(self.callbacks or [])]
                self.net_.device, self.net_.verbose = self.device_, 0
                self.net_.initialize()
        return items

    @property
    def _n_conditions(self):
        """Numbers that the networks are told of each item."""
        return self.conditions_.encoded.shape[1]

    def _encoded(self, rows, items=None):
        """Return the conditions of rows as the networks take them, or None where nothing varies.

        In training ``items`` are those of the rows.
        """
        encoded = torch.as_tensor(self.conditions_.encoded)
        return encoded[rows] if encoded.shape[1] else None

    def _train(self, items, rows, n_steps, held_out=None):
        """Run the training steps, and tell callbacks of them; items of the mask ``held_out`` are not learned from."""
        self.n_iter_, self.history_ = 0, []
        if self.net_ is None:
            with self._fit_task():
                return
        watchers = self._watch(items, rows, held_out)
        if held_out is not None:
            items, rows = items[~held_out], rows[~held_out]
        batches = self._make_batches(items, rows)
        n_epochs = self.net_.count_epochs(n_steps, _STEPS_PER_EPOCH)
        with self._fit_task(n_epochs) as task:
            watchers.append(("fit_task_reporter", FitTaskReporter(self, task)))
            if self.verbose:
                watchers.append(("step_progress_bar", StepProgressBar(n_steps)))
            seeded = local_torch_seed(self._next_seed(), self.device_)
            with seeded, threads_for(self.net_.n_parameters()):
                self.net_.run(batches, n_steps, _STEPS_PER_EPOCH, watchers)
        self.n_iter_, self.history_ = self.net_.n_iter_, self.net_.rows()
        if self.net_.noisy_phases:
            self._warn_of_collapse(batches.real, batches.lengths)

    def _make_batches(self, items, rows):
        lengths = self.container_.lengths(items)
        real = torch.as_tensor(self.scaler_.transform(items))
        return AdversarialBatches(
            real.float() if real.is_floating_point() else real,
            torch.as_tensor(rows),
            self._encoded(rows, items),
            self._noise,
            batch_size=self.batch_size,
            generator=self._generator,
            device=self.device_,
            lengths=None if lengths is None else torch.as_tensor(lengths),
        )

    def _watch(self, items, rows, held_out):
        """Return the callbacks of a run by name; they may judge by held-out items."""
        return []

    def _next_seed(self):
        return int(torch.randint(2**31 - 1, (), generator=self._generator))

    def _make(self, rows, generator):
        if self.net_ is None:
            nothing = torch.empty(len(rows), self.container_.shape[0], 0)
            return self.scaler_.inverse_transform(nothing, generator)
        with threads_for(self.net_.n_parameters()):
            return self.scaler_.inverse_transform(self._generate(rows, generator), generator)

    def _generate(self, rows, generator):
        """Return scaled items, a tensor, as the averaged generator makes them."""
        return self._run_generator(*self._noise(rows, generator), rows)

    @torch.no_grad()
    def _run_generator(self, noise, residual, rows):
        self.net_.average_.eval()
        conditions = self._encoded(rows)
        parts = []
        for start in range(0, len(rows), self._forward_items):
            part = slice(start, start + self._forward_items)
            moved = [
                None if t is None else t[part].to(self.device_)
                for t in (noise, conditions, residual)
            ]
            made = self.net_.average_(*moved[:2])
            parts.append(self.net_.render(made, moved[2]).cpu())
        return torch.cat(parts)

    def _warn_of_collapse(self, real, lengths):
        """Warn if generated items vary far less than real ones, and refuse what isn't finite."""
        if len(real) < 2:  # which says nothing of variance
            return
        generator = torch_generator(0)
        rows = torch.randint(len(self.conditions_), (1000,), generator=generator)
        steps = slice(None if lengths is None else int(lengths.min()))  # that all series have
        generated, real = (
            items[:, steps].var(dim=0).mean()
            for items in (self._generate(rows, generator), real.cpu())
        )
        if not torch.isfinite(generated):
            rates = [
                f"{k}={v}" for k, v in self.get_params(deep=False).items() if "learning_rate" in k
            ]
            raise ValueError(f"Training diverged in its last steps; lower {' or '.join(rates)}.")
        share = float(generated / real)
        if share < _COLLAPSED_SHARE:
            warnings.warn(
                f"The generator collapsed: what it makes has {share:.0%} of the variance of the training set. Train "
                "longer, raise gradient_penalty or lower generator_learning_rate.",
                ModeCollapseWarning,
                stacklevel=2,
            )
