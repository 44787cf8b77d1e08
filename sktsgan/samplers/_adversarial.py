"""What samplers with a generator and a discriminator share."""

import warnings
from abc import abstractmethod
from functools import partial

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.callback import with_callbacks

from sktsgan._random import draw_seed, local_torch_seed, threads_for, torch_generator
from sktsgan.exceptions import ModeCollapseWarning
from sktsgan.metrics import classifier_two_sample_score
from sktsgan.samplers._base import BaseSampler
from sktsgan.training import AdversarialBatches
from sktsgan.training._callbacks import BestAverageKeeper, FitTaskReporter, StepProgressBar

__all__ = ["AdversarialSampler"]

_STEPS_PER_EPOCH = 50
_COLLAPSED_SHARE = 0.1
_STEPS_PER_JUDGEMENT = 500
_JUDGED = 1000  # windows of a judgement, each of real and generated ones
_HELD_OUT_BLOCKS = 10
_MIN_HELD_OUT = 100  # by 40, the classifier saw nothing of a pair that 120 told from its base


def _choose_device(device):
    if device != "auto":
        try:
            return torch.device(device)
        except RuntimeError:
            raise ValueError(f'device must be "auto" or a torch device, got {device!r}.') from None
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _check_callbacks(callbacks):
    """Refuse what skorch would only stumble over once training begins."""
    for item in callbacks or []:
        callback = item[1] if isinstance(item, tuple) and len(item) == 2 else item
        if not hasattr(callback, "on_train_begin"):
            raise ValueError(
                f"callbacks must hold skorch callbacks or (name, callback) pairs, got {item!r}."
            )


def _count_held_out(n_windows, fraction):
    return round(fraction * n_windows)


def held_out_blocks(n_windows, fraction):
    """Return a mask of the windows to hold out: contiguous blocks of equal length, evenly spread.

    Windows that follow each other overlap; single ones would have their twins among the others.
    """
    place = np.arange(n_windows) * _HELD_OUT_BLOCKS / n_windows % 1
    held_out = np.zeros(n_windows, dtype=bool)
    held_out[np.argsort(-place, kind="stable")[: _count_held_out(n_windows, fraction)]] = True
    return held_out


class AdversarialSampler(BaseSampler):
    """Base of samplers that train a generator against a discriminator.

    A sampler adds three hooks. ``_build(windows, seed, n_updates, n_warmup)`` learns scales, sets ``scaler_`` and
    returns an AdversarialNet, or None where there is nothing to learn. ``_noise(rows, generator)``
    returns what the generator starts from for those rows of ``conditions_``, and the residual that its net's
    ``render`` takes. ``_add_rows(windows, rows)`` takes note of rows that ``partial_fit`` added.
    """

    n_iter_no_change = None  # of samplers without early stopping
    _forward_items = 2048  # of a forward pass in sampling: what stays in cache

    @abstractmethod
    def _build(self, windows, seed, n_updates, n_warmup):
        """Learn scales and return the net of both networks."""

    @abstractmethod
    def _noise(self, rows, generator):
        """Return noise and residual, both CPU tensors; the residual may be None."""

    @abstractmethod
    def _add_rows(self, windows, rows):
        """Take note of further windows, which are those rows of the table of conditions."""

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, *, timestamps=None, conditions=None):
        """Train for one pass over further windows.

        The first call learns scales and base from its windows; later calls keep them and move the networks.

        Parameters
        ----------
        X : array-like or DataFrame
            Windows as in ``fit``, of the same shape in every call.
        y : array-like of shape (n_windows,), default=None
            Class labels or numbers; later calls must bring labels of the first.
        timestamps : array-like of shape (n_windows,), default=None
            As in ``fit``; in every call or in none.
        conditions : DataFrame of shape (n_windows, n_conditions), default=None
            As in ``fit``; of the same columns in every call, and of classes that the first one brought.

        Returns
        -------
        self : object
            The sampler. Prompts choose among the windows of all calls.

        Raises
        ------
        ValueError
            As ``fit``; also if the windows have another shape, or labels are new.
        """
        self._make_a_pass(X, y, timestamps, conditions)
        return self

    def _make_a_pass(self, X, y, timestamps, conditions):
        """Start from the windows, or go on with them."""
        started = hasattr(self, "net_")
        read = self._read_further_set if started else self._read_training_set
        windows, rows = read(X, y, timestamps, conditions)
        n_updates = -(-len(windows) // min(self.batch_size, len(windows)))
        if not started:
            windows = self._start(windows, None, n_warmup=0)
        elif self.net_ is not None:
            self.net_.hold()
        self._train(windows, rows, n_updates)

    def _check_parameters(self):
        """Refuse parameters that don't go together, before anything fitted is touched."""
        _check_callbacks(self.callbacks)
        _choose_device(self.device)

    def _check_number(self, n_windows):
        if self.n_iter_no_change is None:
            return
        n_held_out = _count_held_out(n_windows, self.validation_fraction)
        if n_held_out < _MIN_HELD_OUT or n_held_out > n_windows - 2:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {n_windows} windows are {n_held_out}; "
                f"n_iter_no_change needs {_MIN_HELD_OUT} to judge by and 2 to train on."
            )

    def _read_training_set(self, X, y, timestamps, conditions):
        self._check_parameters()
        if self.warm_start and hasattr(self, "net_"):
            if self.n_iter_no_change is not None:  # refused before the rows are taken note of
                self._check_number(len(self._read_more(X)))
            return self._read_further_set(X, y, timestamps, conditions)
        return super()._read_training_set(X, y, timestamps, conditions)

    def _read_further_set(self, X, y, timestamps, conditions):
        known = len(self.conditions_)
        windows, rows = super()._read_further_set(X, y, timestamps, conditions)
        if len(self.conditions_) > known:
            self._add_rows(windows, rows)
        return windows, rows

    def _count_warmup(self):
        """Return the steps before the generator's first update."""
        return round(self.warmup * self.max_iter)

    def _count_common_steps(self):
        """Return the steps that all windows have."""
        return self.n_timesteps_

    def _fit_windows(self, windows, rows):
        n_warmup = self._count_warmup()
        if self.warm_start and hasattr(self, "net_"):
            if self.net_ is not None:
                self.net_.restart(self.max_iter)
            n_warmup = 0
        else:
            windows = self._start(windows, self.max_iter, n_warmup)
        held_out = None
        if self.n_iter_no_change is not None:
            held_out = held_out_blocks(len(windows), self.validation_fraction)
        self._train(windows, rows, self.max_iter + n_warmup, held_out)

    def _learn_repair(self, windows, seed):
        """Return the windows to learn from; a sampler that fills holes learns how, and fills them."""
        return windows

    def _start(self, windows, n_updates, n_warmup):
        """Learn scales and base, and return the windows, whose holes are filled now."""
        seed = draw_seed(self.random_state)
        windows = self._learn_repair(windows, seed)
        self._generator = torch_generator(seed)
        self.device_ = _choose_device(self.device)
        with local_torch_seed(seed, self.device_):
            self.net_ = self._build(windows, seed, n_updates, n_warmup)
        return windows

    def _encoded(self, rows):
        """Return the conditions of rows as the networks take them, or None where nothing varies."""
        encoded = torch.as_tensor(self.conditions_.encoded)
        return encoded[rows] if encoded.shape[1] else None

    def _lengths_of(self, rows):
        """Return the lengths of series of unequal length, None for all others."""
        return None

    def _encode_training(self, windows, rows):
        """Return the conditions of windows to train on, which are those rows, as the networks take them."""
        return self._encoded(rows)

    def _train(self, windows, rows, n_steps, held_out=None):
        """Run the training steps, and tell callbacks of them.

        Where some windows are ``held_out``, a mask, they stop training early.
        """
        self.n_iter_, self.history_ = 0, []
        if self.net_ is None:
            with self._fit_task():
                return
        watchers = self._watch(windows, rows, held_out)
        if held_out is not None:
            windows, rows = windows[~held_out], rows[~held_out]
        batches = AdversarialBatches(
            self._to_tensor(windows),
            torch.as_tensor(rows),
            self._encode_training(windows, rows),
            self._noise,
            batch_size=self.batch_size,
            generator=self._generator,
            device=self.device_,
            lengths=self._lengths_of(rows),
        )
        n_epochs = self.net_.count_epochs(n_steps, _STEPS_PER_EPOCH)
        with self._fit_task(n_epochs) as task:
            watchers.append(("fit_task_reporter", FitTaskReporter(self, task)))
            if self.verbose:
                watchers.append(("step_progress_bar", StepProgressBar(n_steps)))
            seeded = local_torch_seed(self._next_seed(), self.device_)
            with seeded, threads_for(self.net_.n_parameters()):
                self.net_.run(batches, n_steps, _STEPS_PER_EPOCH, watchers)
        self.n_iter_, self.history_ = self.net_.n_iter_, self.net_.rows()
        self._warn_of_collapse(batches.real)

    def _to_tensor(self, windows):
        """Return windows as the networks see them."""
        return torch.as_tensor(self.scaler_.transform(windows), dtype=torch.float32)

    def _watch(self, windows, rows, held_out):
        """Return the callbacks of a run, by name, that judge by held-out windows, where there are any."""
        if held_out is None:
            return []
        judge = partial(self._judge_average, windows[held_out], rows[held_out])
        keeper = BestAverageKeeper(judge, _STEPS_PER_JUDGEMENT, self.n_iter_no_change)
        return [("best_average_keeper", keeper)]

    def _judge_average(self, windows, rows):
        """Return how well a classifier tells what the averaged generator makes from held-out windows."""
        generator = torch_generator(0)  # the same draws each time, so that only the weights differ
        made = self._draw(len(rows), torch.as_tensor(rows), generator)
        return classifier_two_sample_score(windows, made, max_samples=_JUDGED, random_state=0)

    def _next_seed(self):
        return int(torch.randint(2**31 - 1, (), generator=self._generator))

    def _draw(self, n_windows, rows, generator):
        if self.net_ is None:
            nothing = torch.empty(n_windows, self._item_shape[0], 0)
            return self.scaler_.inverse_transform(nothing, generator)
        with threads_for(self.net_.n_parameters()):
            scores = self._draw_scores(rows, generator)
            return self.scaler_.inverse_transform(scores, generator)

    @torch.no_grad()
    def _draw_scores(self, rows, generator):
        self.net_.average_.eval()
        noise, residual = self._noise(rows, generator)
        conditions = self._encoded(rows)
        parts = []
        for start in range(0, len(rows), self._forward_items):
            part = slice(start, start + self._forward_items)
            moved = [
                None if t is None else t[part].to(self.device_)
                for t in (noise, conditions, residual)
            ]
            made = self.net_.average_(*moved[:2])
            parts.append(self._render(made, moved[2]).cpu())
        return torch.cat(parts)

    def _render(self, made, residual):
        """Return the items that the discriminator judges, of what the generator made."""
        return self.net_.render(made, residual)

    def _warn_of_collapse(self, real):
        """Warn if generated scores vary far less than real ones."""
        if len(real) < 2:  # which says nothing of variance
            return
        generator = torch_generator(0)
        rows = torch.randint(len(self.conditions_), (1000,), generator=generator)
        generated, real = (
            scores[:, : self._count_common_steps()].var(dim=0).mean()
            for scores in (self._draw_scores(rows, generator), real.cpu())
        )
        share = float(generated / real)
        if share < _COLLAPSED_SHARE:
            warnings.warn(
                f"The generator collapsed: what it makes has {share:.0%} of the variance of the training set. Train "
                "longer, raise gradient_penalty or lower generator_learning_rate.",
                ModeCollapseWarning,
                stacklevel=2,
            )
