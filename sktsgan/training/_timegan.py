"""The three phases of TimeGAN as one skorch net."""

import torch

from sktsgan.losses import (
    finite_difference_penalty,
    moment_loss,
    reconstruction_loss,
    state_discriminator_loss,
    state_generator_loss,
    supervised_loss,
)
from sktsgan.training._net import GANNet, LearningRateCourse, gradient_norm, step_optimizer

__all__ = ["TimeGANNet"]

_RECONSTRUCTION_WEIGHT = 10.0  # of the embedder and the recovery, as in the published code,
_PREDICTABILITY_WEIGHT = 0.1  # and of the supervised loss for the embedder
_LEAST_SQUARE = 1e-12  # under a root, for a finite slope


class TimeGANNet(GANNet):
    """Train embedder, recovery, supervisor, generator and discriminator (Yoon et al. 2019).

    Three phases follow each other: embedder and recovery learn to reconstruct, the supervisor learns to predict latent
    states, then all learn together. A joint step runs every network once: generator, autoencoder and
    discriminator take their gradients from the same forward pass, which judges real and generated states together.

    Parameters
    ----------
    module : nn.Module
        A RecurrentTimeGAN; called, it maps noise to series.
    discriminator : nn.Module
        ``discriminator(features, conditions, lengths)`` gives a logit for each step; ``features(states)`` and
        ``learn_scale(states, mask)`` as of RecurrentDiscriminator.
    phase_lengths : tuple of (int, int)
        Steps of the first two phases.
    n_updates : int or None
        Joint steps over which the learning rates run their course; None keeps them level.
    n_warmup : int
        Joint steps before the generator's first update.
    generator_steps : int
        Updates of generator and autoencoder for each update of the discriminator, each on a batch of its own.
    loss : {"relativistic", "bce"}
    gamma : float
        Weight of the logits of states before the supervisor.
    moment_weight : float
        Weight of the moments in the generator's loss.
    gradient_penalty : float
        Weight of the zero-centred penalties on what the discriminator sees of real and of generated states.
    generator_learning_rate, discriminator_learning_rate : float
        Learning rates of Adam; that of the autoencoder is 0.001.
    betas : tuple of (float, float)
        Decays of Adam's moments for generator, supervisor and discriminator.
    decay : bool
        Whether the learning rates rise over 100 steps of a phase and fall along a cosine at its end.
    moving_average : float
        Decay of the moving average of the weights in one update.
    **kwargs
        Parameters of ``skorch.NeuralNet``.
    """

    phases = ("autoencoder", "supervised", "joint")
    supervised_weight = (
        100.0  # of the root of the supervised loss, for the supervisor: as published
    )
    threshold = 0.15  # nats: the discriminator is stepped only where its loss is above it
    autoencoder_learning_rate = 1e-3
    penalty_step = 0.1  # in standard deviations of what the discriminator sees
    penalty_every = 4  # steps; the weight makes up for those between

    def __init__(
        self,
        module,
        discriminator,
        *,
        phase_lengths,
        n_updates,
        n_warmup,
        generator_steps,
        loss,
        gamma,
        moment_weight,
        gradient_penalty,
        generator_learning_rate,
        discriminator_learning_rate,
        betas,
        decay,
        moving_average,
        **kwargs,
    ):
        self.generator_steps = generator_steps
        self.loss = loss
        self.gamma = gamma
        self.moment_weight = moment_weight
        self.gradient_penalty = gradient_penalty
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.betas = betas
        self.decay = decay
        super().__init__(
            module,
            discriminator,
            phase_lengths=phase_lengths,
            n_updates=n_updates,
            n_warmup=n_warmup,
            moving_average=moving_average,
            **kwargs,
        )

    def initialize_optimizer(self, triggered_directly=None):
        """Give autoencoder, generator with supervisor, and discriminator an Adam each."""
        # the betas of adversarial training would only make the autoencoder rough
        self.autoencoder_optimizer_ = torch.optim.Adam(
            self.autoencoder_parameters, self.autoencoder_learning_rate
        )
        self.optimizer_ = torch.optim.Adam(
            self.generator_parameters, self.generator_learning_rate, betas=self.betas
        )
        self.discriminator_optimizer_ = torch.optim.Adam(
            self.discriminator_.parameters(), self.discriminator_learning_rate, betas=self.betas
        )
        n_joint = None if self.n_updates is None else self.n_updates + self.n_warmup
        self.courses_ = {
            phase: LearningRateCourse(n_steps, not self.decay)
            for phase, n_steps in zip(self.phases, (*self.phase_lengths, n_joint), strict=True)
        }
        return self

    @property
    def autoencoder_parameters(self):
        """Those of embedder and recovery."""
        nets = self.module_
        return [*nets.embedder.parameters(), *nets.recovery.parameters()]

    @property
    def generator_parameters(self):
        """Those of generator and supervisor."""
        nets = self.module_
        gate = [] if nets.gate is None else [nets.gate]
        return [*nets.generator.parameters(), *nets.supervisor.parameters(), *gate]

    def restart(self, n_updates, phase_lengths=None, **options):
        """Train on from the present weights; the learning rates of joint steps run their course again."""
        super().restart(n_updates, phase_lengths, **options)
        self.courses_["joint"].restart(self.place()[1], n_updates)

    def count_batches(self, phase):
        """Return the number of generator updates of a step."""
        return self.generator_steps

    def step(self, phase, batches):
        """Make a step of the autoencoder, of the supervisor or of all networks together."""
        factor = self.courses_[phase](self.place()[1])
        if phase == "autoencoder":
            return self._train_autoencoder(batches[-1], factor)
        if phase == "supervised":
            return self._train_supervisor(batches[-1], factor)
        return self._train_jointly(batches, factor)

    def train_step(self, batch, **fit_params):
        """Make a step of the present phase; joint steps begin with a generator that is a copy of the embedder."""
        phase = self.phase
        step = super().train_step(batch, **fit_params)
        if phase != self.phase == "joint":
            self.module_.start_generator()
        return step

    def _train_autoencoder(self, batch, factor):
        nets, mask = self.module_, _mask(batch)
        recovered = nets.recovery(nets.embedder(batch.real, batch.conditions), batch.conditions)
        loss = reconstruction_loss(batch.real, recovered, mask)
        self.autoencoder_optimizer_.zero_grad()
        _root(loss).backward()
        norm = gradient_norm(self.autoencoder_parameters)
        step_optimizer(self.autoencoder_optimizer_, factor * self.autoencoder_learning_rate)
        return {"reconstruction_loss": loss.detach(), "autoencoder_grad_norm": norm}

    def _train_supervisor(self, batch, factor):
        nets, mask = self.module_, _mask(batch)
        with torch.no_grad():
            states = nets.embedder(batch.real, batch.conditions)
        loss = supervised_loss(states, nets.supervisor(states, batch.conditions), mask)
        self.optimizer_.zero_grad()
        loss.backward()
        norm = gradient_norm(self.generator_parameters)
        step_optimizer(self.optimizer_, factor * self.autoencoder_learning_rate)
        return {"supervised_loss": loss.detach(), "generator_grad_norm": norm}

    def _train_jointly(self, parts, factor):
        if not self.place()[1]:
            real = parts[0]
            states = self.module_.embedder(real.real, real.conditions)
            self.discriminator_.learn_scale(states, _mask(real))
        with_generator = self.place()[1] >= self.n_warmup
        for part in parts:
            record = self._update(part, factor, with_generator, part is parts[-1])
        self.n_iter_ += int(with_generator)
        return record

    def _update(self, batch, factor, with_generator, with_discriminator):
        """Run all networks once, and step those whose turn it is."""
        nets, conditions, mask = self.module_, batch.conditions, _mask(batch)
        states = nets.embedder(batch.real, conditions)
        seen = states.detach().requires_grad_()
        before = nets.generate(batch.noise, conditions)
        predicted = nets.supervisor(torch.cat([seen, before]), _repeat(conditions, 2))
        predicted, made = predicted.chunk(2)
        fake = nets.supervise(before, made)
        features = self.discriminator_.features(torch.cat([seen.detach(), fake, before]))
        logits = self._judge(batch, mask, features, 3)
        supervised = supervised_loss(seen, predicted, mask)
        loss, record = self._generator_loss(batch, mask, logits, fake)
        root = self.supervised_weight * _root(supervised)
        wanted = [*self.generator_parameters, seen]
        *slopes, pull = torch.autograd.grad(loss + root, wanted, retain_graph=with_discriminator)
        if with_discriminator:
            record |= self._step_discriminator(batch, mask, logits, features, factor)
        # the root's slope at the states, turned into that of the supervised loss for the embedder
        pull *= _PREDICTABILITY_WEIGHT * 2 * _root(supervised.detach()) / self.supervised_weight
        record |= self._step_autoencoder(batch, mask, states, pull, factor)
        record |= {"supervised_loss": supervised.detach()}
        if with_generator:
            record |= self._step_generator(slopes, factor)
        return record

    def _judge(self, batch, mask, features, copies):
        """Return the logits of some groups of states, of their own steps only."""
        lengths = None if batch.lengths is None else batch.lengths.cpu().repeat(copies)
        conditions = _repeat(batch.conditions, copies)
        logits = self.discriminator_(features, conditions, lengths).chunk(copies)
        return [part.flatten() if mask is None else part[mask] for part in logits]

    def _generator_loss(self, batch, mask, logits, fake):
        real, *judged = logits
        loss = state_generator_loss(real.detach(), *judged, self.gamma, self.loss)
        record = {"generator_loss": loss.detach()}
        if self.moment_weight:
            generated = self.module_.recovery(fake, batch.conditions)
            moments = moment_loss(batch.real, generated, mask)
            record["moment_loss"] = moments.detach()
            loss = loss + self.moment_weight * moments
        return loss, record

    def _step_generator(self, slopes, factor):
        _set_gradients(self.generator_parameters, slopes)
        norm = gradient_norm(self.generator_parameters)
        step_optimizer(self.optimizer_, factor * self.generator_learning_rate)
        self.average_.update_parameters(self.module_)
        return {"generator_grad_norm": norm}

    def _step_autoencoder(self, batch, mask, states, pull, factor):
        recovered = self.module_.recovery(states, batch.conditions)
        loss = reconstruction_loss(batch.real, recovered, mask)
        self.autoencoder_optimizer_.zero_grad()
        torch.autograd.backward([_RECONSTRUCTION_WEIGHT * _root(loss), states], [None, pull])
        step_optimizer(self.autoencoder_optimizer_, factor * self.autoencoder_learning_rate)
        return {"reconstruction_loss": loss.detach()}

    def _step_discriminator(self, batch, mask, logits, features, factor):
        loss = state_discriminator_loss(*logits, self.gamma, self.loss)
        record = {"discriminator_loss": loss.detach()}
        if float(loss.detach()) <= self.threshold:
            return record
        if self.gradient_penalty and self.n_steps_ % self.penalty_every == 0:
            h = self.penalty_step
            moved = features.detach()[
                : 2 * len(batch.real)
            ]  # real ones, and those after the supervisor
            moved = moved + h * torch.randn_like(moved)
            pairs = zip(logits[:2], self._judge(batch, mask, moved, 2), strict=True)
            penalty = sum(finite_difference_penalty(at, near, h) for at, near in pairs)
            loss = loss + self.gradient_penalty * self.penalty_every * penalty
        parameters = list(self.discriminator_.parameters())
        _set_gradients(parameters, torch.autograd.grad(loss, parameters))
        record["discriminator_grad_norm"] = gradient_norm(self.discriminator_.parameters())
        step_optimizer(self.discriminator_optimizer_, factor * self.discriminator_learning_rate)
        return record


def _mask(batch):
    """Return which steps belong to their series, or None for all."""
    if batch.lengths is None:
        return None
    steps = torch.arange(batch.real.shape[1], device=batch.real.device)
    return steps < batch.lengths[:, None]


def _repeat(conditions, copies):
    return None if conditions is None else conditions.repeat(copies, 1)


def _root(loss):
    return torch.sqrt(loss + _LEAST_SQUARE)


def _set_gradients(parameters, gradients):
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
