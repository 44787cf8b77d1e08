"""Cross-entropy of many tokens in little memory."""

import torch

__all__ = ["token_cross_entropy"]

_LEAST_SHARE = torch.finfo(torch.float32).tiny
_BLOCK_VALUES = 2**19  # logits computed at once, 2 MiB, so that they stay in cache


class _TokenCrossEntropy(torch.autograd.Function):
    """Softmax and cross-entropy of a linear map, in blocks of rows whose logits stay in cache.

    The gradients are computed along with the value, so that logits are computed once and never stored.
    """

    @staticmethod
    def forward(ctx, states, weight, bias, targets, weights):
        """Return the weighted sum of −log p; see ``token_cross_entropy``."""
        slopes = torch.empty_like(states)
        of_weight, of_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        value = states.new_zeros(())
        size = max(1, _BLOCK_VALUES // len(weight))
        for first in range(0, len(states), size):
            part = slice(first, first + size)
            seen, target, scale = states[part], targets[part, None], weights[part, None]
            shares = torch.softmax(torch.addmm(bias, seen, weight.T), dim=1)
            # clamped at 87 nats, since the logarithm of 0 is infinite
            value -= (scale * shares.gather(1, target).clamp_(min=_LEAST_SHARE).log_()).sum()
            shares *= scale  # now the gradients of the logits
            shares.scatter_add_(1, target, -scale)
            torch.mm(shares, weight, out=slopes[part])
            of_weight.addmm_(shares.T, seen)
            of_bias += shares.sum(dim=0)
        ctx.save_for_backward(slopes, of_weight, of_bias)
        return value

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, slope):
        """Return the gradients of states, weight and bias."""
        return *(slope * gradient for gradient in ctx.saved_tensors), None, None


def token_cross_entropy(states, weight, bias, targets, weights):
    """Return the weighted sum of −log softmax(W h + b) at the targets.

    With equal weights, this is the loss of maximum likelihood. With the advantages of the tokens as weights, its
    gradient is the policy gradient (Williams 1992; Yu et al. 2017, eq. 8).

    Parameters
    ----------
    states : Tensor of shape (n, hidden_size)
        States h.
    weight : Tensor of shape (n_tokens, hidden_size)
    bias : Tensor of shape (n_tokens,)
        Bias b, −∞ for tokens that can't occur.
    targets : int64 Tensor of shape (n,)
    weights : Tensor of shape (n,)
        Weights, treated as constants.

    Returns
    -------
    value : Tensor of shape ()
        In nats.
    """
    return _TokenCrossEntropy.apply(states, weight, bias, targets, weights)
