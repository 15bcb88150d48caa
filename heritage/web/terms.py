"""Addresses of vocabularies and their terms to their pages."""

from __future__ import annotations

import sqlite3
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import pages
from heritage.web.answering import ENDING, View, answered
from heritage.web.page import Page, Visit


async def vocabularies(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """All vocabularies."""

    def find(connection: sqlite3.Connection, visit: Visit) -> Page:
        return pages.vocabularies(connection, visit.words)

    return await answered(datasette, request, send, find)


async def terms(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """One vocabulary with all its terms."""
    name = request.url_vars["id"]

    def find(connection: sqlite3.Connection, visit: Visit) -> Page | None:
        return pages.terms(connection, name, visit.words)

    return await answered(datasette, request, send, find)


async def term(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """One term of a vocabulary."""
    name, code = request.url_vars["vocabulary"], unquote(request.url_vars["id"])

    def find(connection: sqlite3.Connection, visit: Visit) -> Page | None:
        return pages.term(connection, name, code, visit.words)

    return await answered(datasette, request, send, find)


ROUTES: list[tuple[str, View]] = [
    (rf"/terms{ENDING}", vocabularies),
    (rf"/terms/(?P<id>[a-z_]+){ENDING}", terms),
    (rf"/terms/(?P<vocabulary>[a-z_]+)/(?P<id>[^/]+?){ENDING}", term),
]
"""Patterns of addresses, each with what answers them."""
