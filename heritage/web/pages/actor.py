"""An actor to its page: its names, what is claimed of it, and what it published."""

from __future__ import annotations

import sqlite3
from typing import Any

from heritage.web import linked, queries
from heritage.web.page import Page
from heritage.web.pages.claims import by_subject
from heritage.web.pages.names import heading, in_order
from heritage.web.pages.rest import Rest
from heritage.web.pages.site import rows_of
from heritage.web.queries import RECORDS, counted, of_actor
from heritage.web.words import Words


def actor(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of an actor; None where there is none of this id."""
    record = of_actor.actor(connection, id)
    if record is None:
        return None
    names = in_order(of_actor.names(connection, id))
    called = {id, *(name["text"] for name in names)}
    found: dict[str, Any] = {
        "actor": record,
        "names": names,
        "claimed": of_actor.claimed(connection, called),
        "quoted": of_actor.quoted(connection, called),
        "published": of_actor.published(connection, called),
    }
    rests: dict[str, Rest | None] = {}
    for name, sql in of_actor.ALL.items():
        rests[name] = None
        if len(found[name]) > RECORDS:
            found[name] = found[name][:RECORDS]
            n = counted(connection, sql, id=id)
            rests[name] = Rest(shown=RECORDS, n=n, sql=sql, where={"id": id})
    return Page(
        template="actor",
        found=found,
        context={
            "rests": rests,
            "heading": heading(record, names, words),
            "claimed_of": by_subject(found["claimed"], words),
            "quoted_on": by_subject(found["quoted"], words),
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: rows_of(datasette, name, "actors", id),
        address=f"/actors/{id}",
        logged=id,
        title=record["name"] or id,
        linked=linked.actor(found),
    )
