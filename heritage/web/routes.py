"""Addresses to pages: which request asks for what, and what it gets."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import (
    compat,
    logged,
    pages,
    reconciling,
    records,
    searching,
    telling,
    terms,
)
from heritage.web.answering import View, answered, path_of, visit_of
from heritage.web.page import Page, Visit


async def home(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The home page; Datasette's own where no registry is open."""

    def find(connection: sqlite3.Connection, visit: Visit) -> Page:
        return pages.home(connection, visit.words)

    return await answered(datasette, request, send, find)


async def datasette_home(
    datasette: Datasette,
    request: Request,
    send: Any,  # noqa: ANN401
) -> Response | None:
    """Datasette's own home page, which the 0.65 line has at `/` alone."""
    return await compat.pass_on(datasette, request, send, "/")


async def room(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """All sites, events or sources: Datasette's own table of them."""
    visit = await visit_of(datasette, request)
    name = request.url_vars["room"]
    taken = {database.route for database in datasette.databases.values()}
    if visit is None or name in taken:
        return await compat.pass_on(datasette, request, send, path_of(request))
    return Response.redirect(visit.table(name))


ROUTES: list[tuple[str, View]] = [
    (r"/$", home),
    (r"/-/heritage\.(?P<form>json)$", home),
    (r"/-/$", datasette_home),
    (r"/(?P<room>sites|events|sources)$", room),
    *records.ROUTES,
    *logged.ROUTES,
    *terms.ROUTES,
    *searching.ROUTES,
    *reconciling.ROUTES,
    *telling.ROUTES,
]
"""Patterns of addresses, each with what answers them."""
