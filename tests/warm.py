"""Commands run in forks of one process that has imported everything: a page of thirty takes seconds, not half a minute.

`python warm.py SOCKET` serves; `python warm.py SOCKET structurer ARGUMENTS` runs a command there, and
`python warm.py SOCKET python -` a script from stdin. A fork has the caller's folder, environment and files.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_FILES = (0, 1, 2)


@contextmanager
def warm(folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    """The socket of a server that lives as long as the block."""
    address = folder / "warm"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen(64)
    command = [sys.executable, __file__, "--serve", str(listener.fileno())]
    server = subprocess.Popen(command, pass_fds=(listener.fileno(),), env=environment)
    listener.close()
    try:
        yield address
    finally:
        server.terminate()
        server.wait()


def _serve(listener: socket.socket) -> None:
    import signal

    import structurer.bulk
    import structurer.cli
    import structurer.console
    import structurer.desk.desk
    import structurer.explain
    import structurer.export
    import structurer.many
    import structurer.store  # noqa: F401
    from structurer.forms import load_forms

    load_forms()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _answer(caller)
        caller.close()


def _answer(caller: socket.socket) -> None:
    import signal
    import traceback

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    try:
        told, files, _, _ = socket.recv_fds(caller, 1 << 20, len(_FILES))
        for there, here in zip(files, _FILES, strict=True):
            os.dup2(there, here)
        # The server's own streams remember what its files were.
        sys.stdin = os.fdopen(0, "r", closefd=False)
        sys.stdout, sys.stderr = (os.fdopen(there, "w", closefd=False) for there in (1, 2))
        asked = json.loads(told)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        code = _run(asked["words"])
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        caller.sendall(str(code).encode())
        os._exit(0)


def _run(words: Sequence[str]) -> int:
    try:
        if words[0] == "structurer":
            from structurer.cli import main

            sys.argv = list(words)
            main()
        else:
            exec(compile(sys.stdin.read(), "the page", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _ask(address: str, words: Sequence[str]) -> int:
    told = json.dumps({"words": words, "folder": os.getcwd(), "environment": dict(os.environ)})
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        socket.send_fds(server, [told.encode()], _FILES)
        return int(server.recv(16) or 1)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(socket.socket(fileno=int(sys.argv[2])))
    else:
        sys.exit(_ask(sys.argv[1], sys.argv[2:]))
