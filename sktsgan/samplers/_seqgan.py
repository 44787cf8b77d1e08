"""SeqGAN as an estimator."""

from collections.abc import Iterable
from numbers import Integral, Real

import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sktsgan._random import torch_generator
from sktsgan.prompts import select_rows
from sktsgan.samplers._language import HEADS, LanguageTraining
from sktsgan.samplers._texts import TextsMixin

__all__ = ["SeqGANSampler"]


class SeqGANSampler(TextsMixin, LanguageTraining):
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
        Of AdamW in maximum likelihood, on all weights. It leads back to words drawn by their frequency.
    kernel_sizes : tuple of int, default=(2, 3, 4, 5)
        How many tokens each convolution of the discriminator sees at once.
    n_maps : tuple of int, default=(64, 64, 64, 64)
        How many maps each of them has.
    pretraining : int or "auto", default="auto"
        Epochs of maximum likelihood. ``"auto"`` takes 9 of 10,000 texts or more, and 9 (10,000 / n)^(1/3) of n fewer.
    discriminator_pretraining : int, default=3
        Epochs of the discriminator before policy gradient.
    n_rollouts : int, default=4
        How often a text goes on anew from each of its beginnings, to say what a token is worth; 0 takes the worth of
        the whole text for that of all its tokens.
    baseline : {"batch"} or None, default="batch"
        What is taken off a reward, to cut the variance of the gradient: ``"batch"`` is the mean at the same place of
        the texts of a batch.
    discriminator_steps : int, default=1
        Updates of the discriminator after each update by policy gradient.
    learning_rate : float, default=0.02
        Of AdamW in maximum likelihood.
    generator_learning_rate : float, default=0.0001
        Of Adam in policy gradient.
    discriminator_learning_rate : float, default=0.0001
        Of Adam for the discriminator.
    schedule : {"cosine", "constant"}, default="cosine"
        Whether the rate of maximum likelihood falls along a cosine, to 0.
    batch_size : int, default=64
        Texts of an update.
    max_iter : int, default=0
        Updates by policy gradient. By default there are none: see the notes.
    validation_fraction : float, default=0.05
        Share of the texts, in [0, 1), by whose likelihood the best weights are kept; without effect where it makes
        fewer than ten.
    temperature : float or "match", default="match"
        What logits are divided by in sampling. ``"match"`` takes the temperature, from 0.5 to 1, at which generated
        texts have the share of distinct n-grams that as many training texts have. These are the longest, of two to
        four tokens, of which training texts repeat a tenth.
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

    The published configuration is ``SeqGANSampler(embedding_size=32, hidden_size=32, dropout=0, weight_decay=0,
    schedule="constant", learning_rate=0.01, pretraining=120, kernel_sizes=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20),
    n_maps=(100, 200, 200, 200, 200, 100, 100, 100, 100, 100, 160, 160), discriminator_pretraining=150,
    discriminator_steps=2340, n_rollouts=16, baseline=None, generator_learning_rate=0.01, max_iter=200,
    validation_fraction=0, temperature=1.0)``. It departs from the published code in that

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
    >>> sampler = SeqGANSampler(pretraining=2, random_state=0).fit(texts)
    >>> len(sampler.sample(3, random_state=0))
    3
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
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "kernel_sizes": [tuple],
        "n_maps": [tuple],
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
        dropout=0.3,
        weight_decay=0.2,
        kernel_sizes=(2, 3, 4, 5),
        n_maps=(64, 64, 64, 64),
        pretraining="auto",
        discriminator_pretraining=3,
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
        self.dropout = dropout
        self.weight_decay = weight_decay
        self.kernel_sizes = kernel_sizes
        self.n_maps = n_maps
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
            return -self._marginal_nll(tokens)
        n_texts = len(tokens)
        selection = select_rows(self.conditions_, list(y), n_texts)
        return -self._mean_nll(tokens, selection.draw(0, n_texts, torch_generator(0)))

    def _check_parameters(self):
        super()._check_parameters()
        if self.generator == "transformer" and self.hidden_size % HEADS:
            raise ValueError(
                f"hidden_size must be a multiple of the {HEADS} heads of a transformer, got {self.hidden_size}."
            )
        sizes, maps = self.kernel_sizes, self.n_maps
        for name, values in (("kernel_sizes", sizes), ("n_maps", maps)):
            if not values or not all(isinstance(v, Integral) and v >= 1 for v in values):
                raise ValueError(f"{name} must hold integers of at least 1, got {values!r}.")
        if len(sizes) != len(maps):
            raise ValueError(
                f"n_maps must hold a number for each of the {len(sizes)} kernel_sizes, got {maps!r}."
            )
