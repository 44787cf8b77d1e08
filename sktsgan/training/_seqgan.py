"""The three phases of SeqGAN as one skorch net."""

import sys

import torch

from sktsgan.losses import discriminator_loss
from sktsgan.networks import draw_tokens, roll_out, token_cross_entropy
from sktsgan.training._adversarial import AdversarialNet, _step
from sktsgan.training._phases import PhasesMixin

__all__ = ["SeqGANNet"]

PHASES = ("likelihood", "discriminator", "adversarial")
_MAX_NORM = 5.0  # of a gradient, as published
_JUDGED = 2048  # texts that the discriminator judges at once
_STEPS_PER_EPOCH = 10  # of policy gradient, a step of which makes many texts


class SeqGANNet(PhasesMixin, AdversarialNet):
    """Train a language model by maximum likelihood, then by policy gradient against a discriminator (Yu et al. 2017).

    Parameters
    ----------
    module : nn.Module
        A LanguageModel.
    discriminator : nn.Module
        ``discriminator(tokens, conditions)`` gives a logit for each text.
    max_length : int
        Tokens of the longest text.
    n_likelihood, n_discriminator : int
        Steps of the first two phases. A rate of maximum likelihood that falls does so over its steps.
    n_rollouts : int
        Of each beginning of a text; 0 gives all tokens of a text the reward of the whole.
    with_baseline : bool
        Whether the mean reward at a token's place is taken off its reward.
    discriminator_steps : int
        Discriminator updates after each update by policy gradient.
    learning_rate, weight_decay : float
        Of AdamW, for maximum likelihood.
    decay : bool
        Whether the learning rate of maximum likelihood falls along a cosine, to 0.
    generator_learning_rate, discriminator_learning_rate : float
        Of Adam, for policy gradient and for the discriminator.
    moving_average : float
        Decay of the moving average of the weights in one update by policy gradient.
    generator : torch.Generator
        Rules the texts that are drawn for training.
    **kwargs
        Of ``skorch.NeuralNet``.
    """

    phases = PHASES

    def __init__(
        self,
        module,
        discriminator,
        *,
        max_length,
        n_likelihood,
        n_discriminator,
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
        self.n_likelihood = n_likelihood
        self.n_discriminator = n_discriminator
        self.n_rollouts = n_rollouts
        self.with_baseline = with_baseline
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.decay = decay
        self.generator = generator
        super().__init__(
            module,
            discriminator,
            render=None,
            tokens=None,
            n_updates=None,
            n_warmup=0,
            loss="bce",
            gradient_penalty=0.0,
            penalty_every=1,
            discriminator_steps=discriminator_steps,
            generator_learning_rate=generator_learning_rate,
            discriminator_learning_rate=discriminator_learning_rate,
            beta1=0.9,
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

    def initialize_module(self):
        """Take the networks, and begin with maximum likelihood."""
        super().initialize_module()
        self.restart(self.n_likelihood, self.n_discriminator)
        return self

    def restart(self, n_likelihood, n_discriminator, **options):
        """Begin again with maximum likelihood, over so many steps of the first two phases.

        Parameters that are given as ``options`` hold from then on.
        """
        for name, value in options.items():
            setattr(self, name, value)
        self.decays_ = self.decay
        self.begin_phases(n_likelihood, n_discriminator)

    def hold(self):
        """Go on with maximum likelihood at a level learning rate, for any number of steps."""
        self.decays_ = False
        self.begin_phases(sys.maxsize, 0)

    def epoch_length(self, n_steps):
        """Return the steps of the next epoch, at most ``n_steps``."""
        if self.phase == "adversarial":
            n_steps = min(n_steps, _STEPS_PER_EPOCH)
        return super().epoch_length(n_steps)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch, and record its phase too."""
        if iterator is None:
            return
        phase = self.phase
        iterator.n_parts = self.discriminator_steps if phase == "adversarial" else 1
        self.history.record("phase", phase)
        super().run_single_epoch(iterator, training, prefix, step_fn, **fit_params)
        if phase == "likelihood":  # what samples is then what was trained so far
            self.average_.module.load_state_dict(self.module_.state_dict())

    def train_step(self, batch, **fit_params):
        """Make a step of the present phase."""
        record = getattr(self, f"_train_{self.phase}")(batch)
        self.n_steps_ += 1
        return {"loss": next(iter(record.values())), "y_pred": None, "record": record}

    def _train_likelihood(self, parts):
        (batch,) = parts
        self.module_.train()
        weights = (batch.real > 0).float()
        loss = self._token_loss(batch.real, batch.conditions, weights / weights.sum())
        factor = self._cosine(self.phase_lengths_[0]) if self.decays_ else 1.0
        rate = factor * self.learning_rate
        norm = self._descend(loss, self.module_, self.likelihood_optimizer_, rate)
        self.n_iter_ += 1
        return {"likelihood_loss": loss.detach(), "generator_grad_norm": norm}

    def _token_loss(self, tokens, conditions, weights):
        """Return the weighted sum of −log p of tokens, those of weight 0 left out."""
        counted = weights != 0
        states = self.module_.states(tokens, conditions)
        head = self.module_.head
        return token_cross_entropy(
            states[counted], head.weight, head.bias, tokens[counted], weights[counted]
        )

    @staticmethod
    def _descend(loss, network, optimizer, rate):
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(network.parameters(), _MAX_NORM)
        _step(optimizer, rate)
        return norm

    def _draw(self, n, conditions, **options):
        self.module_.eval()
        return draw_tokens(
            self.module_, n, self.max_length, self.generator, conditions=conditions, **options
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
        loss = discriminator_loss(*logits.chunk(2), self.loss) / 2
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
        loss = self._token_loss(tokens, batch.conditions, weights)
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
        made = roll_out(self.module_, tokens, states, self.n_rollouts, self.generator)
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
