"""Adversarial losses and penalties as functions of logits."""

import torch
from torch.nn.functional import softplus

__all__ = [
    "LOSSES",
    "discriminator_loss",
    "finite_difference_penalty",
    "generator_loss",
    "generator_gradient_ratio",
]

LOSSES = ("relativistic", "bce")
_MAX_EXPONENT = 20.0  # of the ratio: far below overflow, far beyond any trained pair


def discriminator_loss(real, fake, loss):
    """Return what the discriminator minimises.

    ``"bce"`` is the cross-entropy of Goodfellow et al. (2014), eq. 1: the mean of
    softplus(−D(x)) + softplus(D(G(z))). ``"relativistic"`` is the relativistic pairing loss of
    Jolicoeur-Martineau (2018), eq. 4, the mean of softplus(−(D(x) − D(G(z)))).

    Parameters
    ----------
    real, fake : Tensor of shape (batch_size,)
        Logits of real and generated items.
    loss : {"relativistic", "bce"}

    Returns
    -------
    value : Tensor of shape ()
        In nats, at least 0.
    """
    if loss == "relativistic":
        return softplus(fake - real).mean()
    return (softplus(-real) + softplus(fake)).mean()


def generator_loss(real, fake, loss):
    """Return what the generator minimises.

    The mean of softplus(−D(G(z))) for ``"bce"`` (the non-saturating loss of Goodfellow et al. 2014, sec. 3),
    of softplus(−(D(G(z)) − D(x))) for ``"relativistic"``.

    Parameters
    ----------
    real, fake : Tensor of shape (batch_size,)
        Logits of real and generated items.
    loss : {"relativistic", "bce"}

    Returns
    -------
    value : Tensor of shape ()
        In nats, at least 0.
    """
    return softplus(real - fake if loss == "relativistic" else -fake).mean()


def generator_gradient_ratio(real, fake, loss):
    """Return how the generator's loss pulls at each logit, relative to the discriminator's loss.

    Both losses depend on a generated item only through its logit f, so that their gradients with
    respect to the item differ by a factor of its own. With the generator minimising softplus(−f) (the
    non-saturating loss of Goodfellow et al. 2014) or softplus(−(f − r)), the factor is −e^{−f} or −e^{r−f}. One
    backward pass through the discriminator then serves both players.

    Parameters
    ----------
    real, fake : Tensor of shape (batch_size,)
        Logits of real and generated items.
    loss : {"relativistic", "bce"}

    Returns
    -------
    ratio : Tensor of shape (batch_size,)
        Below 0.
    """
    exponent = real - fake if loss == "relativistic" else -fake
    return -torch.exp(exponent.clamp(max=_MAX_EXPONENT))


def finite_difference_penalty(logits, moved, step):
    """Return an estimate of the zero-centred gradient penalty E‖∇D(x)‖² / 2.

    For noise n ~ N(0, I), (D(x + h n) − D(x))² / h² has the mean ‖∇D(x)‖² as h → 0. It needs no second derivatives,
    which attention makes expensive. The penalty is that of Mescheder et al. (2018), eq. 9.

    Parameters
    ----------
    logits, moved : Tensor of shape (batch_size,)
        Logits at x and at x + h n.
    step : float
        h.

    Returns
    -------
    penalty : Tensor of shape ()
    """
    return ((moved - logits) ** 2).mean() / (2 * step**2)
