"""What follows from the tables: places, countries, ancestors.

Each structure is described twice, side by side: as triggers for a single
change, and set-wise for a load (`set_wise`). A property test holds the two to
the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from heritage.model.site import NAME_KINDS
from heritage.store.tables import MAIN, Table

Replaced = Callable[[Table, str], str]

_RANK = (
    "CASE kind "
    + " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(NAME_KINDS))
    + f" ELSE {len(NAME_KINDS)} END"
)


def display_name(table: Table, row: str) -> str:
    """SQL for the first name of a site or actor, in the order of the model."""
    part = "names" if table.name == "sites" else "actor_names"
    return (
        f"coalesce((SELECT text FROM {part} WHERE {table.kind} = {row}.id"
        f" ORDER BY {_RANK}, language <> 'en', language, text LIMIT 1), {row}.id)"
    )


def box(row: str) -> str:
    """SQL: rowid, west, east, south, north of a site; no row where it has no position."""
    return f"""SELECT {row}.rowid, min(x), max(x), min(y), max(y) FROM (
        SELECT {row}.longitude AS x, {row}.latitude AS y
        UNION ALL SELECT iif(key = 0, atom, NULL), iif(key = 1, atom, NULL)
        FROM json_tree({row}.geometry) WHERE type IN ('integer', 'real')
        AND fullkey LIKE '%coordinates%' AND key < 2) HAVING min(x) IS NOT NULL"""


def _places(replaced_row: str) -> Iterator[tuple[str, str]]:
    insert = f"INSERT INTO places (id, west, east, south, north) {box('NEW')};"
    yield (
        "sites_place_insert",
        f"""AFTER INSERT ON sites
BEGIN
    DELETE FROM places WHERE id = {replaced_row};
    {insert}
END""",
    )
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
    again = delete.replace("OLD", "NEW")
    yield "sites_countries_insert", f"AFTER INSERT ON sites\nBEGIN\n    {again}\n    {insert}\nEND"
    yield (
        "sites_countries_update",
        f"AFTER UPDATE OF id, countries ON sites\nBEGIN\n    {delete}\n    {insert}\nEND",
    )
    yield "sites_countries_delete", f"AFTER DELETE ON sites\nBEGIN\n    {delete}\nEND"


_CIRCLE = "SELECT RAISE(ABORT, 'part_of would go round in a circle')"


def joined(kind: str, row: str) -> str:
    """SQL that joins a site or event, with all its parts, to that of which it is part."""
    closure = f"_{kind}_ancestors"
    parts = f"SELECT {kind} FROM {closure} WHERE ancestor = {row}.id UNION ALL SELECT {row}.id"
    return f"""{_CIRCLE} WHERE {row}.part_of IN ({parts});
    DELETE FROM {closure} WHERE {kind} IN ({parts}) AND ancestor NOT IN ({parts});
    INSERT OR IGNORE INTO {closure} ({kind}, ancestor)
        SELECT d.{kind}, a.ancestor FROM ({parts}) d,
            (SELECT ancestor FROM {closure} WHERE {kind} = {row}.part_of
                UNION ALL SELECT {row}.part_of) a WHERE {row}.part_of IS NOT NULL;"""


def _tree(table: str, kind: str) -> Iterator[tuple[str, str]]:
    """Ancestors in a tree of `part_of`, and the refusal of circles."""
    closure = f"_{kind}_ancestors"
    yield (
        f"{table}_tree_insert",
        # A row that replaced another may have been part of something else before.
        f"""AFTER INSERT ON {table} WHEN NEW.part_of IS NOT NULL
    OR EXISTS (SELECT 1 FROM {closure} WHERE {kind} = NEW.id)
BEGIN
    {joined(kind, "NEW")}
END""",
    )
    yield (
        f"{table}_tree_update",
        # A new name of the whole is followed by another trigger.
        f"""AFTER UPDATE OF part_of ON {table}
WHEN OLD.part_of IS NOT NEW.part_of AND OLD.id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM former_ids WHERE former = OLD.part_of AND id = NEW.part_of)
BEGIN
    {joined(kind, "NEW")}
END""",
    )
    yield (
        f"{table}_tree_delete",
        f"AFTER DELETE ON {table}\nBEGIN\n    DELETE FROM {closure} WHERE {kind} = OLD.id;\nEND",
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


def triggers(replaced: Replaced) -> Iterator[tuple[str, str]]:
    """The triggers of every structure: name and body.

    Args:
        replaced: SQL for a member of the row that an insert into a table replaced.
    """
    yield from _places(replaced(MAIN["site"], "rowid"))
    yield from _countries()
    yield from _tree("sites", "site")
    yield from _tree("events", "event")
    yield from _reliance()
