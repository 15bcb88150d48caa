"""A site to its page."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from heritage.codec import conclusion_to_plain
from heritage.judge import Conclusion, StateOn
from heritage.store.facts.site_states import Standing
from heritage.web import concluded, linked, queries, shapes, windows
from heritage.web.axis import year_of
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.pages import chronology, condition, missing
from heritage.web.pages.arguments import Material, arguments, roots
from heritage.web.pages.events import newest_first, with_bars
from heritage.web.pages.identifiers import identifier_link
from heritage.web.pages.names import heading, in_order
from heritage.web.pages.places import place
from heritage.web.pages.rest import Rest, cut
from heritage.web.queries import CLAIMS, EVENTS, PARTS, RECORDS, Row, of_danger, of_site, said
from heritage.web.words import Words

_LISTS = {
    "events": ("event", EVENTS),
    "observations": ("observation", RECORDS),
    "interventions": ("intervention", RECORDS),
}
"""Lists that are cut, each with what it has and how many a page shows."""


def site(
    connection: sqlite3.Connection, id: str, words: Words, on: str | None = None
) -> Page | None:
    """The page of a site; None where there is none of this id.

    Args:
        connection: The registry.
        id: The site.
        words: The language.
        on: The date for which the condition is wanted, as typed; None for the
            day of the newest change.
    """
    record = of_site.site(connection, id)
    if record is None:
        return None
    as_of = queries.as_of(connection)
    found = _found(connection, record)
    rests = _cut(connection, found)
    ids = [id, *(part["id"] for part in found["parts"])]
    when = condition.asked(on, as_of)
    known = concluded.standing(connection, ids, when.date)
    states = known.states
    events = newest_first(found["events"], words)
    links = [identifier_link(row) for row in found["identifiers"]]
    conclusions = _conclusions(connection, found, rests)
    found |= {
        "conclusions": [conclusion_to_plain(each) for each in conclusions],
        "condition": condition.told(id, found["parts"], states, when),
        "missing": missing.of_site(found, of_site.seen(connection, ids), events),
    }
    return Page(
        template="site",
        found=found,
        context={
            **_condition(found, states, when, words),
            **_events(events, words),
            "rests": rests,
            **_time(found, known, events, when, words),
            "stops": condition.stops(known.latest.values(), condition.asked(None, as_of).day),
            "stated": windows.merged(found["listings"]),
            "strip": windows.strip(found["listings"], now(as_of), words),
            "properties": _properties(connection, found, conclusions, words),
            "is_in_danger": of_danger.is_in_danger(connection, id),
            "heading": heading(record, found["names"], words),
            "place": place(connection, record, found["wholes"], is_damaged=bool(events)),
            "links": links,
        },
        status=400 if when.problem else 200,
        as_of=as_of,
        rows=lambda datasette, name: rows_of(datasette, name, "sites", id),
        address=f"/sites/{id}",
        logged=id,
        title=record["name"] or id,
        linked=linked.site(found, links, windows.listed(record["countries"])),
        shape=shapes.feature(record, _told_of(record)),
    )


def _found(connection: sqlite3.Connection, record: Row) -> dict[str, Any]:
    """The rows on a site, as JSON shows them."""
    id = record["id"]
    parts = of_site.parts(connection, id)
    return {
        "site": record,
        "names": in_order(of_site.names(connection, id)),
        "identifiers": of_site.identifiers(connection, id),
        "wholes": of_site.wholes(connection, id),
        "parts": parts[:PARTS],
        "parts_are_cut": len(parts) > PARTS,
        "listings": of_site.listings(connection, id),
        "events": of_site.events_of_site(connection, id),
        "observations": of_site.observations_of(connection, id),
        "interventions": of_site.interventions_of(connection, id),
        "claims": said.claims_about(connection, id),
    }


def _conclusions(
    connection: sqlite3.Connection, found: Mapping[str, Any], rests: Mapping[str, Rest | None]
) -> tuple[Conclusion, ...]:
    """What is concluded of the site itself, where anything is claimed of it."""
    if not found["claims"]:
        return ()
    # The argument costs as much as there are claims, so a page that cannot show all has none.
    ask = concluded.stored if rests["claims"] else concluded.argued
    return ask(connection, found["site"]["id"])


def _cut(connection: sqlite3.Connection, found: dict[str, Any]) -> dict[str, Rest | None]:
    """Cut the lists of a site to what its page shows; what is told of those that were cut."""
    id, has_parts = found["site"]["id"], bool(found["parts"])
    rests: dict[str, Rest | None] = {}
    found["claims"], rests["claims"] = cut(
        connection, found["claims"], CLAIMS, "claims", subject=id
    )
    for name, (kind, most) in _LISTS.items():
        rests[name] = None
        if len(found[name]) <= most:
            continue
        rests[name] = Rest(
            shown=most,
            n=of_site.many(connection, id, kind),
            table=None if has_parts else of_site.TABLES[kind],
            sql=of_site.ALL[kind] if has_parts else None,
            where={"id" if has_parts else "site": id},
        )
        # Looks and works are in order of time: the one too many is the earliest.
        found[name] = found[name][:most] if name == "events" else found[name][-most:]
    return rests


def _condition(
    found: Mapping[str, Any],
    states: Mapping[str, StateOn],
    when: condition.Asked,
    words: Words,
) -> Row:
    branches = tree(found["parts"], found["site"]["id"])
    return {
        **condition.context(found["condition"], branches, states, words),
        "on_day": when.day,
        "on_words": words.date(when.date.text),
    }


def _time(
    found: Mapping[str, Any],
    known: Standing,
    events: Sequence[Row],
    when: condition.Asked,
    words: Words,
) -> Row:
    names = chronology.names_of(found["site"], found["parts"])
    labelled = {event["id"]: event for event in events}
    return {
        "part_names": names,
        "chronology": chronology.drawn(known, names, labelled, when.date, words),
    }


def _events(events: Sequence[Row], words: Words) -> Row:
    return {
        "events_shown": with_bars(events, words),
        "labels": {event["id"]: event["label"] for event in events},
    }


def _properties(
    connection: sqlite3.Connection,
    found: Mapping[str, Any],
    conclusions: Sequence[Conclusion],
    words: Words,
) -> list[Row]:
    """What is claimed of the site itself, as arguments."""
    return arguments(
        Material(
            claims=found["claims"],
            conclusions=conclusions,
            sites={found["site"]["id"]: found["site"]["name"]},
            titles=concluded.titles(connection, roots(conclusions)),
            words=words,
        )
    )


def _told_of(record: Row) -> Row:
    """What GeoJSON tells of a site."""
    countries = windows.listed(record["countries"])
    return {"kind": record["kind"], "countries": countries, "part_of": record["part_of"]}


def rows_of(datasette: Any, name: str, table: str, id: str) -> str:  # noqa: ANN401 - untyped
    """The address of the row of one record."""
    return query_address(datasette, name, f"SELECT * FROM {table} WHERE id = :id", id=id)


def now(as_of: Row | None) -> float:
    """The year up to which the registry speaks."""
    return year_of(as_of["at"][:10]) if as_of else float(dt.datetime.now(dt.UTC).year)


def tree(parts: Sequence[Row], root: str) -> list[Row]:
    """Parts as a tree: each with its own parts under `parts`, in the order given.

    A part whose whole is not among them stands at the root: nothing is lost
    where the list was cut.
    """
    nodes: dict[str, Row] = {part["id"]: {**part, "parts": []} for part in parts}
    top: list[Row] = []
    for node in nodes.values():
        whole = nodes.get(node["part_of"]) if node["part_of"] != root else None
        (top if whole is None else whole["parts"]).append(node)
    return top
