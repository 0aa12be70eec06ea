"""Everything that can go wrong, by name.

StructurerError
├── ReadError          the bytes cannot become a document (names the file and the reason)
│   ├── EmptyInput     nothing to read
│   ├── BinaryInput    not text in any encoding a report comes in
│   ├── TooLarge       over the size limit, or more work than a report can be
│   ├── Encrypted      locked with a password
│   ├── BrokenFile     damaged, or not what its first bytes say
│   ├── NoText         pages without a text layer (scans, pictures)
│   ├── Mojibake       a text layer that does not say what the pages show
│   └── UnsupportedFormat  a format this installation cannot read
├── NotAReport         readable, but nothing in it looks like an annual report
├── FormError          a file under schemas/ contradicts itself
├── PromptError        a file under prompts/ cannot be used
├── SettingsError      a setting that cannot be used
├── UnknownIndicator   no form has an indicator of this name
├── StoreError         the store cannot be opened, read or written
│   ├── NoStore        there is none at this address, and none was to be made
│   └── UnknownDocument  it holds no document, or no job, of this name, or several
│       └── ForgottenJob  the job ended too long ago; what it imported is there
├── ClusterError       a cluster that cannot be reached, or that gave up
├── CacheError         the cache of answers cannot be opened, read or written
├── ModelError         the model's endpoint refuses to work for us at all
├── MissingExtra       needs a package that an extra of structurer brings
├── SomeFailed         of many reports some could not be read; raised when the others are done
├── ReviewError        an item, a name or a file of decisions that cannot be used
│   ├── UnknownItem    there is no such item
│   └── Conflict       somebody else has claimed it, or it changed since it was shown
├── PanelError         a file of agencies that cannot be used
└── GoldError          a file of true values cannot be used
"""

from __future__ import annotations

from typing import Any


class StructurerError(Exception):
    """Root of all errors this library raises on purpose."""

    code = "error"


class MissingExtra(StructurerError):
    """Something that an extra of structurer brings and that is not installed; says how to install it."""

    code = "missing-extra"

    def __init__(self, what: str, package: str, extra: str) -> None:
        super().__init__(f"{what} needs the package {package}: pip install 'structurer[{extra}]'")
        self.what = what
        self.package = package
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtra], tuple[str, str, str]]:
        return type(self), (self.what, self.package, self.extra)


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


class Encrypted(ReadError):
    """A file that is locked with a password."""

    code = "encrypted"


class BrokenFile(ReadError):
    """A file that is damaged, or not what its first bytes say."""

    code = "broken"


class NoText(ReadError):
    """Pages that hold no text, only pictures of it."""

    code = "no-text"


class Mojibake(ReadError):
    """A text layer whose characters are not those that the pages show."""

    code = "mojibake"


class UnsupportedFormat(ReadError):
    """A format this installation cannot read; the message names what to do instead."""

    code = "unsupported-format"


class NotAReport(ReadError):
    """Text without a title, a section or a table of an annual report."""

    code = "not-a-report"


class FormError(StructurerError):
    """A file under schemas/ contradicts itself; the message names file and place."""

    code = "form"


class PromptError(StructurerError):
    """A file under prompts/ that cannot be used; the message names file and place."""

    code = "prompt"


class ClusterError(StructurerError):
    """A cluster that cannot be reached, or that gave up; the message says why."""

    code = "cluster"


class CacheError(StructurerError):
    """A cache of answers that cannot be opened, read or written; the message names its folder."""

    code = "cache"


class ModelError(StructurerError):
    """A model that cannot be asked at all: no key, no such model, no such endpoint, no credit."""

    code = "model"


class SomeFailed(StructurerError):
    """Some of many reports could not be read; `failures` names each with its reason."""

    code = "some-failed"

    def __init__(self, failures: tuple[Any, ...]) -> None:
        first = f"; the first: {failures[0].path}: {failures[0].reason}" if failures else ""
        super().__init__(f"{len(failures)} of the reports could not be read{first}")
        self.failures = failures


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


class NoStore(StoreError):
    """No store is there, where none was to be made; the message says how to make one."""


class UnknownDocument(StoreError):
    """A store that holds no document, or no job, of this name, or several that fit."""

    code = "unknown-document"


class ForgottenJob(UnknownDocument):
    """A job of the service that ended too long ago to be known; what it imported is in the store."""

    code = "forgotten-job"


class ReviewError(StructurerError):
    """An item, a reviewer's name or a file of decisions that cannot be used; the message says which."""

    code = "review"


class UnknownItem(ReviewError):
    """There is no item of this id, or several whose id begins so."""

    code = "unknown-item"


class Conflict(ReviewError):
    """Somebody else has claimed the item, or what was seen has changed; nothing was decided."""

    code = "conflict"


class PanelError(StructurerError):
    """A file of agencies that cannot be used; the message names file and place."""

    code = "panel"


class GoldError(StructurerError):
    """A file of true values that cannot be used; the message names file and line."""

    code = "gold"
