"""Samplers, pipelines and imputers in files that are safe to load."""

from sktsgan.persistence._checkpoint import Checkpoint
from sktsgan.persistence._files import load, save

__all__ = ["Checkpoint", "load", "save"]
