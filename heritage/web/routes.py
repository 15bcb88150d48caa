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
from heritage.web.answering import View, path_of, visit_of
from heritage.web.attached import read
from heritage.web.page import Page, sent
from heritage.web.queries import of_home

_HOMES: dict[tuple[object, ...], tuple[str, dict[str, str]]] = {}
"""The newest first pages as they were sent, by all that they depend on."""

_KEPT = 8


async def home(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The home page; Datasette's own where no registry is open.

    It tells of the whole registry and is asked for most, so it is made once for
    each state of the file.
    """
    visit = await visit_of(datasette, request)
    if visit is None:
        return await compat.pass_on(datasette, request, send, path_of(request))
    form = "json" if request.path.endswith(".json") else None
    about = (id(datasette), visit.absolute("/"), request.full_path, visit.words.language)

    def find(connection: sqlite3.Connection) -> tuple[tuple[object, ...], Page | None]:
        key = (*of_home.state(connection), *about)
        return key, None if key in _HOMES else pages.home(connection, visit.words)

    key, page = await read(datasette, visit.database, find)
    if page is not None:
        answer = sent(visit, page, form)
        if form or not key[0]:
            return answer
        while len(_HOMES) >= _KEPT:
            _HOMES.pop(next(iter(_HOMES)))
        _HOMES[key] = answer.body, dict(answer.headers)
    body, headers = _HOMES[key]
    return Response.html(body, headers=dict(headers))


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
    (r"/-/heritage\.json$", home),
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
