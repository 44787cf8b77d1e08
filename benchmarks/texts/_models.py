"""The rows of the table of texts: SeqGANSampler, a Markov chain, and the real texts themselves."""

import re

import torch
from sklearn.utils import check_random_state

from benchmarks._common._fits import set_known
from benchmarks.texts._markov import MarkovSampler
from sktsgan.samplers import SeqGANSampler

__all__ = ["MODELS", "make_model", "split_words"]

MODELS = ("real", "markov", "markov-smoothed", "seqgan", "likelihood", "policy")
_WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
_TEXTS = 128  # whose likelihoods are computed at once


def split_words(text):
    """Return the words and marks of a text."""
    return _WORD.findall(text)


class RealTexts:
    """Give training texts back, each once."""

    temperatures = (None,)

    def fit(self, X):
        """Keep the texts."""
        self.texts_ = list(X)
        return self

    def sample(self, n_samples, temperature, random_state):
        """Return ``n_samples`` training texts."""
        rows = check_random_state(random_state).permutation(len(self.texts_))[:n_samples]
        return [self.texts_[row] for row in rows]

    def nll(self, X, temperature):
        """Return nothing: texts alone have no likelihood."""
        return None


class MarkovChain:
    """A chain of order 3."""

    temperatures = (None,)

    def __init__(self, smoothed):
        self.chain = MarkovSampler(3, smoothed)

    def fit(self, X):
        """Count words."""
        self.chain.fit(X)
        return self

    def sample(self, n_samples, temperature, random_state):
        """Return new texts."""
        return self.chain.sample(n_samples, random_state=random_state)

    def nll(self, X, temperature):
        """Return minus the mean log-likelihood of a word."""
        return self.chain.nll(X)


class LanguageModel:
    """A SeqGANSampler and the temperatures to sample it at.

    Parameters
    ----------
    sampler : SeqGANSampler
    temperatures : list of float
    with_own : bool
        Whether that of the sampler comes first.
    """

    def __init__(self, sampler, temperatures, with_own):
        self.sampler = sampler
        self.asked = temperatures
        self.with_own = with_own

    def fit(self, X):
        """Train."""
        self.sampler.fit(X)
        return self

    @property
    def temperatures(self):
        """The temperatures of the rows; None is the sampler's own, and whatever else it does in sampling."""
        return [None, *self.asked] if self.with_own else self.asked

    def sample(self, n_samples, temperature, random_state):
        """Return new texts."""
        return self.sampler.sample(n_samples, temperature=temperature, random_state=random_state)

    @torch.no_grad()
    def nll(self, X, temperature):
        """Return minus the mean log-likelihood of a word at a sampling temperature."""
        temperature = self.sampler.temperature_ if temperature is None else temperature
        model = self.sampler.net_.average_.module.eval()
        known = torch.isfinite(model.head.log_frequencies)
        total, n_words = 0.0, 0
        for tokens in torch.as_tensor(self.sampler.container_.encode(X)).split(_TEXTS):
            log_p = torch.log_softmax(model(tokens) / temperature, dim=2)
            chosen = log_p.gather(2, tokens[..., None])[..., 0][known[tokens]]
            total, n_words = total - chosen.sum().item(), n_words + len(chosen)
        return total / n_words


def make_model(name, seed, temperatures, updates, changes):
    """Return the model of a row, unfitted.

    Parameters
    ----------
    name : str
        One of ``MODELS``.
    seed : int
    temperatures : list of float
        To sample at, beside a sampler's own.
    updates : int
        By policy gradient, of the row ``"policy"``.
    changes : dict
        Parameters of SeqGANSampler to set.
    """
    if name == "real":
        return RealTexts()
    if name.startswith("markov"):
        return MarkovChain(smoothed=name == "markov-smoothed")
    sampler = set_known(SeqGANSampler(random_state=seed), changes)
    if name != "seqgan":
        sampler.set_params(max_iter=updates if name == "policy" else 0)
    return LanguageModel(sampler, temperatures, with_own=name != "likelihood")
