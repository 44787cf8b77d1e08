"""Generator against discriminator as one skorch net."""

from contextlib import nullcontext

import torch

from sktsgan.losses import (
    discriminator_loss,
    finite_difference_penalty,
    generator_gradient_ratio,
    generator_loss,
)
from sktsgan.training._net import GANNet, LearningRateCourse, gradient_norm, step_optimizer

__all__ = ["AdversarialNet"]


def take_made(made, residual):
    """Return what the generator made as the items, in float32 whatever precision it was made in."""
    return made.float()


def take_items(items):
    """Return items as the only input of the discriminator."""
    return (items,)


def take_real(items):
    """Return real items as they are."""
    return items


class AdversarialNet(GANNet):
    """Train a generator and a discriminator together.

    Each step runs the discriminator once on real and generated items; its one backward pass serves both players
    (``generator_gradient_ratio``). The generator that samples is a moving average of the trained one.

    Parameters
    ----------
    module : nn.Module
        The generator: ``module(noise, conditions)``. Conditions are None where nothing is known of the items.
    discriminator : nn.Module
        ``discriminator(tokens, conditions)`` gives a logit for each item, of shape (n_items,).
    n_updates : int
        Generator updates over which the learning rates run their course.
    render : callable, default=take_made
        ``render(made, residual)``: what the generator returns, and the second of the two tensors of noise, to the items
        that the discriminator judges. By default the generator makes the items as they are. It is pickled with the net.
    tokens : callable, default=take_items
        Items to a tuple of tensors, the discriminator's input; by default the items alone. It is pickled with the net.
    blur : callable, default=take_real
        Real items to what the discriminator judges in their place. It is pickled with the net.
    n_warmup : int, default=0
        Discriminator updates before the generator's first.
    loss : {"relativistic", "bce"}, default="relativistic"
    gradient_penalty : float, default=0.3
        Weight γ of the zero-centred penalties on real and on generated tokens.
    penalty_every : int, default=4
        Steps from one penalty to the next; its weight makes up for those between.
    discriminator_steps : int, default=1
        Discriminator updates for each generator update.
    generator_learning_rate, discriminator_learning_rate : float, default=0.001
        Learning rates of the two Adam optimizers.
    betas : tuple of (float, float), default=(0.0, 0.99)
        Decays of the moments in both.
    decay : bool, default=True
        Whether learning rates rise over 100 steps and fall along a cosine over the last 40 %.
    moving_average : float, default=0.999
        Decay of the moving average of the generator's weights in one update.
    precision : {"float32", "bfloat16"}, default="float32"
        Precision of the networks while they train, by ``torch.autocast``; weights and losses are float32.
    **kwargs
        Parameters of ``skorch.NeuralNet``.
    """

    penalty_step = 0.1  # in standard deviations of the tokens

    def __init__(
        self,
        module,
        discriminator,
        *,
        n_updates,
        render=take_made,
        tokens=take_items,
        blur=take_real,
        n_warmup=0,
        loss="relativistic",
        gradient_penalty=0.3,
        penalty_every=4,
        discriminator_steps=1,
        generator_learning_rate=1e-3,
        discriminator_learning_rate=1e-3,
        betas=(0.0, 0.99),
        decay=True,
        moving_average=0.999,
        precision="float32",
        **kwargs,
    ):
        self.render = render
        self.tokens = tokens
        self.blur = blur
        self.loss = loss
        self.gradient_penalty = gradient_penalty
        self.penalty_every = penalty_every
        self.discriminator_steps = discriminator_steps
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.betas = betas
        self.decay = decay
        self.precision = precision
        super().__init__(
            module,
            discriminator,
            phase_lengths=(),
            n_updates=n_updates,
            n_warmup=n_warmup,
            moving_average=moving_average,
            **kwargs,
        )

    def initialize_optimizer(self, triggered_directly=None):
        """Give each network an Adam and a schedule of its own."""
        self.optimizer_, self.discriminator_optimizer_ = (
            torch.optim.Adam(network.parameters(), rate, betas=self.betas)
            for network, rate in (
                (self.module_, self.generator_learning_rate),
                (self.discriminator_, self.discriminator_learning_rate),
            )
        )
        n_steps = None if self.n_updates is None else self.n_updates + self.n_warmup
        self.courses_ = {
            "generator": LearningRateCourse(self.n_updates, not self.decay),
            "discriminator": LearningRateCourse(n_steps, not self.decay),
        }
        return self

    def restart(self, n_updates, phase_lengths=None, **options):
        """Train on from the present weights; both learning rates run their course again."""
        super().restart(n_updates, phase_lengths, **options)
        self.courses_["generator"].restart(self.n_iter_, n_updates)
        self.courses_["discriminator"].restart(self.n_steps_, n_updates)

    def count_batches(self, phase):
        """Return the number of discriminator updates of a step."""
        return self.discriminator_steps

    def step(self, phase, batches):
        """Make the discriminator's updates of one step and, after the warm-up, the generator's."""
        for batch in batches[:-1]:
            self._update(batch, with_generator=False)
        with_generator = self.n_steps_ >= self.n_warmup
        record = self._update(batches[-1], with_generator)
        self.n_iter_ += int(with_generator)
        return record

    def _update(self, batch, with_generator):
        """Update the discriminator and, from the same backward pass, the generator."""
        with torch.set_grad_enabled(with_generator):
            with self._autocast():
                made = self.module_(batch.noise, batch.conditions)
            fake = self.tokens(self.render(made, batch.residual))
        leaves = [t.detach().requires_grad_(with_generator) for t in fake]
        real, judged, penalty = self._judge(
            self.tokens(self.blur(batch.real)), leaves, batch.conditions
        )
        loss = discriminator_loss(real, judged, self.loss)
        record = {"discriminator_loss": loss.detach()}
        self.discriminator_optimizer_.zero_grad()
        if with_generator and penalty is not None:  # whose slopes are no business of the generator
            slopes = torch.autograd.grad(loss, leaves, retain_graph=True)
        (loss if penalty is None else loss + penalty).backward()
        if with_generator and penalty is None:
            slopes = [leaf.grad for leaf in leaves]
        record["discriminator_grad_norm"] = gradient_norm(self.discriminator_.parameters())
        factor = self.courses_["discriminator"](self.n_steps_)
        step_optimizer(self.discriminator_optimizer_, factor * self.discriminator_learning_rate)
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
        norm = gradient_norm(self.module_.parameters())
        step_optimizer(
            self.optimizer_, self.courses_["generator"](self.n_iter_) * self.generator_learning_rate
        )
        self.average_.update_parameters(self.module_)
        return norm
