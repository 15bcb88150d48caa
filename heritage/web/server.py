"""A registry file to a running website."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import attrs
import uvicorn
from datasette.app import Datasette

from heritage.errors import UsageError
from heritage.web import compat
from heritage.web.checking import check
from heritage.web.passwords import Login
from heritage.web.private import keep
from heritage.web.replacing import served

SETTINGS = {
    # What a reader may ask stays quick at any size: facets when asked for, counts within limits.
    "suggest_facets": False,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 2000,
    # Two for SQL, two for searches, one for the pages of records (`heritage.web.turns`).
    "num_sql_threads": 5,
    # A whole table as one CSV reads all of it; the file itself is there to be taken.
    "max_csv_mb": 8,
}


def is_settled(path: Path) -> bool:
    """Whether nobody can be changing a file, so that it may be read without locks.

    A file that can be written may change under the server. Beside a journal or a
    write-ahead log that holds something, the file alone shows an older or even
    a broken state.
    """
    if os.access(path, os.W_OK):
        return False
    return not any(
        companion.exists() and companion.stat().st_size
        for companion in (Path(f"{path}-wal"), Path(f"{path}-journal"))
    )


@attrs.frozen(kw_only=True)
class Access:
    """For whom a file is shown, and how they reach it."""

    host: str = "127.0.0.1"
    private: bool = False
    login: Login | None = None

    def check(self) -> None:
        """Refuse to show to others what is private.

        Raises:
            UsageError: See `application` and `run`.
        """
        if self.login is not None and not self.private:
            raise UsageError("a public edition is for everyone: a login goes with --private")
        if self.private and self.login is None and not is_loopback(self.host):
            raise UsageError(
                f"{self.host} can be reached by others: what is private is served there"
                " with a user and a password only (--user, --password-file)"
            )


def is_loopback(host: str) -> bool:
    """Whether a name leads to this machine alone.

    Raises:
        UsageError: It leads nowhere.
    """
    return all(
        ip_address(str(address[0]).partition("%")[0]).is_loopback
        for *_, address in _resolved(host, 0)
    )


def _resolved(host: str, port: int) -> list[Any]:
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except OSError as error:
        raise UsageError(f"{host}: {error.strerror or error}") from error


def application(path: Path, access: Access) -> Datasette:
    """Datasette with a registry open.

    Raises:
        StoreError: The file cannot be served.
        UsageError: Nor to them.
    """
    access.check()
    check(path, private=access.private)
    files, immutables = ([], [str(path)]) if is_settled(path) else ([str(path)], [])
    settings = SETTINGS | ({"allow_download": False} if access.private else {})
    datasette = Datasette(files, immutables=immutables, settings=settings)
    served(datasette).private = access.private
    if access.private:
        keep(datasette, access.host, access.login)
    return datasette


def run(path: Path, port: int, access: Access, begun: Callable[[int], None]) -> None:
    """Show a registry on the web until interrupted.

    Raises:
        StoreError: The file cannot be served.
        UsageError: The address cannot be listened on, or not for what is private.
    """
    app = application(path, access).app()
    compat.keep_terminal_quiet()
    with listening(access.host, port) as listener:
        begun(listener.getsockname()[1])
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        uvicorn.Server(config).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; taken here, since uvicorn would end the program instead.

    Raises:
        UsageError: The address is taken, or not one of this machine.
    """
    family, kind, _, _, address = _resolved(host, port)[0]
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(f"port {port} of {host}: {error.strerror or error}") from error
    return listener
