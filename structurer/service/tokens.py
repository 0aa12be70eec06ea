"""Who may call: bearer tokens from a file or the environment, held as hashes only."""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from structurer.errors import ReviewError, SettingsError
from structurer.review.events import reviewer_name

VARIABLE = "STRUCTURER_TOKENS"
SHORTEST = 20
"""Characters of a token; `openssl rand -hex 32` makes one of 64."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request: the place of their token in the list, and the reviewer it belongs to."""

    number: int
    name: str = ""

    @property
    def shown(self) -> str:
        """As written in a log."""
        return self.name or (f"token {self.number}" if self.number else "-")


ANYONE = Caller(0)
"""Whoever calls where no tokens are asked for."""


@dataclass(frozen=True)
class Tokens:
    """The tokens that are let in; none of them can be read out of this."""

    _known: tuple[tuple[bytes, Caller], ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def caller(self, header: str | None) -> Caller | None:
        """Whom the value of an Authorization header belongs to; takes the same time whoever it is."""
        scheme, _, token = (header or "").strip().partition(" ")
        digest = _digest(token.strip())
        found = None
        for known, caller in self._known:
            if hmac.compare_digest(known, digest):
                found = caller
        return found if scheme.lower() == "bearer" else None


def read_tokens(path: str | None, environ: Mapping[str, str] = os.environ) -> Tokens:
    """The tokens of a file, or of the environment where no file is named.

    One a line: `TOKEN`, or `TOKEN NAME` for one that may decide as this reviewer only. `#` begins a
    remark. In the environment, commas may stand for line breaks. Raises SettingsError naming the line;
    what stands in it is never repeated.
    """
    if path is None:
        text, where = environ.get(VARIABLE, "").replace(",", "\n"), VARIABLE
    else:
        text, where = _text(path), path
    made: dict[bytes, Caller] = {}
    for number, token, name in _lines(text, where):
        digest = _digest(token)
        if digest in made:
            raise SettingsError(f"{where}, line {number}: this token stands there twice; remove one")
        made[digest] = Caller(len(made) + 1, name)
    if path is not None and not made:
        raise SettingsError(f"{where}: holds no token; write one a line; `openssl rand -hex 32` makes one")
    return Tokens(tuple(made.items()))


def readable_by_others(path: str) -> bool:
    """Whether other users of this machine can read a file."""
    try:
        return bool(os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False


def _lines(text: str, where: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        token, _, name = line.partition("#")[0].strip().partition(" ")
        if not token:
            continue
        if len(token) < SHORTEST or not (token.isascii() and token.isprintable()):
            raise SettingsError(
                f"{where}, line {number}: a token has {SHORTEST} printable ASCII characters at least;"
                " `openssl rand -hex 32` makes one"
            )
        try:
            yield number, token, reviewer_name(name) if name.strip() else ""
        except ReviewError:
            raise SettingsError(f"{where}, line {number}: after the token comes no reviewer's name") from None


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read(1_000_000)
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not UTF-8; write one token a line") from None
    except OSError as error:
        raise SettingsError(
            f"{path}: {error.strerror or error}; --token-file names a file of tokens"
        ) from None


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
