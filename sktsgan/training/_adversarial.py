"""Generator against discriminator as one skorch net."""

import math
import time
from contextlib import nullcontext
from functools import partial

import torch
from skorch import NeuralNet
from skorch.utils import to_device
from torch import nn
from torch.optim.swa_utils import AveragedModel

from sktsgan.losses import (
    discriminator_loss,
    finite_difference_penalty,
    generator_gradient_ratio,
    generator_loss,
)

__all__ = ["AdversarialNet"]


class LearningRateCourse:
    """Factor of a learning rate: up over 100 steps, level, and down a cosine over the last 40 %.

    Parameters
    ----------
    n_steps : int
        Steps of the course.
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


class AdversarialNet(NeuralNet):
    """Train a generator and a discriminator together.

    Each step runs the discriminator once on real and generated items; its one backward pass serves both players
    (``generator_gradient_ratio``). The generator that samples is a moving average of the trained one.

    Parameters
    ----------
    module : nn.Module
        The generator: ``module(noise, conditions)``.
    discriminator : nn.Module
        ``discriminator(tokens, conditions)`` gives a logit for each item.
    render : callable
        What the generator returns, and further noise, to the items that the discriminator judges.
    tokens : callable
        Items to a tuple of tensors, the discriminator's input.
    n_updates : int
        Generator updates over which the learning rates run their course.
    n_warmup : int
        Discriminator updates before the generator's first.
    loss : {"relativistic", "bce"}
    gradient_penalty : float
        Weight γ of the zero-centred penalties on real and on generated tokens.
    penalty_every : int
        Steps from one penalty to the next; its weight makes up for those between.
    discriminator_steps : int
        Discriminator updates for each generator update.
    generator_learning_rate, discriminator_learning_rate : float
        Of Adam with betas (beta1, beta2).
    beta1 : float
    moving_average : float
        Decay of the moving average of the generator's weights in one update.
    beta2 : float, default=0.99
    is_level : bool, default=False
        Whether learning rates stay as they are instead of running a course.
    precision : {"float32", "bfloat16"}, default="float32"
        In which networks compute while they train, by ``torch.autocast``; weights and losses are float32.
    **kwargs
        Of ``skorch.NeuralNet``.
    """

    penalty_step = 0.1  # in standard deviations of the tokens

    def __init__(
        self,
        module,
        discriminator,
        *,
        render,
        tokens,
        n_updates,
        n_warmup,
        loss,
        gradient_penalty,
        penalty_every,
        discriminator_steps,
        generator_learning_rate,
        discriminator_learning_rate,
        beta1,
        moving_average,
        beta2=0.99,
        is_level=False,
        precision="float32",
        **kwargs,
    ):
        self.discriminator = discriminator
        self.render = render
        self.tokens = tokens
        self.n_updates = n_updates
        self.n_warmup = n_warmup
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.penalty_every = penalty_every
        self.discriminator_steps = discriminator_steps
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.beta1 = beta1
        self.moving_average = moving_average
        self.beta2 = beta2
        self.is_level = is_level
        self.precision = precision
        super().__init__(module, criterion=nn.Identity, **kwargs)

    @property
    def _default_callbacks(self):
        return []  # those of NeuralNet score predictions, which a generator does not make

    def initialize_module(self):
        """Take the two networks, and start the moving average at the generator."""
        self.module_ = self.initialized_instance(self.module, self.get_params_for("module"))
        self.discriminator_ = self.initialized_instance(
            self.discriminator, self.get_params_for("discriminator")
        )
        averaging = partial(_move_average, decay=self.moving_average)
        self.average_ = AveragedModel(to_device(self.module_, self.device), multi_avg_fn=averaging)
        self.n_steps_ = self.n_iter_ = 0
        return self

    def initialize_optimizer(self, triggered_directly=None):
        """Give each network an Adam and a schedule of its own."""
        betas = float(self.beta1), self.beta2
        self.optimizer_, self.discriminator_optimizer_ = (
            torch.optim.Adam(network.parameters(), rate, betas=betas)
            for network, rate in (
                (self.module_, self.generator_learning_rate),
                (self.discriminator_, self.discriminator_learning_rate),
            )
        )
        n_steps = None if self.n_updates is None else self.n_updates + self.n_warmup
        self.course_ = LearningRateCourse(self.n_updates, self.is_level)
        self.discriminator_course_ = LearningRateCourse(n_steps, self.is_level)
        return self

    def restart(self, n_updates):
        """Let the learning rates run their course again, over further updates."""
        self.n_warmup = 0
        self.course_.restart(self.n_iter_, n_updates)
        self.discriminator_course_.restart(self.n_steps_, n_updates)

    def hold(self):
        """Keep the learning rates level from now on."""
        self.course_.n_steps = self.discriminator_course_.n_steps = None

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
        self : AdversarialNet
        """
        self.stopped_ = False
        own, self.callbacks_ = self.callbacks_, [*self.callbacks_, *watchers]
        try:
            self.notify("on_train_begin", X=batches, y=None)
            while n_steps > 0 and not self.stopped_:
                now = self.epoch_length(min(n_steps, steps_per_epoch))
                self.fit_loop(batches.for_steps(now), epochs=1)
                n_steps -= now
        finally:
            self.notify("on_train_end", X=batches, y=None)
            self.callbacks_ = own
        return self

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``."""
        return n_steps

    def count_epochs(self, n_steps, steps_per_epoch):
        """Return the epochs that ``run`` makes of ``n_steps``."""
        return -(-n_steps // steps_per_epoch)

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

        skorch's callbacks stop training by a KeyboardInterrupt at the end of an epoch; any other is the user's.
        """
        try:
            super().notify(method_name, **cb_kwargs)
        except KeyboardInterrupt:
            if method_name != "on_epoch_end":
                raise
            self.stop()

    def get_split_datasets(self, X, y=None, **fit_params):
        """Take ``X`` as it is: an iterable that gives an epoch's batches, already on the device."""
        return X, None

    def get_iterator(self, dataset, training=False):
        """Take the batches as they come; there is nothing to collate."""
        return dataset

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch and record the means of its steps.

        NeuralNet would keep every batch in the history and wait for the device after each.
        """
        if iterator is None:
            return
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
        self.history.record("n_iter", self.n_iter_)
        self.history.record("seconds", time.perf_counter() - started)

    def train_step(self, batch, **fit_params):
        """Make the discriminator's updates of one step and, after the warm-up, the generator's."""
        self._set_training(True)
        for part in batch[:-1]:
            self._update(part, with_generator=False)
        with_generator = self.n_steps_ >= self.n_warmup
        record = self._update(batch[-1], with_generator)
        self.n_steps_ += 1
        self.n_iter_ += int(with_generator)
        return {"loss": record["discriminator_loss"], "y_pred": None, "record": record}

    def _update(self, batch, with_generator):
        """Update the discriminator and, from the same backward pass, the generator."""
        with torch.set_grad_enabled(with_generator):
            with self._autocast():
                made = self.module_(batch.noise, batch.conditions)
            fake = self.tokens(self.render(made, batch.residual))
        leaves = [t.detach().requires_grad_(with_generator) for t in fake]
        real, judged, penalty = self._judge(self.tokens(batch.real), leaves, batch.conditions)
        loss = discriminator_loss(real, judged, self.loss)
        record = {"discriminator_loss": loss.detach()}
        self.discriminator_optimizer_.zero_grad()
        if with_generator and penalty is not None:  # whose slopes are no business of the generator
            slopes = torch.autograd.grad(loss, leaves, retain_graph=True)
        (loss if penalty is None else loss + penalty).backward()
        if with_generator and penalty is None:
            slopes = [leaf.grad for leaf in leaves]
        record["discriminator_grad_norm"] = _gradient_norm(self.discriminator_)
        factor = self.discriminator_course_(self.n_steps_)
        _step(self.discriminator_optimizer_, factor * self.discriminator_learning_rate)
        if with_generator:
            ratio = generator_gradient_ratio(real, judged, self.loss).detach()
            record["generator_loss"] = generator_loss(real, judged, self.loss).detach()
            record["generator_grad_norm"] = self._update_generator(fake, slopes, ratio)
        return record

    def _autocast(self):
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, torch.bfloat16)

    def _judge(self, real, fake, conditions):
        """Return logits of real and generated tokens, and the penalty where its turn has come."""
        with_penalty = self.gradient_penalty and self.n_steps_ % self.penalty_every == 0
        groups = [[r, f] for r, f in zip(real, fake, strict=True)]
        if with_penalty:
            h = self.penalty_step
            groups = [[*g, *(t.detach() + h * torch.randn_like(t) for t in g)] for g in groups]
        copies = len(groups[0])
        if conditions is not None:
            conditions = conditions.repeat(copies, 1)
        with self._autocast():
            logits = self.discriminator_(tuple(torch.cat(g) for g in groups), conditions)
        logits = logits.float().chunk(copies)
        if not with_penalty:
            return *logits, None
        penalty = sum(
            finite_difference_penalty(logits[i], logits[i + 2], self.penalty_step) for i in (0, 1)
        )
        return *logits[:2], self.gradient_penalty * self.penalty_every * penalty

    def _update_generator(self, fake, slopes, ratio):
        """Turn the discriminator's slopes at the generated tokens into the generator's update."""
        self.optimizer_.zero_grad()
        pulls = [ratio.view(-1, *[1] * (slope.dim() - 1)) * slope for slope in slopes]
        torch.autograd.backward(fake, pulls)
        norm = _gradient_norm(self.module_)
        _step(self.optimizer_, self.course_(self.n_iter_) * self.generator_learning_rate)
        self.average_.update_parameters(self.module_)
        return norm


@torch.no_grad()
def _move_average(averaged, current, n_averaged, *, decay):
    """Move averaged weights towards the current ones, faster in the first updates.

    torch's own function of this can't be pickled.
    """
    decay = min(decay, (1 + float(n_averaged)) / (10 + float(n_averaged)))
    for mean, weight in zip(averaged, current, strict=True):
        mean.lerp_(weight, 1 - decay)


def _step(optimizer, learning_rate):
    """Make a step; torch's schedulers would lose their optimizer when the net is pickled."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
    optimizer.step()


def _gradient_norm(network):
    return nn.utils.get_total_norm([p.grad for p in network.parameters() if p.grad is not None])
