"""What the training of every pair of networks shares: phases, epochs, history, the averaged generator."""

import copy
import dis
import math
import time
from abc import abstractmethod
from functools import partial

import torch
from skorch import NeuralNet
from skorch.utils import to_device
from torch import nn
from torch.optim.swa_utils import AveragedModel

__all__ = ["GANNet", "LearningRateCourse", "gradient_norm", "step_optimizer"]


class LearningRateCourse:
    """Factor of a learning rate: up over 100 steps, level, and down a cosine over the last 40 %.

    Parameters
    ----------
    n_steps : int or None
        Steps of the course; None never goes down.
    is_level : bool, default=False
        Whether the factor is always 1 instead.
    """

    def __init__(self, n_steps, is_level=False):
        self.is_level = is_level
        self.restart(0, n_steps)

    def restart(self, first, n_steps):
        """Begin anew at step ``first``."""
        self.first, self.n_steps = first, n_steps

    def __call__(self, step):
        """Return the factor at a step counted from the first of all."""
        if self.is_level:
            return 1.0
        made = step - self.first
        rise = min(1.0, (made + 1) / 100)
        if self.n_steps is None:
            return rise
        fall = max(0.0, (min(made / self.n_steps, 1.0) - 0.6) / 0.4)
        return rise * 0.5 * (1 + math.cos(math.pi * fall))


class GANNet(NeuralNet):
    """A generator and a discriminator that train together, in phases that follow each other.

    A net adds ``step(phase, batches)``, which updates the networks once and returns what is to be recorded, and
    ``initialize_optimizer``. The last phase goes on for as long as ``run`` makes steps. The generator that samples is
    ``average_``, a moving average of the trained one, and a copy until that one's first update.

    Parameters
    ----------
    module : nn.Module
        The generator.
    discriminator : nn.Module
    phase_lengths : sequence of int
        Steps of all phases but the last.
    n_updates : int or None
        Generator updates of the last phase over which learning rates run their course; None keeps them level.
    n_warmup : int
        Steps of the last phase before the generator's first update.
    moving_average : float
        Decay of the moving average of the generator's weights in one update.
    **kwargs
        Parameters of ``skorch.NeuralNet``.

    Attributes
    ----------
    n_steps_ : int
        Steps made, in all phases.
    n_iter_ : int
        Generator updates made.
    courses_ : dict of str to LearningRateCourse
        One for each learning rate that runs a course.
    """

    phases = ("joint",)
    noisy_phases = ("joint",)  # whose generator starts from the noise of the batches
    copied_phases = ()  # after whose epochs the average is a copy, though the generator has moved

    def __init__(
        self,
        module,
        discriminator,
        *,
        phase_lengths,
        n_updates,
        n_warmup,
        moving_average,
        **kwargs,
    ):
        self.discriminator = discriminator
        self.phase_lengths = phase_lengths
        self.n_updates = n_updates
        self.n_warmup = n_warmup
        self.moving_average = moving_average
        super().__init__(module, criterion=nn.Identity, **kwargs)

    def __deepcopy__(self, memo):
        """Copy attribute by attribute: a pickle of skorch's would write every network to a buffer."""
        copied = memo[id(self)] = object.__new__(type(self))
        copied.__dict__.update(copy.deepcopy(vars(self), memo))
        return copied

    @abstractmethod
    def step(self, phase, batches):
        """Update the networks once.

        Parameters
        ----------
        phase : str
            One of ``phases``.
        batches : tuple of Batch
            As many as ``count_batches(phase)``.

        Returns
        -------
        record : dict of str to float or Tensor
            What the history averages over an epoch; the first entry is a loss.
        """

    def count_batches(self, phase):
        """Return how many batches a step of a phase takes."""
        return 1

    @property
    def _default_callbacks(self):
        return []  # those of NeuralNet score predictions, which a generator does not make

    def initialize_module(self):
        """Take the two networks, begin the first phase, and start the moving average at the generator."""
        self.module_ = self.initialized_instance(self.module, self.get_params_for("module"))
        self.discriminator_ = self.initialized_instance(
            self.discriminator, self.get_params_for("discriminator")
        )
        averaging = partial(_move_average, decay=self.moving_average)
        self.average_ = AveragedModel(to_device(self.module_, self.device), multi_avg_fn=averaging)
        self.n_steps_ = self.n_iter_ = 0
        self.begin_phases(self.phase_lengths)
        return self

    def begin_phases(self, lengths):
        """Begin the first phase with the next step; ``lengths`` are those of all phases but the last."""
        self.first_step_, self.phase_lengths_ = self.n_steps_, tuple(lengths)

    @property
    def phase(self):
        """The phase of the next step."""
        return self.phases[self.place()[0]]

    def place(self):
        """Return which phase the next step is in, and which step of that phase it is."""
        step = self.n_steps_ - self.first_step_
        for index, length in enumerate(self.phase_lengths_):
            if step < length:
                return index, step
            step -= length
        return len(self.phase_lengths_), step

    @property
    def n_ahead(self):
        """Steps before the first generator update of the last phase, counted from the beginning."""
        return sum(self.phase_lengths_) + self.n_warmup

    def render(self, made, residual):
        """Return the items that a generator made, scaled."""
        return made

    def restart(self, n_updates, phase_lengths=None, **options):
        """Train on from the present weights.

        Parameters
        ----------
        n_updates : int
            Generator updates over which learning rates run their course again.
        phase_lengths : sequence of int, default=None
            Steps of the phases to go through again; None stays in the last one.
        **options
            Parameters of the net that hold from now on.
        """
        for name, value in options.items():
            setattr(self, name, value)
        self.n_updates, self.n_warmup = n_updates, 0
        if phase_lengths is not None:
            self.begin_phases(phase_lengths)

    def hold(self):
        """Go to the last phase and train on at level learning rates, for any number of steps."""
        if self.phase != self.phases[-1]:
            self.begin_phases([0] * len(self.phase_lengths_))
        self.n_warmup = 0
        for course in self.courses_.values():
            course.n_steps = None

    def run(self, batches, n_steps, steps_per_epoch, watchers=()):
        """Make further steps, in epochs of ``steps_per_epoch``, until done or stopped.

        Parameters
        ----------
        batches : AdversarialBatches
        n_steps, steps_per_epoch : int
        watchers : sequence of (str, Callback), default=()
            Callbacks for this run only.

        Returns
        -------
        self : GANNet
        """
        self.stopped_, last = False, self.n_steps_ + n_steps
        own, self.callbacks_ = self.callbacks_, [*self.callbacks_, *watchers]
        try:
            self.notify("on_train_begin", X=batches, y=None)
            self._tell("_begin_run", batches)
            while self.n_steps_ < last and not self.stopped_:
                now = self.epoch_length(min(last - self.n_steps_, steps_per_epoch))
                self.fit_loop(batches.for_steps(now), epochs=1)
                self._tell("_end_epoch", batches)
            self._tell("_end_run", batches)
        finally:
            self.notify("on_train_end", X=batches, y=None)
            self.callbacks_ = own
        return self

    def _tell(self, hook, batches):
        """Call a hook of the callbacks that keep a run: before it, when it may be taken up, and after others."""
        for _, callback in self.callbacks_:
            if hasattr(callback, hook):
                getattr(callback, hook)(self, batches)

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``: none spans two phases."""
        index, step = self.place()
        if index == len(self.phase_lengths_):
            return n_steps
        return min(n_steps, self.phase_lengths_[index] - step)

    def count_epochs(self, n_steps, steps_per_epoch):
        """Return the epochs that ``run`` makes of ``n_steps``."""
        made, n_epochs, last = self.n_steps_, 0, self.n_steps_ + n_steps
        while self.n_steps_ < last:
            self.n_steps_ += self.epoch_length(min(last - self.n_steps_, steps_per_epoch))
            n_epochs += 1
        self.n_steps_ = made
        return n_epochs

    def n_parameters(self):
        """Return the number of trainable parameters of both networks."""
        networks = (self.module_, self.discriminator_)
        return sum(p.numel() for network in networks for p in network.parameters())

    def rows(self):
        """Return the history, a dict for each epoch."""
        return [{k: v for k, v in row.items() if k != "batches"} for row in self.history]

    def stop(self):
        """Make ``run`` return after this epoch; callbacks call it."""
        self.stopped_ = True

    def notify(self, method_name, **cb_kwargs):
        """Call the hook of all callbacks.

        skorch's callbacks stop training by a KeyboardInterrupt that they raise at the end of an epoch; any other is the
        user's.
        """
        try:
            super().notify(method_name, **cb_kwargs)
        except KeyboardInterrupt as interrupt:
            if method_name != "on_epoch_end" or not _is_from_raise(interrupt):
                raise
            self.stop()

    def get_split_datasets(self, X, y=None, **fit_params):
        """Take ``X`` as it is: an iterable that gives an epoch's batches, already on the device."""
        return X, None

    def get_iterator(self, dataset, training=False):
        """Take the batches as they come; there is nothing to collate."""
        return dataset

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch of one phase, and record the means of its steps.

        NeuralNet would keep every batch in the history and wait for the device after each.
        """
        if iterator is None:
            return
        phase = self.phase
        if len(self.phases) > 1:
            self.history.record("phase", phase)
        iterator.n_parts = self.count_batches(phase)
        iterator.with_noise = phase in self.noisy_phases
        sums, counts, started = {}, {}, time.perf_counter()
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            for name, value in step["record"].items():
                sums[name] = sums.get(name, 0.0) + value
                counts[name] = counts.get(name, 0) + 1
            self.notify("on_batch_end", batch=batch, training=training, **step)
        for name, value in sums.items():
            self.history.record(name, float(value) / counts[name])
        self.history.record("step", self.n_steps_)
        self.history.record("n_iter", self.n_iter_)
        self.history.record("seconds", time.perf_counter() - started)
        if (
            phase in self.copied_phases or not self.n_iter_
        ):  # what samples is what was trained so far
            self.average_.module.load_state_dict(self.module_.state_dict())

    def train_step(self, batch, **fit_params):
        """Make a step of the present phase."""
        self._set_training(True)
        record = self.step(self.phase, batch)
        self.n_steps_ += 1
        return {"loss": next(iter(record.values())), "y_pred": None, "record": record}


def _is_from_raise(error):
    """Return whether an exception comes from a ``raise`` statement rather than from a signal, such as Ctrl-C."""
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == dis.opmap["RAISE_VARARGS"]


@torch.no_grad()
def _move_average(averaged, current, n_averaged, *, decay):
    """Move averaged weights towards the current ones, faster in the first updates.

    torch's own function of this can't be pickled.
    """
    decay = min(decay, (1 + float(n_averaged)) / (10 + float(n_averaged)))
    for mean, weight in zip(averaged, current, strict=True):
        mean.lerp_(weight, 1 - decay)


def step_optimizer(optimizer, learning_rate):
    """Make a step; torch's schedulers would lose their optimizer when the net is pickled."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()


def gradient_norm(parameters):
    """Return the norm of the gradients of some parameters together."""
    return nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
