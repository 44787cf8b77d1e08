"""Monte-Carlo rollouts: new endings for texts from each of their beginnings."""

from typing import NamedTuple

import torch

from sktsgan.networks._fast._drawing import Drawing, TokenDrawer
from sktsgan.networks._symbols import END

__all__ = ["Rollouts", "roll_out"]


class Rollouts(NamedTuple):
    """Texts that begin like others.

    Parameters
    ----------
    tokens : int64 Tensor of shape (n_rollouts, max_length)
    origins : int64 Tensor of shape (n_rollouts,)
        Number of the text that each one begins like.
    kept : int64 Tensor of shape (n_rollouts,)
        Number of tokens that it shares with that text.
    """

    tokens: torch.Tensor
    origins: torch.Tensor
    kept: torch.Tensor


@torch.no_grad()
def roll_out(model, tokens, states, n_rollouts, generator):
    """Draw new endings for texts from each of their proper beginnings.

    Yu et al. (2017), eq. 4. All beginnings of all texts continue at once, from the states that the model had when it
    drew them, so a rollout costs only its new tokens.

    Parameters
    ----------
    model : LanguageModel
    tokens : int64 Tensor of shape (n, max_length)
    states : list of tuple
        States from ``draw_tokens`` with ``keep``.
    n_rollouts : int
        Number of rollouts of each beginning.
    generator : torch.Generator

    Returns
    -------
    rollouts : Rollouts
    """
    drawer = TokenDrawer(model.head, Drawing(), generator)
    none = tokens.new_empty(0)
    origins, kept, made = none, none, tokens.new_empty(0, tokens.shape[1])
    going, last, state = none, none, None
    places = torch.arange(tokens.shape[1], device=tokens.device)
    for t in range(1, tokens.shape[1]):
        begun = (tokens[:, t - 1] > END).nonzero()[:, 0].repeat_interleave(n_rollouts)
        seen, fresh = states[min(t, len(states) - 1)]  # none are kept once all texts have ended
        seen, fresh = seen[begun], model.select(fresh, begun)
        if len(last):  # rollouts of shorter beginnings continue
            seen_before, state = model.advance(last, state)
            seen, fresh = torch.cat([seen_before, seen]), model.join([state, fresh])
        if not len(seen):
            break
        going = torch.cat([going, len(made) + torch.arange(len(begun), device=begun.device)])
        made = torch.cat([made, tokens[begun].where(places < t, 0)])
        origins, kept = torch.cat([origins, begun]), torch.cat([kept, torch.full_like(begun, t)])
        last = drawer(seen)
        made[going, t] = last
        left = (last != END).nonzero()[:, 0]
        going, last, state = going[left], last[left], model.select(fresh, left)
    return Rollouts(made, origins, kept)
