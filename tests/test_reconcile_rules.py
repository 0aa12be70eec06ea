"""Rules between prose and tables are asked whatever was worked out of the forms before."""

from __future__ import annotations

import subprocess
import sys

_ASKED = """
from structurer.forms import load_forms
from structurer.reconcile import crossings
forms = load_forms()
{before}
asked = crossings(forms, ["statistics", "applications"])
print(sorted(edit.rule.id for table in asked for edit in table.edits))
"""
_BEFORE = "[table.edits for form in forms.forms for table in form.tables]"


def test_no_rule_is_lost_to_what_was_asked_before() -> None:
    def asked(before: str) -> str:
        code = _ASKED.format(before=before)
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert asked(_BEFORE) == asked("")
    assert "narrative.statistics" in asked("")
