"""Addresses of searches to their pages: words, filters, lists."""

from __future__ import annotations

import sqlite3
from typing import Any

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import pages
from heritage.web.answering import View, answered
from heritage.web.asked import EVENTS, read_asked
from heritage.web.page import Page, Visit


async def search(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """What is found for words among everything, or the list of what passes some filters."""

    def find(connection: sqlite3.Connection, visit: Visit) -> Page:
        asked = read_asked(request.args, visit.words)
        if not asked.kind and not asked.faults:
            return pages.search(connection, asked.q)
        asked = asked if asked.kind else attrs.evolve(asked, kind=EVENTS)
        return pages.results(connection, asked, visit.words, request.url_vars["form"])

    return await answered(datasette, request, send, find)


ROUTES: list[tuple[str, View]] = [(r"/search(\.(?P<form>json|geojson|csv))?$", search)]
"""Patterns of addresses, each with what answers them."""
