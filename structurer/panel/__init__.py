"""A panel: agencies by years by harmonised indicators, over everything a store holds."""

from __future__ import annotations

from structurer.panel.build import Panel, Row, panel
from structurer.panel.told import Told, load_told

__all__ = ["Panel", "Row", "Told", "load_told", "panel"]
