"""What follows from the tables: places, ancestors, former ids, and rules across rows.

Each structure is described twice, side by side: as triggers for a single
change, and set-wise for a load (`rebuild`). A property test holds the two to
the same result.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from heritage.model.site import NAME_KINDS
from heritage.store.tables import MAIN, TABLES, Table, columns_of

_RANK = (
    "CASE kind "
    + " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(NAME_KINDS))
    + f" ELSE {len(NAME_KINDS)} END"
)


def display_name(table: Table) -> str:
    """SQL for the first name of a site or actor, in the order of the model."""
    part = "names" if table.name == "sites" else "actor_names"
    return (
        f"coalesce((SELECT text FROM {part} WHERE {table.kind} = {table.name}.id"
        f" ORDER BY {_RANK}, language <> 'en', language, text LIMIT 1), {table.name}.id)"
    )


def forget_replaced(table: Table, rowid: str, search_text: str) -> str:
    """SQL that takes a replaced row out of search and places."""
    sql = ""
    if table.search:
        sql += (
            f"INSERT INTO {table.name}_fts ({table.name}_fts, rowid, search_text)"
            f" SELECT 'delete', {rowid}, {search_text} WHERE {search_text} IS NOT NULL;"
        )
    if table.name == "sites":
        sql += f"DELETE FROM places WHERE id = {rowid} AND {rowid} IS NOT NEW.rowid;"
    return sql


def box(row: str) -> str:
    """SQL: rowid, west, east, south, north of a site; no row where it has no position."""
    return f"""SELECT {row}.rowid, min(x), max(x), min(y), max(y) FROM (
        SELECT {row}.longitude AS x, {row}.latitude AS y
        UNION ALL SELECT iif(key = 0, atom, NULL), iif(key = 1, atom, NULL)
        FROM json_tree({row}.geometry) WHERE type IN ('integer', 'real')
        AND fullkey LIKE '%coordinates%' AND key < 2) HAVING min(x) IS NOT NULL"""


def _places() -> Iterator[tuple[str, str]]:
    insert = f"INSERT INTO places (id, west, east, south, north) {box('NEW')};"
    yield "sites_place_insert", f"AFTER INSERT ON sites\nBEGIN\n    {insert}\nEND"
    yield (
        "sites_place_update",
        f"""AFTER UPDATE OF longitude, latitude, geometry ON sites
WHEN OLD.longitude IS NOT NEW.longitude OR OLD.latitude IS NOT NEW.latitude
    OR OLD.geometry IS NOT NEW.geometry
BEGIN
    DELETE FROM places WHERE id = OLD.rowid;
    {insert}
END""",
    )
    yield (
        "sites_place_delete",
        "AFTER DELETE ON sites\nBEGIN\n    DELETE FROM places WHERE id = OLD.rowid;\nEND",
    )


def _countries() -> Iterator[tuple[str, str]]:
    insert = (
        "INSERT OR IGNORE INTO _site_countries (country, site)"
        " SELECT value, NEW.id FROM json_each(NEW.countries);"
    )
    delete = "DELETE FROM _site_countries WHERE site = OLD.id;"
    yield "sites_countries_insert", f"AFTER INSERT ON sites\nBEGIN\n    {insert}\nEND"
    yield (
        "sites_countries_update",
        f"AFTER UPDATE OF id, countries ON sites\nBEGIN\n    {delete}\n    {insert}\nEND",
    )
    yield "sites_countries_delete", f"AFTER DELETE ON sites\nBEGIN\n    {delete}\nEND"


def _tree(table: str, one: str) -> Iterator[tuple[str, str]]:
    """Ancestors in a tree of `part_of`, and the refusal of circles."""
    closure = f"_{one}_ancestors"
    circle = "SELECT RAISE(ABORT, 'part_of would go round in a circle')"
    join = f"""INSERT OR IGNORE INTO {closure} ({one}, ancestor)
        SELECT d.{one}, a.ancestor FROM
            (SELECT {one} FROM {closure} WHERE ancestor = NEW.id UNION ALL SELECT NEW.id) d,
            (SELECT ancestor FROM {closure} WHERE {one} = NEW.part_of
                UNION ALL SELECT NEW.part_of) a;"""
    yield (
        f"{table}_tree_insert",
        f"""AFTER INSERT ON {table} WHEN NEW.part_of IS NOT NULL
BEGIN
    {circle} WHERE EXISTS (SELECT 1 FROM {closure}
        WHERE {one} = NEW.part_of AND ancestor = NEW.id);
    {join}
END""",
    )
    part = f"""SELECT {one} FROM {closure} WHERE ancestor = OLD.id UNION ALL SELECT OLD.id"""
    yield (
        f"{table}_tree_update",
        f"""AFTER UPDATE OF part_of ON {table}
WHEN OLD.part_of IS NOT NEW.part_of AND OLD.id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM former_ids WHERE former = OLD.part_of AND id = NEW.part_of)
BEGIN
    {circle} WHERE NEW.part_of IN ({part});
    DELETE FROM {closure} WHERE {one} IN ({part}) AND ancestor NOT IN ({part});
    INSERT OR IGNORE INTO {closure} ({one}, ancestor)
        SELECT d.{one}, a.ancestor FROM ({part}) d,
            (SELECT ancestor FROM {closure} WHERE {one} = NEW.part_of
                UNION ALL SELECT NEW.part_of) a WHERE NEW.part_of IS NOT NULL;
END""",
    )
    yield (
        f"{table}_tree_delete",
        f"""AFTER DELETE ON {table}
BEGIN
    DELETE FROM {closure} WHERE {one} = OLD.id;
END""",
    )


def _reliance() -> Iterator[tuple[str, str]]:
    """Ancestors in the graph of `relies_on`, and the refusal of circles."""
    yield (
        "source_relies_on_graph_insert",
        """AFTER INSERT ON source_relies_on
BEGIN
    SELECT RAISE(ABORT, 'relies_on would go round in a circle') WHERE EXISTS (
        SELECT 1 FROM _source_ancestors WHERE source = NEW.relies_on AND ancestor = NEW.source);
    INSERT OR IGNORE INTO _source_ancestors (source, ancestor)
        SELECT d.source, a.ancestor FROM
            (SELECT source FROM _source_ancestors WHERE ancestor = NEW.source
                UNION ALL SELECT NEW.source) d,
            (SELECT ancestor FROM _source_ancestors WHERE source = NEW.relies_on
                UNION ALL SELECT NEW.relies_on) a;
END""",
    )
    again = """DELETE FROM _source_ancestors;
    INSERT INTO _source_ancestors (source, ancestor)
        SELECT source, ancestor FROM _source_ancestors_now;"""
    yield (
        "source_relies_on_graph_delete",
        f"AFTER DELETE ON source_relies_on\nBEGIN\n    {again}\nEND",
    )
    yield (
        "source_relies_on_graph_update",
        f"""AFTER UPDATE ON source_relies_on
BEGIN
    {again}
    SELECT RAISE(ABORT, 'relies_on would go round in a circle') WHERE EXISTS (
        SELECT 1 FROM _source_ancestors WHERE source = ancestor);
END""",
    )


def _renamed(table: Table) -> Iterator[tuple[str, str]]:
    """Whatever an id was, it goes on leading to its record."""
    kind, name = table.kind, table.name
    follow = ""
    if kind in ("site", "event"):
        closure = f"_{kind}_ancestors"
        follow = f"""UPDATE claims SET subject = NEW.id WHERE subject = OLD.id;
    UPDATE {closure} SET {kind} = NEW.id WHERE {kind} = OLD.id;
    UPDATE {closure} SET ancestor = NEW.id WHERE ancestor = OLD.id;"""
    if kind == "source":
        follow = """UPDATE _source_ancestors SET source = NEW.id WHERE source = OLD.id;
    UPDATE _source_ancestors SET ancestor = NEW.id WHERE ancestor = OLD.id;"""
    yield (
        f"{name}_renamed",
        f"""AFTER UPDATE OF id ON {name} WHEN OLD.id <> NEW.id
BEGIN
    DELETE FROM former_ids WHERE former = NEW.id;
    UPDATE former_ids SET id = NEW.id WHERE id = OLD.id AND kind = '{kind}';
    INSERT INTO former_ids (former, kind, id) VALUES (OLD.id, '{kind}', NEW.id);
    {follow}
END""",
    )
    yield (
        f"{name}_id_taken",
        f"""BEFORE INSERT ON {name}
WHEN EXISTS (SELECT 1 FROM former_ids WHERE former = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'this id was given to another record and still leads there');
END""",
    )


def _references() -> Iterator[tuple[str, str]]:
    """What a foreign key cannot say: a claim is about an event or a site."""
    known = (
        "NOT EXISTS (SELECT 1 FROM events WHERE id = NEW.subject)"
        " AND NOT EXISTS (SELECT 1 FROM sites WHERE id = NEW.subject)"
    )
    refuse = "SELECT RAISE(ABORT, 'the subject of a claim is an event or a site that exists');"
    for moment, name in (("INSERT", "insert"), ("UPDATE OF subject", "update")):
        yield (
            f"claims_subject_{name}",
            # A change made by this package is checked as a whole, when it is committed.
            f"BEFORE {moment} ON claims WHEN (SELECT change FROM _context) IS NULL AND {known}\n"
            f"BEGIN\n    {refuse}\nEND",
        )
    for name, other in (("sites", "events"), ("events", "sites")):
        yield (
            f"{name}_still_claimed",
            f"""BEFORE DELETE ON {name}
WHEN EXISTS (SELECT 1 FROM claims WHERE subject = OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'claims are about this record; retract them first');
END""",
        )
        for moment in ("INSERT", "UPDATE OF id"):
            yield (
                f"{name}_own_id_{moment.split()[0].lower()}",
                f"""BEFORE {moment} ON {name}
WHEN EXISTS (SELECT 1 FROM {other} WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'a site and an event cannot have one id');
END""",
            )


_CRITERIA_CATEGORY = """(SELECT CASE
        WHEN max(n < 7) AND max(n > 6) THEN 'mixed' WHEN max(n < 7) THEN 'cultural'
        ELSE 'natural' END FROM (SELECT CASE value
        WHEN 'vii' THEN 7 WHEN 'viii' THEN 8 WHEN 'ix' THEN 9 WHEN 'x' THEN 10 ELSE 1 END AS n
        FROM json_each({criteria})))"""

DANGER_EARLY = "a danger stint cannot begin before the inscription"
CATEGORY_WRONG = "the category contradicts the criteria"


def _rules() -> Iterator[tuple[str, str]]:
    early = """(NEW.status = 'in-danger' AND EXISTS (SELECT 1 FROM listings l
        WHERE l.site = NEW.site AND l.source = NEW.source AND l.register = NEW.register
        AND l.status = 'inscribed' AND l.begin_earliest > NEW.begin_latest))
    OR (NEW.status = 'inscribed' AND EXISTS (SELECT 1 FROM listings l
        WHERE l.site = NEW.site AND l.source = NEW.source AND l.register = NEW.register
        AND l.status = 'in-danger' AND l.begin_latest < NEW.begin_earliest))"""
    wrong = f"""NEW.register = 'world-heritage' AND NEW.criteria <> '[]' AND EXISTS (
        SELECT 1 FROM sites s WHERE s.id = NEW.site AND s.category IS NOT NULL
        AND s.category <> {_CRITERIA_CATEGORY.format(criteria="NEW.criteria")})"""
    for moment, name in (("INSERT", "insert"), ("UPDATE", "update")):
        # AFTER, so that an update of two rows in one statement is judged by its result.
        yield (
            f"listings_danger_{name}",
            f"AFTER {moment} ON listings WHEN {early}\nBEGIN\n"
            f"    SELECT RAISE(ABORT, '{DANGER_EARLY}');\nEND",
        )
        yield (
            f"listings_category_{name}",
            f"AFTER {moment} ON listings WHEN {wrong}\nBEGIN\n"
            f"    SELECT RAISE(ABORT, '{CATEGORY_WRONG}');\nEND",
        )
    yield (
        "sites_category_update",
        f"""AFTER UPDATE OF category ON sites WHEN NEW.category IS NOT NULL
    AND EXISTS (SELECT 1 FROM listings l WHERE l.site = NEW.id AND l.criteria <> '[]'
        AND l.register = 'world-heritage'
        AND NEW.category <> {_CRITERIA_CATEGORY.format(criteria="l.criteria")})
BEGIN
    SELECT RAISE(ABORT, '{CATEGORY_WRONG}');
END""",
    )
    for name in ("history", "changes"):
        for moment in ("UPDATE", "DELETE"):
            yield (
                f"{name}_append_only_{moment.lower()}",
                f"BEFORE {moment} ON {name}\nBEGIN\n"
                "    SELECT RAISE(ABORT, 'history is only ever added to');\nEND",
            )


def _bounds(column: str) -> str:
    """SQL that reads the plain shapes of a date, for programs that know no EDTF."""
    bare = f"rtrim(NEW.{column}, '?~%')"
    digits = "[0-9]"
    day = f"{bare} GLOB '{digits * 4}-{digits * 2}-{digits * 2}'"
    month = f"{bare} GLOB '{digits * 4}-{digits * 2}'"
    year = f"{bare} GLOB '{digits * 4}' AND {bare} > '0000'"
    return f"""{column}_earliest = CASE WHEN {day} THEN {bare}
            WHEN {month} THEN {bare} || '-01' WHEN {year} THEN {bare} || '-01-01' END,
        {column}_latest = CASE WHEN {day} THEN {bare}
            WHEN {month} THEN date({bare} || '-01', '+1 month', '-1 day')
            WHEN {year} THEN {bare} || '-12-31' END"""


def _dates(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in TABLES:
        columns = columns_of(connection, table)
        for column in columns:
            if f"{column}_earliest" not in columns:
                continue
            where = " AND ".join(f"{key} = NEW.{key}" for key in table.key)
            bare = f"rtrim(NEW.{column}, '?~%')"
            impossible = f"""SELECT RAISE(ABORT, 'not a day of the calendar') WHERE
        ({bare} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date({bare}, '+0 days') IS NOT {bare})
        OR ({bare} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]'
            AND CAST(substr({bare}, 6) AS INTEGER) NOT BETWEEN 1 AND 12
            AND CAST(substr({bare}, 6) AS INTEGER) NOT BETWEEN 21 AND 41);"""
            fill = f"UPDATE {table.name} SET {_bounds(column)} WHERE {where};"
            outside = "(SELECT change FROM _context) IS NULL"
            yield (
                f"{table.name}_{column}_read_insert",
                f"""AFTER INSERT ON {table.name} WHEN {outside} AND NEW.{column} IS NOT NULL
    AND NEW.{column}_earliest IS NULL AND NEW.{column}_latest IS NULL
BEGIN
    {impossible}
    {fill}
END""",
            )
            yield (
                f"{table.name}_{column}_read_update",
                f"""AFTER UPDATE OF {column} ON {table.name}
WHEN {outside} AND NEW.{column} IS NOT OLD.{column}
    AND NEW.{column}_earliest IS OLD.{column}_earliest
    AND NEW.{column}_latest IS OLD.{column}_latest
BEGIN
    {impossible}
    {fill}
END""",
            )


def set_wise(kind: str) -> Iterator[str]:
    """What the triggers of a kind would have built, for all rows after `:before` at once."""
    if kind == "site":
        yield """INSERT INTO places (id, west, east, south, north)
            SELECT id, min(x), max(x), min(y), max(y) FROM (
                SELECT rowid AS id, longitude AS x, latitude AS y FROM sites
                WHERE rowid > :before AND longitude IS NOT NULL
                UNION ALL SELECT s.rowid, iif(j.key = 0, j.atom, NULL), iif(j.key = 1, j.atom, NULL)
                FROM sites s, json_tree(s.geometry) j
                WHERE s.rowid > :before AND s.geometry IS NOT NULL
                AND j.type IN ('integer', 'real') AND j.fullkey LIKE '%coordinates%' AND j.key < 2)
            GROUP BY id"""
        yield """INSERT OR IGNORE INTO _site_countries (country, site)
            SELECT c.value, s.id FROM sites s, json_each(s.countries) c
            WHERE s.rowid > :before"""
    if kind in ("site", "event"):
        closure = f"_{kind}_ancestors"
        yield f"INSERT OR IGNORE INTO {closure} SELECT {kind}, ancestor FROM {closure}_now"
    if kind == "source":
        yield """INSERT OR IGNORE INTO _source_ancestors
            SELECT source, ancestor FROM _source_ancestors_now"""


def violations(kind: str) -> Iterator[tuple[str, str, str, str]]:
    """Rules across rows: SQL for the id and rowid of new rows that break one, code,
    column and sentence."""
    table = MAIN[kind].name
    yield (
        f"SELECT t.id, t.rowid FROM {table} t JOIN former_ids f ON f.former = t.id"
        " WHERE t.rowid > ?",
        "identifier-taken",
        "id",
        "this id was given to another record and still leads there",
    )
    other = {"site": "events", "event": "sites"}.get(kind)
    if other:
        yield (
            f"SELECT t.id, t.rowid FROM {table} t JOIN {other} o ON o.id = t.id"
            " WHERE t.rowid > ?",
            "identifier-taken",
            "id",
            "a site and an event cannot have one id",
        )
        yield (
            f"SELECT t.id, t.rowid FROM {table} t JOIN _{kind}_ancestors_now a"
            f" ON a.{kind} = t.id AND a.ancestor = t.id WHERE t.rowid > ?",
            "invalid-record",
            "part_of",
            "part_of goes round in a circle",
        )
    if kind == "source":
        yield (
            "SELECT t.id, t.rowid FROM sources t JOIN _source_ancestors_now a"
            " ON a.source = t.id AND a.ancestor = t.id WHERE t.rowid > ?",
            "invalid-record",
            "relies_on",
            "relies_on goes round in a circle",
        )
    if kind == "listing":
        yield (
            """SELECT t.id, t.rowid FROM listings t JOIN listings l ON l.site = t.site
                AND l.source = t.source AND l.register = t.register AND l.status = 'inscribed'
                AND l.begin_earliest > t.begin_latest
                WHERE t.status = 'in-danger' AND t.rowid > ?""",
            "danger-before-inscription",
            "begin",
            DANGER_EARLY,
        )
        yield (
            f"""SELECT t.id, t.rowid FROM listings t JOIN sites s ON s.id = t.site
                WHERE t.rowid > ? AND t.register = 'world-heritage' AND t.criteria <> '[]'
                AND s.category <> {_CRITERIA_CATEGORY.format(criteria="t.criteria")}""",
            "category-contradicts-criteria",
            "criteria",
            CATEGORY_WRONG,
        )


def triggers(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every trigger that is not history or search: its name and body."""
    yield from _places()
    yield from _countries()
    yield from _tree("sites", "site")
    yield from _tree("events", "event")
    yield from _reliance()
    for table in MAIN.values():
        yield from _renamed(table)
    yield from _references()
    yield from _rules()
    yield from _dates(connection)
