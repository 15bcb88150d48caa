"""A request and what finds its page to the answer: what all addresses share."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import compat, queries
from heritage.web.attached import read, registry_of
from heritage.web.keeping import ORIGIN, Answer, Keeper
from heritage.web.page import FORMS, Page, Visit, sent

Find = Callable[[sqlite3.Connection, Visit], Page | str | None]
"""What finds a page; a text is the id under which it is to be asked for instead."""

View = Callable[[Datasette, Request, Any], Awaitable[Response | None]]
"""What Datasette calls for an address."""


ENDING = rf"(\.(?P<form>{'|'.join(re.escape(form) for form in FORMS)}))?$"
"""How an address ends that may name a form."""


def path_of(request: Request) -> str:
    """The path that was asked for, below the one that Datasette is served at."""
    path: str = request.scope.get("route_path", request.scope["path"])
    return path


async def visit_of(datasette: Datasette, request: Request) -> Visit | None:
    """The visit of a request to the registry; None where no registry is open.

    Raises:
        Forbidden: Datasette would not show the registry to whoever asks.
    """
    database = registry_of(datasette)
    if database is None:
        return None
    await compat.require_view(datasette, request, database.name)
    return Visit.of(datasette, request, database)


async def answered(
    datasette: Datasette,
    request: Request,
    send: Any,  # noqa: ANN401 - what ASGI hands over
    find: Find,
) -> Response | None:
    """The page that is found, in the form that the address asks for.

    The same address is answered from what was sent before, as long as the file
    stays as it is.
    Where nothing is found, a database that is called like the first word of
    the address gets its own page; otherwise the answer is 404.
    """
    visit = await visit_of(datasette, request)
    if visit is None:
        return await compat.pass_on(datasette, request, send, path_of(request))
    keeper = Keeper(datasette, request, visit.database, visit.origin)
    visit = attrs.evolve(visit, origin=ORIGIN)
    found = await read(
        datasette,
        visit.database,
        lambda connection: keeper.before(connection) or find(connection, visit),
    )
    if isinstance(found, Answer):
        return keeper.again(found)
    form = request.url_vars.get("form")
    room = path_of(request).split("/")[1]
    if isinstance(found, str):
        return Response.redirect(visit.moved(f"/{room}/{found}", form), status=301)
    if found is None or (form and form not in found.forms):
        if room in {database.route for database in datasette.databases.values()}:
            return await compat.pass_on(datasette, request, send, path_of(request))
        found = Page(
            template="missing",
            found={"id": request.url_vars.get("id", ""), "error": "not in this registry"},
            as_of=await read(datasette, visit.database, queries.as_of),
            status=404,
        )
        form = form and "json"
    return keeper.sent(sent(visit, found, form))
