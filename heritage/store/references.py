"""References to triggers: who names whom, whether or not foreign keys are on.

SQLite enforces foreign keys only for connections that ask for it, and neither
its own shell nor Python's `sqlite3` nor sqlite-utils asks. These triggers say
the same for everybody. A change made by this package is checked as a whole
when it is committed, since its records may refer to each other in any order.
"""

from __future__ import annotations

from collections.abc import Iterator

from heritage.store import derived
from heritage.store.tables import MAIN, REFERENCES, TABLES, Table, parts_of

OUTSIDE = "(SELECT change FROM _context) IS NULL"
"""SQL: no change of this package is open, so another program is writing."""

_BY_NAME = {table.name: table for table in TABLES}


def pointing_at(kind: str) -> Iterator[tuple[str, str]]:
    """Tables and columns that name records of a kind, parts of the record left out."""
    for table, references in REFERENCES.items():
        for column, target in references:
            if kind in target.split(" or "):
                yield table, column


def _all_references(table: Table) -> Iterator[tuple[str, str]]:
    yield from REFERENCES.get(table.name, ())
    if table.main:
        yield table.owner, table.kind


def _known(table: Table) -> Iterator[tuple[str, str]]:
    """Refuse to name what does not exist."""
    for column, target in _all_references(table):
        unknown = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {MAIN[kind].name} WHERE id = NEW.{column})"
            for kind in target.split(" or ")
        )
        if column == "part_of" or (table.name, column) == ("source_relies_on", "relies_on"):
            unknown += f" AND NEW.{column} <> NEW.{table.owner}"  # a rule of its own refuses that
        for moment, changed in (
            ("INSERT", ""),
            (f"UPDATE OF {column}", f" AND NEW.{column} IS NOT OLD.{column}"),
        ):
            yield (
                f"{table.name}_{column}_known_{moment[:6].lower()}",
                f"""BEFORE {moment} ON {table.name}
WHEN {OUTSIDE} AND NEW.{column} IS NOT NULL{changed} AND {unknown}
BEGIN
    SELECT RAISE(ABORT, 'the {column} of {table.name} has to be the id of a {target}');
END""",
            )


def _kept(table: Table) -> Iterator[tuple[str, str]]:
    """Refuse to delete what others name; what is part of a record goes with it."""
    named = " OR ".join(
        f"EXISTS (SELECT 1 FROM {other} WHERE {column} = OLD.id)"
        for other, column in pointing_at(table.kind)
    )
    if named:
        yield (
            f"{table.name}_still_named",
            f"""BEFORE DELETE ON {table.name} WHEN {OUTSIDE} AND ({named})
BEGIN
    SELECT RAISE(ABORT, 'other records name this one; retract or amend them first');
END""",
        )
    parts = parts_of(table)
    if parts:
        deletes = "\n    ".join(f"DELETE FROM {p.name} WHERE {p.owner} = OLD.id;" for p in parts)
        yield (
            f"{table.name}_parts_delete",
            f"AFTER DELETE ON {table.name}\nBEGIN\n    {deletes}\nEND",
        )


def _among_ancestors(kind: str) -> str:
    """SQL that renames a record among ancestors, and joins again what a cascade parted."""
    closure = f"_{kind}_ancestors"
    return f"""UPDATE OR IGNORE {closure} SET {kind} = NEW.id WHERE {kind} = OLD.id;
    UPDATE OR IGNORE {closure} SET ancestor = NEW.id WHERE ancestor = OLD.id;
    DELETE FROM {closure} WHERE {kind} = OLD.id OR ancestor = OLD.id;
    {derived.joined(kind, "NEW")}"""


def _renamed(table: Table) -> Iterator[tuple[str, str]]:
    """Whatever an id was, it goes on leading to its record, and what named it follows."""
    kind, name = table.kind, table.name
    named = [(part.name, part.owner) for part in parts_of(table)] + list(pointing_at(kind))
    follow = [
        f"UPDATE {other} SET {column} = NEW.id WHERE {column} = OLD.id;" for other, column in named
    ]
    if kind in ("site", "event"):
        follow.append(_among_ancestors(kind))
    yield (
        f"{name}_renamed",
        f"""AFTER UPDATE OF id ON {name} WHEN OLD.id <> NEW.id
BEGIN
    DELETE FROM former_ids WHERE former = NEW.id;
    UPDATE former_ids SET id = NEW.id WHERE id = OLD.id AND kind = '{kind}';
    INSERT INTO former_ids (former, kind, id) VALUES (OLD.id, '{kind}', NEW.id);
    {" ".join(follow)}
END""",
    )
    refuse = "SELECT RAISE(ABORT, 'this id was given to another record and still leads there');"
    yield (
        f"{name}_id_taken",
        f"""BEFORE INSERT ON {name}
WHEN EXISTS (SELECT 1 FROM former_ids WHERE former = NEW.id)
BEGIN
    {refuse}
END""",
    )
    yield (
        f"{name}_id_taken_by_name",
        f"""BEFORE UPDATE OF id ON {name}
WHEN OLD.id <> NEW.id AND EXISTS (SELECT 1 FROM former_ids
    WHERE former = NEW.id AND NOT (kind = '{kind}' AND id = OLD.id))
BEGIN
    {refuse}
END""",
    )


def _one_id_for_one_thing() -> Iterator[tuple[str, str]]:
    for name, other in (("sites", "events"), ("events", "sites")):
        for moment in ("INSERT", "UPDATE OF id"):
            yield (
                f"{name}_own_id_{moment[:6].lower()}",
                f"""BEFORE {moment} ON {name}
WHEN EXISTS (SELECT 1 FROM {other} WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a site and an event cannot have one id');
END""",
            )


def triggers() -> Iterator[tuple[str, str]]:
    """Every trigger about references and ids: its name and body."""
    for table in TABLES:
        yield from _known(table)
    for table in MAIN.values():
        yield from _kept(table)
        yield from _renamed(table)
    yield from _one_id_for_one_thing()
