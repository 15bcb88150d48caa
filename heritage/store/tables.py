"""The tables of a registry: which record's rows they hold, and what is derived.

Columns are not listed here: they are read from the file, so that no column can
be forgotten by history. What is *not* recorded is listed, by name.
"""

from __future__ import annotations

import sqlite3

import attrs

BOOKKEEPING = ("version", "change")
"""Columns of every main table that history itself keeps."""

DERIVED = ("name", "search_text")
"""Columns that follow from others: never recorded, never read back."""


@attrs.frozen(kw_only=True)
class Table:
    """One table whose every change is recorded."""

    name: str
    kind: str
    """The kind of record to which its rows belong."""
    key: tuple[str, ...] = ("id",)
    owner: str = "id"
    """The column that holds the record's id."""
    main: str | None = None
    """For a table of parts: the table of the whole."""
    search: str | None = None
    """SQL for the text to be searched, with `{row}` for the row; None for no search."""
    derived: tuple[str, ...] = ()
    bumps: bool = True
    """Whether a change of a part makes a new version of the whole."""


def _part(name: str, kind: str, main: str, key: tuple[str, ...]) -> Table:
    return Table(name=name, kind=kind, main=main, key=key, owner=kind)


def _names_of(table: str, owner: str) -> str:
    return (
        "coalesce((SELECT group_concat(text, ' ') FROM (SELECT text FROM"
        f" {table} WHERE {owner} = {{row}}.id ORDER BY kind, language, text)), '')"
    )


_SITE_SEARCH = "{row}.id || ' ' || " + _names_of("names", "site")
_ACTOR_SEARCH = "{row}.id || ' ' || " + _names_of("actor_names", "actor")
_SOURCE_SEARCH = (
    "{row}.id || ' ' || {row}.title || ' ' || coalesce({row}.publisher, '')"
    " || ' ' || coalesce({row}.author, '')"
)
_CLAIM_SEARCH = (
    "coalesce({row}.value, '') || ' ' || coalesce({row}.as_written, '')"
    " || ' ' || coalesce({row}.attributed_to, '')"
)

TABLES: tuple[Table, ...] = (
    Table(name="sources", kind="source", search=_SOURCE_SEARCH, derived=("search_text",)),
    _part("source_relies_on", "source", "sources", ("source", "relies_on")),
    Table(name="actors", kind="actor", search=_ACTOR_SEARCH, derived=DERIVED),
    _part("actor_names", "actor", "actors", ("actor", "kind", "language", "text")),
    Table(name="sites", kind="site", search=_SITE_SEARCH, derived=DERIVED),
    _part("names", "site", "sites", ("site", "kind", "language", "text")),
    _part("identifiers", "site", "sites", ("scheme", "value")),
    Table(
        name="descriptions",
        kind="site",
        key=("site", "dataset", "edition"),
        owner="site",
        main="sites",
        bumps=False,
    ),
    Table(name="listings", kind="listing"),
    Table(
        name="events",
        kind="event",
        search="{row}.id || ' ' || {row}.label",
        derived=("search_text",),
    ),
    _part("event_sites", "event", "events", ("event", "site")),
    Table(name="claims", kind="claim", search=_CLAIM_SEARCH, derived=("search_text",)),
    Table(name="observations", kind="observation"),
    Table(name="interventions", kind="intervention"),
    Table(name="evidence", kind="evidence"),
    _part("custody", "evidence", "evidence", ("evidence", "position")),
    Table(name="reviews", kind="review"),
    Table(name="editions", kind="edition", key=("dataset", "edition"), owner="dataset", main=""),
    Table(name="former_ids", kind="former_id", key=("former",), owner="id", main=""),
)
"""Every recorded table, each after those it refers to."""

MAIN: dict[str, Table] = {table.kind: table for table in TABLES if table.main is None}
"""The main table of each kind of record."""


REFERENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "source_relies_on": (("relies_on", "source"),),
    "sites": (("part_of", "site"), ("source", "source")),
    "listings": (("site", "site"), ("source", "source")),
    "events": (("part_of", "event"),),
    "event_sites": (("site", "site"),),
    "claims": (("subject", "event or site"), ("site", "site"), ("source", "source")),
    "observations": (("site", "site"), ("source", "source")),
    "interventions": (("site", "site"), ("source", "source")),
    "evidence": (("source", "source"),),
    "reviews": (("claim", "claim"),),
    "editions": (("source", "source"),),
}
"""Columns that name another record, and its kind."""


def parts_of(table: Table) -> tuple[Table, ...]:
    """The tables that hold parts of a main table's records."""
    return tuple(part for part in TABLES if part.main == table.name)


class Real(str):
    """The name of a column of floating-point numbers."""

    __slots__ = ()


class Text(str):
    """The name of a column of text."""

    __slots__ = ()


_TYPES: dict[str, type[str]] = {"REAL": Real, "TEXT": Text}


def columns_of(connection: sqlite3.Connection, table: Table) -> tuple[str, ...]:
    """The recorded columns, in the order of the file."""
    left_out = {*BOOKKEEPING, *table.derived} if table.main is None else set()
    rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table.name,))
    return tuple(_TYPES.get(type, str)(name) for name, type in rows if name not in left_out)
