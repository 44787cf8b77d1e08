"""Training of generator against discriminator."""

from sktsgan.training._adversarial import AdversarialNet
from sktsgan.training._batches import AdversarialBatches

__all__ = ["AdversarialBatches", "AdversarialNet"]
