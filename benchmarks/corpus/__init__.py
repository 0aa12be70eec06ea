"""Reports made up on purpose: true tables in every layout and damage met in practice, with their truth.

The truth is made before the text is rendered and never read back from it, so it can judge any reader.
"""

from benchmarks.corpus.case import Case, case, combinations, gold, reports
from benchmarks.corpus.damage import DAMAGES
from benchmarks.corpus.layouts import LAYOUTS
from benchmarks.corpus.sheets import Truth
from benchmarks.corpus.truth import FORMS

__all__ = ["DAMAGES", "FORMS", "LAYOUTS", "Case", "Truth", "case", "combinations", "gold", "reports"]
