"""The convolutional discriminator of texts."""

import torch
from torch import nn
from torch.nn.functional import pad

from sktsgan.networks._layers import make_condition_layer

__all__ = ["Highway", "TextDiscriminator"]


class Highway(nn.Module):
    """A layer that passes on part of its input: t ⊙ relu(W x + b) + (1 − t) ⊙ x, t = σ(V x + c).

    After Srivastava et al. (2015).

    Parameters
    ----------
    width : int
    """

    def __init__(self, width):
        super().__init__()
        self.change, self.gate = nn.Linear(width, width), nn.Linear(width, width)
        nn.init.constant_(self.gate.bias, -2.0)  # pass on most at first, as published

    def forward(self, x):
        """Map (B, width) to the same shape."""
        return torch.lerp(x, torch.relu(self.change(x)), torch.sigmoid(self.gate(x)))


class TextDiscriminator(nn.Module):
    """Maps texts to logits: convolutions, maxima over the text, a highway layer (Yu et al. 2017, app. A.2).

    Parameters
    ----------
    n_tokens, n_conditions : int
    kernels : dict of int to int
        The number of maps for each number of tokens that a convolution sees at once.
    embedding_size : int, default=64
    dropout : float, default=0.25
        Dropout rate before the last layer; both as published.
    """

    def __init__(self, n_tokens, n_conditions, *, kernels, embedding_size=64, dropout=0.25):
        super().__init__()
        self.embed = nn.Embedding(n_tokens, embedding_size)
        self.longest = max(kernels)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(embedding_size, n_maps, size) for size, n_maps in kernels.items()
        )
        width = sum(kernels.values())
        self.condition = make_condition_layer(n_conditions, width)
        self.highway = Highway(width)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, 1)

    def forward(self, tokens, conditions=None):
        """Map tokens of shape (B, T) to logits of shape (B,)."""
        missing = max(0, self.longest - tokens.shape[1])
        embedded = self.embed(pad(tokens, (0, missing))).transpose(1, 2)
        features = [torch.relu(layer(embedded).amax(dim=2)) for layer in self.convolutions]
        features = torch.cat(features, dim=1)
        if conditions is not None:
            features = features + self.condition(conditions)
        return self.head(self.dropout(self.highway(features)))[:, 0]
