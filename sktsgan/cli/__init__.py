"""The command line: ``python -m sktsgan``."""

from sktsgan.cli._main import main

__all__ = ["main"]
