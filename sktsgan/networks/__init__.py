"""Networks, as plain torch modules."""

from sktsgan.networks._causal_transformer import CausalTransformer
from sktsgan.networks._convolutional import (
    ConvDiscriminator,
    ConvGenerator,
    DenseDiscriminator,
    DenseGenerator,
)
from sktsgan.networks._fast._cross_entropy import token_cross_entropy
from sktsgan.networks._fast._drawing import Drawing, TokenDrawer, draw_tokens
from sktsgan.networks._likelihood import (
    marginal_log_likelihood,
    mean_log_likelihood,
    prefix_log_likelihoods,
)
from sktsgan.networks._recurrent import RecurrentDiscriminator, RecurrentMap, RecurrentTimeGAN
from sktsgan.networks._rollouts import Rollouts, roll_out
from sktsgan.networks._sequence import LSTMLanguageModel
from sktsgan.networks._symbols import END, PADDING, UNKNOWN
from sktsgan.networks._text_discriminator import Highway, TextDiscriminator
from sktsgan.networks._transformer import (
    RefiningGenerator,
    TransformerDiscriminator,
    TransformerGenerator,
)

__all__ = [
    "ConvDiscriminator",
    "ConvGenerator",
    "DenseDiscriminator",
    "DenseGenerator",
    "END",
    "PADDING",
    "UNKNOWN",
    "CausalTransformer",
    "Drawing",
    "Highway",
    "LSTMLanguageModel",
    "RecurrentDiscriminator",
    "RecurrentMap",
    "RecurrentTimeGAN",
    "RefiningGenerator",
    "Rollouts",
    "TextDiscriminator",
    "TokenDrawer",
    "TransformerDiscriminator",
    "TransformerGenerator",
    "draw_tokens",
    "marginal_log_likelihood",
    "mean_log_likelihood",
    "prefix_log_likelihoods",
    "roll_out",
    "token_cross_entropy",
]
