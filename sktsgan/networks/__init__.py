"""Networks: plain torch modules."""

from sktsgan.networks._convolutional import (
    ConvDiscriminator,
    ConvGenerator,
    DenseDiscriminator,
    DenseGenerator,
)
from sktsgan.networks._recurrent import RecurrentDiscriminator, RecurrentMap, RecurrentTimeGAN
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
    "RecurrentDiscriminator",
    "RecurrentMap",
    "RecurrentTimeGAN",
    "RefiningGenerator",
    "TransformerDiscriminator",
    "TransformerGenerator",
]
