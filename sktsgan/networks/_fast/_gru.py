"""A gated recurrent unit with torch's parameters that trains several times faster on a CPU."""

import torch

__all__ = ["run_gru"]


class _Recurrence(torch.autograd.Function):
    """The recurrence of a GRU over time, with a hand-written backward pass (Cho et al. 2014; torch.nn.GRU).

    r, z = σ(a_r + W_r h), σ(a_z + W_z h);  n = tanh(a_n + r ⊙ (W_n h + b));  h' = n + z ⊙ (h − n)

    For small networks, recording every step in autograd takes longer than the arithmetic. In the backward pass, the
    gradients of all three gates are the state's gradient times factors that are computed for all steps at once, so
    a step costs four operations; the gradients of the weights are one product at the end.

    G recurrences run side by side, such as both directions of one layer.
    """

    @staticmethod
    def forward(ctx, inputs, weight, bias):
        """Return states of shape (T, G, B, H) for inputs (T, G, B, 3H), weight (G, H, 3H) and bias (G, 1, H)."""
        T, G, B, width = inputs.shape
        H = width // 3
        gates, new = (part.contiguous() for part in inputs.split([2 * H, H], dim=3))
        inner = bias.expand(T, G, B, H).contiguous()  # W_n h + b
        states = inputs.new_zeros(T + 1, G, B, H)
        for_gates, for_inner = (part.contiguous() for part in weight.split([2 * H, H], dim=2))
        # views of all steps at once: making them one by one would take as long as the arithmetic
        views = (gates, *gates.split(H, dim=3), inner, new, states[:-1], states[1:])
        for both, r, z, product, n, before, after in zip(*(v.unbind() for v in views), strict=True):
            both.baddbmm_(before, for_gates).sigmoid_()
            product.baddbmm_(before, for_inner)
            n.addcmul_(r, product).tanh_()
            torch.lerp(n, before, z, out=after)
        ctx.save_for_backward(gates, new, inner, states, weight)
        return states[1:]

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, slopes):
        """Return the gradients of inputs, weight and bias."""
        gates, n, inner, states, weight = ctx.saved_tensors
        T, G, B, H = n.shape
        (r, z), before = gates.split(H, dim=3), states[:-1]
        of_new = (1 - z) * (1 - n * n)
        factors = n.new_empty(T, G, B, 3, H)
        of_reset, of_update, of_inner = factors.unbind(dim=3)
        torch.mul(of_new, r, out=of_inner)
        torch.mul(of_inner * inner, 1 - r, out=of_reset)
        torch.mul((before - n) * z, 1 - z, out=of_update)
        whole = slopes + 0  # the gradient at each state, to which later steps add theirs
        pulls, back = torch.empty_like(factors), weight.transpose(1, 2).contiguous()
        views = (whole, whole.unsqueeze(3), factors, pulls, pulls.view(T, G, B, 3 * H), z)
        steps = list(zip(*(v.unbind() for v in views), strict=True))
        carried = None
        for slope, spread, factor, pull, flat, kept in reversed(steps):
            if carried is not None:
                slope.add_(carried)
            torch.mul(factor, spread, out=pull)
            carried = torch.mul(slope, kept).baddbmm_(flat, back)
        pulls = pulls.view(T, G, B, 3 * H)
        by_group, before = (v.transpose(0, 1).reshape(G, T * B, -1) for v in (pulls, before))
        of_weight = torch.bmm(before.transpose(1, 2), by_group)
        of_bias = by_group[..., 2 * H :].sum(dim=1, keepdim=True)
        pulls[..., 2 * H :] = whole * of_new
        return pulls, of_weight, of_bias


def run_gru(gru, series, lengths=None):
    """Return ``gru(series)[0]``, faster when training on a CPU.

    Parameters
    ----------
    gru : nn.GRU
        GRU with biases and ``batch_first``, without dropout and projection.
    series : Tensor of shape (B, T, n)
    lengths : int Tensor of shape (B,), default=None
        Length of each series in steps; reading backwards begins at its last step. None means T for all.

    Returns
    -------
    states : Tensor of shape (B, T, H), or (B, T, 2H) for both directions
    """
    turned = None
    if gru.bidirectional and lengths is not None:
        turned = _turn(lengths, series.shape[1])
    directions = ["", "_reverse"][: 1 + gru.bidirectional]
    for layer in range(gru.num_layers):
        parts = [[getattr(gru, f"{name}_l{layer}{d}") for d in directions] for name in _NAMES]
        series = _run_layer(series, *parts, gru.hidden_size, turned)
    return series


_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def _turn(lengths, n_timesteps):
    """Return the order of steps in which series are read backwards, of shape (B, T, 1)."""
    steps = torch.arange(n_timesteps)
    lengths = lengths[:, None]
    return torch.where(steps < lengths, lengths - 1 - steps, steps)[..., None]


def _read_backwards(series, turned):
    if turned is None:
        return series.flip(1)
    return series.gather(1, turned.expand(-1, -1, series.shape[2]))


def _run_layer(series, weights_in, weights, biases_in, biases, H, turned):
    """Return the states of a layer, its directions side by side."""
    given = [series] if len(weights) == 1 else [series, _read_backwards(series, turned)]
    projected = []
    for one, weight, bias_in, bias in zip(given, weights_in, biases_in, biases, strict=True):
        # the two biases of a gate act as one
        whole = torch.cat([bias_in[: 2 * H] + bias[: 2 * H], bias_in[2 * H :]])
        projected.append(torch.nn.functional.linear(one.transpose(0, 1), weight, whole))
    states = _Recurrence.apply(
        torch.stack(projected, dim=1),
        torch.stack([weight.T for weight in weights]),
        torch.stack([bias[None, 2 * H :] for bias in biases]),
    )
    made = [one.transpose(0, 1) for one in states.unbind(dim=1)]
    if len(made) == 2:
        made[1] = _read_backwards(made[1], turned)
        return torch.cat(made, dim=2)
    return made[0]
