"""Monte-Carlo rollouts: what becomes of texts that go on anew from each of their beginnings."""

from typing import NamedTuple

import torch

from sktsgan.networks._fast._drawing import Drawing, TokenDrawer
from sktsgan.networks._sequence import END

__all__ = ["Rollouts", "roll_out"]


class Rollouts(NamedTuple):
    """Texts that begin as others.

    Parameters
    ----------
    tokens : int64 Tensor of shape (n_rollouts, max_length)
    origins : int64 Tensor of shape (n_rollouts,)
        Which text each one begins as.
    kept : int64 Tensor of shape (n_rollouts,)
        How many tokens of it are kept.
    """

    tokens: torch.Tensor
    origins: torch.Tensor
    kept: torch.Tensor


@torch.no_grad()
def roll_out(model, tokens, states, n_rollouts, generator):
    """Let texts go on anew from each of their beginnings that is not the whole text.

    Yu et al. (2017), eq. 4. All beginnings of all texts go on at once, from the states that the model had when it drew
    them: a rollout costs its own tokens only.

    Parameters
    ----------
    model : LanguageModel
    tokens : int64 Tensor of shape (n, max_length)
    states : list of tuple
        What ``draw_tokens`` keeps.
    n_rollouts : int
        Of each beginning.
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
        seen, fresh = states[min(t, len(states) - 1)]  # there are none where all texts have ended
        seen, fresh = seen[begun], model.select(fresh, begun)
        if len(last):  # those of shorter beginnings go on beside
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
