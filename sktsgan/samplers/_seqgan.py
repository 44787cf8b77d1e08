"""SeqGAN as an estimator."""

from collections.abc import Iterable
from functools import partial
from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch.nn.functional import cross_entropy

from sktsgan._random import torch_generator
from sktsgan._text import FIRST_TERM
from sktsgan._threads import threads_for
from sktsgan.networks import (
    END,
    PADDING,
    CausalTransformer,
    Drawing,
    LSTMLanguageModel,
    TextDiscriminator,
    draw_tokens,
)
from sktsgan.prompts import select_rows
from sktsgan.samplers._adversarial import AdversarialSampler, held_out_blocks
from sktsgan.samplers._temperature import distinct_share, find_temperature
from sktsgan.samplers._texts import TextsMixin
from sktsgan.training import SeqGANNet
from sktsgan.training._callbacks import DivergenceGuard, TextKeeper

__all__ = ["SeqGANSampler"]

_UNSEEN = 0.5  # occurrences that a symbol counts for beside those it has
_FORWARD_TEXTS = 1024  # of a forward pass
_SCORED_TEXTS = 128
_LEAST_HELD_OUT = 10
_STEPS_PER_JUDGEMENT = 100
_JUDGED_TEXTS = 2000  # whose distinct bigrams are counted
_COLLAPSED_SHARE = 0.5
_LEAST_UPDATES, _EPOCHS = 600, 9


class SeqGANSampler(TextsMixin, AdversarialSampler):
    """Sample texts, or sequences of integers, from SeqGAN: a language model and a discriminator that teaches it.

    Parameters
    ----------
    analyzer : {"word", "char"} or callable, default="word"
        What tokens are, in scikit-learn's meaning. ``"word"`` takes words of one letter and punctuation too, and
        writes new texts with the spacing of the training texts; a callable takes a text and returns its tokens,
        strings that new texts join by spaces. Integers are tokens by themselves.
    lowercase : bool, default=True
        Whether texts become lower case; a callable ``analyzer`` sees to that itself.
    min_df : float or int, default=1
        Texts, or the share of them in (0, 1), that a token must occur in to be known. All others are one unknown
        token, which the model learns from but never writes.
    max_features : int, default=None
        The most tokens that are known, by frequency; None for all.
    max_length : int, default=None
        The most tokens of a text; longer ones are cut. None is the longest training text or, where that is less, twice
        the length that 95 % of them keep within; sequences of integers are never cut then.
    vocabulary : iterable or dict, default=None
        The tokens that are known, as of CountVectorizer: ``range(5000)``, or words and marks; None takes those of the
        training texts. ``min_df`` and ``max_features`` then have no effect.

    Attributes
    ----------
    vocabulary_ : list of str or list of int
        The tokens that are known. A mark shows where it has spaces: ``", "`` follows a word closely.
    max_length_ : int
        Tokens of the longest text that is made.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also where ``y`` held numbers.
    conditions_ : ConditionTable
        What is known of the training texts.
    n_features_in_ : int
        Length of sequences of integers that all have the same.
    """

    _parameter_constraints = {
        "analyzer": [StrOptions({"word", "char"}), callable],
        "lowercase": ["boolean"],
        "min_df": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="neither"),
        ],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "max_length": [Interval(Integral, 2, None, closed="left"), None],
        "vocabulary": [Iterable, None],
        "generator": [StrOptions({"lstm", "transformer"})],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "n_heads": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "kernel_sizes": [tuple],
        "n_maps": [tuple],
        "discriminator_dropout": [Interval(Real, 0, 1, closed="left")],
        "pretraining": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "discriminator_pretraining": [Interval(Integral, 0, None, closed="left")],
        "n_rollouts": [Interval(Integral, 0, None, closed="left")],
        "baseline": [StrOptions({"batch"}), None],
        "discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions({"cosine", "constant"})],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither"), StrOptions({"match"})],
        "warm_start": ["boolean"],
        "device": [str, torch.device],
        "callbacks": [list, None],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        analyzer="word",
        lowercase=True,
        min_df=1,
        max_features=None,
        max_length=None,
        vocabulary=None,
        generator="lstm",
        embedding_size=64,
        hidden_size=64,
        n_layers=1,
        n_heads=4,
        dropout=0.3,
        weight_decay=0.2,
        kernel_sizes=(2, 3, 4, 5),
        n_maps=(64, 64, 64, 64),
        discriminator_dropout=0.25,
        pretraining="auto",
        discriminator_pretraining=3,
        n_rollouts=4,
        baseline="batch",
        discriminator_steps=1,
        learning_rate=0.02,
        generator_learning_rate=0.001,
        discriminator_learning_rate=0.0001,
        schedule="cosine",
        batch_size=64,
        max_iter=0,
        validation_fraction=0.05,
        temperature="match",
        warm_start=False,
        device="auto",
        callbacks=None,
        verbose=0,
        random_state=None,
    ):
        self.analyzer = analyzer
        self.lowercase = lowercase
        self.min_df = min_df
        self.max_features = max_features
        self.max_length = max_length
        self.vocabulary = vocabulary
        self.generator = generator
        self.embedding_size = embedding_size
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.n_heads = n_heads
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.kernel_sizes = kernel_sizes
        self.n_maps = n_maps
        self.discriminator_dropout = discriminator_dropout
        self.pretraining = pretraining
        self.discriminator_pretraining = discriminator_pretraining
        self.n_rollouts = n_rollouts
        self.baseline = baseline
        self.discriminator_steps = discriminator_steps
        self.learning_rate = learning_rate
        self.generator_learning_rate = generator_learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.validation_fraction = validation_fraction
        self.temperature = temperature
        self.warm_start = warm_start
        self.device = device
        self.callbacks = callbacks
        self.verbose = verbose
        self.random_state = random_state

    def score(self, X, y=None):
        """Return the mean log-likelihood of a token.

        Parameters
        ----------
        X : iterable
            Texts, or sequences of integers, as in ``fit``.
        y : array-like of shape (n_texts,), default=None
            Their labels, where ``fit`` had labels: the likelihood is that given the label.

        Returns
        -------
        score : float
            In nats; the end of a text is a token. Higher is better.
        """
        check_is_fitted(self, "container_")
        tokens = self._read_more(X)
        n_texts = len(tokens)
        labels = list(y) if y is not None and "y" in self.conditions_.frame else None
        rows = select_rows(self.conditions_, labels, n_texts).draw(0, n_texts, torch_generator(0))
        return -self._mean_nll(tokens, rows)

    def _check_parameters(self):
        super()._check_parameters()
        if self.generator == "transformer" and self.hidden_size % self.n_heads:
            raise ValueError(
                f"hidden_size must be a multiple of n_heads={self.n_heads}, got {self.hidden_size}."
            )
        sizes, maps = self.kernel_sizes, self.n_maps
        for name, values in (("kernel_sizes", sizes), ("n_maps", maps)):
            if not values or not all(isinstance(v, Integral) and v >= 1 for v in values):
                raise ValueError(f"{name} must hold integers of at least 1, got {values!r}.")
        if len(sizes) != len(maps):
            raise ValueError(
                f"n_maps must hold a number for each of the {len(sizes)} kernel_sizes, got {maps!r}."
            )

    def _phase_lengths(self, n_texts):
        """Return the steps of maximum likelihood, and those of the discriminator before policy gradient."""
        steps = -(-n_texts // min(self.batch_size, n_texts))
        if self.pretraining == "auto":
            likelihood = max(_EPOCHS * steps, _LEAST_UPDATES)
        else:
            likelihood = self.pretraining * steps
        return likelihood, self.discriminator_pretraining * steps if self.max_iter else 0

    def _fit_windows(self, tokens, rows):
        held_out = None
        if round(self.validation_fraction * len(tokens)) >= _LEAST_HELD_OUT:
            held_out = held_out_blocks(len(tokens), self.validation_fraction)
        lengths = self._phase_lengths(len(tokens) if held_out is None else (~held_out).sum())
        if self.warm_start and hasattr(self, "net_"):
            self.net_.restart(*lengths)
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
            embedding_size=self.embedding_size,
            kernel_sizes=self.kernel_sizes,
            n_maps=self.n_maps,
            dropout=self.discriminator_dropout,
        )
        net = SeqGANNet(
            model,
            discriminator,
            max_length=self.max_length_,
            n_likelihood=n_likelihood or 0,
            n_discriminator=n_discriminator,
            n_rollouts=self.n_rollouts,
            with_baseline=self.baseline == "batch",
            discriminator_steps=self.discriminator_steps,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            decay=self.schedule == "cosine",
            generator_learning_rate=self.generator_learning_rate,
            discriminator_learning_rate=self.discriminator_learning_rate,
            moving_average=0.0,
            generator=self._generator,
            callbacks=[DivergenceGuard(), *(self.callbacks or [])],
            device=self.device_,
            verbose=0,
        ).initialize()
        if n_likelihood is None:  # of partial_fit
            net.hold()
        return net

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
        return CausalTransformer(
            n_tokens, n_conditions, self.max_length_, n_heads=self.n_heads, **sizes
        )

    def _add_rows(self, tokens, rows):
        """Nothing is kept of the texts."""

    def _draw_noise(self, n_texts, rows, generator):
        return torch.empty(n_texts, 0), None

    def _to_tensor(self, tokens):
        return torch.as_tensor(tokens)

    def _watch(self, tokens, rows, held_out):
        judge = None
        if held_out is not None:
            judge = partial(self._mean_nll, tokens[held_out], rows[held_out])

        def count_distinct():
            return distinct_share(self._draw_probe(Drawing()))

        keeper = TextKeeper(judge, count_distinct, _STEPS_PER_JUDGEMENT, _COLLAPSED_SHARE)
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
            self.temperature_ = find_temperature(
                lambda temperature: self._draw_probe(Drawing(temperature), len(sample)),
                distinct_share(sample),
            )

    def _warn_of_collapse(self, real):
        """The keeper has warned, where there was reason to."""

    @torch.no_grad()
    def _mean_nll(self, tokens, rows):
        """Return the mean of −log p of a token, of texts that have the conditions of those rows."""
        model = self.net_.average_.module.eval()
        tokens, conditions = torch.as_tensor(tokens), self._encoded(rows)
        counted = torch.isfinite(model.head.log_frequencies)
        total, n = 0.0, 0
        for first in range(0, len(tokens), _SCORED_TEXTS):
            part = slice(first, first + _SCORED_TEXTS)
            given = None if conditions is None else conditions[part].to(self.device_)
            target = tokens[part].to(self.device_)
            places = counted[target]
            states = model.states(target, given)[places]
            chosen = target[places]
            nll = cross_entropy(model.head(states), chosen, reduction="sum")
            total, n = total + float(nll), n + len(chosen)
        return total / n

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
