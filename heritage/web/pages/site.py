"""A site to its page."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

from heritage.codec import conclusion_to_plain
from heritage.model.site import NAME_KINDS
from heritage.web import concluded, linked, queries, shapes, windows
from heritage.web.axis import year_of
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.pages.arguments import Material, arguments, roots
from heritage.web.pages.events import newest_first, with_bars
from heritage.web.pages.marks import mark
from heritage.web.queries import CLAIMS, EVENTS, PARTS, Row, of_danger, of_site, said
from heritage.web.words import Words


def site(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of a site; None where there is none of this id."""
    record = of_site.site(connection, id)
    if record is None:
        return None
    as_of = queries.as_of(connection)
    parts = of_site.parts(connection, id)
    claims = said.claims_about(connection, id)
    found: dict[str, Any] = {
        "site": record,
        "names": sorted(of_site.names(connection, id), key=_rank),
        "identifiers": of_site.identifiers(connection, id),
        "wholes": of_site.wholes(connection, id),
        "parts": parts[:PARTS],
        "listings": of_site.listings(connection, id),
        "events": of_site.events_of_site(connection, id),
        "observations": of_site.observations_of(connection, id),
        "interventions": of_site.interventions_of(connection, id),
        "claims": claims[:CLAIMS],
    }
    is_cut = len(claims) > CLAIMS
    # The argument costs as much as there are claims, so a page that cannot show all has none.
    conclusions = (concluded.stored if is_cut else concluded.argued)(connection, id)
    found["conclusions"] = [conclusion_to_plain(each) for each in conclusions]
    material = Material(
        claims=claims[:CLAIMS],
        conclusions=conclusions,
        sites={id: record["name"]},
        titles=concluded.titles(connection, roots(conclusions)),
        words=words,
    )
    events = newest_first(found["events"], words)
    links = [identifier_link(row) for row in found["identifiers"]]
    return Page(
        template="site",
        found=found,
        context={
            "tree": tree(parts[:PARTS], id),
            "severities": concluded.severities(connection, id),
            "parts_cut": len(parts) > PARTS,
            "stated": windows.merged(found["listings"]),
            "strip": windows.strip(found["listings"], now(as_of), words),
            "events_shown": with_bars(events[:EVENTS], words),
            "events_cut": len(events) > EVENTS,
            "properties": arguments(material),
            "claims_cut": is_cut,
            "is_in_danger": of_danger.is_in_danger(connection, id),
            "heading": _heading(record, found["names"], words),
            "place": _place(connection, record, found["wholes"], is_damaged=bool(events)),
            "links": links,
        },
        as_of=as_of,
        rows=lambda datasette, name: rows_of(datasette, name, "sites", id),
        address=f"/sites/{id}",
        title=record["name"] or id,
        linked=linked.site(found, links, windows.listed(record["countries"])),
        shape=shapes.feature(record, _properties(record)),
    )


def _properties(record: Row) -> Row:
    """What GeoJSON tells of a site."""
    countries = windows.listed(record["countries"])
    return {"kind": record["kind"], "countries": countries, "part_of": record["part_of"]}


def rows_of(datasette: Any, name: str, table: str, id: str) -> str:  # noqa: ANN401 - untyped
    """The address of the row of one record."""
    return query_address(datasette, name, f"SELECT * FROM {table} WHERE id = :id", id=id)


def now(as_of: Row | None) -> float:
    """The year up to which the registry speaks."""
    return year_of(as_of["at"][:10]) if as_of else float(dt.datetime.now(dt.UTC).year)


def _place(
    connection: sqlite3.Connection, record: Row, wholes: Sequence[Row], *, is_damaged: bool
) -> Row | None:
    """Where to show a site: its own position, or that of the nearest whole that has one."""
    for row in [record, *reversed(wholes)]:
        if row["longitude"] is not None:
            is_own = row is record
            in_danger = of_danger.is_in_danger(connection, row["id"])
            point = {**row, "in_danger": in_danger, "damaged": is_damaged}
            return {**row, "is_own": is_own, "mark": mark(point)}
    return None


def _rank(name: Row) -> tuple[int, bool, str, str]:
    """Where a name stands among the names of its site: in the order of the model."""
    kind, language = name["kind"], name["language"]
    rank = NAME_KINDS.index(kind) if kind in NAME_KINDS else len(NAME_KINDS)
    return rank, language != "en", language, name["text"]


def _heading(record: Row, names: Sequence[Row], words: Words) -> Row:
    """The name at the head of the page: in its language, else the one shown everywhere."""
    for name in names:
        if name["language"] == words.language and name["kind"] in NAME_KINDS[:2]:
            return name
    shown = next((name for name in names if name["text"] == record["name"]), None)
    return shown or {"text": record["name"] or record["id"], "language": "und"}


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


def identifier_link(row: Row) -> Row:
    """Another system's page of a site; its `url` is None where the address is not known."""
    scheme, value = row["scheme"], row["value"]
    known = {
        "whc": ("UNESCO World Heritage", "https://whc.unesco.org/en/list/", value.isdigit()),
        "wikidata": ("Wikidata", "https://www.wikidata.org/wiki/", value[1:].isdigit()),
        "pleiades": ("Pleiades", "https://pleiades.stoa.org/places/", value.isdigit()),
    }
    title, address, is_sound = known.get(scheme, (scheme, "", False))
    sound = is_sound and value.isascii()
    return {**row, "title": title, "url": address + value if sound else None}
