"""Whole numbers under sums: all ways to place and fill short rows so that every equation holds.

Cells are numbered from 0 and hold whole numbers >= 0. A row prints tokens for some of its cells; where tokens
are missing, several *readings* say which cell prints which token. A solution picks one reading a row and a
value for every cell such that all equations hold. Its cost is, first, the number of printed cells whose value
differs from what is printed (*changes*), then the number of omitted cells that are not zero (*fills*): the
declared prior that an omitted cell is zero unless the sums need more. A value is *settled* if every solution
of least cost agrees on it, proved by exhausting them; a search that stops early settles nothing.
"""

from structurer.balance.placements import reading_in_place, readings
from structurer.balance.problem import Equation, Gap, Problem, Reading
from structurer.balance.solver import Balance, solve

__all__ = ["Balance", "Equation", "Gap", "Problem", "Reading", "reading_in_place", "readings", "solve"]
