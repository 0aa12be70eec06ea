"""Parts of a zipped office file, unpacked within limits and parsed without entities."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

from structurer.errors import BrokenFile, Encrypted, TooLarge

_MOST = 64 * 2**20
"""Bytes of one part unpacked; the text of a report of 300 pages takes some 10 MB of XML."""
_MOST_PARTS = 20_000
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""What zipfile raises for a damaged file; the last for a version or a compression that it does not know."""
_LOCKED = 0x1
"""The flag of a part that is encrypted, by the zip format."""


class Package:
    """A zip file of XML parts. Raises BrokenFile, Encrypted and TooLarge in the name of `path`."""

    def __init__(self, data: bytes, path: str) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except _DAMAGE as error:
            raise self._broken() from error
        names = self._zip.namelist()
        if len(names) > _MOST_PARTS:
            raise TooLarge(path, f"{len(names):,} parts; an office file has some hundred at most")
        self.names = frozenset(names)

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, None where there is none of that name."""
        if name not in self.names:
            return None
        if self._zip.getinfo(name).flag_bits & _LOCKED:
            raise Encrypted(self.path, "a locked zip file; save a copy without a password")
        try:
            with self._zip.open(name) as stream:
                content = stream.read(_MOST + 1)
        except _DAMAGE as error:
            raise self._broken() from error
        if len(content) > _MOST:
            raise TooLarge(self.path, f"its part {name} unpacks to more than {_MOST:,} bytes")
        return content

    def xml(self, name: str) -> Any:
        """The root element of a part, None where there is none of that name."""
        from lxml import etree

        content = self.part(name)
        if content is None:
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self._broken() from error
        if root is None or root.getroottree().docinfo.doctype:
            raise BrokenFile(self.path, f"{name} declares XML entities, which no office program writes")
        return root

    def _broken(self) -> BrokenFile:
        return BrokenFile(self.path, "a damaged office file; open it and save it again")
