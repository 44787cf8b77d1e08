"""The transformer networks for windows."""

import torch
from torch import nn
from torch.nn.functional import pad

from sktsgan.networks._layers import TokenLinear, make_condition_layer, make_encoder

__all__ = ["RefiningGenerator", "TransformerDiscriminator", "TransformerGenerator"]

_MAX_FEATURES = 8192  # raw features that the read-out sees; more would dominate the network's size


class TransformerGenerator(nn.Module):
    """Maps latent noise to windows: z → tokens → encoder → patches.

    One token stands for ``patch_length`` consecutive steps of all channels, as in the transformer GANs of the
    literature (Li et al. 2022, TTS-GAN, fig. 2).

    Parameters
    ----------
    latent_size, n_timesteps, n_channels, patch_length : int
    n_conditions : int
        Number of values that describe an item; 0 for none.
    embedding_size, n_layers, n_heads : int
    dropout : float
    """

    def __init__(
        self,
        latent_size,
        n_timesteps,
        n_channels,
        patch_length,
        n_conditions,
        *,
        embedding_size,
        n_layers,
        n_heads,
        dropout,
    ):
        super().__init__()
        self.n_timesteps, self.n_channels = n_timesteps, n_channels
        self.n_tokens = -(-n_timesteps // patch_length)
        self.embed = nn.Linear(latent_size, self.n_tokens * embedding_size)
        self.position = nn.Parameter(torch.randn(self.n_tokens, embedding_size) * 0.3)
        self.condition = make_condition_layer(n_conditions, embedding_size)
        self.encoder = make_encoder(embedding_size, n_layers, n_heads, dropout)
        self.head = nn.Linear(embedding_size, patch_length * n_channels)

    def forward(self, latent, conditions=None):
        """Map noise of shape (B, latent_size) to scaled windows of shape (B, n_timesteps, n_channels)."""
        B = len(latent)
        tokens = self.embed(latent).view(B, self.n_tokens, -1) + self.position
        if conditions is not None:
            tokens = tokens + self.condition(conditions)[:, None]
        steps = self.head(self.encoder(tokens)).view(B, -1, self.n_channels)
        return steps[:, : self.n_timesteps]


class RefiningGenerator(nn.Module):
    """Says which way to move the draws of a base model.

    A token is a patch of consecutive steps of a draw with white noise beside it; the encoder returns a direction for
    each value. The last layer starts near zero, so an untrained generator leaves the base as it is.

    Parameters
    ----------
    n_timesteps, n_channels : int
        Shape of a draw.
    n_noises : int
        Channels of white noise beside those of a draw.
    patch_length : int
    n_conditions : int
        Number of values that describe an item; 0 for none.
    embedding_size, n_layers, n_heads : int
    dropout : float
    """

    def __init__(
        self,
        n_timesteps,
        n_channels,
        n_noises,
        patch_length,
        n_conditions,
        *,
        embedding_size,
        n_layers,
        n_heads,
        dropout,
    ):
        super().__init__()
        self.n_channels, self.patch_length = n_channels, patch_length
        n_tokens = -(-n_timesteps // patch_length)
        size = patch_length * (n_channels + n_noises)
        self.embed = TokenLinear(n_tokens, size, embedding_size)
        self.condition = make_condition_layer(n_conditions, embedding_size)
        self.encoder = make_encoder(embedding_size, n_layers, n_heads, dropout)
        self.head = TokenLinear(n_tokens, embedding_size, patch_length * n_channels, scale=1e-2)

    def forward(self, noise, conditions=None):
        """Map draws with noise, (B, T, n_channels + n_noises), to draws and directions, (B, 2, T, n_channels)."""
        B, T, _ = noise.shape
        padded = pad(noise, (0, 0, 0, -T % self.patch_length))
        tokens = self.embed(padded.reshape(B, len(self.embed.weight), -1))
        if conditions is not None:
            tokens = tokens + self.condition(conditions)[:, None]
        direction = self.head(self.encoder(tokens)).reshape(B, -1, self.n_channels)[:, :T]
        return torch.stack([noise[..., : self.n_channels], direction], dim=1)


class TransformerDiscriminator(nn.Module):
    """Maps windows to logits: tokens → encoder → all tokens side by side → logit.

    The read-out sees the encoded tokens and their raw features.

    Parameters
    ----------
    token_sizes : list of (int, int)
        Number and size of the tokens of each kind.
    n_conditions : int
        Number of values that describe an item; 0 for none.
    embedding_size, n_layers, n_heads : int
    dropout : float
    hidden_size : int, default=256
        Width of the two hidden layers of the read-out.

    Notes
    -----
    The encoder has no final norm, because the size of a token also tells real from generated.
    """

    def __init__(
        self,
        token_sizes,
        n_conditions,
        *,
        embedding_size,
        n_layers,
        n_heads,
        dropout,
        hidden_size=256,
    ):
        super().__init__()
        self.embed = nn.ModuleList(
            TokenLinear(number, size, embedding_size) for number, size in token_sizes
        )
        n_tokens = sum(number for number, _ in token_sizes)
        n_features = sum(number * size for number, size in token_sizes)
        self.with_features = n_features <= _MAX_FEATURES
        width = n_tokens * embedding_size + self.with_features * n_features
        self.condition = make_condition_layer(n_conditions, embedding_size)
        self.encoder = make_encoder(embedding_size, n_layers, n_heads, dropout, final_norm=False)
        self.head = nn.Sequential(
            nn.Linear(width, hidden_size),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden_size, hidden_size),
            nn.LeakyReLU(0.2),
            nn.Linear(hidden_size, 1),
        )

    def forward(self, tokens, conditions=None):
        """Map a tuple of tokens, each of shape (B, number, features), to logits of shape (B,)."""
        embedded = torch.cat([embed(t) for embed, t in zip(self.embed, tokens, strict=True)], dim=1)
        if conditions is not None:
            embedded = embedded + self.condition(conditions)[:, None]
        seen = [self.encoder(embedded).flatten(1)]
        if self.with_features:
            seen += [t.flatten(1) for t in tokens]
        return self.head(torch.cat(seen, dim=1))[:, 0]
