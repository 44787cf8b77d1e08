"""What a discriminator sees of a window."""

import torch
from torch.nn.functional import pad

from sktsgan.closed_form._components import scale_mix

__all__ = ["WindowTokens"]


class WindowTokens:
    """Tokens of a window: levels, increments, log-scale and shape, each standardised.

    All are computed from the window, real and generated alike, in a form that lets gradients through.

    Parameters
    ----------
    patch_length : int or None
        Steps of a token, which holds levels and increments of all channels, as in the transformer GANs of the
        literature. None makes a token of each channel, which holds all of its features.
    floor : Tensor of shape (n_channels,)
        ε of the log-scale.
    """

    def __init__(self, patch_length, floor):
        self.patch_length = patch_length
        self.floor = floor

    def fit(self, scores):
        """Learn means and scales from windows of scores, and keep the sizes of the tokens."""
        scores = torch.as_tensor(scores, dtype=torch.float32)
        features = self._features(scores)
        self.means_ = [f.mean(dim=(0, 1)) for f in features]
        self.scales_ = [f.std(dim=(0, 1)).clamp(min=1e-6) for f in features]
        self.sizes_ = [tuple(t.shape[1:]) for t in self(scores[:1])]
        return self

    def to(self, device):
        """Move to a device, in place."""
        self.floor = self.floor.to(device)
        self.means_ = [m.to(device) for m in self.means_]
        self.scales_ = [s.to(device) for s in self.scales_]
        return self

    def _features(self, scores):
        """Return levels, increments, log-scale and shape, of shape (B, steps, n_channels) each."""
        increments = scores[:, 1:] - scores[:, :-1]
        # a step has no increment before it: the first repeats the second's, a single one has none
        first = increments[:, :1] if scores.shape[1] > 1 else torch.zeros_like(scores)
        _, log_scale, shape = scale_mix(scores, self.floor)
        return [scores, torch.cat([first, increments], dim=1), log_scale[:, None], shape]

    def __call__(self, scores):
        """Return a tuple of one tensor of shape (B, n_tokens, n_features)."""
        features = [
            (f - m) / s
            for f, m, s in zip(self._features(scores), self.means_, self.scales_, strict=True)
        ]
        if self.patch_length is None:
            return (torch.cat([f.transpose(1, 2) for f in features], dim=2),)
        return (self._patches(torch.cat(features[:2], dim=2)),)

    def _patches(self, steps):
        missing = -steps.shape[1] % self.patch_length
        return pad(steps, (0, 0, 0, missing)).unflatten(1, (-1, self.patch_length)).flatten(2)
