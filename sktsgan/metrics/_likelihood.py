"""How probable a sampler finds held-out texts."""

from sktsgan.metrics._draws import takes_text, unwrap_pipeline

__all__ = ["nll_score"]


def nll_score(estimator, X, y=None):
    """Score a fitted sampler of texts by how probable it finds real ones.

    A scorer: pass it as ``scoring=`` to :func:`~sklearn.model_selection.cross_validate` or
    :class:`~sklearn.model_selection.GridSearchCV`.

    Parameters
    ----------
    estimator : sampler or Pipeline
        Fitted sampler of texts, whose ``score`` is the mean log-likelihood of a token.
    X : iterable of str or of sequences of int
        Real texts that the sampler was not fitted on, or the pipeline's input.
    y : array-like of shape (n_texts,), default=None
        Labels of the texts, if ``fit`` had labels; the likelihood is then that given the label.

    Returns
    -------
    score : float
        Mean log-likelihood of a token in nats, the end of a text being a token; at most 0 and **higher is better**,
        like scikit-learn's ``"neg_log_loss"``. The best possible score is minus the entropy of the text.

    Raises
    ------
    TypeError
        If the estimator is not a sampler of texts.

    See Also
    --------
    bleu_score : Whether generated texts resemble real ones.

    Notes
    -----
    1/N Σ log p(token | tokens before it), over the N tokens of all texts: Texygen's [1]_ inverse-NLL with the other
    sign, so that a search maximises it. The literature reports the positive figure, ``-nll_score(sampler, X)``.
    Tokens that were not seen in ``fit`` count as one unknown token, so compare only scores with the same vocabulary.
    The likelihood is that at temperature 1, whatever the temperature of ``sample``. Unlike BLEU, it shows what the
    sampler leaves out.

    References
    ----------
    .. [1] Y. Zhu et al., "Texygen: A benchmarking platform for text generation models", SIGIR 2018.

    Examples
    --------
    >>> from sktsgan import SeqGANSampler
    >>> from sktsgan.metrics import nll_score
    >>> texts = ["a dog in the snow", "a man on a horse", "a man in the snow"] * 10
    >>> sampler = SeqGANSampler(pretraining=(100, 0), temperature=1, random_state=0).fit(texts)
    >>> nll_score(sampler, ["a dog on a horse"]) > nll_score(sampler, ["snow horse the dog"])
    True
    """
    sampler, X = unwrap_pipeline(estimator, X)
    if not takes_text(sampler):
        raise TypeError(f"nll_score needs a sampler of texts, got {type(sampler).__name__}.")
    return sampler.score(X, y)
