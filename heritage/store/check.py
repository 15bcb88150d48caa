"""Everything doubtful in the data, as problems."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError
from heritage.model import PROPERTIES
from heritage.problems import Origin, Problem
from heritage.store import read
from heritage.store.lists import HAS_LEFT
from heritage.store.tables import MAIN, TABLES, columns_of
from heritage.vocab import vocabulary

VOCABULARY_COLUMNS = (
    ("sites", "kind", "site_kind"),
    ("names", "kind", "name_kind"),
    ("listings", "register", "register"),
    ("listings", "status", "listing_status"),
    ("events", "context", "context"),
    ("observations", "severity", "severity"),
    ("observations", "method", "method"),
    ("interventions", "kind", "intervention_kind"),
    ("sources", "kind", "source_kind"),
    ("actors", "kind", "actor_kind"),
)
"""Columns whose values are terms, and of which vocabulary."""

_OWNER = {table.name: table.owner for table in TABLES}


def problems(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Every doubt about the registry's data, in a fixed order."""
    dates = list(_dates(connection))
    told = {(problem.origin.file, problem.origin.column) for problem in dates}
    yield from _unsound(connection, told)
    yield from _unknown_terms(connection)
    yield from dates
    yield from _danger(connection)
    yield from _left(connection)


def _origin(table: str, id: str, column: str) -> Origin:
    return Origin(file=f"{table}/{id}", column=column)


def _unsound(
    connection: sqlite3.Connection, told: set[tuple[str | None, str | None]]
) -> Iterator[Problem]:
    """Rows that another program wrote and that make no record; dates are told by themselves."""
    for kind, table in MAIN.items():
        for id, error in read.unsound(connection, kind):
            file = f"{table.name}/{id}"
            faults = [each for each in error.faults if (file, each.split(":")[0]) not in told]
            if faults:
                yield Problem(
                    code="invalid-record",
                    message=f"the rows of {kind} {id} make no record: {'; '.join(faults)}",
                    origin=Origin(file=file),
                    suggestion="correct them with the program that wrote them, or delete them",
                )


def _unknown_terms(connection: sqlite3.Connection) -> Iterator[Problem]:
    for table, column, name in VOCABULARY_COLUMNS:
        rows = connection.execute(
            f"SELECT {_OWNER[table]}, {column} FROM {table} WHERE {column} IS NOT NULL"
            f" AND {column} NOT IN (SELECT code FROM terms WHERE vocabulary = ?) ORDER BY 1, 2",
            (name,),
        )
        for id, value in rows:
            yield _unknown_term(table, id, column, name, value)
    for prop in PROPERTIES.values():
        if prop.vocabulary is None:
            continue
        rows = connection.execute(
            "SELECT id, value FROM claims WHERE property = ? AND value IS NOT NULL"
            " AND value NOT IN (SELECT code FROM terms WHERE vocabulary = ?) ORDER BY 1",
            (prop.name, prop.vocabulary),
        )
        for id, value in rows:
            yield _unknown_term("claims", id, "value", prop.vocabulary, value)


def _unknown_term(table: str, id: str, column: str, name: str, value: str) -> Problem:
    near = vocabulary(name).nearest(value)
    return Problem(
        code="unknown-term",
        message=f"{value!r} is not a term of the vocabulary {name}; it is kept as written",
        origin=_origin(table, id, column),
        value=value,
        suggestion=f"did you mean {near}?" if near else None,
    )


def _dates(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Dates that another program wrote and that do not mean what stands beside them."""
    for table in TABLES:
        columns = columns_of(connection, table)
        for column in columns:
            if f"{column}_earliest" not in columns:
                continue
            rows = connection.execute(
                f"SELECT DISTINCT {table.owner}, {column}, {column}_earliest, {column}_latest"
                f" FROM {table.name} WHERE {column} IS NOT NULL ORDER BY 1"
            )
            for id, text, earliest, latest in rows:
                reason = _date_fault(text, earliest, latest)
                if reason is not None:
                    yield Problem(
                        code="invalid-date",
                        message=reason,
                        origin=_origin(table.name, id, column),
                        value=text,
                    )


def _date_fault(text: str, earliest: str | None, latest: str | None) -> str | None:
    try:
        date = FuzzyDate.parse(text)
    except DateParseError as error:
        return str(error)
    if (date.earliest_key, date.latest_key) != (earliest, latest):
        return f"the days beside {text!r} are not those that it means"
    return None


def _danger(connection: sqlite3.Connection) -> Iterator[Problem]:
    """Sites on whose danger UNESCO's spreadsheet and its syndication feed disagree."""
    stints = (
        "(SELECT group_concat(begin || '/' || coalesce(end, ''), ' ') FROM (SELECT begin, end"
        " FROM listings l WHERE l.site = s.id AND l.source = '{}' AND l.status = 'in-danger'"
        " ORDER BY begin))"
    )
    sheet, feed = stints.format("whc-list"), stints.format("whc-syndication")
    rows = connection.execute(
        f"SELECT id, coalesce({sheet}, 'none'), coalesce({feed}, 'none') FROM sites s"
        " WHERE EXISTS (SELECT 1 FROM listings WHERE site = s.id AND source = 'whc-list')"
        " AND EXISTS (SELECT 1 FROM listings WHERE site = s.id AND source = 'whc-syndication')"
        f" AND {sheet} IS NOT {feed} ORDER BY id"
    )
    for id, listed, fed in rows:
        yield Problem(
            code="danger-column-frozen",
            message=f"the spreadsheet says in danger: {listed}; the syndication feed says: {fed};"
            " the spreadsheet decides",
            origin=_origin("sites", id, "listings"),
        )


def _left(connection: sqlite3.Connection) -> Iterator[Problem]:
    rows = connection.execute(
        f"SELECT t.id, t.name FROM {MAIN['site'].name} t WHERE {HAS_LEFT}"
        " AND NOT EXISTS (SELECT 1 FROM listings l WHERE l.site = t.id"
        " AND l.status IN ('delisted', 'absorbed', 'withdrawn')) ORDER BY t.id"
    )
    for id, name in rows:
        yield Problem(
            code="sites-left",
            message=f"{name} is not in the newest edition of the list, and no listing says why",
            origin=_origin("sites", id, "listings"),
        )
