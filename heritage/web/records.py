"""Addresses of single things to their pages: a site, an event, a source."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.errors import RecordNotFoundError
from heritage.store.read import resolve
from heritage.web import pages
from heritage.web.answering import ENDING, View, answered
from heritage.web.page import Page, Visit

Ask = Callable[[sqlite3.Connection, str, Visit], Page | None]

ROOMS: dict[str, tuple[str, Ask]] = {
    "sites": (
        "site",
        lambda connection, id, visit: pages.site(
            connection, id, visit.words, visit.request.args.get("on")
        ),
    ),
    "actors": ("actor", lambda connection, id, visit: pages.actor(connection, id, visit.words)),
    "events": ("event", lambda connection, id, visit: pages.event(connection, id, visit.words)),
    "sources": ("source", lambda connection, id, visit: pages.source(connection, id, visit.words)),
}
"""The first word of an address, with the kind of its records and their page."""


async def record(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The page of a record; whatever id it ever had leads there."""
    kind, ask = ROOMS[request.url_vars["room"]]
    id = unquote(request.url_vars["id"])

    def find(connection: sqlite3.Connection, visit: Visit) -> Page | str | None:
        try:
            now = resolve(connection, kind, id)
        except RecordNotFoundError:
            return None
        return ask(connection, id, visit) if now == id else now

    return await answered(datasette, request, send, find)


ROUTES: list[tuple[str, View]] = [
    (rf"/(?P<room>{'|'.join(ROOMS)})/(?P<id>[^/]+?){ENDING}", record),
]
"""Patterns of addresses, each with what answers them."""
