"""A real PostgreSQL server for tests, from the programs of Debian's package, in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

PORT = 5433
"""Names the socket only: the server listens on no network."""


def why_not() -> str:
    """Why there can be no server here; empty when there can."""
    if find_spec("psycopg") is None:
        return "the package psycopg is not installed (pip install 'structurer[postgres]')"
    if _programs() is None:
        return "no PostgreSQL programs here (apt-get install postgresql)"
    if os.geteuid() == 0 and _postgres_user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


@contextmanager
def server() -> Iterator[Server]:
    """A server that lives as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _run("initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
        made = Server(folder)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(folder: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        ready = [_program("pg_isready"), "-q", "-h", str(folder), "-p", str(PORT)]
        if subprocess.run(ready, check=False).returncode == 0:
            return
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)
    raise AssertionError("the server does not come up")


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        command = ["postgres", "-D", f"{self._folder}/data", "-k", str(self._folder), "-p", str(PORT)]
        command += ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50"]
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [_program(command[0]), *command[1:]], stdout=log, stderr=log, **_as_user()
            )
        _wait(self._folder, self._process)

    def stop(self) -> None:
        """Stops the server without a word to those who are connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=60)

    def restart(self) -> None:
        """Stops the server and starts it again: every connection is lost."""
        self.stop()
        self.start()

    def database(self) -> str:
        """The URL of the database, emptied: a new one each time would take seconds and a hundred files."""
        self._sql("SET lock_timeout = '20s'; DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        return f"postgresql+psycopg://tester@/postgres?host={quote(str(self._folder))}&port={PORT}"

    def load(self, script: str) -> None:
        """Runs a script of SQL."""
        self._sql(script)

    def dump(self) -> str:
        """The database as SQL."""
        options = ("--inserts", "--no-owner", "-h", str(self._folder), "-p", str(PORT), "-U", "tester")
        return _run("pg_dump", *options, "postgres")

    def _sql(self, script: str) -> None:
        options = ("-h", str(self._folder), "-p", str(PORT), "-U", "tester", "-d", "postgres")
        _run("psql", "-q", "-v", "ON_ERROR_STOP=1", *options, stdin=script)


def _programs() -> Path | None:
    """The folder of the newest version, which Debian keeps out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: path.parts[-3].zfill(4))
    return found[-1].parent if found else None


def _postgres_user() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return None


def _program(name: str) -> str:
    folder = _programs()
    assert folder is not None
    return str(folder / name)


def _as_user() -> dict[str, Any]:
    """How to start a program: PostgreSQL refuses to be run by root."""
    user = _postgres_user() if os.geteuid() == 0 else None
    given: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    return given | {"cwd": "/tmp", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/tmp"}}


def _run(program: str, *arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        [_program(program), *arguments],
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
        **_as_user(),
    )
    assert done.returncode == 0, f"{program}: {done.stderr or done.stdout}"
    return done.stdout
