"""What a model was asked and did not answer, and text that tries to give it orders, as findings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from structurer.draft import Draft
from structurer.model.reply import Reply, State
from structurer.observation import Finding

_ORDERS = re.compile(
    r"(?:忽略|无视|不要理会|忘记)[^。\n]{0,12}(?:以上|上述|之前|前面|所有|先前)[^。\n]{0,12}(?:指令|要求|提示|规则|内容)"
    r"|(?i:ignore\s+(?:all|any|the|previous|above)[^.\n]{0,40}(?:instruction|prompt|rule)|system\s*prompt)"
)
_SAID: Mapping[State, str] = {
    "truncated": "too long even in parts",
    "endless": "nothing but blank space",
    "refused": "refused",
    "empty": "empty",
    "garbled": "not in the shape asked for",
    "rejected": "the endpoint did not take the request",
    "failed": "the endpoint could not be reached",
    "unasked": "not asked",
    "divided": "divided",
}


def gaps(draft: Draft, replies: Sequence[Reply]) -> list[Finding]:
    """Findings about what was asked and not answered, chunk by chunk, and about text that gives orders."""
    found = []
    for reply in replies:
        for leaf in reply.leaves():
            place = _place(draft, leaf)
            if leaf.state != "answered":
                reason = f": {leaf.reason}" if leaf.reason else ""
                message = f"{place}: the model's answer is missing ({_SAID[leaf.state]}{reason})"
                found.append(Finding(rule=f"model.{leaf.state}", severity="warning", message=message))
            if leaf.dropped:
                message = f"{place}: {leaf.dropped} parts of the model's answer were malformed and left out"
                found.append(Finding(rule="model.malformed", severity="warning", message=message))
    if replies and _ORDERS.search(draft.document.folded):
        message = (
            "the text gives orders to its reader, as if to a model; they are part of the report, nothing else"
        )
        found.append(Finding(rule="document.orders", severity="warning", message=message))
    return found


def _place(draft: Draft, reply: Reply) -> str:
    """The section a reply is about, as a reader would name it."""
    if reply.question.about:
        return f"table {reply.question.about}"
    start = reply.question.chunk.pieces[0].start
    title = next((one.title for one in draft.sections if one.start <= start < one.end), "")
    return title[:30] or "the top of the report"
