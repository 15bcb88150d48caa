"""A source to its page."""

from __future__ import annotations

import sqlite3
from typing import Any

from heritage.web import linked, queries
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.pages.claims import by_subject
from heritage.web.queries import CLAIMS, of_actor, of_evidence, of_source, said
from heritage.web.words import Words


def source(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of a source; None where there is none of this id."""
    record = of_source.source(connection, id)
    if record is None:
        return None
    claims = said.claims_by(connection, id)
    tables = ("listings", "observations", "interventions")
    found: dict[str, Any] = {
        "source": record,
        "relies_on": of_source.relied_on(connection, id, backwards=False),
        "relied_on_by": of_source.relied_on(connection, id, backwards=True),
        "claims": claims[:CLAIMS],
        "evidence": of_evidence.of_sources(connection, [id]),
        **{table: of_source.records_by(connection, table, id) for table in tables},
    }
    return Page(
        template="source",
        found=found,
        context={
            "publisher": of_actor.called(connection, record["publisher"]),
            "subjects": by_subject(claims[:CLAIMS], words),
            "claims_cut": len(claims) > CLAIMS,
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
