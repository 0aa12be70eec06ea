"""The charts of a dashboard, one a module."""

from __future__ import annotations

from structurer.dashboard.charts.coverage import MOST_AGENCIES, coverage
from structurer.dashboard.charts.marks import span
from structurer.dashboard.charts.rules import rules
from structurer.dashboard.charts.spread import distribution
from structurer.dashboard.charts.throughput import throughput
from structurer.dashboard.charts.worth import worth

__all__ = ["MOST_AGENCIES", "coverage", "distribution", "rules", "span", "throughput", "worth"]
