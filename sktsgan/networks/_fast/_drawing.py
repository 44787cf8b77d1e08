"""Draw many texts at once from a language model."""

from typing import NamedTuple

import torch
from torch.nn.functional import pad

from sktsgan.networks._symbols import END, UNKNOWN

__all__ = ["Drawing", "TokenDrawer", "draw_tokens"]

_BLOCK = 64  # tokens whose probabilities are summed first: about the square root of a vocabulary
_CHUNK_VALUES = 2**19  # probabilities computed at once, 2 MiB, so that they stay in cache
_BELOW_ONE = 1 - 2**-23
_LIVE_SHARE = 0.75  # of the texts; when fewer go on, ended texts are no longer computed


class Drawing(NamedTuple):
    """Options for drawing tokens.

    Parameters
    ----------
    temperature : float
        Divisor of the logits.
    top_k : int or None
        Number of the most probable tokens to draw from; None for all.
    top_p : float or None
        Least total probability of the most probable tokens to draw from; None for all.
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None


class TokenDrawer:
    """Draw tokens for the states of a language model.

    A uniform number picks the token by the cumulative probabilities. These are summed in blocks: finding the block
    and then the token in it reads the probabilities once, while ``torch.multinomial`` takes several times as long as
    the model itself.

    Parameters
    ----------
    head : TokenHead
    drawing : Drawing
    generator : torch.Generator
        Generator on the device of the model or on the CPU.
    """

    def __init__(self, head, drawing, generator):
        self.drawing = drawing
        self.generator = generator
        n_tokens = len(head.weight)
        missing = -n_tokens % _BLOCK
        bias = head.bias.detach() / drawing.temperature
        bias[UNKNOWN] = -torch.inf
        bias = pad(bias, (0, missing), value=-torch.inf)
        weight = pad(head.weight.detach() / drawing.temperature, (0, 0, 0, missing)).T
        self.weight = torch.cat([weight, bias[None]])
        self.rows = max(1, _CHUNK_VALUES // len(bias))

    def __call__(self, states, *, may_end=True):
        """Return a token for each state: a Tensor of shape (n,) for one of shape (n, hidden_size)."""
        places = torch.rand(len(states), generator=self.generator, device=self.generator.device)
        places = places.to(states.device)
        states = pad(states, (0, 1), value=1.0)
        chunks = zip(states.split(self.rows), places.split(self.rows), strict=True)
        return torch.cat([self._draw(*chunk, may_end) for chunk in chunks])

    def _draw(self, states, places, may_end):
        logits = states @ self.weight
        if not may_end:
            logits[:, END] = -torch.inf
        self._cut(logits)
        blocks = torch.softmax(logits, dim=1).view(len(states), -1, _BLOCK)
        block, place = _find(blocks.sum(dim=2), places, relative=True)
        inside = blocks[torch.arange(len(states), device=states.device), block]
        token, _ = _find(inside, place, relative=False)
        return block * _BLOCK + token

    def _cut(self, logits):
        """Set the logits that ``top_k`` and ``top_p`` exclude to −∞, in place."""
        top_k, top_p = self.drawing.top_k, self.drawing.top_p
        if top_k is not None and top_k < logits.shape[1]:
            least = logits.topk(top_k, dim=1).values[:, -1:]
            logits.masked_fill_(logits < least, -torch.inf)
        if top_p is not None and top_p < 1:
            ordered, places = logits.sort(dim=1, descending=True)
            shares = torch.softmax(ordered, dim=1)
            before = shares.cumsum(dim=1) - shares
            out = torch.zeros_like(logits, dtype=torch.bool).scatter_(1, places, before >= top_p)
            logits.masked_fill_(out, -torch.inf)


def _find(weights, places, relative):
    """Return the interval of cumulative weights (n, k) that each place falls in, and the position within it."""
    sums = weights.cumsum(dim=1)
    total = sums[:, -1]
    # below the last sum, so that rounding never picks an interval of length 0
    places = torch.minimum(places * total if relative else places, total * _BELOW_ONE)
    index = torch.searchsorted(sums, places[:, None], right=True)
    before = torch.where(index > 0, sums.gather(1, (index - 1).clamp_(min=0)), 0.0)
    return index[:, 0], (places - before[:, 0]).clamp_(min=0)


@torch.no_grad()
def draw_tokens(
    model, n, max_length, generator, *, conditions=None, prefix=None, drawing=None, keep=False
):
    """Draw texts from a language model.

    Parameters
    ----------
    model : LanguageModel
        Model, in evaluation mode if it has dropout.
    n, max_length : int
        Number of texts, and of tokens in each.
    generator : torch.Generator
        Controls the draws.
    conditions : Tensor of shape (n, n_conditions), default=None
    prefix : int Tensor of shape (n, length), default=None
        Tokens that the texts begin with; a text continues freely from its first 0.
    drawing : Drawing, default=None
        None draws from the model as it is.
    keep : bool, default=False
        Whether to return the states as well; ended texts are then computed to the last step.

    Returns
    -------
    tokens : int64 Tensor of shape (n, max_length)
        Tokens, with zeros after the end of a text, 1; a text without an end has ``max_length`` tokens.
    states : list of tuple
        Only if ``keep``: inputs of the head and state of the model before each token.
    """
    drawer = TokenDrawer(model.head, drawing or Drawing(), generator)
    device = model.head.weight.device
    tokens = torch.zeros(n, max_length, dtype=torch.long, device=device)
    live = torch.arange(n, device=device)
    given = torch.zeros_like(tokens) if prefix is None else _widen(prefix.to(tokens), max_length)
    state, last, states = model.start(n, conditions), tokens[:, 0].clone(), []
    for t in range(max_length):
        seen, state = model.advance(last, state)
        if keep:
            states.append((seen, state))
        drawn = drawer(seen, may_end=t > 0)  # a text has at least one token
        ended = (last == END) | ((last == 0) & (t > 0))
        last = torch.where(given[live, t] > 0, given[live, t], drawn).masked_fill_(ended, 0)
        tokens[live, t] = last
        going = (last != END) & (last != 0)
        if not going.any():
            break
        if not keep and going.float().mean() < _LIVE_SHARE:
            left = going.nonzero()[:, 0]
            live, last, state = live[left], last[left], model.select(state, left)
    return (tokens, states) if keep else tokens


def _widen(prefix, max_length):
    return pad(prefix, (0, max_length - prefix.shape[1]))
