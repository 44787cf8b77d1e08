"""Small recurrent networks that judge windows, several of them trained side by side."""

import numbers

import numpy as np
import torch
from sklearn.utils import check_scalar
from torch import nn

from sktsgan.containers._windows import check_window_pair

__all__ = ["RecurrentJudges", "fit_judges", "group_sizes", "read_sets", "scale_to_real"]

# So small a GRU spends its time on calls, not on arithmetic: five judges of 3 units in one
# block-diagonal GRU take a third of the time of five in a row; five of 14 units gain nothing.
_MAX_JOINT_UNITS = 40

# Ten times the real range: values further off, from a diverged generator, would saturate the gates
# or overflow; the judge would learn nothing and seem unable to tell the sets apart.
_MAX_SCALED = 10.0


class RecurrentJudges(nn.Module):
    """Independent one-layer GRUs, each with a linear read-out of its states.

    The judges live in one GRU whose weights are block-diagonal: entries outside the blocks are zero
    and get no gradient. Each judge starts as PyTorch would start it alone.

    Parameters
    ----------
    n_judges : int
        Number of judges, J.
    n_inputs : int
        Channels that each judge reads, C.
    n_hidden : int
        Units of each judge, H.
    """

    def __init__(self, n_judges, n_inputs, n_hidden):
        super().__init__()
        self.gru = nn.GRU(n_judges * n_inputs, n_judges * n_hidden)
        self.readout = nn.Linear(n_judges * n_hidden, n_judges)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(n_hidden**-0.5), n_hidden**-0.5)
        blocks = torch.eye(n_judges)
        self._keep_blocks(self.gru.weight_ih_l0, blocks, (n_hidden, n_inputs), n_gates=3)
        self._keep_blocks(self.gru.weight_hh_l0, blocks, (n_hidden, n_hidden), n_gates=3)
        self._keep_blocks(self.readout.weight, blocks, (1, n_hidden), n_gates=1)

    @staticmethod
    def _keep_blocks(weight, blocks, block_shape, n_gates):
        mask = torch.kron(blocks, torch.ones(block_shape)).repeat(n_gates, 1)
        with torch.no_grad():
            weight.mul_(mask)
        weight.register_hook(mask.mul)

    def forward(self, windows, *, last_only):
        """Map windows of shape (J, B, T, C), the B windows of each judge, to a number per judge and window.

        They are read out after the last step, shape (J, B), or, without ``last_only``, after every step, shape (J, B,
        T).
        """
        by_step = windows.permute(2, 1, 0, 3).flatten(start_dim=2)  # (T, B, J * C)
        states, last = self.gru(by_step)
        if last_only:
            return self.readout(last[0]).T
        return self.readout(states).permute(2, 1, 0)


def fit_judges(judges, compute_loss, max_iter):
    """Train judges, in place, by ``max_iter`` steps of Adam with a learning rate of 0.001.

    ``compute_loss`` returns the loss of a fresh batch, a scalar tensor that is a *sum* over the judges, so that each
    trains as if it were alone.
    """
    optimizer = torch.optim.Adam(judges.parameters(), lr=1e-3)
    for _ in range(max_iter):
        loss = compute_loss()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def group_sizes(n_fits, n_hidden):
    """Return the numbers of judges to train side by side; they sum to ``n_fits``."""
    size = max(1, _MAX_JOINT_UNITS // n_hidden)
    return [min(size, n_fits - start) for start in range(0, n_fits, size)]


def read_sets(real, synthetic, n_channels, **counts):
    """Return both sets, scaled, and the number of units of a judge, max(⌊channels / 2⌋, 2).

    ``counts`` are parameters by name that must be integers of at least 1.
    """
    for name, value in counts.items():
        check_scalar(value, name, numbers.Integral, min_val=1)
    real, synthetic = check_window_pair(real, synthetic, n_channels=n_channels)
    return scale_to_real(real, synthetic), max(real.shape[2] // 2, 2)


def scale_to_real(real, synthetic):
    """Return both sets as float32 tensors, scaled so that each real channel spans [0, 1], and cut off at ±10.

    A channel that is constant in the real set is shifted to 0, not scaled.
    """
    low, high = real.min(axis=(0, 1)), real.max(axis=(0, 1))
    span = np.where(high > low, high - low, 1.0)
    return tuple(
        torch.from_numpy(np.clip((windows - low) / span, -_MAX_SCALED, _MAX_SCALED)).float()
        for windows in (real, synthetic)
    )
