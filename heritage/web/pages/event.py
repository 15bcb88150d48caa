"""An event to its page."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from heritage.codec import conclusion_to_plain
from heritage.web import concluded, linked, queries, shapes, windows
from heritage.web.axis import year_of
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.pages.arguments import Material, arguments, roots
from heritage.web.pages.events import newest_first
from heritage.web.pages.rest import Rest, cut
from heritage.web.queries import CLAIMS, RECORDS, Row, of_event, of_evidence, said
from heritage.web.words import Words, shown

NEAR = 1.0
"""Years before and after what is claimed within which observations stand out."""


def event(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of an event; None where there is none of this id."""
    record = of_event.event(connection, id)
    if record is None:
        return None
    found: dict[str, Any] = {
        "event": record,
        "sites": of_event.sites_of_event(connection, id),
        "campaign_events": of_event.events_within(connection, id),
        "claims": said.claims_about(connection, id),
        "observations": of_event.observations_around(connection, id),
    }
    rests = _cut(connection, found)
    claims = found["claims"]
    spoken = {row["source"] for row in (*found["claims"], *found["observations"])}
    found["evidence"] = of_evidence.of_sources(connection, spoken)[:RECORDS]
    # The argument costs as much as there are claims and looks, so a page that cannot show
    # all of them has none.
    is_cut = any(rests[name] for name in ("sites", "claims", "observations"))
    conclusions = (concluded.stored if is_cut else concluded.argued)(connection, id)
    found["conclusions"] = [conclusion_to_plain(each) for each in conclusions]
    material = Material(
        claims=claims,
        conclusions=conclusions,
        observations=found["observations"],
        sites={row["id"]: row["name"] for row in found["sites"]},
        titles=concluded.titles(connection, roots(conclusions)),
        words=words,
    )
    return Page(
        template="event",
        found=found,
        context={
            "properties": arguments(material),
            "rests": rests,
            "campaign_shown": newest_first(found["campaign_events"], words),
            "claim_sources": len({claim["source"] for claim in claims}),
            "missing": _missing(claims, found["observations"]),
            "near": _near(found["observations"], claims),
            "sources": _sources(claims, found["observations"]),
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: query_address(
            datasette, name, "SELECT * FROM claims WHERE subject = :id ORDER BY property", id=id
        ),
        address=f"/events/{id}",
        logged=id,
        title=record["label"],
        linked=linked.event(found, conclusions),
        shape=_shape(connection, id, record),
    )


def _cut(connection: sqlite3.Connection, found: dict[str, Any]) -> dict[str, Rest | None]:
    """Cut the lists of an event to what its page shows; what is told of those that were cut."""
    id = found["event"]["id"]
    rests: dict[str, Rest | None] = {}
    for name, most, table, column in (
        ("sites", RECORDS, "event_sites", "event"),
        ("campaign_events", RECORDS, "events", "part_of"),
        ("claims", CLAIMS, "claims", "subject"),
    ):
        found[name], rests[name] = cut(connection, found[name], most, table, **{column: id})
    rests["observations"] = None
    if len(found["observations"]) > RECORDS:
        found["observations"] = found["observations"][-RECORDS:]
        rests["observations"] = Rest(
            shown=RECORDS,
            n=of_event.many_looks(connection, id),
            sql=of_event.ALL_LOOKS,
            where={"id": id},
        )
    return rests


def _shape(connection: sqlite3.Connection, id: str, record: Row) -> dict[str, Any]:
    """Where an event happened: a feature for each site, at its whole where it has no place."""
    return {
        "type": "FeatureCollection",
        "features": [
            shapes.feature(
                {**row, "id": row["site"], "name": row["site_name"]},
                {
                    "event": id,
                    "label": shown(record["label"]),
                    "position_of": row["id"] if row["id"] != row["site"] else None,
                },
            )
            for row in of_event.places(connection, id)
        ],
    }


def _missing(claims: Sequence[Row], observations: Sequence[Row]) -> list[str]:
    """Keys of the sentences that say what nobody has said."""
    said = {claim["property"] for claim in claims}
    missing = [f"missing_{name}" for name in ("date", "cause", "severity") if name not in said]
    return missing if observations else [*missing, "missing_observation"]


def _near(observations: Sequence[Row], claims: Sequence[Row]) -> list[Row]:
    """Observations, each with whether it was made around the time that is claimed."""
    window = windows.window_of([claim for claim in claims if claim["property"] == "date"])
    found = []
    for row in observations:
        seen = row["observed_earliest"] or row["observed_latest"]
        near = window is None or seen is None
        if not near and window is not None and seen is not None:
            near = window.first - NEAR <= year_of(seen) <= window.last + NEAR
        found.append({**row, "is_near": near})
    return found


def _sources(claims: Sequence[Row], observations: Sequence[Row]) -> list[Row]:
    """Every source of a page once, with the number of its statements."""
    counted: dict[str, Row] = {}
    for row in [*claims, *observations]:
        entry = counted.setdefault(
            row["source"], {"id": row["source"], "title": row["source_title"], "count": 0}
        )
        entry["count"] += 1
    return sorted(counted.values(), key=lambda entry: (-entry["count"], entry["title"]))
