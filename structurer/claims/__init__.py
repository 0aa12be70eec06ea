"""What a model says, held against the page: quotes found, numbers read again, the rest unsupported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from structurer.claims.claim import METHOD, Claim
from structurer.claims.gaps import gaps
from structurer.claims.report import field, problem
from structurer.claims.statements import Statements
from structurer.draft import Draft
from structurer.forms import Forms
from structurer.ground import Passage
from structurer.model.answers import FieldItem, ProblemItem, StatementItem
from structurer.model.reply import Reply
from structurer.prose.times import Times


def claims(draft: Draft, forms: Forms, replies: Iterable[Reply], accept: bool) -> list[Claim]:
    """What replies about sentences, metadata and problems say, in their order, the same thing once.

    Nothing of it is accepted unless `accept`, and then only what was found and read again.
    """
    found: list[Claim] = []
    for reply in replies:
        for leaf in reply.leaves():
            if leaf.items and not leaf.question.about:
                found += _of_reply(leaf, draft, forms, accept)
    return _once(found)


def _of_reply(reply: Reply, draft: Draft, forms: Forms, accept: bool) -> Iterator[Claim]:
    document, passage = draft.document, _passage(draft, reply)
    agency = next((str(one.value) for one in draft.about if one.indicator == "metadata.agency"), None)
    times = Times(passage.masked, draft.year, agency)
    statements = Statements(document, draft.sections, forms, passage, times, accept)
    for item in reply.items:
        if isinstance(item, StatementItem):
            yield statements.claim(item)
        elif isinstance(item, FieldItem):
            yield field(item, document, passage, accept)
        elif isinstance(item, ProblemItem):
            yield problem(item, document, passage, accept)


def _passage(draft: Draft, reply: Reply) -> Passage:
    """The text that was sent, within its sections where they hold no table."""
    spans = [(piece.start, piece.end) for piece in reply.question.chunk.pieces]
    within: list[tuple[int, int]] = []
    for section in draft.sections:
        touched = [span for span in spans if section.start <= span[0] < section.end]
        whole = (section.start, section.end)
        within += (
            [whole]
            if touched and section.state != "table" and all(s[1] <= section.end for s in touched)
            else touched
        )
    # A span cut across sections is its own context.
    covered = all(any(left <= start and end <= right for left, right in within) for start, end in spans)
    return Passage(draft.document, spans, sorted(within) if covered else spans)


def _once(found: Sequence[Claim]) -> list[Claim]:
    """The claims, those that say the same of the same place once."""
    kept: dict[object, Claim] = {}
    for claim in found:
        one = claim.observation
        key = (
            one.indicator,
            one.value,
            one.period,
            one.scope,
            one.status,
            one.candidates,
            claim.span,
            one.evidence,
        )
        kept.setdefault(key, claim)
    return list(kept.values())


__all__ = ["METHOD", "Claim", "claims", "gaps"]
