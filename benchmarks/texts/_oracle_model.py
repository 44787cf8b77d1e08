"""The oracle of SeqGAN's experiment: a language model whose text and likelihoods are known.

Words are 0 to 4,999. Inside the networks of sktsgan they are moved by 3, since 0 starts a text there.
"""

from pathlib import Path

import numpy as np
import torch

from sktsgan.networks import LSTMLanguageModel, draw_tokens

__all__ = [
    "FIRST_WORD",
    "LENGTH",
    "N_WORDS",
    "draw_words",
    "distinct_bigrams",
    "load_oracle",
    "log_likelihood",
    "number_bigrams",
]

FIRST_WORD = 3
LENGTH = 20
N_WORDS = 5000
_GATES = ("i", "f", "c", "og")  # in the order of torch
_TEXTS, _ROWS = 256, 104  # whose states and whose logits are computed at once


def load_oracle(directory):
    """Return the published oracle, an LSTMLanguageModel, from ``seqgan_oracle.npz`` in a directory."""
    with np.load(Path(directory) / "seqgan_oracle.npz") as stored:
        parts = {name: torch.as_tensor(stored[name]) for name in stored}
    hidden_size = len(parts["Ui"])
    oracle = LSTMLanguageModel(
        FIRST_WORD + N_WORDS,
        0,
        embedding_size=hidden_size,
        hidden_size=hidden_size,
        n_layers=1,
        dropout=0.0,
    ).eval()
    with torch.no_grad():
        oracle.embed.weight[0] = parts["embedding"][0]  # the start token is word 0
        oracle.embed.weight[FIRST_WORD:] = parts["embedding"]
        cell, head = oracle.recurrent, oracle.head
        cell.weight_ih_l0.copy_(torch.cat([parts[f"W{gate}"].T for gate in _GATES]))
        cell.weight_hh_l0.copy_(torch.cat([parts[f"U{gate}"].T for gate in _GATES]))
        cell.bias_ih_l0.copy_(torch.cat([parts[f"b{gate}"] for gate in _GATES]))
        cell.bias_hh_l0.zero_()
        head.weight[FIRST_WORD:] = parts["Wo"].T
        head.own_bias[FIRST_WORD:] = parts["bo"]
        head.log_frequencies[:FIRST_WORD] = -torch.inf
    return oracle.requires_grad_(False)


def draw_words(model, n_texts, seed, **options):
    """Return texts of a language model, an int64 array (n_texts, 20) of words."""
    generator = torch.Generator().manual_seed(seed)
    return draw_tokens(model, n_texts, LENGTH, generator, **options).numpy() - FIRST_WORD


@torch.no_grad()
def log_likelihood(model, words, temperature=1.0):
    """Return the mean log-likelihood of a word, in nats, under a model at a sampling temperature."""
    tokens = torch.as_tensor(words) + FIRST_WORD
    weight, bias = model.head.weight.T / temperature, model.head.bias / temperature
    total = 0.0
    for part in tokens.split(_TEXTS):
        states, targets = model.states(part).flatten(0, 1), part.flatten()
        for seen, target in zip(states.split(_ROWS), targets.split(_ROWS), strict=True):
            logits = torch.addmm(bias, seen, weight)
            chosen = logits.gather(1, target[:, None])[:, 0]
            total += float((chosen - torch.logsumexp(logits, dim=1)).sum())
    return total / tokens.numel()


def number_bigrams(words):
    """Return a number for each pair of neighbouring words, the same for the same pair."""
    return words[:, :-1].astype(np.int64) * N_WORDS + words[:, 1:]


def distinct_bigrams(words):
    """Return the share of distinct pairs among all pairs of neighbouring words."""
    pairs = number_bigrams(words)
    return len(np.unique(pairs)) / pairs.size
