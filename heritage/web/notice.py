"""Pages of what is no public edition to pages that say so, first of all.

Pages of Datasette and of other plugins get the notice here, whatever their
template and whoever serves them; ours have it already.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from datasette.app import Datasette

from heritage.store.public import is_edition
from heritage.web import compat
from heritage.web.keeping import stamp
from heritage.web.page import DISTRIBUTION, version
from heritage.web.rendering import rendered
from heritage.web.replacing import served
from heritage.web.words import Words

App = Callable[..., Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]

_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)
_NOTICE = b'class="private-notice"'
_LOOKED_AT: dict[tuple[object, ...], bool] = {}
"""Whether a file is a public edition, as it was when it was looked at."""


def noticing(datasette: Datasette, scope: dict[str, Any], send: App) -> App:
    """What sends an answer, with the notice on a page of Datasette's that shows what is private."""
    if scope["type"] != "http" or not shows_private(datasette, str(scope["path"])):
        return send
    return Noticing(datasette, scope, send, list)


def shows_private(datasette: Datasette, path: str) -> bool:
    """Whether a page that is not ours may show something of what is no public edition.

    The page of one database shows that alone; every other may show each that is open.
    """
    path = "/" + path.removeprefix(datasette.setting("base_url")).lstrip("/")
    first = path.split("/")[1].partition(".")[0]
    registries = [
        datasette.databases[name] for name in served(datasette).files if name in datasette.databases
    ]
    if first in {database.route for database in datasette.databases.values()}:
        registries = [database for database in registries if database.route == first]
    shown = [database for database in registries if not _is_edition(str(database.path))]
    return bool(shown) and not compat.is_page_of_ours(datasette, path)


def _is_edition(path: str) -> bool:
    """Whether a file is a public edition, which is looked at once for each state of the file."""
    key = stamp(path)
    if key is None:
        return False
    found = _LOOKED_AT.get(key)
    if found is None:
        _LOOKED_AT.clear()
        found = _LOOKED_AT[key] = is_edition(Path(path))
    return found


class Noticing:
    """Sends an answer on: its headers as they are to be sent, and pages with the notice."""

    def __init__(
        self,
        datasette: Datasette,
        scope: dict[str, Any],
        send: App,
        headers: Callable[[Headers], Headers],
    ) -> None:
        self._datasette = datasette
        self._is_read = scope.get("method") != "HEAD"
        self._send = send
        self._headers = headers
        self._start: dict[str, Any] = {}
        self._page = bytearray()
        self._is_page = False

    async def __call__(self, message: dict[str, Any]) -> None:
        """Send one message of the answer on."""
        if message["type"] == "http.response.start":
            headers = self._headers(message.get("headers") or [])
            has_body = self._is_read and message["status"] not in (204, 304)
            self._is_page = has_body and _is_html(headers)
            message = self._start = {**message, "headers": headers}
            if self._is_page:
                return
        elif self._is_page and message["type"] == "http.response.body":
            self._page += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page()
            return
        await self._send(message)

    async def _send_page(self) -> None:
        page = with_notice(self._datasette, bytes(self._page))
        headers = [pair for pair in self._start["headers"] if pair[0].lower() != b"content-length"]
        headers.append((b"content-length", str(len(page)).encode()))
        await self._send({**self._start, "headers": headers})
        await self._send({"type": "http.response.body", "body": page})


def _is_html(headers: Headers) -> bool:
    return any(
        name.lower() == b"content-type" and value.lower().startswith(b"text/html")
        for name, value in headers
    )


def with_notice(datasette: Datasette, page: bytes) -> bytes:
    """A page that says that it is private, first of all."""
    if _NOTICE in page:
        return page
    sheet = f"{datasette.urls.static_plugins(DISTRIBUTION, 'private.css')}?v={version()}"
    notice = rendered(datasette, "_private", {"w": Words("en"), "sheet": sheet}).encode()
    found = _BODY.search(page)
    at = found.end() if found else 0
    return page[:at] + notice + page[at:]
