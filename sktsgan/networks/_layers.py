"""Layers that the networks share."""

import math

import torch
from torch import nn

__all__ = ["TokenLinear", "make_condition_layer", "make_encoder"]


class TokenLinear(nn.Module):
    """One linear map for each token: y_n = x_n W_n + b_n.

    Parameters
    ----------
    n_tokens, in_features, out_features : int
    scale : float, default=1.0
        Scale of the initial weights, relative to 1 / sqrt(in_features).
    """

    def __init__(self, n_tokens, in_features, out_features, scale=1.0):
        super().__init__()
        bound = scale / math.sqrt(in_features)
        self.weight = nn.Parameter(torch.randn(n_tokens, in_features, out_features) * bound)
        self.bias = nn.Parameter(torch.randn(n_tokens, out_features) * 0.3 * scale)

    def forward(self, x):
        """Map tokens of shape (B, n_tokens, in_features)."""
        return torch.einsum("bni,nio->bno", x, self.weight) + self.bias


def make_condition_layer(n_conditions, embedding_size):
    """Return a linear map from conditions to the width of a token, added to every token; None without conditions."""
    return nn.Linear(n_conditions, embedding_size) if n_conditions else None


def make_encoder(embedding_size, n_layers, n_heads, dropout, *, final_norm=True):
    """Return a pre-norm transformer encoder (Vaswani et al. 2017; Xiong et al. 2020) over (B, N, E)."""
    layer = nn.TransformerEncoderLayer(
        embedding_size,
        n_heads,
        dim_feedforward=2 * embedding_size,
        dropout=dropout,
        activation="gelu",
        batch_first=True,
        norm_first=True,
    )
    norm = nn.LayerNorm(embedding_size) if final_norm else None
    return nn.TransformerEncoder(layer, n_layers, norm=norm, enable_nested_tensor=False)
