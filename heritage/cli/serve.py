"""A file to a website: `heritage serve`."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from heritage.cli.group import FAULTS, opened, say
from heritage.errors import UsageError

if TYPE_CHECKING:
    from heritage.web import Login

LOOPBACK = "127.0.0.1"
PORT = 8001

PASSWORD = "HERITAGE_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variable that a password is taken from."""


def show_pages(
    path: Path,
    host: str,
    port: int,
    *,
    or_any: bool = False,
    private: bool = False,
    login: Login | None = None,
) -> None:
    """Print the address of a website, and serve it until Ctrl+C."""
    with opened(path):
        pass  # before Datasette is imported, which takes its time
    port = _taken(host, port, or_any=or_any)
    from heritage.web import serve as serve_pages  # Datasette is slow to import

    def begun(listened_on: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"http://{shown}:{listened_on}/")
        sys.stdout.flush()
        say("Press Ctrl+C to stop.")

    serve_pages(path, host, port, private=private, login=login, begun=begun)


def _taken(host: str, port: int, *, or_any: bool) -> int:
    """A port that can be listened on: the one asked for, or with `or_any` another."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            found: int = probe.getsockname()[1]
            return found
    except OSError as error:
        if or_any:
            return _taken(host, 0, or_any=False)
        say(f"heritage: port {port} of {host}: {(error.strerror or str(error)).lower()}")
        say("Choose another with --port; 0 takes any free one.")
        click.get_current_context().exit(FAULTS)


def _login(user: str | None, password_file: Path | None) -> Login | None:
    """Who may read what is private, where that is said."""
    if password_file is not None:
        password: str | None = _password(password_file)
    else:
        password = os.environ.get(PASSWORD)
    if user is None and password is None:
        return None
    if user is None or password is None:
        missing = "--user" if user is None else f"--password-file, or {PASSWORD} in the environment"
        raise UsageError(f"a user and a password are given together: {missing} is missing")
    from heritage.web import Login  # Datasette is slow to import

    return Login(user, password)


def _password(file: Path) -> str:
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: a password is UTF-8") from error
    if os.name == "posix" and file.stat().st_mode & 0o077:
        say(f"{file} can be read by others on this machine: chmod 600 {file}")
    return text.removesuffix("\n").removesuffix("\r")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--host", default=LOOPBACK, show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="The port to listen on; 0 for any free one.",
)
@click.option(
    "--private",
    is_flag=True,
    help="Show a full registry to the staff, read-only; on a loopback address only,"
    " unless there is a user and a password.",
)
@click.option("--user", metavar="NAME", help="With --private: who may read.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PASSWORD",
    help=f"With --private: a file that holds the password of the user and nothing else;"
    f" without it, the password is that of {PASSWORD} in the environment.",
)
def serve(
    file: Path, host: str, port: int, private: bool, user: str | None, password_file: Path | None
) -> None:
    """Serve a public edition on the web, until Ctrl+C.

    A full registry is served with `--private` only. It is shown whole, withheld
    things too, with who changed what and why; every page says that it is private.
    """
    if not private and (user is not None or password_file is not None):
        raise UsageError(
            "a public edition is for everyone: --user and --password-file go with --private"
        )
    login = _login(user, password_file) if private else None
    if login is not None and host != LOOPBACK:
        say("HTTP hides nothing on the way: put a server that speaks HTTPS in front.")
    show_pages(file, host, port, private=private, login=login)
