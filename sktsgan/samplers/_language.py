"""The training of a language model and its discriminator, and what is drawn from it."""

from functools import partial

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from sktsgan._random import threads_for, torch_generator
from sktsgan.containers._texts import FIRST_TERM
from sktsgan.networks import (
    END,
    PADDING,
    CausalTransformer,
    Drawing,
    LSTMLanguageModel,
    TextDiscriminator,
    draw_tokens,
)
from sktsgan.samplers._adversarial import AdversarialSampler, held_out_blocks
from sktsgan.samplers._temperature import distinct_share, find_temperature, telling_order
from sktsgan.training import SeqGANNet
from sktsgan.training._callbacks import DivergenceGuard, TextKeeper

__all__ = ["HEADS", "LanguageTraining"]

HEADS = 4  # of a transformer
_DISCRIMINATOR_EMBEDDING, _DISCRIMINATOR_DROPOUT = 64, 0.25  # as published
_MOVING_AVERAGE = 0.95  # of policy gradient, whose steps are noisy
_UNSEEN = 0.5  # occurrences that a symbol counts for beside those it has
_FORWARD_TEXTS = 1024  # of a forward pass
_MOST_KINDS = 64  # of conditions, in a likelihood that leaves them open
_SCORED_TEXTS = 128
_LEAST_HELD_OUT = 10
_STEPS_PER_JUDGEMENT = 50
_JUDGED_TEXTS = 2000  # whose distinct bigrams are counted
_COLLAPSED_SHARE = 0.75  # of the distinct bigrams before policy gradient
_MOST_LOST = 0.25  # nats a token of held-out text; further down, captions no longer ended
_EPOCHS, _MANY = 9, 10_000  # of so many texts; of fewer more, by the cube root of their number


class LanguageTraining(AdversarialSampler):
    """Base of a sampler of token numbers that a language model writes.

    It has the parameters of SeqGANSampler that say how to train. What reads items says how many tokens there are, by
    ``vocabulary_``, and how long a text may be, by ``max_length_``.
    """

    def _phase_lengths(self, n_texts):
        """Return the steps of maximum likelihood, and those of the discriminator before policy gradient."""
        steps = -(-n_texts // min(self.batch_size, n_texts))
        n_epochs = self.pretraining
        if n_epochs == "auto":
            n_epochs = max(_EPOCHS, round(_EPOCHS * (_MANY / n_texts) ** (1 / 3)))
        return n_epochs * steps, self.discriminator_pretraining * steps if self.max_iter else 0

    def _fit_windows(self, tokens, rows):
        held_out = None
        if round(self.validation_fraction * len(tokens)) >= _LEAST_HELD_OUT:
            held_out = held_out_blocks(len(tokens), self.validation_fraction)
        lengths = self._phase_lengths(len(tokens) if held_out is None else (~held_out).sum())
        if self.warm_start and hasattr(self, "net_"):
            self.net_.restart(None, lengths, **self._training_options())
        else:
            self._start(tokens, *lengths)
        self._train(tokens, rows, sum(lengths) + self.max_iter, held_out)

    def _build(self, tokens, seed, n_likelihood, n_discriminator):
        n_tokens, n_conditions = (
            FIRST_TERM + len(self.container_.vocabulary),
            self.conditions_.encoded.shape[1],
        )
        model = self._make_generator(n_tokens, n_conditions)
        model.head.set_frequencies(_frequencies(torch.as_tensor(tokens), n_tokens))
        discriminator = TextDiscriminator(
            n_tokens,
            n_conditions,
            embedding_size=_DISCRIMINATOR_EMBEDDING,
            kernel_sizes=self.kernel_sizes,
            n_maps=self.n_maps,
            dropout=_DISCRIMINATOR_DROPOUT,
        )
        net = SeqGANNet(
            model,
            discriminator,
            max_length=self.max_length_,
            phase_lengths=(n_likelihood or 0, n_discriminator),
            weight_decay=self.weight_decay,
            moving_average=_MOVING_AVERAGE,
            generator=self._generator,
            **self._training_options(),
            callbacks=[DivergenceGuard(), *(self.callbacks or [])],
            device=self.device_,
            verbose=0,
        ).initialize()
        if n_likelihood is None:  # of partial_fit
            net.hold()
        return net

    def _training_options(self):
        """Return what a later fit with ``warm_start`` may change."""
        return {
            "n_rollouts": self.n_rollouts,
            "with_baseline": self.baseline == "batch",
            "discriminator_steps": self.discriminator_steps,
            "learning_rate": self.learning_rate,
            "decay": self.schedule == "cosine",
            "generator_learning_rate": self.generator_learning_rate,
            "discriminator_learning_rate": self.discriminator_learning_rate,
        }

    def _make_generator(self, n_tokens, n_conditions):
        sizes = {
            "hidden_size": self.hidden_size,
            "n_layers": self.n_layers,
            "dropout": self.dropout,
        }
        if self.generator == "lstm":
            return LSTMLanguageModel(
                n_tokens, n_conditions, embedding_size=self.embedding_size, **sizes
            )
        return CausalTransformer(n_tokens, n_conditions, self.max_length_, n_heads=HEADS, **sizes)

    def _add_rows(self, tokens, rows):
        """Nothing is kept of the texts."""

    def _noise(self, rows, generator):
        """Nothing: words are drawn by the net."""

    def _to_tensor(self, tokens):
        return torch.as_tensor(tokens)

    def _watch(self, tokens, rows, held_out):
        judge = None
        if held_out is not None:
            judge = partial(self._mean_nll, tokens[held_out], rows[held_out])

        def count_distinct():
            return distinct_share(self._draw_probe(Drawing()))

        limits = {"least_share": _COLLAPSED_SHARE, "most_lost": _MOST_LOST}
        keeper = TextKeeper(judge, count_distinct, _STEPS_PER_JUDGEMENT, **limits)
        return [("text_keeper", keeper)]

    def _draw_probe(self, drawing, n_texts=_JUDGED_TEXTS):
        """Return texts, of the same draws each time."""
        generator = torch_generator(0)
        rows = torch.randint(len(self.conditions_), (n_texts,), generator=generator)
        return self._draw_texts(rows, generator, drawing)

    def _train(self, tokens, rows, n_steps, held_out=None):
        super()._train(tokens, rows, n_steps, held_out)
        self.temperature_ = self.temperature
        if self.temperature == "match":
            sample = tokens[:_JUDGED_TEXTS]
            order = telling_order(sample)
            self.temperature_ = find_temperature(
                lambda temperature: self._draw_probe(Drawing(temperature), len(sample)),
                distinct_share(sample, order),
                order,
            )

    def _warn_of_collapse(self, real):
        """The keeper has warned, where there was reason to."""

    def _mean_nll(self, tokens, rows):
        """Return the mean of −log p of a token, of texts that have the conditions of those rows."""
        logs, counts = self._log_likelihoods(tokens, rows)
        return -float(logs.sum() / counts.sum())

    def _marginal_nll(self, tokens):
        """Return the mean of −log p of a token, of texts of which nothing else is known."""
        rows, weights = self._condition_shares()
        parts = []
        for row, weight in zip(rows, weights, strict=True):
            logs, counts = self._log_likelihoods(tokens, np.full(len(tokens), row))
            parts.append(logs + np.log(weight))
        return -float(torch.logsumexp(torch.stack(parts), dim=0).sum() / counts.sum())

    def _condition_shares(self):
        """Return a row for each kind of conditions, and how frequent it is; a sample of rows where kinds are many."""
        encoded = self.conditions_.encoded
        _, rows, counts = np.unique(encoded, axis=0, return_index=True, return_counts=True)
        if len(rows) > _MOST_KINDS:
            rows = np.linspace(0, len(encoded) - 1, _MOST_KINDS).astype(int)
            counts = np.ones(_MOST_KINDS)
        return rows, counts / counts.sum()

    @torch.no_grad()
    def _log_likelihoods(self, tokens, rows):
        """Return log p of texts that have the conditions of those rows, and how many tokens of each count."""
        model = self.net_.average_.module.eval()
        tokens, conditions = torch.as_tensor(tokens), self._encoded(rows)
        counted = torch.isfinite(model.head.log_frequencies)
        logs, counts = torch.zeros(len(tokens), dtype=torch.float64), []
        for first in range(0, len(tokens), _SCORED_TEXTS):
            part = slice(first, first + _SCORED_TEXTS)
            given = None if conditions is None else conditions[part].to(self.device_)
            target = tokens[part].to(self.device_)
            places = counted[target]
            states = model.states(target, given)[places]
            nll = cross_entropy(model.head(states), target[places], reduction="none")
            logs[part].index_add_(0, places.nonzero()[:, 0].cpu(), -nll.cpu().double())
            counts.append(places.sum(dim=1).cpu())
        return logs, torch.cat(counts)

    @torch.no_grad()
    def _weigh(self, tokens, rows):
        """Return log p of beginnings, given the conditions of rows; unknown tokens don't count."""
        model, conditions = self.net_.average_.module.eval(), self._encoded(rows)
        weights = torch.zeros(len(tokens))
        for first in range(0, len(tokens), _SCORED_TEXTS):
            part = slice(first, first + _SCORED_TEXTS)
            target = tokens[part].to(self.device_)
            logits = model(target, conditions[part].to(self.device_))
            nll = cross_entropy(logits.transpose(1, 2), target, reduction="none")
            weights[part] = -torch.where(target >= FIRST_TERM, nll, 0.0).sum(dim=1).cpu()
        return weights

    def _draw(self, n_texts, rows, generator, prefix=None, drawing=None):
        return self._draw_texts(rows, generator, drawing or Drawing(self.temperature_), prefix)

    def _draw_texts(self, rows, generator, drawing, prefix=None):
        """Return texts for some rows, an int64 array (n_texts, max_length).

        ``prefix``, an int64 Tensor of shape (n_texts, length), has what they begin with; 0 is where one goes on freely.
        """
        model, conditions, parts = self.net_.average_.module.eval(), self._encoded(rows), []
        with threads_for(self.net_.n_parameters()):
            for first in range(0, len(rows), _FORWARD_TEXTS):
                part = slice(first, first + _FORWARD_TEXTS)
                made = draw_tokens(
                    model,
                    len(rows[part]),
                    self.max_length_,
                    generator,
                    conditions=None if conditions is None else conditions[part].to(self.device_),
                    prefix=None if prefix is None else prefix[part],
                    drawing=drawing,
                )
                parts.append(made.cpu())
        return torch.cat(parts).numpy()


def _frequencies(tokens, n_tokens):
    """Return the frequency of each symbol, 0 for those that can't follow."""
    counts = torch.bincount(tokens.flatten(), minlength=n_tokens) + _UNSEEN
    counts[PADDING] = 0
    if not (tokens == END).any():
        counts[END] = 0
    return counts / counts.sum()
