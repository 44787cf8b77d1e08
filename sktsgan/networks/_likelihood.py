"""How likely a language model finds texts."""

import math

import torch
from torch.nn.functional import cross_entropy

from sktsgan.networks._symbols import UNKNOWN

__all__ = ["marginal_log_likelihood", "mean_log_likelihood", "prefix_log_likelihoods"]

_TEXTS = 128  # of a forward pass


def _parts(model, tokens, conditions):
    """Yield slices of texts, with their tokens and conditions where the model is."""
    device = next(model.parameters()).device
    for first in range(0, len(tokens), _TEXTS):
        part = slice(first, first + _TEXTS)
        given = None if conditions is None else conditions[part].to(device)
        yield part, tokens[part].to(device), given


@torch.no_grad()
def _log_likelihoods(model, tokens, conditions):
    """Return log p of texts in nats, and how many tokens of each count: those that the model can write."""
    counted = torch.isfinite(model.head.log_frequencies)
    logs, counts = torch.zeros(len(tokens), dtype=torch.float64), []
    for part, target, given in _parts(model, tokens, conditions):
        places = counted[target]
        states = model.states(target, given)[places]
        nll = cross_entropy(model.head(states), target[places], reduction="none")
        logs[part].index_add_(0, places.nonzero()[:, 0].cpu(), -nll.cpu().double())
        counts.append(places.sum(dim=1).cpu())
    return logs, torch.cat(counts)


def mean_log_likelihood(model, tokens, conditions=None):
    """Return the mean of log p of a token, in nats.

    Parameters
    ----------
    model : LanguageModel
        In evaluation mode.
    tokens : int64 Tensor of shape (n_texts, max_length)
        Tokens that the model can't write, such as padding, don't count.
    conditions : Tensor of shape (n_texts, n_conditions), default=None

    Returns
    -------
    mean : float
    """
    logs, counts = _log_likelihoods(model, tokens, conditions)
    return float(logs.sum() / counts.sum())


def marginal_log_likelihood(model, tokens, kinds, shares):
    """Return the mean of log p of a token, in nats, of texts whose conditions aren't known.

    Parameters
    ----------
    model, tokens
        As of ``mean_log_likelihood``.
    kinds : list of Tensor of shape (n_conditions,) or None
        The conditions that a text may have.
    shares : ndarray of shape (n_kinds,)
        How frequent each kind is.

    Returns
    -------
    mean : float
    """
    parts = []
    for kind, share in zip(kinds, shares, strict=True):
        given = None if kind is None else kind.expand(len(tokens), -1)
        logs, counts = _log_likelihoods(model, tokens, given)
        parts.append(logs + math.log(share))
    return float(torch.logsumexp(torch.stack(parts), dim=0).sum() / counts.sum())


@torch.no_grad()
def prefix_log_likelihoods(model, tokens, conditions):
    """Return log p of the beginnings of texts, in nats; padding and unknown tokens don't count.

    Parameters are those of ``mean_log_likelihood``.
    """
    logs = torch.zeros(len(tokens))
    for part, target, given in _parts(model, tokens, conditions):
        nll = cross_entropy(model(target, given).transpose(1, 2), target, reduction="none")
        logs[part] = -torch.where(target > UNKNOWN, nll, 0.0).sum(dim=1).cpu()
    return logs
