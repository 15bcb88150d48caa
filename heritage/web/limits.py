"""Whatever a reader asks to a bounded answer: limits on memory and on time.

SQL that anybody may type runs on the server's memory and time. SQLite's own
limits bound one value, rows are counted as they are read, and a watch
interrupts a statement that goes on for too long, even where Datasette's own
limit, which counts steps, does not see it: a step may be one long function.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import sqlite3
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from types import CodeType
from typing import Any

from datasette.utils.asgi import Response

VALUE = 250_000
"""Bytes of one value or row that SQL may make or read; geometries are the longest of ours."""

ANSWER = 8_000_000
"""Bytes of all rows of one answer; as JSON it may be six times as long."""

STATEMENT_SECONDS = 3.0
"""How long one statement may run, whatever Datasette's settings say."""

PAGE_MILLISECONDS = 6_000
"""How long all questions of a page of ours may take together, if Datasette allows no more."""

REQUEST_SECONDS = 8.0
"""How long a request may take until its answer begins."""

SENDING_SECONDS = 300.0
"""How long an answer may take its reader from its beginning to its end; files may take longer."""

QUERY_STRING = 8_000
"""Characters after the question mark of an address."""

FACETS = 8
"""Facets of one table page: each of them has Datasette's time limit for itself."""

HEAP = 128_000_000
"""Bytes that SQLite may hold in the whole process: what bounds the making of a JSON array."""

BOUNDS = {
    sqlite3.SQLITE_LIMIT_LENGTH: VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 60,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 2_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 250_000,
}
"""What SQLite allows a connection, by the number of each limit."""


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes) else 8


class _Counted:
    """Rows as `sqlite3.Row`, counted in bytes for each answer."""

    def __init__(self) -> None:
        self._cursor: weakref.ref[sqlite3.Cursor] | None = None
        self._bytes = 0

    def __call__(self, cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> sqlite3.Row:
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._bytes = weakref.ref(cursor), 0
        self._bytes += sum(map(_size, row))
        if self._bytes > ANSWER:
            raise sqlite3.OperationalError("the answer is too large; ask for less at once")
        return sqlite3.Row(cursor, row)


def _trimmed(how: Callable[..., str]) -> Callable[..., str | None]:
    # SQLite compares each character of a text with each of the others: minutes for long ones.
    def trim(text: object, characters: object = " ") -> str | None:
        if text is None or characters is None:
            return None
        return how(_text(text), _text(characters))

    return trim


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class Watched:
    """A connection, and since when its newest statement has run, in which thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._since: float | None = None
        self._thread = 0
        self._lock = threading.Lock()

    def began(self, _statement: str) -> None:
        """Note that a statement begins; SQLite tells of no end."""
        with self._lock:
            self._since, self._thread = time.monotonic(), threading.get_ident()

    @property
    def is_running(self) -> bool:
        """Whether a statement may be running, as far as was seen."""
        return self._since is not None

    def look(self, late: float) -> None:
        """Interrupt a statement that began before a moment, in a thread that is at work.

        A thread that rests has ended its statement. Seen at rest once, it is not
        looked at again until it begins another, so that what it will begin is
        never taken for what it has ended.
        """
        with self._lock:
            if self._since is None:
                return
            if _rests(self._thread):
                self._since = None
            elif self._since < late:
                self._since = None
                with suppress(sqlite3.Error):  # it may have been closed meanwhile
                    self._connection.interrupt()


def _rests(thread: int) -> bool:
    """Whether a thread is one of a pool, and waits for work."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - documented, and for this
    return frame is None or frame.f_code is _WAITING


_WAITING: CodeType = concurrent.futures.thread._worker.__code__  # noqa: SLF001 - no other name
"""Where a thread of a pool is while nobody asks anything of it."""


class _Watch:
    """One thread that interrupts statements that run for too long."""

    def __init__(self) -> None:
        # The connection holds on to what is watched, the watch does not.
        self._watched: weakref.WeakSet[Watched] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def over(self, connection: sqlite3.Connection) -> None:
        """Watch over a connection from now on."""
        watched = Watched(connection)
        connection.set_trace_callback(watched.began)
        with self._lock:
            self._watched.add(watched)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._look, name="heritage-watch", daemon=True
                )
                self._thread.start()

    def _look(self) -> None:
        while True:
            time.sleep(0.25)
            late = time.monotonic() - STATEMENT_SECONDS
            with self._lock:
                all_watched = list(self._watched)
            for watched in all_watched:
                watched.look(late)


_watch = _Watch()


def bound(connection: sqlite3.Connection) -> None:
    """Put every limit on a connection that answers readers."""
    for limit, most in BOUNDS.items():
        connection.setlimit(limit, most)
    # SQLite gives up caches before it refuses memory.
    connection.execute(f"PRAGMA soft_heap_limit = {HEAP // 2}")
    connection.execute(f"PRAGMA hard_heap_limit = {HEAP}")
    connection.row_factory = _Counted()
    connection.set_authorizer(_allowed)
    for name, how in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip)):
        for arguments in (1, 2):
            connection.create_function(name, arguments, _trimmed(how), deterministic=True)
    _watch.over(connection)


def _allowed(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Let SQL see everything but the machine: where the file lies, and what is at which address."""
    if action == sqlite3.SQLITE_READ and (first, second) == ("pragma_database_list", "file"):
        return sqlite3.SQLITE_IGNORE
    # Many a SQLite tells and takes addresses in memory by this function of full-text search.
    if action == sqlite3.SQLITE_FUNCTION and second == "fts3_tokenizer":
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


@contextmanager
def unbound(connection: sqlite3.Connection) -> Iterator[None]:
    """Read values of any length, as plain rows: for questions that no reader wrote."""
    before = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000_000)
    counting = connection.row_factory
    connection.row_factory = None  # these questions have bounds of their own
    try:
        yield
    finally:
        connection.row_factory = counting
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, before)


TOO_MUCH = "This asks for too much at once."
UNREADABLE = "This request cannot be read."
TOO_LATE = "The answer took too long. Try again in a moment."


Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def too_much() -> Response:
    """The answer to a query that wanted more memory than SQLite may hold."""
    return Response.text(TOO_MUCH, status=400)


def too_late() -> Response:
    """The answer where a page of ours took too long: the machine has too much to do."""
    headers = {"retry-after": "10", "cache-control": "no-store"}
    return Response.text(TOO_LATE, status=503, headers=headers)


def timely(application: Application) -> Application:
    """The same application, which refuses greedy addresses and gives up on late answers."""

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        status = _refused(scope)
        if status is not None:
            await refuse(send, status, TOO_MUCH if status == 414 else UNREADABLE)
            return
        begun, seconds = asyncio.Event(), [SENDING_SECONDS]

        async def sending(message: dict[str, Any]) -> None:
            if is_file(message):
                seconds.clear()
            begun.set()
            await send(message)

        await _in_time(application(scope, receive, sending), begun, seconds, send)

    return answered


METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
"""What may be asked. To CONNECT the server below can give no ordinary answer."""


def _refused(scope: Scope) -> int | None:
    """The status of a request that neither line of Datasette would answer well; None elsewhere."""
    query = scope.get("query_string", b"")
    if len(query) > QUERY_STRING or query.count(b"_facet") > FACETS:
        return 414
    if scope["method"] not in METHODS:
        return 405
    try:
        for name, value in scope.get("headers") or ():
            if name.lower() == b"cookie":
                value.decode()
    except UnicodeDecodeError:
        return 400
    return None


def is_file(start: dict[str, Any]) -> bool:
    """Whether an answer is a file as it stands, which may take its reader hours."""
    kinds = [value for name, value in start.get("headers", ()) if name.lower() == b"content-type"]
    return any(kind.startswith(b"application/octet-stream") for kind in kinds)


async def _in_time(
    answer: Awaitable[None], begun: asyncio.Event, seconds: list[float], send: Send
) -> None:
    task = asyncio.ensure_future(answer)
    beginning = asyncio.ensure_future(begun.wait())
    try:
        await asyncio.wait(
            {task, beginning}, timeout=REQUEST_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if not task.done() and not begun.is_set():
            task.cancel()
            await refuse(send, 503, TOO_MUCH)
            return
        await asyncio.wait({task}, timeout=seconds[0] if seconds else None)
        if task.done():
            task.result()
    finally:
        beginning.cancel()
        if not task.done():
            task.cancel()


async def refuse(send: Send, status: int, sentence: str) -> None:
    """Answer with a status and a sentence."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"10"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
