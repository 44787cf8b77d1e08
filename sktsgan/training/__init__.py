"""Training of generator against discriminator."""

from sktsgan.training._adversarial import AdversarialNet
from sktsgan.training._batches import AdversarialBatches
from sktsgan.training._callbacks import DivergenceGuard
from sktsgan.training._net import GANNet
from sktsgan.training._seqgan import SeqGANNet
from sktsgan.training._shifts import RandomShift
from sktsgan.training._timegan import TimeGANNet
from sktsgan.training._tokens import WindowTokens

__all__ = [
    "AdversarialBatches",
    "AdversarialNet",
    "DivergenceGuard",
    "GANNet",
    "RandomShift",
    "SeqGANNet",
    "TimeGANNet",
    "WindowTokens",
]
