"""The recurrent networks of TimeGAN, from series to latent states and back."""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sktsgan.networks._fast._gru import run_gru

__all__ = ["RecurrentDiscriminator", "RecurrentMap", "RecurrentTimeGAN"]

_CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}
_SMALL = 1e-2  # scale of a last layer, so that a network starts as the linear map beside it
_LEAST_SHARE = 1e-6  # least variance of a direction, as a share of the largest
_LEAST_VARIANCE = 1e-12


def _with_conditions(series, conditions):
    """Return series of shape (B, T, n) with the conditions (B, K) appended to every step."""
    if conditions is None:
        return series
    return torch.cat([series, conditions[:, None].expand(-1, series.shape[1], -1)], dim=2)


def _run(recurrent, series, lengths=None):
    """Return the states of a recurrent network, of shape (B, T, states)."""
    if isinstance(recurrent, nn.GRU) and series.device.type == "cpu" and torch.is_grad_enabled():
        return run_gru(recurrent, series, lengths)
    if lengths is None:
        return recurrent(series)[0]
    packed = pack_padded_sequence(series, lengths, batch_first=True, enforce_sorted=False)
    states, _ = recurrent(packed)
    return pad_packed_sequence(states, batch_first=True, total_length=series.shape[1])[0]


class RecurrentMap(nn.Module):
    """Maps a series step by step: y_t = W s_t + V x_t + b, with s_t the state of a recurrent network.

    The network sees the conditions and x_1 to x_t, divided by ``size`` if that is set; later steps don't change y_t.

    Parameters
    ----------
    in_features, out_features, n_conditions : int
    hidden_size, n_layers : int
    cell : {"gru", "lstm"}
    linear : bool, default=False
        Whether there is a linear map V beside the recurrent network, whose part W s_t then starts near zero.
    sigmoid : bool, default=False
        Whether y_t goes through a sigmoid.
    """

    def __init__(
        self,
        in_features,
        out_features,
        n_conditions,
        *,
        hidden_size,
        n_layers,
        cell,
        linear=False,
        sigmoid=False,
    ):
        super().__init__()
        self.recurrent = _CELLS[cell](
            in_features + n_conditions, hidden_size, n_layers, batch_first=True
        )
        self.head = nn.Linear(hidden_size, out_features)
        self.linear = nn.Linear(in_features, out_features, bias=False) if linear else None
        self.sigmoid = sigmoid
        self.register_buffer("size", None)
        if linear:
            nn.init.orthogonal_(self.linear.weight)
            with torch.no_grad():
                self.head.weight.mul_(_SMALL)
                self.head.bias.zero_()

    def forward(self, series, conditions=None):
        """Map series of shape (B, T, in_features) to (B, T, out_features)."""
        seen = series if self.size is None else series / self.size
        made = self.head(_run(self.recurrent, _with_conditions(seen, conditions)))
        if self.linear is not None:
            made = made + self.linear(series)
        return torch.sigmoid(made) if self.sigmoid else made


class RecurrentTimeGAN(nn.Module):
    """Embedder, recovery, supervisor and generator of TimeGAN (Yoon et al. 2019, fig. 1).

    The embedder maps series to latent states and the recovery maps these back; the supervisor predicts each state from
    those before it; the generator maps noise to states. A call generates series: noise → generator → supervisor →
    recovery.

    With ``covariances``, the noise is series of a base model, and linear maps run beside the recurrent networks. The
    embedder's whitens the variation of the channels about their mean in a series, the recovery's inverts it, and the
    generator starts as the embedder. A generated state moves towards the supervisor's prediction,
    ĥ_t = e_t + a ⊙ (S(e)_{t−1} − e_t), with a learned from zero on: untrained, the networks return the base's series.
    The mean of the states over time stays that of the base's series, which models levels best. Without
    ``covariances``, the generated states are the predictions, ĥ_t = S(e)_t, as in the published code.

    Parameters
    ----------
    n_channels, noise_size, n_conditions : int
    hidden_size, n_layers : int
        Size of the states, and number of recurrent layers; the supervisor has one layer less if there are several.
    cell : {"gru", "lstm"}
    covariances : Tensor of shape (2, n_channels, n_channels) or None
        Covariances of the channels at a step, and of their deviations from the mean of their series.
    unit_range : bool
        Whether series lie in [0, 1], so that the recovery ends in a sigmoid.
    """

    def __init__(
        self,
        n_channels,
        noise_size,
        n_conditions,
        *,
        hidden_size,
        n_layers,
        cell,
        covariances,
        unit_range,
    ):
        super().__init__()
        from_series = covariances is not None
        sizes = {"hidden_size": hidden_size, "cell": cell, "linear": from_series}
        deep = sizes | {"n_layers": n_layers}
        shallow = sizes | {"n_layers": max(1, n_layers - 1)}
        bounded, K = {"sigmoid": not from_series}, n_conditions
        self.embedder = RecurrentMap(n_channels, hidden_size, K, **deep, **bounded)
        self.recovery = RecurrentMap(hidden_size, n_channels, K, **deep, sigmoid=unit_range)
        self.supervisor = RecurrentMap(hidden_size, hidden_size, K, **shallow, **bounded)
        self.generator = RecurrentMap(noise_size, hidden_size, K, **deep, **bounded)
        self.gate = nn.Parameter(torch.zeros(hidden_size)) if from_series else None
        if from_series:
            self._start_as_identity(*covariances.double())

    @torch.no_grad()
    def _start_as_identity(self, whole, within):
        hidden_size, n_channels = self.embedder.linear.weight.shape
        # if there is no room for all directions, those that vary least are dropped
        _, axes = torch.linalg.eigh(within if hidden_size >= n_channels else whole)
        axes = axes[:, max(0, n_channels - hidden_size) :]
        variances = (axes * (within @ axes)).sum(dim=0)
        floor = max(_LEAST_SHARE * float(variances.max()), _LEAST_VARIANCE)
        scales = variances.clamp(min=floor).sqrt()
        turn = nn.init.orthogonal_(torch.empty(hidden_size, len(scales))).double()
        embed = turn / scales @ axes.T
        self.embedder.linear.weight.copy_(embed)
        self.recovery.linear.weight.copy_(axes * scales @ turn.T)
        nn.init.eye_(self.supervisor.linear.weight)
        size = (embed * (embed @ whole)).sum(dim=1).clamp(min=floor).sqrt().float()
        self.recovery.size, self.supervisor.size = size, size.clone()
        self.start_generator()

    def start_generator(self):
        """Let the generator start as the embedder, if it maps series too."""
        if self.gate is not None:
            self.generator.load_state_dict(self.embedder.state_dict())

    def generate(self, noise, conditions=None):
        """Map noise of shape (B, T, noise_size) to states before the supervisor, (B, T, hidden_size)."""
        states = self.generator(noise, conditions)
        if self.gate is None:
            return states
        with torch.no_grad():
            start = self.embedder(noise, conditions)
        return states - (states - start).mean(dim=1, keepdim=True)

    def supervise(self, states, predicted):
        """Return generated states, given those before the supervisor and its predictions, (B, T, hidden_size)."""
        if self.gate is None:
            return predicted
        change = torch.zeros_like(states)
        change[:, 1:] = self.gate * (predicted[:, :-1] - states[:, 1:])
        return states + change - change.mean(dim=1, keepdim=True)

    def forward(self, noise, conditions=None):
        """Map noise of shape (B, T, noise_size) to series of shape (B, T, n_channels)."""
        states = self.generate(noise, conditions)
        states = self.supervise(states, self.supervisor(states, conditions))
        return self.recovery(states, conditions)


class RecurrentDiscriminator(nn.Module):
    """Maps latent states to a logit for every step, reading in both directions (Yoon et al. 2019, sec. 4.2).

    Parameters
    ----------
    in_features, n_conditions : int
    hidden_size, n_layers : int
    cell : {"gru", "lstm"}
    with_increments : bool, default=False
        Whether it sees states with their first and second differences, each divided by its root mean square in real
        states. Second differences show roughness, which states hide.
    """

    def __init__(
        self, in_features, n_conditions, *, hidden_size, n_layers, cell, with_increments=False
    ):
        super().__init__()
        size = in_features * (1 + 2 * with_increments) + n_conditions
        self.recurrent = _CELLS[cell](
            size, hidden_size, n_layers, batch_first=True, bidirectional=True
        )
        self.head = nn.Linear(2 * hidden_size, 1)
        self.register_buffer("scale", torch.ones(3 * in_features) if with_increments else None)

    def learn_scale(self, states, mask=None):
        """Learn the scale of features from real states of shape (B, T, in_features)."""
        if self.scale is None:
            return
        self.scale.fill_(1.0)
        squares = self.features(states.detach()) ** 2
        mean = (squares.flatten(0, 1) if mask is None else squares[mask]).mean(dim=0)
        self.scale.copy_(mean.sqrt().clamp(min=1e-6))

    def features(self, states):
        """Return the discriminator's features of states, of shape (B, T, n_features)."""
        if self.scale is None:
            return states
        once, twice = torch.zeros_like(states), torch.zeros_like(states)
        once[:, 1:] = torch.diff(states, dim=1)
        twice[:, 2:] = torch.diff(states, n=2, dim=1)
        return torch.cat([states, once, twice], dim=2) / self.scale

    def forward(self, features, conditions=None, lengths=None):
        """Map features of shape (B, T, n_features) to logits of shape (B, T).

        Parameters
        ----------
        features : Tensor of shape (B, T, n_features)
        conditions : Tensor of shape (B, n_conditions), default=None
        lengths : int Tensor of shape (B,), default=None
            Length of each series in steps, on the CPU; None means T for all. Later steps are not read, and their
            logits mean nothing.
        """
        read = _run(self.recurrent, _with_conditions(features, conditions), lengths)
        return self.head(read)[..., 0]
