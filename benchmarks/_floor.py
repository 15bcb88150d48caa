"""JSON Lines to a registry by hand: the least that any program has to do.

Run with `python benchmarks/_floor.py FILE REGISTRY`; the registry is new and
empty. This is plain `sqlite3` and `json` without anything of the package:
nothing is validated, no fault is reported, no reference is checked, and what
stands in the registry already is not looked at. It fills the same tables and
builds the same structures (indexes, folded search, places, ancestors,
countries, versions, history), each after its rows, in one transaction.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice

BATCH = 10_000

Plain = dict[str, str]
Row = tuple[object, ...]
Rows = dict[str, list[Row]]


def batches(path: str) -> Iterator[list[tuple[str, Plain]]]:
    """The kinds and records of a file."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - by hand
        while lines := list(islice(file, BATCH)):
            yield [(line["kind"], line["record"]) for line in map(json.loads, lines)]


def fold_with(connection: sqlite3.Connection) -> Callable[[str], str]:
    """The folding of search, by the table that stands in the registry."""
    table = {
        ord(written): folded or None
        for written, folded in connection.execute("SELECT written, folded FROM _folds")
    }
    return lambda text: (" " + text.translate(table)).replace(" ال", " ").strip(" ")


def source_row(r: Plain, fold: Callable[[str], str]) -> Row:
    """A row of `sources`; these have a month of publication."""
    month = r["published"]
    text = fold(f"{r['id']} {r['title']} {r.get('publisher', '')} {r.get('author', '')}")
    days = (month, f"{month}-01", f"{month}-31")
    return (r["id"], r["title"], *days, r["language"], r["tier"], "public", text)


def take(rows: Rows, kind: str, r: dict, fold: Callable[[str], str]) -> None:  # type: ignore[type-arg]
    """Add the rows of one record."""
    id = r["id"]
    if kind == "event":
        label = r["label"]
        rows["events"].append(
            (id, label, r.get("part_of"), r.get("context"), fold(f"{id} {label}"))
        )
        for site in r["sites"]:
            rows["event_sites"].append((id, site))
    elif kind == "source":
        rows["sources"].append(source_row(r, fold))
    else:
        names = [(id, n["text"], n["language"], "official") for n in r["names"]]
        rows["names"] += names
        rows["identifiers"] += [(i["scheme"], i["value"], id) for i in r["identifiers"]]
        place, found = r["location"], sorted((lang, text) for _, text, lang, _ in names)
        where = (place["longitude"], place["latitude"])
        text = fold(f"{id} {' '.join(text for _, text in found)}")
        rows["sites"].append(
            (
                id,
                names[0][1],
                r.get("part_of"),
                json.dumps(r["countries"]),
                *where,
                r["source"],
                text,
            )
        )
        plain = json.dumps(r, ensure_ascii=False, separators=(",", ":"))
        rows["descriptions"].append((id, "own", "", plain))


COLUMNS = {
    "sources": "id, title, published, published_earliest, published_latest, language, tier,"
    " access, search_text",
    "sites": "id, name, part_of, countries, longitude, latitude, source, search_text",
    "names": "site, text, language, kind",
    "identifiers": "scheme, value, site",
    "descriptions": "site, dataset, edition, record",
    "events": "id, label, part_of, context, search_text",
    "event_sites": "event, site",
}
OWNERS = {"names": "site", "identifiers": "site", "descriptions": "site", "event_sites": "event"}
KEYS = {
    "names": "json_array(site, kind, language, text)",
    "identifiers": "json_array(scheme, value)",
    "descriptions": "json_array(site, dataset, edition)",
    "event_sites": "json_array(event, site)",
}
NOT_RECORDED = ("version", "change", "search_text", "name")


def insert(connection: sqlite3.Connection, path: str) -> None:
    """Put in the rows, a batch at a time."""
    fold = fold_with(connection)
    for batch in batches(path):
        rows: Rows = {table: [] for table in COLUMNS}
        for kind, record in batch:
            take(rows, kind, record, fold)
        for table, found in rows.items():
            names = COLUMNS[table]
            if table not in OWNERS:
                names += ", change"
                found = [(*row, 1) for row in found]  # noqa: PLW2901 - a longer row
            marks = ", ".join("?" * len(names.split(",")))
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", found)


def derive(connection: sqlite3.Connection) -> None:
    """Build search, places, countries and ancestors."""
    for table in ("sources", "sites", "events"):
        connection.execute(
            f"INSERT INTO {table}_fts (rowid, search_text)"
            f" SELECT rowid, search_text FROM {table} ORDER BY rowid"
        )
    connection.execute(
        "INSERT INTO places SELECT rowid, longitude, longitude, latitude, latitude FROM sites"
    )
    connection.execute(
        "INSERT INTO _site_countries SELECT c.value, s.id FROM sites s, json_each(s.countries) c"
    )
    connection.execute(
        """INSERT INTO _site_lists SELECT c.code, '', s.name, s.id FROM sites s
            JOIN (SELECT id, '' AS code FROM sites UNION ALL SELECT site, country
                FROM _site_countries) c ON c.id = s.id ORDER BY 1, 3, 4"""
    )
    connection.execute(
        "INSERT INTO _site_counts SELECT country, '', count(*) FROM _site_lists GROUP BY 1"
    )
    for kind in ("site", "event"):
        connection.execute(f"INSERT INTO _{kind}_ancestors SELECT * FROM _{kind}_ancestors_now")
    count(connection)


def count(connection: sqlite3.Connection) -> None:
    """Place events in cells: by the countries of their sites, since nothing is claimed."""
    connection.execute(
        """CREATE TEMP TABLE places_of AS
            SELECT event, site FROM event_sites
            UNION SELECT x.event, a.ancestor
            FROM event_sites x JOIN _site_ancestors a ON a.site = x.site"""
    )
    connection.execute(
        """CREATE TEMP TABLE countries_of AS
            SELECT e.id AS event, '[' || coalesce(c.countries, '') || ']' AS countries
            FROM events e LEFT JOIN (
                SELECT event, group_concat('"' || country || '"') AS countries FROM (
                    SELECT DISTINCT p.event, c.country
                    FROM places_of p JOIN _site_countries c ON c.site = p.site ORDER BY 1, 2
                ) GROUP BY event
            ) c ON c.event = e.id"""
    )
    connection.execute(
        """INSERT INTO _event_cells
            (countries, registers, causes, severities, status, first, last, n)
            SELECT countries, '[]', '[]', '[]', '', '', '', count(*)
            FROM countries_of GROUP BY countries ORDER BY countries"""
    )
    connection.execute(
        """INSERT INTO _event_facts SELECT o.event, c.id, '', '' FROM countries_of o
            JOIN _event_cells c ON c.countries = o.countries ORDER BY o.event"""
    )
    connection.execute(
        "INSERT INTO _event_years SELECT first, last, status, sum(n) FROM _event_cells GROUP BY 1"
    )
    bits: dict[tuple[str, str], int] = {}
    for id, countries, n in connection.execute("SELECT id, countries, n FROM _event_cells"):
        digits = [("n", str(digit)) for digit in range(n.bit_length()) if n >> digit & 1]
        for code in [
            ("status", "undated"),
            *digits,
            *(("countries", c) for c in json.loads(countries)),
        ]:
            bits[code] = bits.get(code, 0) | 1 << id
    connection.executemany(
        "INSERT INTO _event_bits VALUES (?, ?, 0, ?)",
        [(*code, n.to_bytes((n.bit_length() + 7) // 8, "little")) for code, n in bits.items()],
    )


def record(connection: sqlite3.Connection) -> None:
    """Write the history: each row as JSON without its nulls."""
    for table in COLUMNS:
        columns = [
            name
            for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")
            if table in OWNERS or name not in NOT_RECORDED
        ]
        owner = OWNERS.get(table, "id")
        key = KEYS.get(table, "id")
        kind = {"events": "event", "event_sites": "event", "sources": "source"}.get(table, "site")
        members = ", ".join(f"'{name}', {name}" for name in columns)
        connection.execute(
            "INSERT INTO history (change, kind, record, version, table_name, row_key, op, after)"
            f" SELECT 1, '{kind}', {owner}, 1, '{table}', {key}, 'insert',"
            f" json_patch('{{}}', json_object({members})) FROM {table}"
        )


def load(connection: sqlite3.Connection, path: str) -> dict[str, float]:
    """Do all of it; seconds by stage."""
    stages: dict[str, float] = {}
    start = time.perf_counter()

    def done(stage: str) -> None:
        stages[stage] = time.perf_counter() - start - sum(stages.values())

    for pragma in ("foreign_keys = OFF", "synchronous = EXTRA", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    taken_off = connection.execute(
        "SELECT type, name, sql FROM sqlite_master"
        " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for type, name, _ in taken_off:
        connection.execute(f"DROP {type} {name}")
    connection.execute(
        "INSERT INTO changes (id, at, why, origin, dataset)"
        " VALUES (1, '2026-01-01T00:00:00.000Z', 'load by hand', 'load', 'own')"
    )
    insert(connection, path)
    done("read and insert")
    derive(connection)
    done("search, places, trees")
    record(connection)
    for table in ("sites", "events", "sources"):
        connection.execute(
            f"UPDATE _counts SET n = (SELECT count(*) FROM {table}) WHERE table_name = '{table}'"
        )
    connection.execute("UPDATE _counts SET seq = (SELECT max(seq) FROM history)")
    done("history")
    for _, _, sql in taken_off:
        connection.execute(sql)
    done("indexes")
    connection.execute("COMMIT")
    done("commit")
    return stages


def main(path: str, registry: str) -> None:
    """Load, and print the seconds and the memory as JSON."""
    start, used = time.perf_counter(), time.process_time()
    connection = sqlite3.connect(registry, isolation_level=None)
    stages = load(connection, path)
    connection.close()
    seconds = time.perf_counter() - start
    cpu = time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak, "stages": stages}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
