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
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "gallery/backreferences"]
templates_path = ["_templates"]
autosummary_generate = True
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}
suppress_warnings = ["ref.ref"]  # inherited docstrings refer to labels of scikit-learn's manual

html_theme = "pydata_sphinx_theme"
html_title = "sktsgan"
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_sidebars = {page: [] for page in ("index", "start", "benchmarks", "contributing", "changelog")}
html_theme_options = {
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "footer_start": ["copyright"],
    "footer_end": [],
}

# Examples run in some three minutes; sphinx-build -D plot_gallery=0 leaves them out.
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "backreferences_dir": "gallery/backreferences",
    "doc_module": ("sktsgan",),
    "reset_modules": ("matplotlib",),
    "within_subsection_order": "FileNameSortKey",
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_signature": False,
    "write_computation_times": False,
    "capture_repr": (),  # what is printed and drawn says enough
}
