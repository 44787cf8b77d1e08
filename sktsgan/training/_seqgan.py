"""The three phases of SeqGAN as one skorch net."""

import math
import sys

import torch

from sktsgan.losses import discriminator_loss
from sktsgan.training._net import GANNet, step_optimizer

__all__ = ["SeqGANNet"]

_MAX_NORM = 5.0  # of a gradient, as published
_JUDGED = 2048  # texts that the discriminator judges at once
_STEPS_PER_EPOCH = 10  # of policy gradient, a step of which makes many texts


class SeqGANNet(GANNet):
    """Train a language model by maximum likelihood, then by policy gradient against a discriminator (Yu et al. 2017).

    Parameters
    ----------
    module : nn.Module
        A LanguageModel.
    discriminator : nn.Module
        ``discriminator(tokens, conditions)`` gives a logit for each text.
    max_length : int
        Tokens of the longest text.
    phase_lengths : tuple of (int, int)
        Steps of maximum likelihood, over which its learning rate may fall, and of the discriminator's pretraining.
    n_rollouts : int
        Rollouts of each beginning of a text; 0 gives all tokens of a text the reward of the whole.
    with_baseline : bool
        Whether the mean reward at a token's place is taken off its reward.
    discriminator_steps : int
        Discriminator updates after each update by policy gradient.
    learning_rate, weight_decay : float
        Learning rate and weight decay of AdamW, for maximum likelihood.
    decay : bool
        Whether the learning rate of maximum likelihood falls along a cosine, to 0.
    generator_learning_rate, discriminator_learning_rate : float
        Learning rates of Adam, for policy gradient and for the discriminator.
    moving_average : float
        Decay of the moving average of the weights in one update by policy gradient.
    generator : torch.Generator
        Controls the texts that are drawn for training.
    **kwargs
        Parameters of ``skorch.NeuralNet``.
    """

    phases = ("likelihood", "discriminator", "adversarial")
    noisy_phases = ()  # the generator draws its words by itself
    copied_phases = ("likelihood",)

    def __init__(
        self,
        module,
        discriminator,
        *,
        max_length,
        phase_lengths,
        n_rollouts,
        with_baseline,
        discriminator_steps,
        learning_rate,
        weight_decay,
        decay,
        generator_learning_rate,
        discriminator_learning_rate,
        moving_average,
        generator,
        **kwargs,
    ):
        self.max_length = max_length
        self.n_rollouts = n_rollouts
        self.with_baseline = with_baseline
        self.discriminator_steps = discriminator_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.decay = decay
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.generator = generator
        super().__init__(
            module,
            discriminator,
            phase_lengths=phase_lengths,
            n_updates=None,
            n_warmup=0,
            moving_average=moving_average,
            **kwargs,
        )

    def initialize_optimizer(self, triggered_directly=None):
        """Give maximum likelihood, policy gradient and discriminator an optimizer each."""
        weights = list(self.module_.parameters())
        self.likelihood_optimizer_ = torch.optim.AdamW(
            weights, self.learning_rate, weight_decay=self.weight_decay
        )
        self.optimizer_ = torch.optim.Adam(weights, self.generator_learning_rate)
        self.discriminator_optimizer_ = torch.optim.Adam(
            self.discriminator_.parameters(), self.discriminator_learning_rate
        )
        return self

    def begin_phases(self, lengths):
        """Begin with maximum likelihood at the next step."""
        super().begin_phases(lengths)
        self.decays_ = self.decay

    def hold(self):
        """Go on with maximum likelihood at a level learning rate, for any number of steps."""
        self.begin_phases((sys.maxsize, 0))
        self.decays_ = False

    def count_batches(self, phase):
        """Return the discriminator updates that a step of policy gradient makes, and one batch otherwise."""
        return self.discriminator_steps if phase == "adversarial" else 1

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``."""
        if self.phase == "adversarial":
            n_steps = min(n_steps, _STEPS_PER_EPOCH)
        return super().epoch_length(n_steps)

    def step(self, phase, batches):
        """Make a step of maximum likelihood, of the discriminator or of policy gradient."""
        return getattr(self, f"_train_{phase}")(batches)

    def _train_likelihood(self, parts):
        (batch,) = parts
        self.module_.train()
        weights = (batch.real > 0).float()
        loss = self.module_.token_loss(batch.real, batch.conditions, weights / weights.sum())
        rate = self.learning_rate
        if self.decays_:
            rate *= 0.5 * (1 + math.cos(math.pi * self.place()[1] / self.phase_lengths_[0]))
        norm = self._descend(loss, self.module_, self.likelihood_optimizer_, rate)
        self.n_iter_ += 1
        return {"likelihood_loss": loss.detach(), "generator_grad_norm": norm}

    @staticmethod
    def _descend(loss, network, optimizer, rate):
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), _MAX_NORM)
        step_optimizer(optimizer, rate)
        return norm

    def _draw(self, n, conditions, **options):
        self.module_.eval()
        return self.module_.draw(
            n, self.max_length, self.generator, conditions=conditions, **options
        )

    def _train_discriminator(self, parts):
        (batch,) = parts
        return self._step_discriminator(batch)

    def _step_discriminator(self, batch):
        fake = self._draw(len(batch.real), batch.conditions)
        self.discriminator_.train()
        conditions = batch.conditions
        if conditions is not None:
            conditions = conditions.repeat(2, 1)
        logits = self.discriminator_(torch.cat([batch.real, fake]), conditions)
        loss = discriminator_loss(*logits.chunk(2), "bce") / 2
        rate = self.discriminator_learning_rate
        norm = self._descend(loss, self.discriminator_, self.discriminator_optimizer_, rate)
        return {"discriminator_loss": loss.detach(), "discriminator_grad_norm": norm}

    def _train_adversarial(self, parts):
        batch = parts[0]
        tokens, states = self._draw(len(batch.real), batch.conditions, keep=True)
        rewards = self._rewards(tokens, states, batch.conditions)
        written = tokens > 0
        advantages = rewards
        if self.with_baseline:
            means = (rewards * written).sum(dim=0) / written.sum(dim=0).clamp(min=1)
            advantages = rewards - means
        weights = torch.where(written, advantages, 0.0) / len(tokens)
        loss = self.module_.token_loss(tokens, batch.conditions, weights)
        rate = self.generator_learning_rate
        norm = self._descend(loss, self.module_, self.optimizer_, rate)
        self.average_.update_parameters(self.module_)
        self.n_iter_ += 1
        record = {
            "generator_loss": loss.detach(),
            "reward": rewards[written].mean(),
            "generator_grad_norm": norm,
        }
        for part in parts:
            found = self._step_discriminator(part)
        return record | found

    @torch.no_grad()
    def _rewards(self, tokens, states, conditions):
        """Return what each token of texts is worth, of shape (n, T): the mean share of real in what follows it."""
        self.discriminator_.eval()
        worth = self._judge_texts(tokens, conditions)
        rewards = worth[:, None].repeat(1, tokens.shape[1])
        if not self.n_rollouts:
            return rewards
        made = self.module_.roll_out(tokens, states, self.n_rollouts, self.generator)
        conditions = None if conditions is None else conditions[made.origins]
        worth = self._judge_texts(made.tokens, conditions) / self.n_rollouts
        places = made.origins, made.kept - 1  # of the last token that was kept
        rewards[places] = 0.0
        return rewards.index_put(places, worth, accumulate=True)

    def _judge_texts(self, tokens, conditions):
        """Return the probability that each text is real."""
        parts = [tokens.split(_JUDGED)]
        parts += [[None] * len(parts[0]) if conditions is None else conditions.split(_JUDGED)]
        judged = [self.discriminator_(*pair) for pair in zip(*parts, strict=True)]
        return torch.sigmoid(torch.cat(judged))
