"""Answers of a private registry to answers that say so, for those who may have them.

A web page of somebody else, open in the same browser, can send requests to a
loopback address. Nobody but the staff's own pages gets an answer: the name in
the address is looked at, since any name can be made to lead here, and so is
what the browser says of the page that asks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import attrs
from datasette.app import Datasette

from heritage.web.notice import Noticing, noticing
from heritage.web.passwords import Lock, Login, Verdict

App = Callable[..., Awaitable[Any]]
Headers = list[tuple[bytes, bytes]]

REALM = b'Basic realm="Heritage registry, private", charset="UTF-8"'
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

SAID = {
    b"cache-control": b"no-store",
    b"x-robots-tag": b"noindex, nofollow",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"SAMEORIGIN",
    b"x-content-type-options": b"nosniff",
}
"""What every answer of a private registry is sent with."""

_SHARING = b"access-control-"


@attrs.frozen
class Privacy:
    """Who may read a private registry: without a lock, whoever sits at this machine."""

    lock: Lock | None
    names: frozenset[str]
    """Names that an address may have where there is no lock."""


_PRIVATE: WeakKeyDictionary[Datasette, Privacy] = WeakKeyDictionary()


def keep(datasette: Datasette, host: str, login: Login | None) -> None:
    """Make all that a Datasette answers private from now on."""
    names = LOOPBACK_NAMES | {host.casefold()}
    _PRIVATE[datasette] = Privacy(None if login is None else Lock(login), names)


def is_private(datasette: Datasette) -> bool:
    """Whether `keep` was told of a Datasette."""
    return datasette in _PRIVATE


def guarded(datasette: Datasette, app: App) -> App:
    """An application whose every answer says that it is private, or refuses.

    Where `keep` was not told of it, pages alone say so, of what is no public edition.
    """

    async def answer(scope: dict[str, Any], receive: App, send: App) -> None:
        privacy = _PRIVATE.get(datasette)
        if privacy is None or scope["type"] == "lifespan":
            await app(scope, receive, noticing(datasette, scope, send))
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif refusal := await _refusal(privacy, scope):
            await _refuse(send, *refusal)
        else:
            await app(scope, receive, Noticing(datasette, scope, send, told))

    return answer


Refusal = tuple[int, str, Headers]


async def _refusal(privacy: Privacy, scope: dict[str, Any]) -> Refusal | None:
    """The status, sentence and headers with which a request is refused."""
    asked = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers") or ()}
    host = asked.get(b"host", "")
    if privacy.lock is None and _name(host) not in privacy.names:
        return 421, "This private registry is not served under that name.", []
    if _is_of_another_site(asked, host):
        return 403, "This private registry does not answer to pages of other sites.", []
    if privacy.lock is None:
        return None
    verdict = await privacy.lock.verdict(asked.get(b"authorization"))
    if verdict is Verdict.RIGHT:
        return None
    if verdict is Verdict.TOO_MANY:
        return 429, "Too many passwords at once. Try again in a moment.", [(b"retry-after", b"10")]
    return 401, "This registry is private.", [(b"www-authenticate", REALM)]


def _name(host: str) -> str:
    """The name of a `Host` header without its port; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_of_another_site(asked: dict[bytes, str], host: str) -> bool:
    """Whether a browser says that a page of another origin asks; following a link is no asking."""
    origin = asked.get(b"origin")
    if origin is not None and urlsplit(origin).netloc.casefold() != host.casefold():
        return True
    if asked.get(b"sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    navigates = asked.get(b"sec-fetch-mode") == "navigate"
    return not (navigates and asked.get(b"sec-fetch-dest", "document") == "document")


async def _refuse(send: App, status: int, sentence: str, more: Headers) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *SAID.items(), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": f"{sentence}\n".encode()})


def told(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Headers of an answer, as they are sent with what is private."""
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in SAID and not name.lower().startswith(_SHARING)
    ]
    return kept + list(SAID.items())
