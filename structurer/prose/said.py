"""One sentence, as far as it decides rows: its text, what surrounds the figure at hand, what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from structurer.prose.channels import inherited
from structurer.quantities import Quantity


class Said:
    """A sentence being read, quantity by quantity; what it remembers changes as it goes."""

    def __init__(self, text: str, span: tuple[int, int], before: str, heads: str) -> None:
        self.text = text
        self.start, self.end = span
        self.low, self.high = span
        """As much of the sentence as bears on the quantity at hand."""
        self.heads = heads
        """The headings above."""
        self.family = before if text.startswith("其中", self.start) else ""
        """What the sentence has been about so far."""
        self.carried = before
        """What the sentence before was about."""
        self.counted: Sequence[Quantity] = ()
        """The quantities of the sentence, in order."""
        self.subject: int | None = None
        """Where the clause begins that named an inherited channel."""

    def clause(self, at: int) -> int:
        """Where the clause before `at` begins."""
        return max(self.start, self.text.rfind(",", self.start, at) + 1)

    def in_part(self, quantity: Quantity) -> bool:
        """Whether the quantity stands in a list of parts."""
        return "其中" in self.text[self.low : quantity.start]

    def inherited(self, at: int) -> tuple[str, ...]:
        """The channels of the nearest earlier clause that names any; evidence then begins there."""
        words = inherited(self.text, self.start, at)
        if words:
            self.subject = max(self.low, self.text.rfind(",", self.low, words[0].start) + 1)
        return tuple(word.kind for word in words)
