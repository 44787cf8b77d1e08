"""One self-contained page about new windows: how real, how varied, how new."""

from sktsgan.report._report import Report, report

__all__ = ["Report", "report"]
