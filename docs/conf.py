"""How the site is built: `python -m sphinx -W --keep-going docs build/docs`. It asks for nothing outside."""

import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from structurer import __version__  # noqa: E402

project = "structurer"
author = project_copyright = "The structurer authors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "from_code", "chinese"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3

default_role = "literal"  # what docstrings put between single backticks
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True, "undoc-members": True, "exclude-members": "model_config"}
python_maximum_signature_line_length = 80
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"

html_theme = "furo"
html_title = "structurer"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
# Summaries are fetched page by page, which a browser forbids to a site opened from a folder.
html_show_search_summary = False
html_theme_options = {"top_of_page_buttons": []}


def _other_pages(app: Sphinx, page: str, source: list[str]) -> None:
    """A line `*` in the contents stands for the pages beside it that it does not name."""
    if page == "index":
        named = {*source[0].split(), page}
        others = [path.stem for path in sorted(HERE.glob("*.md")) if path.stem not in named]
        source[0] = re.sub(r"^\*$", "\n".join(others), source[0], flags=re.MULTILINE)


def _page_language(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Chinese pages say so: browsers choose fonts and line breaks by it."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _other_pages)
    app.connect("html-page-context", _page_language)
