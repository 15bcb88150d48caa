"""A file that is replaced while it is served to answers from one edition at a time.

An edition is replaced by another file under the same name. Datasette opens a
connection in each of its threads, some before and some after, and would answer
from both. Here every request is told from the file that was there when it
began: once the file is another one, new requests wait until those before are
answered, then everything is opened anew. Where that cannot be done the answer
is 503, and never some of each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Response

from heritage.errors import HeritageError
from heritage.web.attached import is_registry
from heritage.web.checking import check

App = Callable[..., Awaitable[Any]]
Identity = tuple[int, int] | None

PATIENCE_SECONDS: Final = 10.0
"""How long a request waits for those that began before the file was replaced."""

_LOOK_SECONDS: Final = 0.01


class ReplacedError(Exception):
    """A connection that would answer from another edition than the one before it."""


def identity(path: str | None) -> Identity:
    """Which file stands under a name; None where there is none."""
    if path is None:
        return None
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Served:
    """The registries that one Datasette serves, and who is being answered."""

    def __init__(self, datasette: Datasette) -> None:
        self.files: dict[str, Identity] = {
            name: identity(database.path)
            for name, database in datasette.databases.items()
            if is_registry(database.path)
        }
        self.answering = 0
        self.private: bool | None = None
        """As `check` takes it: what may not take the place of an edition."""

    def replaced(self, datasette: Datasette) -> list[Database]:
        """The databases under whose name another file stands than was opened."""
        return [
            datasette.databases[name]
            for name, known in self.files.items()
            if name in datasette.databases and identity(datasette.databases[name].path) != known
        ]


_SERVED: WeakKeyDictionary[Datasette, _Served] = WeakKeyDictionary()


def served(datasette: Datasette) -> _Served:
    """What is known of the files that a Datasette serves, from the first look on."""
    found = _SERVED.get(datasette)
    if found is None:
        found = _SERVED[datasette] = _Served(datasette)
    return found


def check_connection(datasette: Datasette, name: str) -> None:
    """Refuse a new connection to another file than was opened before.

    Raises:
        ReplacedError: The file was replaced.
    """
    database, known = datasette.databases.get(name), served(datasette).files
    if database is not None and name in known and identity(database.path) != known[name]:
        raise ReplacedError


def whole(datasette: Datasette, app: App) -> App:
    """An application whose every answer is from one edition."""

    async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        state = served(datasette)
        fault = await _current(datasette, state)
        if fault is not None:
            await unavailable(fault).asgi_send(send)
            return
        has_begun = False

        async def sending(message: dict[str, Any]) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        state.answering += 1
        try:
            await app(scope, receive, sending)
        except ReplacedError:
            if has_begun:
                raise  # the reader sees an answer that breaks off, and none that is mixed
            await unavailable().asgi_send(send)
        finally:
            state.answering -= 1

    return answer


def unavailable(reason: str = "another edition is taking its place") -> Response:
    """The answer while there is no edition to answer from."""
    return Response.text(
        f"This edition cannot be shown now: {reason}. Try again in a moment.\n",
        status=503,
        headers={"retry-after": "2", "cache-control": "no-store"},
    )


async def _current(datasette: Datasette, state: _Served) -> str | None:
    """Make sure that what is open is what stands there; the reason where it cannot be."""
    until = time.monotonic() + PATIENCE_SECONDS
    while state.replaced(datasette):
        if not state.answering:
            # Without a pause within: nobody begins to be answered meanwhile.
            return _reopen(datasette, state)
        if time.monotonic() > until:
            return "answers from the edition before are still being given"
        await asyncio.sleep(_LOOK_SECONDS)
    return None


def _reopen(datasette: Datasette, state: _Served) -> str | None:
    for old in state.replaced(datasette):
        now = identity(old.path)
        try:
            check(Path(old.path), private=state.private)
        except HeritageError as error:
            return str(error).replace(str(old.path), Path(old.path).name)
        if now != identity(old.path):
            return "it was replaced again"
        new = Database(datasette, path=old.path, is_mutable=old.is_mutable)
        new.name, new.route = old.name, old.route
        datasette.databases = {**datasette.databases, old.name: new}
        state.files[old.name] = now
        _forget_threads(datasette)
        old.close()
    return None


def _forget_threads(datasette: Datasette) -> None:
    """Let new threads open new connections: the 0.65 line keeps them by name in each."""
    old = datasette.executor
    if old is not None:
        threads = datasette.setting("num_sql_threads")
        datasette.executor = ThreadPoolExecutor(max_workers=threads)
        old.shutdown(wait=False)
