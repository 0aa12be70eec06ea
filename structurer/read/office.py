"""The door to LibreOffice: old office files become .docx where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from structurer.errors import BrokenFile, Encrypted, TooLarge, UnsupportedFormat
from structurer.read.docx import read_docx
from structurer.read.reading import Reading

_SECONDS = 120
_MOST = 64 * 2**20
_INSTALL = "install LibreOffice (its program soffice), or save it as .docx, as text or as a web page"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def read_ole(data: bytes, path: str) -> Reading:
    """An old Word or WPS file. Raises UnsupportedFormat for other old office files."""
    if _utf16("EncryptedPackage") in data:
        raise Encrypted(path, "an office file locked with a password; save a copy without one")
    if _utf16("WordDocument") not in data:
        raise UnsupportedFormat(path, "an old office file without text (.xls, .ppt); save it as a web page")
    return _converted(data, path, ".doc", "an old Word or WPS file (.doc, .wps)")


def read_rtf(data: bytes, path: str) -> Reading:
    """An RTF file."""
    return _converted(data, path, ".rtf", "an RTF file")


def read_odt(data: bytes, path: str) -> Reading:
    """An OpenDocument text."""
    return _converted(data, path, ".odt", "an OpenDocument file (.odt)")


def _converted(data: bytes, path: str, suffix: str, what: str) -> Reading:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise UnsupportedFormat(path, f"{what}; {_INSTALL}")
    with tempfile.TemporaryDirectory(prefix="structurer-") as folder:
        given, made = Path(folder, "given" + suffix), Path(folder, "made", "given.docx")
        given.write_bytes(data)
        _run(program, given, made.parent, Path(folder, "profile"), path)
        if not made.is_file():
            raise BrokenFile(path, f"{what} that LibreOffice cannot open; get the file again")
        if made.stat().st_size > _MOST:
            raise TooLarge(path, "LibreOffice makes more of it than a report can be")
        reading = read_docx(made.read_bytes(), path)
    return reading._replace(encoding=suffix[1:], notes=(*reading.notes, "converted to .docx by LibreOffice"))


def _run(program: str, given: Path, folder: Path, profile: Path, path: str) -> None:
    """Convert in a profile of its own, so that an open LibreOffice and its macros stay out of it."""
    command = [
        program,
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--norestore",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        str(folder),
        str(given),
    ]
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, cwd=profile.parent
        )
    except OSError as error:
        raise UnsupportedFormat(path, f"LibreOffice cannot be started: {error.strerror or error}") from None
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        raise TooLarge(path, f"LibreOffice did not finish with it in {_SECONDS} seconds") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
