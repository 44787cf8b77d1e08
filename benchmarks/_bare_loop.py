"""The training steps of samplers with two networks written by hand: no skorch, no callbacks, no record."""

import copy
import math
import time
from dataclasses import dataclass

import torch
from skorch.callbacks import Callback
from torch import nn
from torch.nn.functional import softplus

__all__ = ["TrainingWatch", "train_by_hand"]


@dataclass
class Start:
    """Where a run of training starts from.

    Parameters
    ----------
    generator, discriminator : nn.Module
    real : Tensor of shape (n_items, ...)
        Scores of the training items.
    conditions : Tensor of shape (n_items, n_conditions) or None
        What is known of them.
    draw_noise, render, tokens : callable
        What the generator starts from, its output to scores, and scores to the discriminator's input.
    batch_size : int
    batch_state, global_state : Tensor
        Of the random generators of batches and of torch.
    """

    generator: nn.Module
    discriminator: nn.Module
    real: torch.Tensor
    conditions: torch.Tensor | None
    draw_noise: callable
    render: callable
    tokens: callable
    batch_size: int
    batch_state: torch.Tensor
    global_state: torch.Tensor


@dataclass
class Taken:
    """Seconds, by the clock on the wall and of the processor's time."""

    wall: float
    processor: float

    @classmethod
    def now(cls):
        """Return the time."""
        return cls(time.perf_counter(), time.process_time())

    def until_now(self):
        """Return the seconds since."""
        now = self.now()
        return Taken(now.wall - self.wall, now.processor - self.processor)


class TrainingWatch(Callback):
    """Keep where the estimator's training starts from and how long it takes.

    Attributes
    ----------
    start_ : Start
    taken_ : Taken
        From the first step to the end of the last, all that happens in between included.
    """

    def on_train_begin(self, net, X=None, **kwargs):
        """Copy networks and random states, then start the clock."""
        self.start_ = Start(
            copy.deepcopy(net.module_),
            copy.deepcopy(net.discriminator_),
            X.real,
            X.conditions,
            X.draw_noise,
            net.render,
            net.tokens,
            X.batch_size,
            X.generator.get_state(),
            torch.get_rng_state(),
        )
        self.began_ = Taken.now()

    def on_train_end(self, net, **kwargs):
        """Stop the clock."""
        self.taken_ = self.began_.until_now()


def train_by_hand(start, net, n_updates):
    """Train copies of the networks as ``AdversarialNet`` does.

    Parameters
    ----------
    start : Start
    net : AdversarialNet
        Read for its settings only. One discriminator step an update is written here.
    n_updates : int
        Of the generator.

    Returns
    -------
    average : nn.Module
        The generator that samples.
    taken : Taken
        By the steps.
    """
    if net.discriminator_steps != 1:
        raise ValueError(f"discriminator_steps must be 1, got {net.discriminator_steps}.")
    generator = copy.deepcopy(start.generator).train()
    discriminator = copy.deepcopy(start.discriminator).train()
    rng = torch.Generator().manual_seed(0)
    rng.set_state(start.batch_state)
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(start.global_state)
        began = Taken.now()
        average = _run(start, net, n_updates, generator, discriminator, rng)
        return average, began.until_now()


def _run(start, net, n_updates, generator, discriminator, rng):
    average, betas = copy.deepcopy(generator), net.betas
    adam = torch.optim.Adam(generator.parameters(), net.generator_learning_rate, betas=betas)
    judge_adam = torch.optim.Adam(
        discriminator.parameters(), net.discriminator_learning_rate, betas=betas
    )
    n_steps = n_updates + net.n_warmup
    order = torch.empty(0, dtype=torch.long)
    for step in range(n_steps):
        if len(order) < start.batch_size:
            order = torch.randperm(len(start.real), generator=rng)
        rows, order = order[: start.batch_size], order[start.batch_size :]
        noise, residual = start.draw_noise(rows, rng)
        known = () if start.conditions is None else (start.conditions[rows],)
        update = step - net.n_warmup
        rate = net.discriminator_learning_rate * _course(step, n_steps)
        judge_adam.param_groups[0]["lr"] = rate
        with torch.set_grad_enabled(update >= 0):
            fake = start.tokens(start.render(generator(noise, *known), residual))
        leaves = [t.detach().requires_grad_(update >= 0) for t in fake]
        real = start.tokens(start.real[rows])
        slopes, ratio = _judge_step(
            discriminator, judge_adam, real, leaves, known, net, step, update >= 0
        )
        if update < 0:
            continue
        adam.param_groups[0]["lr"] = net.generator_learning_rate * _course(update, n_updates)
        adam.zero_grad()
        torch.autograd.backward(fake, [ratio.view(-1, *[1] * (s.dim() - 1)) * s for s in slopes])
        adam.step()
        # the average begins at the first update, and moves faster in those that follow
        decay = min(net.moving_average, (1 + update) / (10 + update)) if update else 0.0
        with torch.no_grad():
            for mean, weight in zip(average.parameters(), generator.parameters(), strict=True):
                mean.lerp_(weight, 1 - decay)
            for kept, now in zip(average.buffers(), generator.buffers(), strict=True):
                kept.copy_(now)
    return average


def _judge_step(discriminator, adam, real, leaves, known, net, step, with_generator):
    """Update the discriminator; return the slopes at the generated tokens and the generator's weights for them."""
    penalised = net.gradient_penalty and step % net.penalty_every == 0
    h = net.penalty_step
    groups = [[r, f] for r, f in zip(real, leaves, strict=True)]
    if penalised:
        groups = [[*g, *(t.detach() + h * torch.randn_like(t) for t in g)] for g in groups]
    copies = len(groups[0])
    known = [conditions.repeat(copies, 1) for conditions in known]
    logits = discriminator(tuple(torch.cat(g) for g in groups), *known).chunk(copies)
    x, f = logits[:2]
    relativistic = net.loss == "relativistic"
    loss = softplus(f - x).mean() if relativistic else (softplus(-x) + softplus(f)).mean()
    adam.zero_grad()
    slopes = None
    if penalised:
        if with_generator:
            slopes = torch.autograd.grad(loss, leaves, retain_graph=True)
        penalty = sum(((logits[i + 2] - logits[i]) ** 2).mean() / (2 * h**2) for i in (0, 1))
        loss = loss + net.gradient_penalty * net.penalty_every * penalty
    loss.backward()
    if with_generator and slopes is None:
        slopes = [leaf.grad for leaf in leaves]
    adam.step()
    pull = (x - f if relativistic else -f).detach()
    return slopes, -torch.exp(pull.clamp(max=20.0))


def _course(made, n_steps):
    """Return the factor of the learning rates: up over 100 steps, level, down a cosine over the last 40 %."""
    fall = max(0.0, (min(made / n_steps, 1.0) - 0.6) / 0.4)
    return min(1.0, (made + 1) / 100) * 0.5 * (1 + math.cos(math.pi * fall))
