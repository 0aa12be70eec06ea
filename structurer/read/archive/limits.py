"""What one archive may cost: members, unpacked bytes, nesting; and streams that unpack within that."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from structurer.errors import ReadError, TooLarge

_CHUNK = 64 * 2**10
_XZ_MEMORY = 128 * 2**20
_SLACK = 2**20
"""Bytes that a packed piece may unpack to whatever its size."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on one archive, all that is packed inside it included.

    An archive may unpack to `slack` bytes whatever its size, and to `ratio` times its size beyond that.
    Text of reports packs to a fifth, pages of tables to a thirtieth; a bomb to a thousandth and less.
    """

    member: int = 20_000_000
    members: int = 100_000
    total: int = 8 * 2**30
    ratio: int = 200
    slack: int = 64 * 2**20
    depth: int = 3


class Budget:
    """What is left of the limits of one archive; spending more raises TooLarge in its name."""

    def __init__(self, path: str, packed: int, limits: Limits) -> None:
        self.path = path
        self.limits = limits
        self._members = limits.members
        self._bytes = min(limits.total, max(limits.slack, limits.ratio * packed))

    def member(self) -> None:
        """One more member."""
        self._members -= 1
        if self._members < 0:
            self._over(f"over {self.limits.members:,} members")

    def spend(self, count: int) -> None:
        """So many unpacked bytes more."""
        self._bytes -= count
        if self._bytes < 0:
            self._over(f"unpacks to more than {self.limits.ratio} times its size, as a bomb does")

    def _over(self, reason: str) -> None:
        raise TooLarge(self.path, f"{reason}; if it is to be trusted, unpack it and import the folder")


class Unpacked(io.RawIOBase):
    """What a gzip, bzip2 or xz stream unpacks to, paid for from a budget as it is read."""

    def __init__(self, packed: BinaryIO, kind: str, budget: Budget) -> None:
        self._packed, self._kind, self._budget = packed, kind, budget
        self._machine: Any = None
        self._waiting = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As RawIOBase says. Raises ReadError where the stream is damaged or cut off."""
        room = memoryview(buffer)
        try:
            made = self._some(len(room))
        except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError) as error:
            raise ReadError(
                self._budget.path, f"damaged: its {self._kind} stream cannot be unpacked"
            ) from error
        self._budget.spend(len(made))
        room[: len(made)] = made
        return len(made)

    def _some(self, most: int) -> bytes:
        while True:
            if self._machine is None:
                self._waiting = (self._waiting or self._packed.read(_CHUNK)).lstrip(b"\0")
                if not self._waiting:
                    return b""
                self._machine = _machine(self._kind)
            made, self._waiting = _step(self._machine, self._waiting, most)
            if self._machine.eof:
                self._waiting = self._machine.unused_data
                self._machine = None
            if made:
                return made
            if self._machine is not None and not self._waiting:
                self._waiting = self._packed.read(_CHUNK)
                if not self._waiting:
                    raise ReadError(self._budget.path, "cut off: its end is missing")


def _machine(kind: str) -> Any:
    if kind == "gzip":
        return zlib.decompressobj(31)
    return bz2.BZ2Decompressor() if kind == "bzip2" else lzma.LZMADecompressor(memlimit=_XZ_MEMORY)


def _step(machine: Any, data: bytes, most: int) -> tuple[bytes, bytes]:
    """What some packed bytes give, at most so much, and what of them is left."""
    if isinstance(machine, bz2.BZ2Decompressor | lzma.LZMADecompressor):
        # These keep what they have not used; feeding them nothing makes them go on.
        return machine.decompress(data if machine.needs_input else b"", most), (
            b"" if machine.needs_input or machine.eof else data
        )
    made = machine.decompress(data, most)
    return made, machine.unconsumed_tail


def inflated(data: bytes, kind: str, most: int, budget: Budget) -> bytes:
    """A packed piece unpacked, TooLarge over `most` bytes. Raises ReadError where it is damaged."""
    most = min(most, max(_SLACK, budget.limits.ratio * len(data)))
    with io.BufferedReader(Unpacked(io.BytesIO(data), kind, budget)) as stream:
        made = stream.read(most + 1)
    if len(made) > most:
        raise TooLarge(budget.path, f"a part of it unpacks to more than {most:,} bytes")
    return made
