"""Everything that can go wrong, by name.

StructurerError
├── ReadError          the bytes cannot become a document (names the file and the reason)
│   ├── EmptyInput     nothing to read
│   ├── BinaryInput    not text in any encoding a report comes in
│   ├── TooLarge       over the size limit
│   └── UnsupportedFormat  a format this installation cannot read
├── NotAReport         readable, but nothing in it looks like an annual report
├── FormError          a file under schemas/ contradicts itself
├── SettingsError      a setting that cannot be used
├── UnknownIndicator   no form has an indicator of this name
├── StoreError         the store cannot be opened, read or written
├── ReviewError        an item, a name or a file of decisions that cannot be used
│   └── Conflict       somebody else has claimed it, or it changed since it was shown
└── GoldError          a file of true values cannot be used
"""

from __future__ import annotations


class StructurerError(Exception):
    """Root of all errors this library raises on purpose."""

    code = "error"


class ReadError(StructurerError):
    """A file that cannot become a document: `path` names it, `reason` says why."""

    code = "unreadable"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, str]]:
        return type(self), (self.path, self.reason)


class EmptyInput(ReadError):
    """A file without text."""

    code = "empty"


class BinaryInput(ReadError):
    """Bytes that are no text in any encoding a report comes in."""

    code = "binary"


class TooLarge(ReadError):
    """A file over the size limit."""

    code = "too-large"


class UnsupportedFormat(ReadError):
    """A format this installation cannot read; the message names what to do instead."""

    code = "unsupported-format"


class NotAReport(ReadError):
    """Text without a title, a section or a table of an annual report."""

    code = "not-a-report"


class FormError(StructurerError):
    """A file under schemas/ contradicts itself; the message names file and place."""

    code = "form"


class UnknownIndicator(StructurerError):
    """No form has this indicator; `nearest` holds the most similar ones."""

    code = "unknown-indicator"

    def __init__(self, indicator: str, nearest: list[str]) -> None:
        hint = f"; did you mean {nearest[0]}?" if nearest else "; `structurer forms` lists them"
        super().__init__(f"no indicator {indicator}{hint}")
        self.indicator = indicator
        self.nearest = nearest


class SettingsError(StructurerError):
    """A setting that cannot be used; the message names it and where it came from."""

    code = "settings"


class StoreError(StructurerError):
    """A store that cannot be opened, read or written."""

    code = "store"


class ReviewError(StructurerError):
    """An item, a reviewer's name or a file of decisions that cannot be used; the message says which."""

    code = "review"


class Conflict(ReviewError):
    """Somebody else has claimed the item, or what was seen has changed; nothing was decided."""

    code = "conflict"


class GoldError(StructurerError):
    """A file of true values that cannot be used; the message names file and line."""

    code = "gold"
