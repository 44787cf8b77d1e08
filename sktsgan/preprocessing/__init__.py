"""Preprocessing: from series to the windows that samplers learn, and back."""

from sktsgan.preprocessing._windowizer import Windowizer

__all__ = ["Windowizer"]
