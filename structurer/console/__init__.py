"""What a person reads in a terminal: one report, an import, checks, forms."""

from __future__ import annotations

from structurer.console.ink import terminal_width, wants_color
from structurer.console.report import view
from structurer.console.summaries import (
    checks_text,
    findings_text,
    form_text,
    forms_text,
    import_text,
    reasons_text,
)

__all__ = [
    "checks_text",
    "findings_text",
    "form_text",
    "forms_text",
    "import_text",
    "reasons_text",
    "terminal_width",
    "view",
    "wants_color",
]
