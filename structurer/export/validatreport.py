"""The checks as a validation report of the European Statistical System (ESSnet ValidatReport, 1.0.1 alpha).

The structure is an array of validations: which event evaluated which rule on which data, with which outcome.
Version 1.0.1 names a datum by an array of keys, where 1.0.0 had one string; the keys are those of the
validation handbook: population, occasion, unit, variable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from typing import Any, BinaryIO

from structurer._version import __version__
from structurer.confront import Check, confront
from structurer.flat import Line, Report
from structurer.forms import Edit, Forms
from structurer.observation import Extraction
from structurer.reconcile import asked

VERSION = "1.0.1 alpha"
POPULATION = "政府信息公开工作年度报告"
"""The first key of every datum: the population is that of all such reports."""
_SEVERITY: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "information"}
_VALUE: Mapping[str, str] = {"pass": "1", "fail": "0", "unknown": "NA"}
_ACTOR = f"structurer {__version__}"


@contextmanager
def validatreport(stream: BinaryIO, forms: Forms) -> Iterator[_Validations]:
    """A sink for validations: one array, a line each."""
    sink = _Validations(stream, forms)
    stream.write(b"[")
    yield sink
    stream.write(b"\n]\n")


class _Validations:
    def __init__(self, stream: BinaryIO, forms: Forms) -> None:
        self._stream = stream
        self._forms = forms
        self.checks = 0

    def put(self, report: Report, lines: Sequence[Line]) -> int:
        for one in validations(report, self._forms):
            text = json.dumps(one, ensure_ascii=False, separators=(",", ":"))
            self._stream.write((",\n" if self.checks else "\n").encode() + text.encode())
            self.checks += 1
        return 0


def validations(report: Report, forms: Forms) -> Iterator[dict[str, Any]]:
    """Every rule that could be asked of a report, with its outcome as the report now stands.

    `time` is when the figures came to stand as they are, by extraction or by a reviewer: the same store gives
    the same report.
    """
    extraction = report.extraction()
    event = {"time": report.settled_at.isoformat() if report.settled_at else "", "actor": _ACTOR}
    language = f"structurer forms {forms.fingerprint[:12]}"
    for check in confront(extraction.observations, asked(extraction, forms)):
        yield {
            "id": _id(report, check),
            "type": "validation",
            "event": event,
            "rule": {
                "language": language,
                "expression": expression(check.edit),
                "severity": _SEVERITY[check.severity],
                "description": f"{check.rule}: {check.edit.rule.message} ({check.edit.rule.origin})",
            },
            "data": {
                "source": [_key(report, indicator) for indicator in check.indicators],
                "target": [_key(report, indicator) for indicator in _suspects(extraction, check)],
                "description": " ".join(filter(None, (_named(report), check.where, check.message))),
            },
            "value": _VALUE[check.outcome],
        }


def expression(edit: Edit) -> str:
    """A rule over its cells as one expression."""
    return _expression(edit.left, edit.right, edit.or_right, "==" if edit.rule.relation == "equal" else "<=")


@lru_cache(maxsize=4096)
def _expression(left: tuple[str, ...], right: tuple[str, ...], or_right: tuple[str, ...], sign: str) -> str:
    either = f" or {' + '.join(left)} == {' + '.join(or_right)}" if or_right else ""
    return f"{' + '.join(left)} {sign} {' + '.join(right)}{either}"


def _id(report: Report, check: Check) -> str:
    said = "\0".join((report.document.id, check.rule, *check.indicators))
    return sha256(said.encode()).hexdigest()[:32]


def _key(report: Report, indicator: str) -> list[str]:
    year = report.document.year
    return [POPULATION, str(year) if year is not None else "", report.document.id, indicator]


def _suspects(extraction: Extraction, check: Check) -> list[str]:
    """The cells a failure points at; none where it points at all of them, which the standard leaves empty."""
    if check.outcome != "fail":
        return []
    return [
        key
        for key in check.indicators
        if (found := extraction.get(key)) is not None and found.status == "disputed"
    ]


def _named(report: Report) -> str:
    document = report.document
    return " ".join(str(part) for part in (document.agency, document.year, document.path) if part is not None)
