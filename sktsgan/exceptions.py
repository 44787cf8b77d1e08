"""Warnings that the samplers raise while they train."""

__all__ = ["DivergenceWarning", "ModeCollapseWarning"]


class DivergenceWarning(UserWarning):
    """Training produced non-finite values and stopped; the last good weights were kept."""


class ModeCollapseWarning(UserWarning):
    """The generated items vary far less than the training items."""
