"""Which format some bytes are in, and what to do about those that are no text."""

from __future__ import annotations

import re

_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "bitmap"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"\x1f\x8b", "packed"),
    (b"Rar!\x1a", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ\0", "packed"),
    (b"WARC/", "warc"),
)
#: The file inside a zip that tells which format it is.
_ZIPPED = (
    (b"word/", "docx"),
    (b"xl/", "xlsx"),
    (b"ppt/", "pptx"),
    (b"OFD.xml", "ofd"),
    (b"opendocument.text", "odt"),
)
_MAIL_HEADER = re.compile(rb"(?:from|mime-version|content-type|subject|date):", re.I)
_WEB_ARCHIVE = re.compile(rb"^content-type: *multipart/related", re.I | re.M)
_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f")
#: What the first bytes of a Word file, a PDF or a zip become once somebody has decoded them as text.
_DUMPED = re.compile("[\\s\ufeff]{0,20}(?:ÐÏ.?à¡±|邢唷|%PDF-[0-9]|PK\x03\x04|\\{\\\\rtf)", re.S)
_GARBAGE = 0.05

ADVICE = {
    "xlsx": "an Excel workbook; save it as text or as a web page first",
    "pptx": "a PowerPoint file; save it as text first",
    "ofd": "an OFD file; save its text as .txt first",
    "archive": "an archive of a kind that is not read; unpack it first",
    "packed": "an archive, not a report; unpack it, import it whole, or name one in it as ARCHIVE!NAME",
    "zip": "a zip archive, not a report; unpack it, import it whole, or name one in it as ARCHIVE!NAME",
    "warc": "a web archive (WARC), not a report; import it whole, or name one in it as ARCHIVE!ADDRESS",
}
"""What a file is that has no reader, and the next step, by format name."""


def sniff(data: bytes) -> str:
    """The format of some bytes by their first ones: a key of READERS or of ADVICE. HTML is "text" here."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            if name == "bitmap":  # two letters alone would make a report that begins with "BM" an image
                name = "image" if data[6:10] == b"\0\0\0\0" else "text"
            return name
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image"
    if data[:1] == b"{" and data.rstrip()[-1:] == b"}":
        return "record"
    if data[257:262] == b"ustar":
        return "packed"
    if _MAIL_HEADER.match(data) and _WEB_ARCHIVE.search(data[:4096]):
        return "mhtml"
    return "text"


def _zipped(data: bytes) -> str:
    # The first names stand in the local headers, all of them in the directory at the end.
    names = data[:4096] + data[-65_536:]
    return next((name for mark, name in _ZIPPED if mark in names), "zip")


def is_garbage(text: str, utf8: bytes) -> bool:
    """Whether decoded text is no text but a binary file somebody decoded; `utf8` is the same, encoded."""
    if _DUMPED.match(text):
        return True
    controls = len(utf8) - len(utf8.translate(None, _CONTROL))
    return controls + text.count("\ufffd") > max(3, _GARBAGE * len(text))
