"""How the site is built: `python -m sphinx -W --keep-going docs build/docs`. It asks for nothing outside itself."""

import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from structurer import __version__

project = "structurer"
author = "The structurer authors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "from_code", "search_chinese"]
source_suffix = {".md": "markdown"}
# A page that other work brings is taken up as soon as it is there (`scale*` in a table of contents).
suppress_warnings = ["toc.empty_glob"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"

html_theme = "furo"
html_title = "structurer"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": []}


def _page_language(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Chinese pages say so: browsers choose fonts and line breaks by it."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("html-page-context", _page_language)
