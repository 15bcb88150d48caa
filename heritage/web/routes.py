"""Addresses to pages: which request asks for what, and what it gets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.errors import RecordNotFoundError
from heritage.store.read import resolve
from heritage.web import compat, pages, queries
from heritage.web.attached import read, registry_of
from heritage.web.page import Page, Visit, as_json, html
from heritage.web.words import Words

Ask = Callable[[sqlite3.Connection, str, Words], Page | None]

ROOMS: dict[str, tuple[str, Ask]] = {
    "sites": ("site", pages.site),
    "events": ("event", pages.event),
    "sources": ("source", pages.source),
}
"""The first word of an address, with the kind of its records and their page."""


def _path(request: Request) -> str:
    path: str = request.scope.get("route_path", request.scope["path"])
    return path


async def _visit(datasette: Datasette, request: Request) -> Visit | None:
    database = registry_of(datasette)
    if database is None:
        return None
    await compat.require_view(datasette, request, database.name)
    return Visit.of(datasette, request, database)


def _answer(visit: Visit, page: Page, form: str | None) -> Response:
    return as_json(visit, page) if form == "json" else html(visit, page)


async def home(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The home page; Datasette's own where no registry is open."""
    visit = await _visit(datasette, request)
    if visit is None:
        return await compat.pass_on(datasette, request, send, _path(request))
    page = await read(datasette, visit.database, lambda c: pages.home(c, visit.words))
    return _answer(visit, page, "json" if request.path.endswith(".json") else None)


async def datasette_home(
    datasette: Datasette,
    request: Request,
    send: Any,  # noqa: ANN401
) -> Response | None:
    """Datasette's own home page, which the 0.65 line has at `/` alone."""
    return await compat.pass_on(datasette, request, send, "/")


async def record(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The page of a site, event or source; whatever id it ever had leads there."""
    visit = await _visit(datasette, request)
    room, id = request.url_vars["room"], unquote(request.url_vars["id"])
    if visit is None:
        return await compat.pass_on(datasette, request, send, _path(request))
    kind, ask = ROOMS[room]

    def find(connection: sqlite3.Connection) -> Page | str | None:
        try:
            now = resolve(connection, kind, id)
        except RecordNotFoundError:
            return None
        return ask(connection, id, visit.words) if now == id else now

    found = await read(datasette, visit.database, find)
    form = request.url_vars["form"]
    if isinstance(found, str):
        suffix = ".json" if form else ""
        return Response.redirect(visit.link(f"/{room}/{found}{suffix}"), status=301)
    if found is None:
        if room in {database.route for database in datasette.databases.values()}:
            return await compat.pass_on(datasette, request, send, _path(request))
        found = Page(
            template="missing",
            found={"id": id, "error": "not in this registry"},
            as_of=await read(datasette, visit.database, queries.as_of),
            status=404,
        )
    return _answer(visit, found, form)


async def search(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """What is found for `q` among sites, events and sources."""
    visit = await _visit(datasette, request)
    if visit is None:
        return await compat.pass_on(datasette, request, send, _path(request))
    query = (request.args.get("q") or "").strip()
    page = await read(datasette, visit.database, lambda c: pages.search(c, query))
    return _answer(visit, page, request.url_vars["form"])


async def room(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """All sites, events or sources: Datasette's own table of them."""
    visit = await _visit(datasette, request)
    name = request.url_vars["room"]
    taken = {database.route for database in datasette.databases.values()}
    if visit is None or name in taken:
        return await compat.pass_on(datasette, request, send, _path(request))
    return Response.redirect(visit.table(name))


ROUTES: list[tuple[str, Callable[..., Any]]] = [
    (r"/$", home),
    (r"/-/heritage\.json$", home),
    (r"/-/$", datasette_home),
    (r"/(?P<room>sites|events|sources)$", room),
    (r"/(?P<room>sites|events|sources)/(?P<id>[^/]+?)(\.(?P<form>json))?$", record),
    (r"/search(\.(?P<form>json))?$", search),
]
"""Patterns of addresses, each with what answers them."""
