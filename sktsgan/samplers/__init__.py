"""Samplers: estimators that learn a distribution and draw from it."""

from sktsgan.samplers._base import BaseSampler
from sktsgan.samplers._copula import CopulaSampler
from sktsgan.samplers._dcgan import DCGANSampler
from sktsgan.samplers._gan import GANSampler
from sktsgan.samplers._neighbors import NeighborSampler
from sktsgan.samplers._seqgan import SeqGANSampler
from sktsgan.samplers._timegan import TimeGANSampler
from sktsgan.samplers._transformer_gan import TransformerGANSampler

__all__ = [
    "BaseSampler",
    "CopulaSampler",
    "DCGANSampler",
    "GANSampler",
    "NeighborSampler",
    "SeqGANSampler",
    "TimeGANSampler",
    "TransformerGANSampler",
]
