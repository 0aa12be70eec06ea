"""Extractions against true values: what was right, what was wrong, and what was left to people."""

from structurer.evaluate.gold import Contradiction, Gold, GoldValue, Statement, parse_gold, read_gold
from structurer.evaluate.judging import Kind, Mark, Outcome, marks
from structurer.evaluate.rendering import render, wilson
from structurer.evaluate.scoring import Score, Tally, score

__all__ = [
    "Contradiction",
    "Gold",
    "GoldValue",
    "Kind",
    "Mark",
    "Outcome",
    "Score",
    "Statement",
    "Tally",
    "marks",
    "parse_gold",
    "read_gold",
    "render",
    "score",
    "wilson",
]
