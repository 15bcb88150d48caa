"""Answers that were given to answers that are given again, while the file stays as it is.

What a page says follows from the file, the address and the settings of the
server alone; who asks decides only whether there is an answer, which is asked
before anything is looked up here. So an answer is kept under the state of the
file and the address, in a bounded number of bytes, and browsers are told by a
tag whether theirs is still the one. Under which name the server was reached
is put into the answer as it is sent.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping
from pathlib import Path
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Request, Response

BYTES = 48_000_000
"""Of all answers that are kept for one server."""

LARGEST = 2_000_000
"""Bytes of one answer that is still kept."""

ORIGIN = f"https://{secrets.token_hex(16)}.invalid"
"""What stands in answers for the scheme and host of absolute addresses until they are sent."""

_BESIDES = 1_000
"""Bytes that an answer takes besides its body and its address."""


class Shelf:
    """Answers by key within a number of bytes; what was asked for longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[Answer, int]] = OrderedDict()
        # Datasette asks from several threads.
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Answer | None:
        """The answer of a key, where it is still kept."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Answer, size: int) -> None:
        """Keep an answer of some bytes, and let go of others until it fits."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._held += size - before
            self._values[key] = value, size
            while self._held > self._most:
                _, (_, gone) = self._values.popitem(last=False)
                self._held -= gone


def stamp(path: str | None) -> tuple[object, ...] | None:
    """What stands under a name and when it was written to last; None where nothing does.

    To be taken before the file is read: what is written afterwards then never
    passes for what was read.
    """
    if path is None:
        return None
    found: list[object] = [path]
    for name in (path, f"{path}-wal"):
        try:
            told = Path(name).stat()
        except OSError:
            if name == path:
                return None
            continue
        found += [told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns]
    return tuple(found)


def state(connection: sqlite3.Connection) -> tuple[object, ...]:
    """What stays the same in a snapshot as long as nothing is written and nothing published."""
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    log = connection.execute(
        "SELECT (SELECT max(seq) FROM history), (SELECT max(id) FROM changes), seq, facts,"
        " (SELECT as_of || policy_sha256 FROM releases) FROM _concluded"
    ).fetchone()
    return (path, *log)


@attrs.frozen
class Answer:
    """An answer as it is sent, with the tag by which browsers know it again."""

    body: bytes
    headers: Mapping[str, str]
    content_type: str
    tag: str

    @classmethod
    def of(cls, response: Response, *, is_public: bool) -> Answer:
        """The answer that Datasette is to send."""
        body = response.body if isinstance(response.body, bytes) else response.body.encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        # Always asked for anew, since the registry may change at any moment.
        keeping = "no-cache" if is_public else "private, no-cache"
        headers = {**response.headers, "etag": tag, "cache-control": keeping}
        return cls(body, headers, response.content_type, tag)

    def to(self, request: Request, origin: str) -> Response:
        """The answer to whoever asks; without its body for those who have it.

        Args:
            request: What was asked.
            origin: What the absolute addresses in it begin with.
        """
        has = _has(request.headers.get("if-none-match"), self.tag)
        body, status = (b"", 304) if has else (self.body, 200)
        answer = Response(body, status, dict(self.headers), content_type=self.content_type)
        return told(answer, origin)


def told(response: Response, origin: str) -> Response:
    """An answer with its absolute addresses, as they are for whoever asked."""
    body = response.body if isinstance(response.body, bytes) else response.body.encode()
    response.body = body.replace(ORIGIN.encode(), origin.encode())
    link = response.headers.get("link")
    if link:
        response.headers["link"] = link.replace(ORIGIN, origin)
    return response


def _has(tags: str | None, tag: str) -> bool:
    """Whether a tag is among those of an If-None-Match, compared as RFC 9110 has it."""
    given = {each.strip().removeprefix("W/") for each in (tags or "").split(",")}
    return tag in given or "*" in given


_SHELVES: WeakKeyDictionary[Datasette, Shelf] = WeakKeyDictionary()


class Keeper:
    """One request, and what was answered to the same before."""

    def __init__(
        self, datasette: Datasette, request: Request, database: Database, origin: str
    ) -> None:
        self._request = request
        self._origin = origin
        self._shelf = _SHELVES.setdefault(datasette, Shelf(BYTES))
        self._stamp = stamp(database.path)
        self._address = (database.name, request.full_path)
        # Templates of somebody's own may be changed while they are served.
        self._may_keep = request.method in ("GET", "HEAD") and not datasette.template_dir
        self._key: Hashable = None
        self._is_public = False

    def before(self, connection: sqlite3.Connection) -> Answer | None:
        """What was answered in the state that a snapshot shows; None where nothing is kept."""
        path, *log = state(connection)
        # In an empty registry a page may tell of today.
        is_told = bool(path) and log[1] is not None and self._stamp is not None
        self._is_public = log[-1] is not None
        if not (is_told and self._may_keep):
            return None
        self._key = (self._stamp, path, *log, *self._address)
        return self._shelf.get(self._key)

    def sent(self, response: Response) -> Response:
        """The same answer with a tag, kept for those who ask next; faults are not kept."""
        if response.status != 200:
            return told(response, self._origin)
        answer = Answer.of(response, is_public=self._is_public)
        size = len(answer.body) + len(self._request.full_path) + _BESIDES
        if self._key is not None and size <= LARGEST:
            self._shelf.put(self._key, answer, size)
        return self.again(answer)

    def again(self, answer: Answer) -> Response:
        """An answer that was made for this request or before, as it is sent."""
        return answer.to(self._request, self._origin)
