"""What a model is asked about one report: what patterns and sums left open, or everything once more."""

from __future__ import annotations

from structurer.draft import Draft
from structurer.forms import Forms
from structurer.model.question import Question
from structurer.questions.about import metadata, problems
from structurer.questions.making import Asking
from structurer.questions.statements import all_statements, open_statements
from structurer.questions.tables import RowOf, all_tables, open_tables, table_rows
from structurer.questions.topics import rows_in
from structurer.settings import Ask
from structurer.tokens import Counter


def questions(draft: Draft, forms: Forms, ask: Ask, count: Counter) -> list[Question]:
    """The questions about one report, in its order; none where nothing is open or asked.

    `open`: sentences with a quantity that no pattern settled, rows and tables whose numbers could not be
    placed, and metadata that is missing. `all`: every section and table, and the problems of section 五.
    """
    if ask == "none":
        return []
    asking = Asking(draft, forms, count)
    if ask == "open":
        return [*metadata(asking), *open_statements(asking), *open_tables(asking)]
    return [*metadata(asking), *all_statements(asking), *all_tables(asking), *problems(asking)]


__all__ = ["RowOf", "questions", "rows_in", "table_rows"]
