"""Warnings that the samplers raise while they train."""

__all__ = ["DivergenceWarning", "ModeCollapseWarning"]


class DivergenceWarning(UserWarning):
    """Training turned non-finite; the last good weights were kept and training stopped."""


class ModeCollapseWarning(UserWarning):
    """The generated items vary far less than the training items do."""
