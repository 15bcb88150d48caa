"""Addresses that tell of the registry as a whole: about the data, and its feed of changes."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from heritage.web import compat, feed, headers, pages
from heritage.web.answering import View, answered, path_of, visit_of
from heritage.web.attached import read
from heritage.web.page import Page, Visit
from heritage.web.queries import of_changes

ENTRIES = 50
"""Changes in the feed."""

RECORDS = 20
"""Records that a change in the feed names."""


async def about(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """What the data is."""

    def find(connection: sqlite3.Connection, visit: Visit) -> Page:
        return pages.about(connection, visit.words)

    return await answered(datasette, request, send, find)


async def changes(datasette: Datasette, request: Request, send: Any) -> Response | None:  # noqa: ANN401
    """The newest changes as an Atom feed."""
    visit = await visit_of(datasette, request)
    if visit is None:
        return await compat.pass_on(datasette, request, send, path_of(request))
    found = await read(datasette, visit.database, lambda c: of_changes.recent(c, ENTRIES, RECORDS))
    return Response(
        feed.written(visit, found).decode(),
        headers=headers.secured() | {"access-control-allow-origin": "*"},
        content_type="application/atom+xml; charset=utf-8",
    )


ROUTES: list[tuple[str, View]] = [
    (r"/about(\.(?P<form>json|csl\.json|bib))?$", about),
    (r"/changes\.atom$", changes),
]
"""Patterns of addresses, each with what answers them."""
