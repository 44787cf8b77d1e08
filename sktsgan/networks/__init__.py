"""Networks: plain torch modules."""

from sktsgan.networks._transformer import (
    RefiningGenerator,
    TransformerDiscriminator,
    TransformerGenerator,
)

__all__ = ["RefiningGenerator", "TransformerDiscriminator", "TransformerGenerator"]
