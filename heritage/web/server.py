"""A registry file to a running website."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import uvicorn
from datasette.app import Datasette

from heritage.errors import RegistryReadOnlyError, UsageError
from heritage.store import schema
from heritage.store.connection import connect
from heritage.web import compat

SETTINGS = {
    # What a reader may ask stays quick at any size: facets when asked for, counts within limits.
    "suggest_facets": False,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 2000,
    # A whole table as one CSV reads all of it; the file itself is there to be taken.
    "max_csv_mb": 20,
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


def check(path: Path) -> None:
    """Refuse what is no registry of this version; finish what a crash left half-done.

    Raises:
        StoreError: One of its branches, saying what is wrong with the file.
    """
    try:
        connection = connect(path)
    except RegistryReadOnlyError:
        connection = connect(path, readonly=True)
    try:
        schema.check_current(connection, str(path))
    finally:
        connection.close()


def application(path: Path) -> Datasette:
    """Datasette with a registry open.

    Raises:
        StoreError: The file cannot be served.
    """
    check(path)
    files, immutables = ([], [str(path)]) if is_settled(path) else ([str(path)], [])
    return Datasette(files, immutables=immutables, settings=SETTINGS)


def run(path: Path, host: str, port: int) -> None:
    """Show a registry on the web until interrupted.

    Raises:
        StoreError: The file cannot be served.
        UsageError: The address cannot be listened on.
    """
    app = application(path).app()
    compat.keep_terminal_quiet()
    with listening(host, port) as listener:
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        uvicorn.Server(config).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; taken here, since uvicorn would end the program instead.

    Raises:
        UsageError: The address is taken, or not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
    except OSError as error:
        raise UsageError(f"{host}: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        listener.close()
        raise UsageError(f"port {port} of {host}: {error.strerror or error}") from error
    return listener
