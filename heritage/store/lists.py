"""Filters to ids: which records a question is about.

Every filter is one condition in SQL; all of them have to hold. Dates are
compared as the keys in which they are stored, so that any year works.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import UsageError
from heritage.model import IN_DANGER
from heritage.store.tables import MAIN

LOWEST, HIGHEST = "", "~"
"""Texts that sort before and after every day: the two open ends."""

LEAVING = ("delisted", "absorbed", "withdrawn")
"""Listing statuses that say how a site left a register."""

EVER = FuzzyDate.parse("../..")

LEFT = "left"
"""The status of a site that the newest edition no longer has, and nobody says why."""


@attrs.frozen(kw_only=True)
class Filters:
    """What to list; everything left at its default does not narrow the list."""

    country: str | None = None
    """ISO 3166-1 alpha-2."""
    within: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees; west beyond east crosses the date line."""
    part_of: str | None = None
    register: str | None = None
    status: str | None = None
    in_danger: bool = False
    during: FuzzyDate | None = None
    certainly: bool = False
    site: str | None = None
    """A site with all its parts; for sites and listings the site alone."""
    event: str | None = None
    source: str | None = None
    property: str | None = None
    conflicting: bool = False
    """Only what sources disagree about: with a conclusion disputed or undecided."""
    all: bool = False
    """Also sites that have left their register."""


Condition = tuple[str, tuple[str | float, ...]]

_NEWEST_EDITION = (
    """(SELECT max(edition_latest) FROM editions WHERE dataset IN ('whc', 'whc-xml'))"""
)

_DESCRIBED = (
    """EXISTS (SELECT 1 FROM descriptions d JOIN editions e
    ON e.dataset = d.dataset AND e.edition = d.edition
    WHERE d.site = t.id AND d.dataset IN ('whc', 'whc-xml') AND e.edition_latest {relation}
    """
    + _NEWEST_EDITION
    + ")"
)

_IN_NEWEST = _DESCRIBED.format(relation="=")
_IN_OLDER = _DESCRIBED.format(relation="<")

_LEAVING = "(" + ", ".join(f"'{status}'" for status in LEAVING) + ")"

HAS_LEFT = f"""(NOT {_IN_NEWEST} AND ({_IN_OLDER} OR EXISTS (SELECT 1 FROM listings l
    WHERE l.site = t.id AND l.register = 'world-heritage' AND l.status IN {_LEAVING})))"""
"""SQL on a site `t`: whether it has left the World Heritage List."""

_NEWEST_SHEET = "(SELECT max(edition_latest) FROM editions WHERE dataset = 'whc')"

IN_DANGER_NOW = f"""EXISTS (SELECT 1 FROM listings l WHERE l.site = t.id
    AND +l.status = 'in-danger' AND l.end IS NULL
    AND NOT EXISTS (SELECT 1 FROM _site_ancestors a JOIN listings w ON w.site = a.ancestor
        WHERE a.site = t.id AND w.register = l.register AND w.status = 'inscribed')
    AND CASE WHEN l.source = 'whc-list' THEN l.edition_latest = {_NEWEST_SHEET}
        ELSE coalesce(l.begin_earliest, '{LOWEST}') > coalesce({_NEWEST_SHEET}, '{LOWEST}')
        AND NOT EXISTS (SELECT 1 FROM listings r WHERE r.site = t.id
            AND r.register = l.register AND r.status IN ('removed', 'delisted', 'absorbed',
                'withdrawn')
            AND coalesce(r.begin_latest, '{HIGHEST}') >= coalesce(l.begin_earliest, ''))
        END) AND NOT {HAS_LEFT}"""
"""SQL on a site `t`: in danger now, in the newest edition known.

UNESCO's newest spreadsheet decides up to its own date. Other sources, its syndication
feed among them (whose danger field is frozen), decide after that date, and where no
spreadsheet is known. A part of a listed property is not a property of its own, whatever
a source that names the part says.
"""


def _window(date: FuzzyDate) -> tuple[str, str]:
    return date.earliest_key or LOWEST, date.latest_key or HIGHEST


def happened(column: str, during: FuzzyDate, *, certainly: bool) -> Condition:
    """SQL on three date columns: whether the day lay, or may have lain, in a window."""
    first, last = _window(during)
    if certainly:
        sql = (
            f"({column} IS NOT NULL AND coalesce({column}_earliest, '{LOWEST}') >= ?"
            f" AND coalesce({column}_latest, '{HIGHEST}') <= ?)"
        )
        return sql, (first, last)
    sql = (
        f"({column} IS NOT NULL AND coalesce({column}_earliest, '{LOWEST}') <= ?"
        f" AND coalesce({column}_latest, '{HIGHEST}') >= ?)"
    )
    return sql, (last, first)


def held(during: FuzzyDate, *, certainly: bool) -> Condition:
    """SQL on a listing `l`: whether it held, or may have held, at some time of a window."""
    first, last = _window(during)
    if certainly:
        sql = (
            "(l.begin_latest <= ? AND (l.end IS NULL"
            f" OR coalesce(l.end_earliest, '{LOWEST}') >= ? OR l.begin_earliest >= ?))"
        )
        return sql, (last, first, first)
    sql = (
        f"(coalesce(l.begin_earliest, '{LOWEST}') <= ?"
        f" AND coalesce(l.end_latest, '{HIGHEST}') >= ?)"
    )
    return sql, (last, first)


def _conflict(filters: Filters, subject: str) -> Iterator[Condition]:
    """SQL: whether a conclusion on a subject is in conflict, on one property if one is named."""
    if not filters.conflicting:
        if filters.property and subject == "t.id":
            yield (
                "EXISTS (SELECT 1 FROM claims c WHERE c.subject = t.id AND c.property = ?)",
                (filters.property,),
            )
        return
    sql = f"c.subject = {subject} AND c.status IN ('disputed', 'undecided')"
    values: tuple[str, ...] = ()
    if filters.property:
        sql, values = f"{sql} AND c.property = ?", (filters.property,)
    yield f"EXISTS (SELECT 1 FROM conclusions c WHERE {sql})", values


def _box(row: str, west: float, south: float, east: float, north: float) -> Condition:
    if not (-90 <= south <= north <= 90 and -180 <= west <= 180 and -180 <= east <= 180):
        raise UsageError(
            f"within: {west},{south},{east},{north} is not west,south,east,north in degrees"
        )
    # The R*Tree rounds outwards; the exact position then decides for plain points.
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    pieces, values = [], []
    for left, right in spans:
        pieces.append(
            f"{row}.rowid IN (SELECT id FROM places"
            " WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?)"
            f" AND ({row}.geometry IS NOT NULL OR ({row}.longitude BETWEEN ? AND ?"
            f" AND {row}.latitude BETWEEN ? AND ?))"
        )
        values += [left, right, south, north, left, right, south, north]
    return "(" + " OR ".join(pieces) + ")", tuple(values)


def _on_site(filters: Filters, place: str) -> Iterator[Condition]:
    """Conditions on the site whose id the SQL `place` gives."""
    if filters.site:
        yield (
            f"({place} = ? OR {place} IN (SELECT site FROM _site_ancestors WHERE ancestor = ?))",
            (filters.site, filters.site),
        )
    if filters.part_of:
        yield (
            f"{place} IN (SELECT site FROM _site_ancestors WHERE ancestor = ?)",
            (filters.part_of,),
        )
    if filters.country:
        yield (
            f"{place} IN (SELECT site FROM _site_countries WHERE country = ?)",
            (filters.country.upper(),),
        )
    if filters.within:
        sql, values = _box("s", *filters.within)
        yield f"EXISTS (SELECT 1 FROM sites s WHERE s.id = {place} AND {sql})", values


def _spoken_of(filters: Filters) -> Iterator[Condition]:
    """Conditions on where a claim is about: its site, its subject, or the sites of its event."""
    at_site, at_subject, at_event = (
        list(_on_site(filters, place)) for place in ("t.site", "t.subject", "es.site")
    )
    for (site, values), (subject, _), (event, _) in zip(at_site, at_subject, at_event, strict=True):
        yield (
            f"({site} OR {subject} OR (t.site IS NULL AND EXISTS (SELECT 1 FROM event_sites es"
            f" WHERE es.event = t.subject AND {event})))",
            values * 3,
        )


def _listing_conditions(filters: Filters) -> Iterator[Condition]:
    """Conditions on a site's listings `l`."""
    if filters.register:
        yield "l.register = ?", (filters.register,)
    if filters.status and filters.status != LEFT:
        yield "l.status = ?", (filters.status,)
    if filters.source:
        yield "l.source = ?", (filters.source,)
    if filters.during:
        yield held(filters.during, certainly=filters.certainly)


def _in_register(filters: Filters) -> Iterator[Condition]:
    """Conditions on a site that its listings decide."""
    now = filters.in_danger and filters.during is None
    if now:
        yield f"({IN_DANGER_NOW})", ()
    elif filters.in_danger:
        filters = attrs.evolve(filters, status=IN_DANGER)
    if filters.register or (filters.status and filters.status != LEFT):
        parts = list(_listing_conditions(filters))
        where = " AND ".join(["l.site = t.id", *(sql for sql, _ in parts)])
        values = tuple(value for _, more in parts for value in more)
        yield f"EXISTS (SELECT 1 FROM listings l WHERE {where})", values
    else:
        if filters.source:
            yield "t.source = ?", (filters.source,)
        if filters.during:
            sql, values = _dated("es.event", filters)
            yield f"t.id IN (SELECT es.site FROM event_sites es WHERE {sql})", values


def _sites(filters: Filters) -> Iterator[Condition]:
    yield from _on_site(attrs.evolve(filters, site=None), "t.id")
    if filters.site:
        yield "t.id = ?", (filters.site,)
    if filters.event:
        yield "t.id IN (SELECT site FROM event_sites WHERE event = ?)", (filters.event,)
    yield from _conflict(filters, "t.id")
    yield from _in_register(filters)
    if filters.status == LEFT:
        yield HAS_LEFT, ()
    elif not (filters.all or filters.status or (filters.in_danger and filters.during)):
        yield f"NOT {HAS_LEFT}", ()


def _listings(filters: Filters) -> Iterator[Condition]:
    yield from _on_site(attrs.evolve(filters, site=None), "t.site")
    if filters.site:
        yield "t.site = ?", (filters.site,)
    if filters.in_danger:
        yield "t.status = 'in-danger'", ()
        if filters.during is None:
            yield "t.end IS NULL", ()
            yield (
                f"t.site IN (SELECT t.id FROM sites t WHERE {IN_DANGER_NOW})",
                (),
            )
    for sql, values in _listing_conditions(filters):
        yield _of_listing(sql), values


def _of_listing(sql: str) -> str:
    return sql.replace("l.", "t.")


def _events(filters: Filters) -> Iterator[Condition]:
    inner = list(_on_site(attrs.evolve(filters, part_of=None), "es.site"))
    if inner:
        where = " AND ".join(sql for sql, _ in inner)
        yield (
            f"EXISTS (SELECT 1 FROM event_sites es WHERE es.event = t.id AND {where})",
            tuple(value for _, values in inner for value in values),
        )
    if filters.part_of:
        yield (
            "(t.id IN (SELECT event FROM _event_ancestors WHERE ancestor = ?)"
            " OR t.id IN (SELECT es.event FROM event_sites es WHERE es.site IN"
            " (SELECT site FROM _site_ancestors WHERE ancestor = ?)))",
            (filters.part_of, filters.part_of),
        )
    if filters.event:
        yield "t.id = ?", (filters.event,)
    if filters.source:
        yield (
            "t.id IN (SELECT subject FROM claims WHERE source = ?)",
            (filters.source,),
        )
    if filters.during:
        yield _dated("t.id", filters)
    yield from _conflict(filters, "t.id")


def _dated(event: str, filters: Filters) -> Condition:
    """SQL on an event: whether it happened, or may have happened, within a window."""
    dated = (
        f"SELECT 1 FROM claims c WHERE c.subject = {event} AND c.property = 'date'"
        " AND c.stance <> 'denies'"
    )
    sql, values = happened("c.date", filters.during or EVER, certainly=filters.certainly)
    if not filters.certainly:
        return f"EXISTS ({dated} AND {sql})", values
    # Certain is what nobody who dates it puts outside of the window.
    return f"(EXISTS ({dated}) AND NOT EXISTS ({dated} AND {sql} IS NOT TRUE))", values


def _claims(filters: Filters) -> Iterator[Condition]:
    if filters.site:
        whole = "(SELECT site FROM _site_ancestors WHERE ancestor = ? UNION ALL SELECT ?)"
        yield f"(t.site IN {whole} OR t.subject IN {whole})", (filters.site,) * 4
    yield from _spoken_of(attrs.evolve(filters, site=None))
    if filters.event:
        yield "t.subject = ?", (filters.event,)
    if filters.source:
        yield "t.source = ?", (filters.source,)
    if filters.property:
        yield "t.property = ?", (filters.property,)
    if filters.during:
        yield happened("t.date", filters.during, certainly=filters.certainly)
    yield from _conflict(
        attrs.evolve(filters, property=None), "t.subject AND c.property = t.property"
    )


def _seen(column: str) -> Callable[[Filters], Iterator[Condition]]:
    def conditions(filters: Filters) -> Iterator[Condition]:
        yield from _on_site(filters, "t.site")
        if filters.source:
            yield "t.source = ?", (filters.source,)
        if filters.event:
            yield "t.site IN (SELECT site FROM event_sites WHERE event = ?)", (filters.event,)
        if filters.during:
            yield happened(f"t.{column}", filters.during, certainly=filters.certainly)

    return conditions


def _sources(filters: Filters) -> Iterator[Condition]:
    for name, column in (("event", "subject"), ("site", "site"), ("property", "property")):
        value = getattr(filters, name)
        if value:
            yield f"t.id IN (SELECT source FROM claims WHERE {column} = ?)", (value,)
    if filters.source:
        yield (
            "(t.id = ? OR t.id IN (SELECT source FROM _source_ancestors WHERE ancestor = ?))",
            (filters.source, filters.source),
        )
    if filters.during:
        yield happened("t.published", filters.during, certainly=filters.certainly)


_CONDITIONS: dict[str, Callable[[Filters], Iterator[Condition]]] = {
    "site": _sites,
    "listing": _listings,
    "event": _events,
    "observation": _seen("observed"),
    "intervention": _seen("date"),
    "claim": _claims,
    "source": _sources,
}

_EVERYWHERE = ("during", "certainly", "site", "source", "all")
_IN_PLACES = (*_EVERYWHERE, "country", "within", "part_of")

_USED: dict[str, frozenset[str]] = {
    "site": frozenset(
        {*_IN_PLACES, "register", "status", "in_danger", "event", "conflicting", "property"}
    ),
    "listing": frozenset({*_IN_PLACES, "register", "status", "in_danger"}),
    "event": frozenset({*_IN_PLACES, "event", "conflicting", "property"}),
    "observation": frozenset({*_IN_PLACES, "event"}),
    "intervention": frozenset({*_IN_PLACES, "event"}),
    "claim": frozenset({*_IN_PLACES, "event", "property", "conflicting"}),
    "source": frozenset({*_EVERYWHERE, "event", "property"}),
}

_ORDER = {
    "listing": "t.site, coalesce(t.begin_earliest, ''), t.id",
    "observation": "t.site, coalesce(t.observed_earliest, ''), t.id",
    "intervention": "t.site, coalesce(t.date_earliest, ''), t.id",
    "claim": "t.subject, t.property, t.id",
}


def ids(
    connection: sqlite3.Connection, kind: str, filters: Filters, limit: int | None = None
) -> Iterator[str]:
    """The ids of the records of a kind that pass every filter, in a fixed order.

    Raises:
        UsageError: A filter means nothing for this kind, or its value is none.
    """
    if kind not in _CONDITIONS:
        raise UsageError(f"{kind} cannot be listed with filters")
    default = Filters()
    for field in attrs.fields(Filters):
        given = getattr(filters, field.name) != getattr(default, field.name)
        if given and field.name not in _USED[kind]:
            raise UsageError(f"the filter {field.name} does not apply to {MAIN[kind].name}")
    conditions = list(_CONDITIONS[kind](filters))
    where = " AND ".join(sql for sql, _ in conditions) or "1"
    values: list[str | float] = [value for _, more in conditions for value in more]
    sql = f"SELECT t.id FROM {MAIN[kind].name} t WHERE {where} ORDER BY {_ORDER.get(kind, 't.id')}"
    if limit is not None:
        sql += " LIMIT ?"
        values.append(limit)
    for (id,) in connection.execute(sql, values):
        yield id
