"""Any program may write: everything lands in history, and all that is derived follows."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from heritage.store.search import search
from tests.registries import Connection, assert_whole, in_memory, rows, versions, write_empty

SETTINGS = [(False, False), (False, True), (True, False), (True, True)]


@pytest.fixture(params=SETTINGS, ids=["plain", "recursive", "keys", "keys-recursive"])
def outside(request: pytest.FixtureRequest) -> Connection:
    """A connection of another program, with some records that it wrote."""
    keys, recursive = request.param
    connection = in_memory(foreign_keys=keys, recursive_triggers=recursive)
    connection.executescript(
        """
        INSERT INTO sources (id, title, published) VALUES ('s', 'A report', '2015-09');
        INSERT INTO sites (id, kind, longitude, latitude, countries, category)
            VALUES ('palmyra', 'city', 38.27, 34.55, '["SY"]', 'cultural');
        INSERT INTO sites (id, part_of) VALUES ('bel', 'palmyra'), ('cella', 'bel');
        INSERT INTO names VALUES ('palmyra', 'تَدْمُر', 'ar', 'official'),
            ('palmyra', 'Palmyra', 'en', 'official'), ('bel', 'Temple of Bel', 'en', 'official');
        INSERT INTO identifiers VALUES ('whc', '23', 'palmyra');
        INSERT INTO listings (id, site, register, status, begin, criteria, source)
            VALUES ('l', 'palmyra', 'world-heritage', 'inscribed', '1980', '["i","ii"]', 's');
        INSERT INTO events (id, label) VALUES ('blast', 'The temple was blown up');
        INSERT INTO event_sites VALUES ('blast', 'bel');
        INSERT INTO claims (id, subject, site, property, value, source)
            VALUES ('c', 'blast', 'bel', 'date', '2015-08-30', 's');
        INSERT INTO evidence (id, sha256) VALUES ('v', '"""
        + "ab" * 32
        + """');
        INSERT INTO custody (evidence, position, date, holder, act)
            VALUES ('v', 1, '2016', 'A', 'received'), ('v', 2, '2017', 'B', 'received');
        """
    )
    time.sleep(0.002)  # so that what a test does next is a change of its own
    return connection


def last_change(connection: Connection) -> list[tuple[Any, ...]]:
    """The entries of the newest change: table, key, operation, before and after."""
    found = rows(
        connection,
        "SELECT table_name, row_key, op, before, after FROM history"
        " WHERE change = (SELECT max(id) FROM changes) ORDER BY seq",
    )
    return [
        (*entry[:3], *(json.loads(text) if text else None for text in entry[3:])) for entry in found
    ]


def found(connection: Connection, text: str) -> list[str]:
    return [hit.id for hit in search(connection, text) if hit.kind == "site"]


def test_what_was_written_is_whole(outside: Connection) -> None:
    assert_whole(outside)
    assert {("outside",)} == set(rows(outside, "SELECT DISTINCT origin FROM changes"))


def test_an_update_is_recorded_before_and_after_and_makes_a_version(outside: Connection) -> None:
    before = versions(outside)["bel"]

    outside.execute("UPDATE sites SET kind = 'ruin', built = '0032~' WHERE id = 'bel'")

    entries = last_change(outside)
    assert ("sites", "bel", "update") == entries[0][:3]
    merged_before = {k: v for entry in entries for k, v in entry[3].items()}
    merged_after = {k: v for entry in entries for k, v in entry[4].items()}
    assert {
        "kind": None,
        "built": None,
        "built_earliest": None,
        "built_latest": None,
    } == merged_before
    assert {
        "kind": "ruin",
        "built": "0032~",
        "built_earliest": "0032-01-01",
        "built_latest": "0032-12-31",
    } == merged_after
    assert before + 1 == versions(outside)["bel"]
    assert_whole(outside)


def test_an_update_that_changes_nothing_leaves_no_trace(outside: Connection) -> None:
    before = rows(outside, "SELECT * FROM history"), versions(outside)

    outside.execute("UPDATE sites SET kind = kind")
    outside.execute("UPDATE names SET text = text")

    assert before == (rows(outside, "SELECT * FROM history"), versions(outside))


def test_one_statement_on_many_rows_is_one_change(outside: Connection) -> None:
    changes = rows(outside, "SELECT count(*) FROM changes")[0][0]

    outside.execute("UPDATE sites SET kind = 'monument'")

    assert changes + 1 == rows(outside, "SELECT count(*) FROM changes")[0][0]
    assert ["bel", "cella", "palmyra"] == sorted(key for _, key, *_ in last_change(outside))


def test_every_statement_is_a_version_even_within_a_millisecond(outside: Connection) -> None:
    before = versions(outside)["bel"]

    outside.executescript(
        ";".join(f"UPDATE sites SET kind = 'k{number}' WHERE id = 'bel'" for number in range(50))
    )

    assert before + 50 == versions(outside)["bel"]
    assert_whole(outside)


def test_parts_make_one_version_of_the_whole(outside: Connection) -> None:
    before = versions(outside)["palmyra"]

    outside.execute("UPDATE names SET kind = 'common' WHERE site = 'palmyra'")

    assert before + 1 == versions(outside)["palmyra"]
    assert 2 == len(last_change(outside))
    outside.execute("DELETE FROM names WHERE site = 'palmyra'")
    assert_whole(outside)
    assert [("palmyra",)] == rows(outside, "SELECT name FROM sites WHERE id = 'palmyra'")


def test_search_follows_names_of_any_script(outside: Connection) -> None:
    assert ["palmyra"] == found(outside, "تدمر")

    outside.execute("UPDATE names SET text = 'Тадмор' WHERE language = 'ar'")
    assert ([], ["palmyra"]) == (found(outside, "تدمر"), found(outside, "тадмор"))

    outside.execute("UPDATE names SET site = 'bel' WHERE text = 'Тадмор'")
    assert ["bel"] == found(outside, "тадмор")

    outside.execute("DELETE FROM names WHERE text = 'Тадмор'")
    assert [] == found(outside, "тадмор")
    assert_whole(outside)


def test_places_follow(outside: Connection) -> None:
    outside.execute("UPDATE sites SET longitude = 10, latitude = 20 WHERE id = 'bel'")
    polygon = '{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[1,2]]]}'
    outside.execute("UPDATE sites SET geometry = ? WHERE id = 'cella'", (polygon,))
    outside.execute("UPDATE sites SET longitude = NULL, latitude = NULL WHERE id = 'palmyra'")

    assert [("bel", 10, 10, 20, 20), ("cella", 1, 5, 2, 6)] == rows(
        outside,
        "SELECT s.id, west, east, south, north FROM places p JOIN sites s ON s.rowid = p.id"
        " ORDER BY s.id",
    )
    assert_whole(outside)


def test_countries_follow(outside: Connection) -> None:
    outside.execute("""UPDATE sites SET countries = '["SY","IQ"]' WHERE id = 'palmyra'""")
    outside.execute("""UPDATE sites SET countries = '["SY"]' WHERE id = 'bel'""")

    assert [("IQ", "palmyra"), ("SY", "bel"), ("SY", "palmyra")] == rows(
        outside, "SELECT * FROM _site_countries ORDER BY 1, 2"
    )


def test_ancestors_follow_a_subtree_that_moves(outside: Connection) -> None:
    outside.execute("INSERT INTO sites (id) VALUES ('museum')")
    outside.execute("UPDATE sites SET part_of = 'museum' WHERE id = 'bel'")

    assert [("bel", "museum"), ("cella", "bel"), ("cella", "museum")] == rows(
        outside, "SELECT * FROM _site_ancestors ORDER BY 1, 2"
    )
    outside.execute("UPDATE sites SET part_of = NULL WHERE id = 'bel'")
    assert_whole(outside)


def test_insert_or_replace_is_an_update_of_the_same_record(outside: Connection) -> None:
    outside.execute("INSERT INTO sites (id, kind, longitude, latitude) VALUES ('x', 'a', 1, 2)")
    time.sleep(0.002)

    outside.execute("INSERT OR REPLACE INTO sites (id, category) VALUES ('x', 'mixed')")

    assert 2 == versions(outside)["x"]
    tables = {(table, key) for table, key, *_ in last_change(outside)}
    assert {("sites", "x")} == tables
    before = next(b for *_, b, _ in last_change(outside) if b)
    assert ("a", 1.0, 2.0) == (before["kind"], before["longitude"], before["latitude"])
    assert_whole(outside)


def test_insert_or_replace_keeps_or_loses_parts_as_sqlite_does(outside: Connection) -> None:
    outside.execute("INSERT INTO sites (id) VALUES ('x')")
    outside.execute("INSERT INTO names VALUES ('x', 'Xanthos', 'en', 'official')")

    outside.execute("INSERT OR REPLACE INTO sites (id, kind) VALUES ('x', 'city')")

    has_name = bool(rows(outside, "SELECT 1 FROM names WHERE site = 'x'"))
    assert (["x"] if has_name else []) == found(outside, "xanthos")
    assert_whole(outside)


def test_a_replaced_row_takes_its_place_in_the_tree(outside: Connection) -> None:
    if outside.execute("PRAGMA recursive_triggers").fetchone()[0]:
        with pytest.raises(sqlite3.IntegrityError, match="other records name this one"):
            outside.execute("INSERT OR REPLACE INTO sites (id, part_of) VALUES ('bel', NULL)")
        return

    outside.execute("INSERT OR REPLACE INTO sites (id, part_of) VALUES ('bel', NULL)")

    assert [("cella", "bel")] == rows(outside, "SELECT * FROM _site_ancestors")
    assert_whole(outside)


def test_a_replaced_identifier_leaves_the_one_site_and_comes_to_the_other(
    outside: Connection,
) -> None:
    before = versions(outside)

    outside.execute("INSERT OR REPLACE INTO identifiers VALUES ('whc', '23', 'bel')")

    after = versions(outside)
    assert (before["palmyra"] + 1, before["bel"] + 1) == (after["palmyra"], after["bel"])
    assert [("palmyra", "delete"), ("bel", "insert")] == rows(
        outside, "SELECT record, op FROM history ORDER BY seq DESC LIMIT 2"
    )[::-1]
    assert_whole(outside)


def test_insert_or_ignore_of_what_is_there_leaves_no_trace(outside: Connection) -> None:
    before = rows(outside, "SELECT * FROM history")

    outside.execute("INSERT OR IGNORE INTO sites (id, kind) VALUES ('bel', 'x')")
    outside.execute("INSERT OR IGNORE INTO names VALUES ('bel', 'Temple of Bel', 'en', 'official')")
    with pytest.raises(sqlite3.IntegrityError):
        outside.execute("UPDATE sites SET version = 99 WHERE id = 'bel'")
    assert before == rows(outside, "SELECT * FROM history")

    outside.execute("DELETE FROM sites WHERE id = 'cella'")
    outside.execute("INSERT INTO sites (id) VALUES ('cella')")
    assert_whole(outside)


def test_an_upsert_is_an_insert_or_an_update(outside: Connection) -> None:
    sql = (
        "INSERT INTO sites (id, kind) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind"
    )
    outside.execute(sql, ("bel", "ruin"))
    assert [("sites", "bel", "update", {"kind": None}, {"kind": "ruin"})] == last_change(outside)
    time.sleep(0.002)

    outside.execute(sql, ("new", "ruin"))
    assert [("sites", "new", "insert")] == [entry[:3] for entry in last_change(outside)]
    assert_whole(outside)


def test_a_deletion_takes_the_parts_with_it_and_is_recorded_whole(outside: Connection) -> None:
    outside.execute("DELETE FROM evidence WHERE id = 'v'")

    assert [("custody", "delete"), ("custody", "delete"), ("evidence", "delete")] == sorted(
        (table, op) for table, _, op, *_ in last_change(outside)
    )
    assert [] == rows(outside, "SELECT * FROM custody")
    assert_whole(outside)


def test_a_record_that_comes_back_goes_on_from_its_last_version(outside: Connection) -> None:
    before = versions(outside)["v"]

    outside.execute("DELETE FROM evidence WHERE id = 'v'")
    outside.execute("INSERT INTO evidence (id, sha256) VALUES ('v', ?)", ("cd" * 32,))

    assert versions(outside)["v"] > before
    assert_whole(outside)


def test_a_record_is_renamed_with_all_that_names_it(outside: Connection) -> None:
    outside.execute("UPDATE sites SET id = 'temple-of-bel' WHERE id = 'bel'")
    outside.execute("UPDATE sites SET id = 'tadmur' WHERE id = 'palmyra'")
    outside.execute("UPDATE sites SET id = 'tadmor' WHERE id = 'tadmur'")
    outside.execute("UPDATE events SET id = 'blast-2015' WHERE id = 'blast'")
    outside.execute("UPDATE sources SET id = 'src' WHERE id = 's'")
    outside.execute("UPDATE claims SET id = 'c2' WHERE id = 'c'")

    assert [
        ("bel", "site", "temple-of-bel"),
        ("blast", "event", "blast-2015"),
        ("c", "claim", "c2"),
        ("palmyra", "site", "tadmor"),
        ("s", "source", "src"),
        ("tadmur", "site", "tadmor"),
    ] == rows(outside, "SELECT * FROM former_ids ORDER BY former")
    assert [("blast-2015", "temple-of-bel", "src")] == rows(
        outside, "SELECT subject, site, source FROM claims"
    )
    assert [("cella", "temple-of-bel"), ("tadmor", None), ("temple-of-bel", "tadmor")] == rows(
        outside, "SELECT id, part_of FROM sites ORDER BY id"
    )
    assert {("tadmor",), ("temple-of-bel",)} == set(rows(outside, "SELECT site FROM names"))
    assert ["tadmor"] == found(outside, "تدمر")
    assert_whole(outside)


def test_a_record_may_be_renamed_and_moved_at_once(outside: Connection) -> None:
    outside.execute("INSERT INTO sites (id) VALUES ('museum')")
    outside.execute("UPDATE sites SET id = 'statue', part_of = 'museum' WHERE id = 'bel'")

    assert [("cella", "museum"), ("cella", "statue"), ("statue", "museum")] == rows(
        outside, "SELECT * FROM _site_ancestors ORDER BY 1, 2"
    )
    assert_whole(outside)


def test_a_name_can_be_given_back(outside: Connection) -> None:
    outside.execute("UPDATE sites SET id = 'x' WHERE id = 'bel'")
    outside.execute("UPDATE sites SET id = 'bel' WHERE id = 'x'")

    assert [("x", "site", "bel")] == rows(outside, "SELECT * FROM former_ids")
    assert_whole(outside)


def test_dates_in_plain_shapes_get_their_days(outside: Connection) -> None:
    cases = {
        "2016": ("2016-01-01", "2016-12-31"),
        "2016-02": ("2016-02-01", "2016-02-29"),
        "2016-02-29~": ("2016-02-29", "2016-02-29"),
        "0001": ("0001-01-01", "0001-12-31"),
        "0000-05": (None, None),
        "2016-21": (None, None),
        "2015/2016": (None, None),
        "[2015,2016]": (None, None),
    }
    for text, days in cases.items():
        outside.execute("UPDATE sources SET published = ? WHERE id = 's'", (text,))
        assert [days] == rows(
            outside, "SELECT published_earliest, published_latest FROM sources WHERE id = 's'"
        ), text
    outside.execute("UPDATE sources SET published = NULL WHERE id = 's'")
    assert [(None, None)] == rows(
        outside, "SELECT published_earliest, published_latest FROM sources"
    )
    assert_whole(outside)


def test_the_date_of_a_claim_follows_its_value(outside: Connection) -> None:
    columns = "SELECT date, date_earliest, date_latest FROM claims WHERE id = 'c'"
    assert [("2015-08-30", "2015-08-30", "2015-08-30")] == rows(outside, columns)

    outside.execute("UPDATE claims SET value = '2015-09' WHERE id = 'c'")

    assert [("2015-09", "2015-09-01", "2015-09-30")] == rows(outside, columns)
    assert_whole(outside)


def test_compacting_the_file_keeps_search_and_places(tmp_path: Path) -> None:
    path = write_empty(tmp_path / "r.db")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "INSERT INTO sites (id, longitude, latitude) VALUES ('a', 1, 2), ('b', 3, 4), ('c', 5, 6);"
        "INSERT INTO names VALUES ('a', 'Aleppo', 'en', 'official'), ('c', 'Cyrene', 'en', 'x');"
        "DELETE FROM sites WHERE id = 'b'"
    )

    connection.execute("VACUUM")

    assert ["c"] == found(connection, "cyrene")
    assert [("a",), ("c",)] == rows(
        connection, "SELECT s.id FROM places p JOIN sites s ON s.rowid = p.id ORDER BY 1"
    )
    assert_whole(connection)
    connection.close()


@pytest.fixture
def utils(tmp_path: Path) -> sqlite_utils.Database:
    """The same file as sqlite-utils opens it."""
    return sqlite_utils.Database(write_empty(tmp_path / "r.db"))


def test_sqlite_utils_may_insert_upsert_update_replace_and_delete(
    utils: sqlite_utils.Database,
) -> None:
    sites = utils.table("sites")
    sites.insert({"id": "a", "kind": "city"})
    sites.upsert({"id": "a", "kind": "town", "countries": "[]"}, pk="id")
    sites.update("a", {"category": "mixed"})
    sites.insert({"id": "a", "longitude": 1.5, "latitude": 2.5}, replace=True, pk="id")
    sites.insert_all([{"id": f"b{number}"} for number in range(150)])
    utils.table("names").insert_all(
        {"site": f"b{number}", "text": f"Name {number}", "language": "en", "kind": "official"}
        for number in range(150)
    )
    sites.insert({"id": "a", "kind": "x"}, ignore=True)
    utils.table("names").delete(("b7", "official", "en", "Name 7"))
    sites.delete("b8")

    connection = utils.conn
    # It turns recursive triggers on, and so shows the deletion within a replacement.
    assert ["insert", "update", "update", "delete", "insert"] == [
        op for (op,) in rows(connection, "SELECT op FROM history WHERE record = 'a' ORDER BY seq")
    ]
    assert 4 == versions(connection)["a"]
    assert [("a", 1.5, None, None)] == rows(
        connection, "SELECT id, longitude, kind, category FROM sites WHERE id = 'a'"
    )
    assert ["b149"] == found(connection, "name 149")
    assert "b7" not in found(connection, "name 7")
    assert_whole(connection)
    utils.close()


def test_what_an_insert_says_of_versions_and_derived_columns_is_not_believed(
    outside: Connection,
) -> None:
    outside.execute(
        "INSERT INTO sites (id, version, name, search_text) VALUES ('x', 99, 'Athens', 'athens')"
    )

    assert [(1, "x", "x")] == rows(
        outside, "SELECT version, name, search_text FROM sites WHERE id = 'x'"
    )
    assert [] == found(outside, "athens")
    assert_whole(outside)


def test_what_was_written_as_json_is_logged_as_the_text_that_it_is() -> None:
    """SQLite remembers within a statement that `json_array` made a value."""
    connection = in_memory()
    connection.execute("INSERT INTO sites (id, countries) VALUES ('palmyra', json_array('SY'))")
    connection.execute("UPDATE sites SET countries = json_array('SY', 'IQ') WHERE id = 'palmyra'")
    connection.execute("REPLACE INTO sites (id, countries) VALUES ('palmyra', json_array('JO'))")

    assert ['["SY"]', '["SY","IQ"]', '["JO"]'] == [
        json.loads(after)["countries"]
        for (after,) in rows(connection, "SELECT after FROM history ORDER BY seq")
    ]
    assert_whole(connection)
    connection.close()
