"""SeqGAN as an estimator."""

from functools import partial
from numbers import Integral, Real

import numpy as np
import torch
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import threads_for, torch_generator
from sktsgan.containers import FIRST_TERM, TextTokenizer, check_table, read_texts
from sktsgan.networks import (
    END,
    PADDING,
    CausalTransformer,
    Drawing,
    LSTMLanguageModel,
    TextDiscriminator,
    draw_tokens,
    log_likelihoods,
    prefix_log_likelihoods,
)
from sktsgan.prompts import select_rows
from sktsgan.samplers._gan import GANSampler, check_pretraining, held_out_blocks
from sktsgan.training import SeqGANNet
from sktsgan.training._callbacks import DivergenceGuard, TextKeeper
from sktsgan.training._temperature import distinct_share, find_temperature, telling_order

__all__ = ["SeqGANSampler"]

_HEADS = 4  # of a transformer
_DISCRIMINATOR_EMBEDDING, _DISCRIMINATOR_DROPOUT = 64, 0.25  # as published
_MOVING_AVERAGE = 0.95  # of policy gradient, whose steps are noisy
_UNSEEN = 0.5  # occurrences that a symbol counts for beside those it has
_FORWARD_TEXTS = 1024  # of a forward pass
_MOST_KINDS = 64  # of conditions, in a likelihood that leaves them open
_LEAST_HELD_OUT = 10
_STEPS_PER_JUDGEMENT = 50
_JUDGED_TEXTS = 2000  # whose distinct bigrams are counted
_COLLAPSED_SHARE = 0.75  # of the distinct bigrams before policy gradient
_MOST_LOST = 0.25  # nats a token of held-out text; further down, captions no longer ended
_EPOCHS, _MANY = 9, 10_000  # of so many texts; of fewer more, by the cube root of their number
_DISCRIMINATOR_EPOCHS = 3
_KERNELS = {2: 64, 3: 64, 4: 64, 5: 64}


class SeqGANSampler(GANSampler):
    """Sample texts, or sequences of integers, from SeqGAN: a language model and a discriminator that teaches it.

    Parameters
    ----------
    tokenizer : {"word", "char"}, callable or TextTokenizer, default="word"
        What the tokens of a text are: words and marks, characters, or what a function returns for a text. A
        :class:`~sktsgan.preprocessing.TextTokenizer` also says which tokens are known, and how long texts may be.
        Integers are tokens by themselves.
    generator : {"lstm", "transformer"}, default="lstm"
        The language model: a recurrent one, or a causal transformer with four heads.
    embedding_size : int, default=64
        Numbers that stand for a token at the input of a recurrent generator; a transformer has ``hidden_size``.
    hidden_size : int, default=64
        Size of the generator's state; of a transformer a multiple of four.
    n_layers : int, default=1
        Layers of the generator.
    dropout : float, default=0.3
        Share, in [0, 1), of the tokens that the generator does not see in a step of maximum likelihood, and of the
        features of its state, the same ones all through a text.
    weight_decay : float, default=0.2
        Weight decay of AdamW in maximum likelihood, on all weights. It pulls towards words drawn by their frequency.
    kernels : dict of int to int, default=None
        Convolutions of the discriminator: the number of maps for each number of tokens that one sees at once. None is
        ``{2: 64, 3: 64, 4: 64, 5: 64}``.
    pretraining : tuple of (int, int) or "auto", default="auto"
        Updates of the two phases before policy gradient: by maximum likelihood, and of the discriminator. ``"auto"``
        takes 9 passes over 10,000 texts or more, 9 (10,000 / n)^(1/3) over n fewer, and 3 of the discriminator.
    n_rollouts : int, default=4
        Number of times that a text goes on anew from each of its beginnings, to say what a token is worth; with 0 every
        token is worth what the whole text is.
    baseline : {"batch"} or None, default="batch"
        What is subtracted from a reward, to cut the variance of the gradient: ``"batch"`` is the mean at the same
        place of the texts of a batch.
    discriminator_steps : int, default=1
        Updates of the discriminator after each update by policy gradient.
    learning_rate : float, default=0.02
        Learning rate of AdamW in maximum likelihood.
    generator_learning_rate : float, default=0.0001
        Learning rate of Adam in policy gradient.
    discriminator_learning_rate : float, default=0.0001
        Learning rate of the discriminator's Adam.
    schedule : {"cosine", "constant"}, default="cosine"
        ``"cosine"``: the learning rate of maximum likelihood falls along a cosine to 0, and a moving average (0.95) of
        the weights of policy gradient samples. ``"constant"``: a constant rate and the weights themselves, as in [1]_.
    batch_size : int, default=64
        Texts of an update.
    max_iter : int, default=0
        Updates by policy gradient. By default there are none: see the notes.
    validation_fraction : float, default=0.05
        Share of the texts, in [0, 1), held out in ten blocks to choose the best weights by, here by their likelihood;
        without effect where it makes fewer than ten.
    temperature : float or "match", default="match"
        Number that logits are divided by in sampling. ``"match"`` takes the one from 0.5 to 1 at which generated texts
        have the same share of distinct n-grams as as many training texts. These are the longest n-grams, of two to four
        tokens, of which training texts repeat a tenth.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the present networks and vocabulary, through all phases, instead of starting anew.
        Rates and steps may be changed in between.
    device : str or torch.device, default="auto"
        Where networks train; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Called by the training net. scikit-learn's own callbacks go to ``set_callbacks``.
    verbose : int, default=0
        1 shows one progress bar over the three phases.
    random_state : int, RandomState instance or None, default=None
        Rules initial weights, batches, dropout and draws.

    Attributes
    ----------
    net_ : SeqGANNet
        The skorch net of both networks.
    temperature_ : float
        What ``sample`` divides logits by.
    n_iter_ : int
        Updates of the generator, by maximum likelihood and by policy gradient.
    history_ : list of dict
        A row for some steps of one ``phase``: the means of ``likelihood_loss`` (nats a token),
        ``discriminator_loss`` (nats), ``generator_loss``, ``reward`` (in [0, 1]) and of norms of gradients, as far
        as the phase has them, the ``seconds`` they took and ``n_iter``; where they were judged, ``validation_nll``
        (nats a token of held-out texts) and ``distinct_bigrams`` (a share).
    device_ : torch.device
        Where the networks are.
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

    Warns
    -----
    DivergenceWarning
        If training turned non-finite; the last good weights were kept.
    ModeCollapseWarning
        If policy gradient lost a quarter of the distinct bigrams that texts had before, or .25 nats a token of held-out
        texts; of the weights since it began, those by which held-out texts are likeliest were kept.

    See Also
    --------
    AugmentedClassifier : Text augmentation before any classifier of texts.

    Notes
    -----
    A text is drawn word by word from a language model. It learns by maximum likelihood first. Policy gradient [1]_ then
    rewards each word by the probability that texts which go on from it are real in the eyes of a discriminator.

    By default there is no policy gradient: in the oracle experiment of [1]_ nothing tried with it beat the language
    model alone when the likelihood of held-out text and the share of distinct bigrams were both held equal.

    The published configuration is ``SeqGANSampler(**SEQGAN)``, by ``from sktsgan.samplers.published import SEQGAN``. It
    departs from the published code in that

    - texts vary in length, and what follows an end counts nowhere;
    - logits start at the log-frequency of each word;
    - rollouts go on by the present weights, not by a delayed copy of them, and from kept states;
    - every update of the discriminator sees freshly drawn texts, where the published code shows the same three times;
    - the discriminator has one logit instead of two, and no weight decay on its last layer.

    Departures of the defaults, with the mean of −log p of a held-out word of the oracle experiment, in nats: dropout,
    weight decay and a falling rate (7.41, as published 8.17), 5 % of the texts held out (7.43), a small discriminator,
    a baseline, and sampling at the temperature at which texts repeat themselves as often as the training texts do.

    References
    ----------
    .. [1] Yu, Zhang, Wang, Yu (2017). SeqGAN: Sequence generative adversarial nets with policy gradient. AAAI.

    Examples
    --------
    >>> from sktsgan import SeqGANSampler
    >>> texts = ["the cat sat.", "the dog sat.", "a cat ran.", "a dog ran away."] * 20
    >>> sampler = SeqGANSampler(pretraining=(4, 0), random_state=0).fit(texts)
    >>> len(sampler.sample(3, random_state=0))
    3
    """

    _parameter_constraints = {
        **GANSampler._parameter_constraints,
        "tokenizer": [StrOptions({"word", "char"}), callable, TextTokenizer],
        "generator": [StrOptions({"lstm", "transformer"})],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "kernels": [dict, None],
        "pretraining": [tuple, StrOptions({"auto"})],
        "n_rollouts": [Interval(Integral, 0, None, closed="left")],
        "baseline": [StrOptions({"batch"}), None],
        "discriminator_steps": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "generator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "discriminator_learning_rate": [Interval(Real, 0, None, closed="neither")],
        "schedule": [StrOptions({"cosine", "constant"})],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither"), StrOptions({"match"})],
    }

    def __init__(
        self,
        *,
        tokenizer="word",
        generator="lstm",
        embedding_size=64,
        hidden_size=64,
        n_layers=1,
        dropout=0.3,
        weight_decay=0.2,
        kernels=None,
        pretraining="auto",
        n_rollouts=4,
        baseline="batch",
        discriminator_steps=1,
        learning_rate=0.02,
        generator_learning_rate=0.0001,
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
        self.tokenizer = tokenizer
        self.generator = generator
        self.embedding_size = embedding_size
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.kernels = kernels
        self.pretraining = pretraining
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

    def sample(
        self,
        n_samples=1,
        *,
        prompt=None,
        temperature=None,
        top_k=None,
        top_p=None,
        random_state=None,
        return_prompt=False,
    ):
        """Make new texts.

        Parameters
        ----------
        n_samples : int, default=1
            How many.
        prompt : object, default=None
            What the texts are to be like, or one prompt for each; what it leaves open is drawn from the training
            texts that agree with it, by frequency and by how well it goes with a beginning.

            - a beginning, such as ``"a man"``. The text keeps it as it is given; to the model, words that it does not
              know are unknown ones;
            - a class label, or what else other samplers can be asked for: a number, a period, a timestamp. A string
              that is a class label means the label, and one that is a period means that where timestamps were seen;
            - a dict such as ``{"label": "cat", "prefix": "a man"}``, with any conditions beside, whose ``"prefix"`` is
              always a beginning; or a DataFrame with a row for each text. Sequences of integers begin with
              integers: ``{"prefix": [3, 5]}``.
        temperature : float, default=None
            Above 0. Below 1 makes probable words more probable, above 1 less; None is the one of ``fit``.
        top_k : int, default=None
            Draws the most probable words only, so many.
        top_p : float, default=None
            Draws only the most probable words that together have this probability, in (0, 1].
        random_state : int, RandomState instance or None, default=None
            Rules the draws; an int gives the same texts every time.
        return_prompt : bool, default=False
            Whether to return the conditions of each text too.

        Returns
        -------
        X : list, ndarray or Series
            ``n_samples`` texts in the container of the training texts; sequences of integers as an array where the
            training sequences have the same length, else as a list of arrays.
        conditions : DataFrame of shape (n_samples, n_conditions)
            With ``return_prompt`` only: what each text was made for, a prompt itself. It has ``"prefix"`` where a
            beginning was asked for, and otherwise the columns of the conditions, as far as these are known.

        Raises
        ------
        ValueError
            If ``n_samples`` is below 1, ``temperature``, ``top_k`` or ``top_p`` out of range, a label was not seen in
            ``fit``, or a beginning has as many tokens as the longest text.
        """
        drawing = self._read_drawing(temperature, top_k, top_p)
        return self._sample(n_samples, prompt, random_state, return_prompt, drawing=drawing)

    def iter_sample(
        self,
        n_samples,
        *,
        batch_size=1024,
        prompt=None,
        temperature=None,
        top_k=None,
        top_p=None,
        random_state=None,
        return_prompt=False,
    ):
        """Make new texts in bounded memory.

        Parameters
        ----------
        n_samples : int
            How many in all.
        batch_size : int, default=1024
            Texts of a batch; the last one may be smaller.
        prompt : object, default=None
            As in ``sample``.
        temperature : float, default=None
            As in ``sample``.
        top_k : int, default=None
            As in ``sample``.
        top_p : float, default=None
            As in ``sample``.
        random_state : int, RandomState instance or None, default=None
            As in ``sample``.
        return_prompt : bool, default=False
            As in ``sample``.

        Yields
        ------
        X : list, ndarray or Series
            A batch; together they are the texts that ``sample`` returns for the same ``random_state``.
        conditions : DataFrame
            With ``return_prompt`` only.

        Raises
        ------
        ValueError
            As ``sample``, and if ``batch_size`` is below 1.
        """
        drawing = self._read_drawing(temperature, top_k, top_p)
        return self._iter_sample(
            n_samples, batch_size, prompt, random_state, return_prompt, drawing=drawing
        )

    def _read_drawing(self, temperature, top_k, top_p):
        check_is_fitted(self, "container_")
        if temperature is None:
            temperature = self.temperature_
        if not _is_real(temperature) or not 0 < temperature < np.inf:
            raise ValueError(f"temperature must be a number above 0, got {temperature!r}.")
        whole = isinstance(top_k, Integral) and not isinstance(top_k, bool)
        if top_k is not None and (not whole or top_k < 1):
            raise ValueError(f"top_k must be an integer of at least 1, got {top_k!r}.")
        if top_p is not None and (not _is_real(top_p) or not 0 < top_p <= 1):
            raise ValueError(f"top_p must be a number in (0, 1], got {top_p!r}.")
        return Drawing(temperature, top_k, top_p)

    def score(self, X, y=None):
        """Return the mean log-likelihood of a token.

        Parameters
        ----------
        X : iterable
            Texts, or sequences of integers, as in ``fit``.
        y : array-like of shape (n_texts,), default=None
            Their labels, where ``fit`` had labels: the likelihood is then that given the label. Without them it is that
            of a text whose label, or whatever else ``fit`` was told of texts, is not known.

        Returns
        -------
        score : float
            In nats; the end of a text is a token. Higher is better.
        """
        check_is_fitted(self, "container_")
        tokens = self._read_more(X)
        if y is None or "y" not in self.conditions_.frame:
            return self._marginal_score(tokens)
        selection = select_rows(self.conditions_, list(y), len(tokens))
        return self._mean_score(tokens, selection.draw(0, len(tokens), torch_generator(0)))

    def _check_parameters(self, n_items):
        super()._check_parameters(n_items)
        if self.generator == "transformer" and self.hidden_size % _HEADS:
            raise ValueError(
                f"hidden_size must be a multiple of the {_HEADS} heads of a transformer, got {self.hidden_size}."
            )
        kernels = _KERNELS if self.kernels is None else self.kernels
        valid = [isinstance(n, Integral) and n >= 1 for pair in kernels.items() for n in pair]
        if not valid or not all(valid):
            raise ValueError(
                f"kernels must map integers of at least 1 to such integers, got {kernels!r}."
            )
        check_pretraining(self.pretraining)

    def _read(self, X):
        if hasattr(self, "n_features_in_"):  # of a table in an earlier fit
            del self.n_features_in_
        tokens, container = read_texts(
            check_table(self, X, reset=True, min_items=self._min_items),
            self.tokenizer,
            min_items=self._min_items,
        )
        if container.form.kind == "table":
            self.n_features_in_ = container.form.length
        return tokens, container

    def _phase_lengths(self, n_texts):
        """Return the updates of maximum likelihood, and of the discriminator before policy gradient."""
        lengths = self.pretraining
        if lengths == "auto":
            n_epochs = max(_EPOCHS, round(_EPOCHS * (_MANY / n_texts) ** (1 / 3)))
            steps = -(-n_texts // min(self.batch_size, n_texts))
            lengths = n_epochs * steps, _DISCRIMINATOR_EPOCHS * steps
        return lengths[0], lengths[1] if self.max_iter else 0

    def _learn(self, tokens, rows):
        held_out = None
        if round(self.validation_fraction * len(tokens)) >= _LEAST_HELD_OUT:
            held_out = held_out_blocks(len(tokens), self.validation_fraction)
        lengths = self._phase_lengths(len(tokens) if held_out is None else (~held_out).sum())
        if not self._goes_on:
            self._start(tokens)
        self.net_.restart(self.max_iter, lengths, **self._training_options())
        self._train(tokens, rows, sum(lengths) + self.max_iter, held_out)

    def _build(self, tokens, seed):
        self.scaler_ = FunctionTransformer()  # tokens are what networks take
        n_tokens = FIRST_TERM + len(self.vocabulary_)
        n_conditions = self.conditions_.encoded.shape[1]
        model = self._make_generator(n_tokens, n_conditions)
        model.head.set_frequencies(_frequencies(torch.as_tensor(tokens), n_tokens))
        discriminator = TextDiscriminator(
            n_tokens,
            n_conditions,
            embedding_size=_DISCRIMINATOR_EMBEDDING,
            kernels=_KERNELS if self.kernels is None else self.kernels,
            dropout=_DISCRIMINATOR_DROPOUT,
        )
        return SeqGANNet(
            model,
            discriminator,
            max_length=self.max_length_,
            phase_lengths=(0, 0),
            weight_decay=self.weight_decay,
            moving_average=_MOVING_AVERAGE if self.schedule == "cosine" else 0.0,
            generator=self._generator,
            **self._training_options(),
            callbacks=[DivergenceGuard(), *(self.callbacks or [])],
            device=self.device_,
            verbose=0,
        )

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
        return CausalTransformer(n_tokens, n_conditions, self.max_length_, n_heads=_HEADS, **sizes)

    def _noise(self, rows, generator):
        """Nothing: the net draws words by itself."""

    def _watch(self, tokens, rows, held_out):
        judge = None
        if held_out is not None:
            judge = partial(self._mean_nll, tokens[held_out], rows[held_out])
        keeper = TextKeeper(
            judge,
            lambda: distinct_share(self._draw_probe(Drawing())),
            _STEPS_PER_JUDGEMENT,
            least_share=_COLLAPSED_SHARE,
            most_lost=_MOST_LOST,
        )
        return [("text_keeper", keeper)]

    def _draw_probe(self, drawing, n_texts=_JUDGED_TEXTS):
        """Return texts, of the same draws each time."""
        generator = torch_generator(0)
        rows = torch.randint(len(self.conditions_), (n_texts,), generator=generator)
        return self._make(rows, generator, drawing=drawing)

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

    @property
    def _model(self):
        """The language model that samples."""
        return self.net_.average_.module.eval()

    def _mean_nll(self, tokens, rows):
        return -self._mean_score(tokens, rows)

    def _mean_score(self, tokens, rows):
        """Return the mean of log p of a token, of texts that have the conditions of those rows."""
        logs, counts = log_likelihoods(self._model, torch.as_tensor(tokens), self._encoded(rows))
        return float(logs.sum() / counts.sum())

    def _marginal_score(self, tokens):
        """Return the mean of log p of a token, of texts of which nothing else is known."""
        encoded, parts = self.conditions_.encoded, []
        _, rows, counts = np.unique(encoded, axis=0, return_index=True, return_counts=True)
        if len(rows) > _MOST_KINDS:
            rows = np.linspace(0, len(encoded) - 1, _MOST_KINDS).astype(int)
            counts = np.ones(_MOST_KINDS)
        for row, weight in zip(rows, counts / counts.sum(), strict=True):
            given = self._encoded(np.full(len(tokens), row))
            logs, n_counted = log_likelihoods(self._model, torch.as_tensor(tokens), given)
            parts.append(logs + np.log(weight))
        return float(torch.logsumexp(torch.stack(parts), dim=0).sum() / n_counted.sum())

    def _weigh(self, prefixes, rows):
        return prefix_log_likelihoods(self._model, prefixes, self._encoded(rows))

    def _make(self, rows, generator, prefix=None, drawing=None):
        model, conditions, parts = self._model, self._encoded(rows), []
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
                    drawing=drawing or Drawing(self.temperature_),
                )
                parts.append(made.cpu())
        return torch.cat(parts).numpy()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = tags.input_tags.categorical = True  # integers stand for words
        tags.input_tags.three_d_array = False
        return tags


def _frequencies(tokens, n_tokens):
    """Return the frequency of each symbol, 0 for those that can't follow."""
    counts = torch.bincount(tokens.flatten(), minlength=n_tokens) + _UNSEEN
    counts[PADDING] = 0
    if not (tokens == END).any():
        counts[END] = 0
    return counts / counts.sum()


def _is_real(value):
    return isinstance(value, Real) and not isinstance(value, bool)
