"""Binding, serving, stopping."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Collection
from types import FrameType

import uvicorn

from structurer.cache import cache_folder
from structurer.errors import SettingsError
from structurer.service.app import make_app
from structurer.service.limits import Limits
from structurer.service.tokens import Tokens
from structurer.settings import Settings
from structurer.store import open_store, safe_url

_BACKLOG = 128


class _Server(uvicorn.Server):
    """Stops on a signal without being ended by it, so that the exit code is 0."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal stops gracefully, a second one at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    tokens: Tokens,
    limits: Limits,
    hosts: Collection[str] = (),
    say: Callable[[str], object],
    log: bool = True,
) -> None:
    """Serves until a signal comes. Raises SettingsError, StoreError, and OSError where nothing can be bound.

    An address that other machines can reach is refused without tokens.
    """
    if not tokens and not is_loopback(host):
        raise SettingsError(
            f"--host {host}: other machines could reach this, and no tokens are set; name a file with"
            " --token-file, or leave --host out"
        )
    settings = settings.model_copy(update={"cache_dir": os.path.abspath(cache_folder(settings))})
    with bound(host, port) as listening, open_store(settings.store) as store:
        app = make_app(store, settings, tokens=tokens, limits=limits, hosts={*hosts, host}, say=say, log=log)
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=limits.connections,
                backlog=_BACKLOG,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=int(limits.grace) + 1,
            )
        )
        say(f"serving {safe_url(settings.store)} on {_shown(listening)}; Ctrl-C stops")
        if not tokens:
            say("no tokens: every user of this machine can call; --token-file asks for them")
        server.run(sockets=[listening])
    say("stopped")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def bound(host: str, port: int) -> socket.socket:
    """A socket at an address. Raises OSError naming it."""
    name = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(_BACKLOG)
    except socket.gaierror as error:
        raise OSError(error.errno, f"no such address ({error.strerror})", name) from None
    except OSError as error:
        hint = "; --port names another" if error.errno is not None else ""
        raise OSError(error.errno, f"{error.strerror}{hint}", name) from None
    made.set_inheritable(False)
    return made


def _shown(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
