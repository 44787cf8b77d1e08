"""SeqGAN as an estimator."""

from numbers import Integral, Real

import torch
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils._param_validation import Interval, StrOptions

from sktsgan._random import threads_for, torch_generator
from sktsgan.containers import FIRST_TERM, TextTokenizer, read_training_texts
from sktsgan.networks import (
    CausalTransformer,
    Drawing,
    LSTMLanguageModel,
    TextDiscriminator,
    mean_log_likelihood,
    prefix_log_likelihoods,
)
from sktsgan.samplers._gan import GANSampler, check_pretraining, held_out_blocks
from sktsgan.samplers._texts import iter_sample, sample, score
from sktsgan.training import SeqGANNet
from sktsgan.training._callbacks import AtTheEnd, TextKeeper
from sktsgan.training._temperature import distinct_share, match_temperature

__all__ = ["SeqGANSampler"]

_HEADS = 4  # of a transformer
_MOVING_AVERAGE = 0.95  # of policy gradient, whose steps are noisy
_FORWARD_TEXTS = 1024  # of a forward pass
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
        Device to train on; ``"auto"`` takes CUDA, then MPS, then the CPU.
    callbacks : list of skorch callbacks, default=None
        Callbacks of the training net; scikit-learn's own go to ``set_callbacks``.
    verbose : int, default=0
        1 shows one progress bar over the three phases.
    random_state : int, RandomState instance or None, default=None
        Controls initial weights, batches, dropout and draws.

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
        as the phase has them, the ``seconds`` they took, ``step`` and ``n_iter``; where they were judged,
        ``validation_nll`` (nats a token of held-out texts) and ``distinct_bigrams`` (a share).
    device_ : torch.device
        The device of the networks.
    vocabulary_ : list of str or list of int
        The tokens that are known. A mark shows where it has spaces: ``", "`` follows a word closely.
    max_length_ : int
        Tokens of the longest text that is made.
    classes_ : ndarray of shape (n_classes,) or None
        Class labels seen in ``fit``; None also if ``y`` held numbers.
    conditions_ : ConditionTable
        Table of what is known of the training texts.
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

    sample, iter_sample, score = sample, iter_sample, score

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
        return read_training_texts(self, X, self.tokenizer, self._min_items)

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
        net = self._make_net()
        net.module.head.count_frequencies(torch.as_tensor(tokens))
        return net

    def _make_net(self):
        """Return the skorch net of both networks."""
        n_tokens, n_conditions = FIRST_TERM + len(self.vocabulary_), self._n_conditions
        model = self._make_generator(n_tokens, n_conditions)
        kernels = _KERNELS if self.kernels is None else self.kernels
        discriminator = TextDiscriminator(n_tokens, n_conditions, kernels=kernels)
        return SeqGANNet(
            model,
            discriminator,
            max_length=self.max_length_,
            phase_lengths=(0, 0),
            weight_decay=self.weight_decay,
            moving_average=_MOVING_AVERAGE if self.schedule == "cosine" else 0.0,
            generator=self._generator,
            **self._training_options(),
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
            texts, given = torch.as_tensor(tokens[held_out]), self._encoded(rows[held_out])
            judge = lambda: -mean_log_likelihood(self._model, texts, given)  # noqa: E731
        keeper = TextKeeper(
            judge,
            lambda: distinct_share(self._draw_probe(Drawing())),
            _STEPS_PER_JUDGEMENT,
            least_share=_COLLAPSED_SHARE,
            most_lost=_MOST_LOST,
        )
        matcher = AtTheEnd(lambda: self._match_temperature(tokens))
        return [("text_keeper", keeper), ("temperature_matcher", matcher)]

    def _draw_probe(self, drawing, n_texts=_JUDGED_TEXTS):
        """Return texts, of the same draws each time."""
        generator = torch_generator(0)
        rows = torch.randint(len(self.conditions_), (n_texts,), generator=generator)
        return self._make(rows, generator, drawing=drawing)

    def _match_temperature(self, tokens):
        self.temperature_ = self.temperature
        if self.temperature == "match":
            some = tokens[:_JUDGED_TEXTS]
            self.temperature_ = match_temperature(
                some, lambda temperature: self._draw_probe(Drawing(temperature), len(some))
            )

    @property
    def _model(self):
        """The language model that samples."""
        return self.net_.average_.module.eval()

    def _weigh(self, prefixes, rows):
        return prefix_log_likelihoods(self._model, prefixes, self._encoded(rows))

    def _make(self, rows, generator, prefix=None, drawing=None):
        model, conditions, parts = self._model, self._encoded(rows), []
        with threads_for(self.net_.n_parameters()):
            for first in range(0, len(rows), _FORWARD_TEXTS):
                part = slice(first, first + _FORWARD_TEXTS)
                made = model.draw(
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
