"""Preprocessing: from series to the windows that samplers learn and back, and from texts to tokens."""

from sktsgan.containers import TextTokenizer
from sktsgan.preprocessing._windowizer import Windowizer

__all__ = ["TextTokenizer", "Windowizer"]
