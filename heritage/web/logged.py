"""Addresses of the log to its pages: all changes, and one change."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import pages
from heritage.web.answering import ENDING, View, answered
from heritage.web.page import Page, Visit

LARGEST = 1 << 62
"""Numbers of changes and entries stay below it."""

RECORD = 300
"""Characters of an id that is asked for."""


def number(text: str | None, otherwise: int | None = None) -> int | None:
    """A number from an address; what is none counts as not given."""
    if text and text.isascii() and text.isdigit() and len(text) < 19:
        return min(int(text), LARGEST)
    return otherwise


async def changes(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """All changes, or with `record` those that touched it, the newest first."""
    before = number(request.args.get("before"))
    record = (request.args.get("record") or "")[:RECORD] or None

    def find(connection: sqlite3.Connection, visit: Visit) -> Page:
        return pages.changes(connection, visit.words, before, record)

    return await answered(datasette, request, send, find)


async def change(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """One change, with its entries behind `after`."""
    asked = number(request.url_vars["id"], LARGEST)
    after = number(request.args.get("after"), 0)

    def find(connection: sqlite3.Connection, visit: Visit) -> Page | None:
        return pages.change(connection, asked or 0, visit.words, after or 0)

    return await answered(datasette, request, send, find)


ROUTES: list[tuple[str, View]] = [
    (rf"/changes{ENDING}", changes),
    (rf"/changes/(?P<id>[0-9]+){ENDING}", change),
]
"""Patterns of addresses, each with what answers them."""
