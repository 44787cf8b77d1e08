"""Settings of the documentation, for sphinx-build."""

from importlib.metadata import version as installed_version

project = "sktsgan"
author = "the sktsgan developers"
copyright = f"2026, {author}"
version = release = installed_version("sktsgan")
extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
]
exclude_patterns = ["_build"]
autosummary_generate = True
myst_heading_anchors = 3
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}
suppress_warnings = ["ref.ref"]  # inherited docstrings refer to labels of scikit-learn's manual
