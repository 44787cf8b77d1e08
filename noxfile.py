"""Sessions that check the package: ``nox -s tests``, ``tests_oldest``, ``lint``, ``docs``."""

import tomllib
from pathlib import Path

import nox

nox.options.sessions = ["lint", "tests", "tests_oldest"]

ROOT = Path(__file__).parent


@nox.session
def tests(session):
    """Run the suite on the latest release of every dependency."""
    session.install("--upgrade", "-e", ".[test]")
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session(python="3.11")
def tests_oldest(session):
    """Run the suite on the oldest release of every dependency that pyproject.toml admits."""
    session.install(*_lower_bounds())
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "2", *session.posargs)


@nox.session
def lint(session):
    """Lint and check the format with the pinned ruff."""
    session.install("-c", "constraints.txt", "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def docs(session):
    """Build the pages of docs/ as HTML into docs/_build; ``-- -D plot_gallery=0`` runs no example."""
    session.install("-c", "constraints.txt", "-e", ".[docs]")
    session.run("sphinx-build", "-W", "-b", "html", *session.posargs, "docs", "docs/_build")


def _lower_bounds():
    """Return the run-time dependencies, each pinned at its lower bound."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [requirement.replace(">=", "==") for requirement in project["dependencies"]]
