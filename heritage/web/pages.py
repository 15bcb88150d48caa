"""A registry and an id to a page: what is asked, and how it is put together."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from typing import Any

from heritage.model.properties import PROPERTIES
from heritage.store.folding import match_expression
from heritage.web import queries, windows
from heritage.web.axis import Axis, year_of
from heritage.web.compat import query_address
from heritage.web.page import Page
from heritage.web.queries import CLAIMS, EVENTS, HITS, PARTS, Row
from heritage.web.words import Words

TIMELINE = 150
DANGER = 18
NEAR = 1.0
"""Years before and after what is claimed within which observations are drawn."""


def home(connection: sqlite3.Connection, words: Words) -> Page:
    """The first page: what this is, figures, map, timeline, danger, changes."""
    events = queries.latest_events(connection, TIMELINE)
    found = {
        "figures": queries.figures(connection),
        "points": queries.points(connection),
        "positions": queries.positions(connection),
        "events": events,
        "undated": queries.undated(connection),
        "danger": queries.in_danger(connection, DANGER),
        "changes": queries.recent_changes(connection, 4),
    }
    return Page(
        template="home",
        found=found,
        context={
            "timeline": windows.timeline(events, words),
            "latest": _newest_first(events, words),
            "is_cut": len(events) == TIMELINE,
            "danger_sql": queries.IN_DANGER,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: datasette.urls.database(name),
    )


def _newest_first(events: Sequence[Row], words: Words) -> list[Row]:
    """Events in words, the latest first and the undated last."""
    found = []
    for event in events:
        window = windows.window_of(event["windows"])
        found.append(
            {
                **event,
                "when": windows.window_words(event["windows"], words) if window else None,
                "is_disputed": bool(window and window.is_disputed),
                "window": window,
            }
        )
    found.sort(key=_latest_first)
    return found


def _latest_first(event: Row) -> tuple[bool, float, str]:
    window = event["window"]
    return window is None, -window.first if window else 0.0, event["id"]


def site(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of a site; None where there is none of this id."""
    record = queries.site(connection, id)
    if record is None:
        return None
    as_of = queries.as_of(connection)
    parts = queries.parts(connection, id)
    claims = queries.claims_about(connection, id)
    found = {
        "site": record,
        "names": queries.names(connection, id),
        "identifiers": queries.identifiers(connection, id),
        "wholes": queries.wholes(connection, id),
        "parts": parts[:PARTS],
        "listings": queries.listings(connection, id),
        "events": queries.events_of_site(connection, id),
        "observations": queries.observations_of(connection, id),
        "interventions": queries.interventions_of(connection, id),
        "claims": claims[:CLAIMS],
    }
    events = _newest_first(found["events"], words)
    return Page(
        template="site",
        found=found,
        context={
            "tree": tree(parts[:PARTS], id),
            "parts_cut": len(parts) > PARTS,
            "strip": windows.strip(found["listings"], _now(as_of), words),
            "events_shown": _with_bars(events[:EVENTS], words),
            "events_cut": len(events) > EVENTS,
            "properties": by_property(claims[:CLAIMS], words),
            "claims_cut": len(claims) > CLAIMS,
            "in_danger_since": queries.danger_since(connection, id),
            "first_language": _language_of(record, found["names"]),
            "place": _place(record, found["wholes"]),
            "links": [link for row in found["identifiers"] if (link := identifier_link(row))],
        },
        as_of=as_of,
        rows=lambda datasette, name: _rows_of(datasette, name, "sites", id),
    )


def _rows_of(datasette: Any, name: str, table: str, id: str) -> str:  # noqa: ANN401 - untyped
    return query_address(datasette, name, f"SELECT * FROM {table} WHERE id = :id", id=id)


def _now(as_of: Row | None) -> float:
    """The year up to which the registry speaks."""
    return year_of(as_of["at"][:10]) if as_of else float(dt.datetime.now(dt.UTC).year)


def _place(record: Row, wholes: Sequence[Row]) -> Row | None:
    """Where to show a site: its own position, or that of the nearest whole that has one."""
    for row in [record, *reversed(wholes)]:
        if row["longitude"] is not None:
            return {**row, "is_own": row is record}
    return None


def _language_of(record: Row, names: Sequence[Row]) -> str:
    """The language of the name that is shown first."""
    return next((row["language"] for row in names if row["text"] == record["name"]), "und")


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


def identifier_link(row: Row) -> Row | None:
    """Another system's page of a site; None where its address is not known."""
    scheme, value = row["scheme"], row["value"]
    known = {
        "whc": ("UNESCO World Heritage", "https://whc.unesco.org/en/list/", value.isdigit()),
        "wikidata": ("Wikidata", "https://www.wikidata.org/wiki/", value[1:].isdigit()),
        "pleiades": ("Pleiades", "https://pleiades.stoa.org/places/", value.isdigit()),
    }
    title, address, is_sound = known.get(scheme, (scheme, "", False))
    sound = is_sound and value.isascii()
    return {**row, "title": title, "url": address + value if sound else None}


def _with_bars(events: Sequence[Row], words: Words) -> Row:
    """Events with their bars on one axis, if any of them is dated."""
    dated = [event["window"] for event in events if event["window"]]
    ends = [year for window in dated for year in (window.first, window.last)]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    rows = [
        {**event, "bar": event["window"].on(axis)}
        if axis and event["window"]
        else event
        for event in events
    ]
    return {"axis": axis, "rows": rows}


def by_property(claims: Sequence[Row], words: Words) -> list[Row]:
    """Claims side by side: one group for each property, in the order of the model.

    Each claim gains its value in words, and each claim of a date its bar on the
    axis of its group.
    """
    order = list(PROPERTIES)
    groups: dict[str, list[Row]] = {}
    for claim in claims:
        groups.setdefault(claim["property"], []).append(claim)
    known = sorted(groups, key=lambda name: order.index(name) if name in order else len(order))
    return [_group(name, groups[name], words) for name in known]


def _group(name: str, claims: Sequence[Row], words: Words) -> Row:
    pairs = [windows.years(claim["date_earliest"], claim["date_latest"]) for claim in claims]
    is_drawn = name == "date"
    axis = Axis.around(windows.known(pairs), mirrored=words.direction == "rtl") if is_drawn else None
    rows = []
    for claim in claims:
        window = windows.window_of([claim]) if is_drawn else None
        bar = window.on(axis) if axis and window else None
        rows.append({**claim, "words": words.value(claim), "bar": bar})
    if is_drawn:
        rows.sort(key=lambda row: (row["date_earliest"] or row["date_latest"] or "~", row["id"]))
    else:
        rows.sort(key=lambda row: (row["site"] or "", row["words"], row["id"]))
    asserted = [c for c in claims if c["stance"] not in ("denies", "cannot_determine")]
    together = windows.window_of(asserted) if is_drawn else None
    return {
        "name": name,
        "title": words(f"property_{name}") if name in PROPERTIES else name,
        "claims": rows,
        "sources": len({claim["source"] for claim in claims}),
        "axis": axis,
        "is_disputed": bool(together and together.is_disputed),
    }


def event(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of an event; None where there is none of this id."""
    record = queries.event(connection, id)
    if record is None:
        return None
    claims = queries.claims_about(connection, id)
    found = {
        "event": record,
        "sites": queries.sites_of_event(connection, id),
        "campaign_events": queries.events_within(connection, id),
        "claims": claims[:CLAIMS],
        "observations": queries.observations_around(connection, id),
    }
    properties = by_property(claims[:CLAIMS], words)
    return Page(
        template="event",
        found=found,
        context={
            "properties": properties,
            "claims_cut": len(claims) > CLAIMS,
            "campaign_shown": _newest_first(found["campaign_events"], words),
            "claim_sources": len({claim["source"] for claim in claims}),
            "missing": _missing(claims, found["observations"]),
            "near": _near(found["observations"], claims),
            "sources": _sources(claims, found["observations"]),
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: query_address(
            datasette, name, "SELECT * FROM claims WHERE subject = :id ORDER BY property", id=id
        ),
    )


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


def source(connection: sqlite3.Connection, id: str, words: Words) -> Page | None:
    """The page of a source; None where there is none of this id."""
    record = queries.source(connection, id)
    if record is None:
        return None
    claims = queries.claims_by(connection, id)
    tables = ("listings", "observations", "interventions")
    found = {
        "source": record,
        "relies_on": queries.relied_on(connection, id, backwards=False),
        "relied_on_by": queries.relied_on(connection, id, backwards=True),
        "claims": claims[:CLAIMS],
        **{table: queries.records_by(connection, table, id) for table in tables},
    }
    return Page(
        template="source",
        found=found,
        context={
            "subjects": by_subject(claims[:CLAIMS], words),
            "claims_cut": len(claims) > CLAIMS,
        },
        as_of=queries.as_of(connection),
        rows=lambda datasette, name: query_address(
            datasette, name, "SELECT * FROM claims WHERE source = :id ORDER BY subject", id=id
        ),
    )


def by_subject(claims: Sequence[Row], words: Words) -> list[Row]:
    """A source's claims, one group for each event or site, each value in words."""
    groups: dict[str, Row] = {}
    for claim in claims:
        group = groups.setdefault(
            claim["subject"],
            {
                "id": claim["subject"],
                "kind": claim["subject_kind"],
                "label": claim["subject_label"] or claim["subject"],
                "claims": [],
            },
        )
        title = words(f"property_{claim['property']}") if claim["property"] in PROPERTIES else ""
        group["claims"].append({**claim, "words": words.value(claim), "title": title})
    return list(groups.values())


def search(connection: sqlite3.Connection, query: str) -> Page:
    """What is found for a query, by kind."""
    match = match_expression(query)
    tables = ("sites", "events", "sources")
    hits = {table: queries.search(connection, table, match) if match else [] for table in tables}
    shown = {table: rows[:HITS] for table, rows in hits.items()}
    return Page(
        template="search",
        found={"query": query, **shown},
        context={
            "cut": {table: len(rows) > HITS for table, rows in hits.items()},
            "names": queries.names_found(connection, [row["id"] for row in shown["sites"]]),
            "limit": HITS,
        },
        as_of=queries.as_of(connection),
    )
