"""A causal transformer as a language model that keeps the keys and values of the tokens it has read."""

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from sktsgan.networks._sequence import LanguageModel, TokenHead, drop_features

__all__ = ["CausalTransformer"]

_POSITION_SCALE = 0.1


class CausalBlock(nn.Module):
    """Self-attention to the tokens so far and a feed-forward layer, each after a norm (Radford et al. 2019).

    Parameters
    ----------
    width, n_heads : int
    dropout : float
    """

    def __init__(self, width, n_heads, dropout):
        super().__init__()
        self.n_heads = n_heads
        self.attention_norm, self.feed_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, past=None):
        """Map (n, T, width) to the same shape; also return keys and values, those of ``past`` first.

        ``past`` is a pair of tensors (n, n_heads, t, width / n_heads), for the tokens before the single one of ``x``.
        """
        n, T, width = x.shape
        parts = self.project(self.attention_norm(x)).view(n, T, 3, self.n_heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        if past is not None:
            key, value = (torch.cat(pair, dim=2) for pair in zip(past, (key, value), strict=True))
        seen = scaled_dot_product_attention(query, key, value, is_causal=past is None)
        x = x + self.dropout(self.merge(seen.transpose(1, 2).reshape(n, T, width)))
        return x + self.dropout(self.feed(self.feed_norm(x))), (key, value)


class CausalTransformer(LanguageModel):
    """A transformer that reads from left to right (Vaswani et al. 2017; Radford et al. 2019).

    Parameters
    ----------
    n_tokens, n_conditions : int
    max_length : int
        Length of the longest text, in tokens.
    hidden_size : int
        Width of a token and of its embedding, a multiple of ``n_heads``.
    n_layers, n_heads : int
    dropout : float
    """

    def __init__(
        self, n_tokens, n_conditions, max_length, *, hidden_size, n_layers, n_heads, dropout
    ):
        super().__init__(n_tokens, n_conditions, hidden_size)
        self.position = nn.Parameter(torch.randn(max_length, hidden_size) * _POSITION_SCALE)
        self.blocks = nn.ModuleList(
            CausalBlock(hidden_size, n_heads, dropout) for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(hidden_size)
        self.dropout = dropout
        self.head = TokenHead(hidden_size, n_tokens)

    def states(self, tokens, conditions=None):
        """Return the inputs of the head, of shape (n, T, hidden_size)."""
        x = self._embed_shifted(tokens, conditions, self.dropout)
        x = x + self.position[: x.shape[1]]
        for block in self.blocks:
            x, _ = block(x)
        return drop_features(self.norm(x), self.dropout, self.training)

    def start(self, n, conditions=None):
        """Return the state before the first token of n texts."""
        heads = self.blocks[0].n_heads
        empty = self.position.new_empty(n, heads, 0, self.position.shape[1] // heads)
        return (self._context(conditions), *[empty] * (2 * len(self.blocks)))

    def advance(self, tokens, state):
        """Read a token of each text; return the inputs of the head, of shape (n, hidden_size), and the new state."""
        context, *cache = state
        x = self._embed_one(tokens, context) + self.position[cache[0].shape[2]]
        kept = [context]
        for block, *past in zip(self.blocks, cache[::2], cache[1::2], strict=True):
            x, pair = block(x, past)
            kept += pair
        return self.norm(x)[:, 0], tuple(kept)
