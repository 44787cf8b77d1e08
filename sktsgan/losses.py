"""Losses and penalties as functions of logits, states and windows."""

import torch
from torch.nn.functional import softplus

__all__ = [
    "LOSSES",
    "discriminator_loss",
    "finite_difference_penalty",
    "generator_loss",
    "generator_gradient_ratio",
    "moment_loss",
    "reconstruction_loss",
    "state_discriminator_loss",
    "state_generator_loss",
    "supervised_loss",
]

LOSSES = ("relativistic", "bce")
_LEAST_VARIANCE = 1e-6  # keeps the slope of its square root finite
_MAX_EXPONENT = 20.0  # of the ratio: far below overflow, far above that of any trained networks


def discriminator_loss(real, fake, loss):
    """Return the loss that the discriminator minimises.

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
    """Return the loss that the generator minimises.

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
    """Return the ratio of the generator's gradient to the discriminator's, for each generated item.

    Both losses depend on a generated item only through its logit f, so their gradients with respect to the item
    differ only by a factor. If the generator minimises softplus(−f) (the non-saturating loss of Goodfellow et al.
    2014) or softplus(−(f − r)), the factor is −e^{−f} or −e^{r−f}. One backward pass through the discriminator then
    serves both networks.

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

    For noise n ~ N(0, I), the mean of (D(x + h n) − D(x))² / h² tends to ‖∇D(x)‖² as h → 0. This needs no second
    derivatives, which are expensive for attention. The penalty is that of Mescheder et al. (2018), eq. 9.

    Parameters
    ----------
    logits, moved : Tensor of shape (batch_size,)
        Logits at x and at x + h n.
    step : float
        Step size h.

    Returns
    -------
    penalty : Tensor of shape ()
    """
    return ((moved - logits) ** 2).mean() / (2 * step**2)


def reconstruction_loss(real, recovered, mask=None):
    """Return the mean squared error of recovered series.

    L_R of Yoon et al. (2019), eq. 7, as a mean over steps and channels.

    Parameters
    ----------
    real, recovered : Tensor of shape (batch_size, n_timesteps, n_channels)
    mask : bool Tensor of shape (batch_size, n_timesteps), default=None
        Steps that belong to their series; None for all.

    Returns
    -------
    value : Tensor of shape ()
        In squared units of the series.
    """
    error = (real - recovered) ** 2
    return (error if mask is None else error[mask]).mean()


def supervised_loss(states, predicted, mask=None):
    """Return the mean squared error of states predicted one step ahead.

    L_S of Yoon et al. (2019), eq. 9: the prediction at step t − 1 is compared with the state at step t.

    Parameters
    ----------
    states, predicted : Tensor of shape (batch_size, n_timesteps, hidden_size)
    mask : bool Tensor of shape (batch_size, n_timesteps), default=None
        Steps that belong to their series; None for all.

    Returns
    -------
    value : Tensor of shape ()
        0 if no series has a second step.
    """
    if states.shape[1] < 2 or (mask is not None and not mask[:, 1:].any()):
        return 0.0 * predicted.sum()
    return reconstruction_loss(
        states[:, 1:], predicted[:, :-1], None if mask is None else mask[:, 1:]
    )


def moment_loss(real, generated, mask=None):
    """Return the difference between the first two moments of a generated batch and those of a real one.

    The mean absolute difference of the means, plus that of the standard deviations, of each channel and step over the
    batch. The code published with Yoon et al. (2019) adds it to the generator's loss.

    Parameters
    ----------
    real, generated : Tensor of shape (batch_size, n_timesteps, n_channels)
    mask : bool Tensor of shape (batch_size, n_timesteps), default=None
        Steps that belong to their series, in both batches; None for all. Steps of fewer than two series don't count.

    Returns
    -------
    value : Tensor of shape ()
        In units of the series.
    """
    if mask is None:
        mask = torch.ones(real.shape[:2], dtype=torch.bool, device=real.device)
    enough = mask.sum(dim=0) > 1
    if not enough.any():
        return 0.0 * generated.sum()
    weights = mask[:, enough, None] / mask[:, enough].sum(dim=0)[:, None]
    (m, s), (n, t) = (_moments(x[:, enough], weights) for x in (real, generated))
    return (s - t).abs().mean() + (m - n).abs().mean()


def _moments(windows, weights):
    mean = (windows * weights).sum(dim=0)
    variance = ((windows - mean) ** 2 * weights).sum(dim=0)
    return mean, torch.sqrt(variance + _LEAST_VARIANCE)


def state_discriminator_loss(real, fake, before, gamma, loss):
    """Return the loss that a discriminator of latent states minimises.

    −L_U of Yoon et al. (2019), eq. 8. As in the code published with it, generated states count twice: after the
    supervisor, and with weight γ before it.

    Parameters
    ----------
    real, fake, before : Tensor of shape (n_states,)
        Logits of real states, and of generated ones after and before the supervisor.
    gamma : float
        γ, at least 0.
    loss : {"relativistic", "bce"}

    Returns
    -------
    value : Tensor of shape ()
        In nats, at least 0.
    """
    if loss == "bce":
        return discriminator_loss(real, fake, loss) + gamma * softplus(before).mean()
    return discriminator_loss(real, fake, loss) + gamma * discriminator_loss(real, before, loss)


def state_generator_loss(real, fake, before, gamma, loss):
    """Return the loss that a generator of latent states minimises.

    The sum of ``generator_loss`` after the supervisor and, with weight γ, before it.

    Parameters
    ----------
    real, fake, before : Tensor of shape (n_states,)
        Logits, as for ``state_discriminator_loss``.
    gamma : float
        γ, at least 0.
    loss : {"relativistic", "bce"}

    Returns
    -------
    value : Tensor of shape ()
        In nats, at least 0.
    """
    return generator_loss(real, fake, loss) + gamma * generator_loss(real, before, loss)
