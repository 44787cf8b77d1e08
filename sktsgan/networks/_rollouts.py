"""Monte-Carlo rollouts: what becomes of texts that go on anew from each of their beginnings."""

from typing import NamedTuple

import torch

from sktsgan.networks._drawing import Drawing, TokenDrawer
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
    empty = tokens.new_empty(0)
    origins, kept, made = empty, empty, tokens.new_empty(0, tokens.shape[1])
    going, state = empty, None
    for t in range(1, len(states)):
        begun = ((tokens[:, t - 1] != END) & (tokens[:, t - 1] != 0)).nonzero()[:, 0]
        begun = begun.repeat_interleave(n_rollouts)
        going = torch.cat([going, torch.arange(len(begun), device=begun.device) + len(made)])
        seen, fresh = states[t]
        seen, fresh = seen[begun], model.select(fresh, begun)
        if state is not None and len(last):
            seen_before, state = model.advance(last, state)
            seen, fresh = torch.cat([seen_before, seen]), model.join([state, fresh])
        made = torch.cat([made, tokens[begun].where(torch.arange(tokens.shape[1]) < t, 0)])
        origins, kept = torch.cat([origins, begun]), torch.cat([kept, torch.full_like(begun, t)])
        last = drawer(seen)
        made[going, t] = last
        left = (last != END).nonzero()[:, 0]
        if len(left) < len(last):
            going, last, fresh = going[left], last[left], model.select(fresh, left)
        state = fresh
    return Rollouts(made, origins, kept)
