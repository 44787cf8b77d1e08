"""Language models: the distribution of each token of a text given those before it.

A token is an integer: 0 starts a text and pads it after its end, 1 is the end, 2 a word that is not in the vocabulary.
The state of a model after reading some tokens is a tuple of tensors (or None) with the texts on the first axis.
"""

import torch
from torch import nn
from torch.nn.functional import linear, pad

from sktsgan.networks._fast._cross_entropy import token_cross_entropy
from sktsgan.networks._fast._drawing import draw_tokens
from sktsgan.networks._layers import make_condition_layer
from sktsgan.networks._rollouts import roll_out
from sktsgan.networks._symbols import END, PADDING

__all__ = ["LSTMLanguageModel", "LanguageModel", "TokenHead"]

_EMBEDDING_SCALE = 0.1
_UNSEEN = 0.5  # occurrences that a symbol counts for beside those it has


def drop_tokens(embedded, rate, training):
    """Drop whole tokens at random from embedded ones of shape (B, T, E) (Gal and Ghahramani 2016)."""
    return _drop(embedded, (*embedded.shape[:2], 1), rate, training)


def drop_features(states, rate, training):
    """Drop features at random from states of shape (B, T, H), the same at all steps of a text."""
    return _drop(states, (len(states), 1, states.shape[2]), rate, training)


def _drop(values, shape, rate, training):
    if not training or not rate:
        return values
    kept = torch.rand(shape, device=values.device) >= rate
    return values * (kept / (1 - rate))


class TokenHead(nn.Module):
    """Logits of the next token: log f + b + W h, with f the frequency of each symbol in the training text.

    W and b start small, so an untrained model draws words by frequency, and weight decay pulls towards that.

    Parameters
    ----------
    hidden_size, n_tokens : int
    """

    def __init__(self, hidden_size, n_tokens):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_tokens, hidden_size) * _EMBEDDING_SCALE)
        self.own_bias = nn.Parameter(torch.zeros(n_tokens))
        self.register_buffer("log_frequencies", torch.zeros(n_tokens))

    @property
    def bias(self):
        """The sum log f + b; −∞ for symbols that can't occur."""
        return self.own_bias + self.log_frequencies

    def set_frequencies(self, frequencies):
        """Set f, a Tensor of shape (n_tokens,), 0 for symbols that can't occur."""
        self.log_frequencies.copy_(torch.log(frequencies))

    def count_frequencies(self, tokens):
        """Set f by the symbols of training texts, a Tensor of shape (n_texts, max_length)."""
        counts = torch.bincount(tokens.flatten(), minlength=len(self.weight)) + _UNSEEN
        counts[PADDING] = 0
        if not (tokens == END).any():
            counts[END] = 0
        self.set_frequencies(counts / counts.sum())

    def forward(self, states):
        """Map states of shape (..., hidden_size) to logits of shape (..., n_tokens)."""
        return linear(states, self.weight, self.bias)


class LanguageModel(nn.Module):
    """Base of language models; a call gives the logits of every token of whole texts.

    A model adds ``states``, ``start`` and ``advance``, and has a ``head``.

    Parameters
    ----------
    n_tokens : int
        Number of symbols, padding included.
    n_conditions : int
        Number of values that describe a text, seen at every step; 0 for none.
    embedding_size : int
    """

    def __init__(self, n_tokens, n_conditions, embedding_size):
        super().__init__()
        self.embed = nn.Embedding(n_tokens, embedding_size)
        nn.init.normal_(self.embed.weight, std=_EMBEDDING_SCALE)
        self.condition = make_condition_layer(n_conditions, embedding_size)

    def forward(self, tokens, conditions=None):
        """Return logits of shape (n, T, n_tokens) for tokens of shape (n, T), each from the tokens before it."""
        return self.head(self.states(tokens, conditions))

    def draw(self, n, max_length, generator, **options):
        """Return n texts drawn from the model; see ``draw_tokens``."""
        return draw_tokens(self, n, max_length, generator, **options)

    def roll_out(self, tokens, states, n_rollouts, generator):
        """Return new endings of texts from each of their beginnings; see ``sktsgan.networks.roll_out``."""
        return roll_out(self, tokens, states, n_rollouts, generator)

    def token_loss(self, tokens, conditions, weights):
        """Return the weighted sum of −log p of tokens (n, T), those of weight 0 left out."""
        counted = weights != 0
        states = self.states(tokens, conditions)[counted]
        head = self.head
        return token_cross_entropy(
            states, head.weight, head.bias, tokens[counted], weights[counted]
        )

    def step(self, tokens, state):
        """Read a token of each text, of shape (n,), the first being the start, 0.

        Returns the logits of the next token, of shape (n, n_tokens), and the new state.
        """
        seen, state = self.advance(tokens, state)
        return self.head(seen), state

    def _embed_shifted(self, tokens, conditions, dropout):
        """Return the embedded inputs (n, T, E): the start and all tokens but the last."""
        embedded = drop_tokens(self.embed(pad(tokens[:, :-1], (1, 0))), dropout, self.training)
        if conditions is not None:
            embedded = embedded + self.condition(conditions)[:, None]
        return embedded

    def _embed_one(self, tokens, context):
        """Return the embedded inputs (n, 1, E) of one step."""
        embedded = self.embed(tokens)
        return (embedded if context is None else embedded + context)[:, None]

    def _context(self, conditions):
        return None if conditions is None else self.condition(conditions)

    @staticmethod
    def select(state, index):
        """Return the state of the texts at a Tensor of indices, which may repeat."""
        return tuple(None if t is None else t.index_select(0, index) for t in state)

    @staticmethod
    def repeat(state, k):
        """Return the state with each text k times in a row."""
        return tuple(None if t is None else t.repeat_interleave(k, dim=0) for t in state)

    @staticmethod
    def join(states):
        """Return the states of several groups of texts as one."""
        return tuple(
            None if parts[0] is None else torch.cat(parts) for parts in zip(*states, strict=True)
        )


class LSTMLanguageModel(LanguageModel):
    """A recurrent language model (Mikolov et al. 2010) of long short-term memory cells.

    Dropout removes whole tokens at the input and, at the last layer, the same features throughout a text.

    Parameters
    ----------
    n_tokens, n_conditions : int
    embedding_size, hidden_size, n_layers : int
    dropout : float
    """

    def __init__(self, n_tokens, n_conditions, *, embedding_size, hidden_size, n_layers, dropout):
        super().__init__(n_tokens, n_conditions, embedding_size)
        between = dropout if n_layers > 1 else 0.0
        self.recurrent = nn.LSTM(
            embedding_size, hidden_size, n_layers, batch_first=True, dropout=between
        )
        self.dropout = dropout
        self.head = TokenHead(hidden_size, n_tokens)

    def states(self, tokens, conditions=None):
        """Return the inputs of the head, of shape (n, T, hidden_size)."""
        embedded = self._embed_shifted(tokens, conditions, self.dropout)
        return drop_features(self.recurrent(embedded)[0], self.dropout, self.training)

    def start(self, n, conditions=None):
        """Return the state before the first token of n texts."""
        shape = n, self.recurrent.num_layers, self.recurrent.hidden_size
        zeros = self.embed.weight.new_zeros(shape)
        return zeros, zeros.clone(), self._context(conditions)

    def advance(self, tokens, state):
        """Read a token of each text; return the inputs of the head, of shape (n, hidden_size), and the new state."""
        hidden, cells, context = state
        carried = tuple(t.transpose(0, 1).contiguous() for t in (hidden, cells))
        made, carried = self.recurrent(self._embed_one(tokens, context), carried)
        return made[:, 0], (*(t.transpose(0, 1) for t in carried), context)
