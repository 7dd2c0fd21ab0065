"""How Sphinx makes the site of these pages: `nox -s docs`. Nothing of it comes from elsewhere."""

from __future__ import annotations

from importlib.metadata import version

project = "HaiTech CRM"
author = "The HaiTech CRM authors"
project_copyright = "the HaiTech CRM authors, MIT"
version = release = version("haitech")

extensions = ["myst_parser"]
root_doc = "index"
nitpicky = True

myst_heading_anchors = 4
"""Headings are linked to by the names that GitHub gives them."""
myst_enable_extensions = ["attrs_block", "attrs_inline", "deflist"]
# blocks that only tests and readers tell apart: what a program answered is plain text
highlight_language = "none"
suppress_warnings = ["misc.highlighting_failure"]  # JSON and YAML with `…` in them

html_theme = "furo"
html_title = "HaiTech CRM"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_theme_options = {"navigation_with_keys": True}
