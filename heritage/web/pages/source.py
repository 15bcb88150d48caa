"""A source to its page."""

from __future__ import annotations

import sqlite3
from typing import Any

from heritage.web import linked, queries
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.pages.claims import by_subject
from heritage.web.pages.rest import Rest, cut
from heritage.web.queries import RECORDS, SAID, of_actor, of_evidence, of_source, said
from heritage.web.words import Words

TABLES = ("listings", "observations", "interventions")

_LISTS = (
    ("relies_on", RECORDS, "source_relies_on", "source"),
    ("relied_on_by", RECORDS, "source_relies_on", "relies_on"),
    ("claims", SAID, "claims", "source"),
    ("evidence", RECORDS, "evidence", "source"),
    *((table, RECORDS, table, "source") for table in TABLES),
)
"""Lists that are cut: how many are shown, and the table and its column that has them all."""


def source(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of a source; None where there is none of this id."""
    record = of_source.source(connection, id)
    if record is None:
        return None
    found: dict[str, Any] = {
        "source": record,
        "relies_on": of_source.relied_on(connection, id, backwards=False),
        "relied_on_by": of_source.relied_on(connection, id, backwards=True),
        "claims": said.claims_by(connection, id),
        "evidence": of_evidence.of_sources(connection, [id]),
        **{table: of_source.records_by(connection, table, id) for table in TABLES},
    }
    rests: dict[str, Rest | None] = {}
    for name, most, table, column in _LISTS:
        found[name], rests[name] = cut(connection, found[name], most, table, **{column: id})
    return Page(
        template="source",
        found=found,
        context={
            "publisher": of_actor.called(connection, record["publisher"]),
            "subjects": by_subject(found["claims"], words),
            "rests": rests,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: query_address(
            datasette, name, "SELECT * FROM claims WHERE source = :id ORDER BY subject", id=id
        ),
        address=f"/sources/{id}",
        logged=id,
        title=record["title"],
        linked=linked.source(found),
    )
