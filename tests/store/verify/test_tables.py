"""The tables: every row that does not follow from the log, and all that follows from rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import heritage
from tests.registries import rows
from tests.store.verify.conftest import Tamper
from tests.tampering import Naked, problems, verified


def told(path: Path, *codes: str) -> list[tuple[str, str, str | None]]:
    """Code, place and column of every problem, or of those with some codes."""
    return [
        (each.code, str(each.origin), each.origin.column)
        for each in problems(path)
        if not codes or each.code in codes
    ]


@pytest.mark.parametrize(
    ("table", "assignment", "where", "place", "column"),
    [
        ("sites", "kind = 'palace'", "id = 'bel'", "sites/bel", "kind"),
        ("sites", "longitude = 38.27000000000001", "id = 'palmyra'", "sites/palmyra", "longitude"),
        ("sites", "countries = '[\"IQ\"]'", "id = 'palmyra'", "sites/palmyra", "countries"),
        ("sites", "version = version + 1", "id = 'bel'", "sites/bel", "version"),
        ("sites", "change = 1", "id = 'bel'", "sites/bel", "change"),
        ("sources", "tier = 3", "id = 'blog'", "sources/blog", "tier"),
        ("sources", "publisher = NULL", "id = 'unosat'", "sources/unosat", "publisher"),
        ("evidence", "sha256 = replace(sha256, '1', '2')", "1", "evidence/photo-1", "sha256"),
        ("events", "label = 'Flood'", "id = 'blast'", "events/blast", "label"),
        ("editions", "source = 'blog'", "1", 'editions/["whc","2016"]', "source"),
        ("descriptions", "record = '{}'", "1", 'descriptions/["palmyra","whc","2016"]', "record"),
        ("custody", "holder = 'nobody'", "1", 'custody/["photo-1",1]', "holder"),
        ("former_ids", "kind = 'site'", "1", "former_ids/quake", "kind"),
    ],
)
def test_an_altered_value_is_named(
    tamper: Tamper, table: str, assignment: str, where: str, place: str, column: str
) -> None:
    path = tamper(f"UPDATE {table} SET {assignment} WHERE {where}")

    assert [("row-altered", place, column)] == told(path, "row-altered", "row-unexplained")


def test_an_altered_value_is_told_beside_what_the_log_says_and_where(tamper: Tamper) -> None:
    path = tamper("UPDATE sites SET kind = 'palace' WHERE id = 'bel'")

    ((message, suggestion),) = [
        (each.message, each.suggestion) for each in problems(path) if each.code == "row-altered"
    ]
    assert message.startswith("kind is 'palace'; the log says 'ruin', last in entry ")
    assert "--replay" in str(suggestion)


def test_a_missing_row_is_named(tamper: Tamper) -> None:
    path = tamper("DELETE FROM names WHERE text = 'Tadmur'")

    assert [
        ("row-missing", 'names/["palmyra","transliteration","ar-Latn","Tadmur"]', None)
    ] == told(path, "row-missing", "row-altered", "row-unexplained")


def test_a_row_that_the_log_does_not_know_is_named(tamper: Tamper) -> None:
    path = tamper("INSERT INTO actors (id, kind, name, search_text) VALUES ('x', 'body', 'x', 'x')")

    assert [("row-unexplained", "actors/x", None)] == told(
        path, "row-missing", "row-altered", "row-unexplained"
    )


def test_a_row_under_another_key_is_missing_and_unexplained(tamper: Tamper) -> None:
    path = tamper("UPDATE identifiers SET value = '24'")

    assert [
        ("row-unexplained", 'identifiers/["whc","24"]', None),
        ("row-missing", 'identifiers/["whc","23"]', None),
    ] == told(path, "row-missing", "row-altered", "row-unexplained")


def test_a_row_that_names_what_is_not_there_is_named(tamper: Tamper) -> None:
    path = tamper("UPDATE event_sites SET site = 'atlantis' WHERE event = 'blast'")

    assert "reference-broken" in {code for code, *_ in told(path)}


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE sites SET name = 'Palmira' WHERE id = 'palmyra'", "sites/palmyra"),
        ("UPDATE actors SET name = 'Someone'", "actors/witness-1"),
        ("UPDATE claims SET search_text = 'hidden'", "claims/"),
        ("UPDATE sites SET search_text = NULL WHERE id = 'bam'", "sites/bam"),
        ("DELETE FROM _site_countries WHERE site = 'bam'", "_site_countries/IR"),
        ("INSERT INTO _site_ancestors VALUES ('bam', 'palmyra')", "_site_ancestors/bam"),
        ("DELETE FROM _source_ancestors", "_source_ancestors/blog"),
        ("DELETE FROM places WHERE id = 1", "places/1"),
        ("UPDATE places SET west = west - 1, east = east + 1 WHERE id = 1", "places/1"),
        (
            "UPDATE _event_facts SET latest = '2999-01-01' WHERE event = 'blast'",
            "_event_facts/blast",
        ),
        ("UPDATE _event_cells SET n = n + 1", "_event_cells/"),
        ("UPDATE _event_cells SET causes = '[]' WHERE causes <> '[]'", "_event_facts/blast"),
        ("UPDATE _event_bits SET bits = x'ff' WHERE facet = 'causes'", "_event_bits/causes/"),
        ("DELETE FROM _event_bits WHERE facet = 'n'", "_event_bits/n/"),
        ("UPDATE _event_years SET n = n + 1", "_event_years/"),
        ("UPDATE _site_lists SET name = 'Palmira' WHERE site = 'palmyra'", "_site_lists/palmyra"),
        ("UPDATE _site_counts SET n = n + 1 WHERE country = ''", "_site_counts/"),
        ("UPDATE _counts SET n = n + 1 WHERE table_name = 'claims'", "_counts/claims"),
        ("DELETE FROM _counts WHERE table_name = 'sites'", "_counts/sites"),
        ("DELETE FROM _event_years", "_event_years/"),
    ],
)
def test_what_does_not_follow_from_the_rows_is_named(
    tamper: Tamper, statement: str, place: str
) -> None:
    path = tamper(statement)

    found = told(path, "derived-altered")
    assert found
    assert all(where.startswith(place) for _, where, _ in found)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("INSERT INTO sites_fts (rowid, search_text) VALUES (1, 'atlantis')", "sites_fts/1"),
        (
            "INSERT INTO sites_fts (sites_fts, rowid, search_text)"
            " SELECT 'delete', rowid, search_text FROM sites WHERE id = 'bel'",
            "sites_fts/",
        ),
        ("UPDATE sites_fts_docsize SET sz = x'7f'", "sites_fts_docsize"),
        ("DELETE FROM claims_fts_docsize", "claims_fts_docsize"),
        ("UPDATE events_fts_data SET block = x'0909' WHERE id = 1", "events_fts_data"),
    ],
)
def test_a_search_index_that_says_what_its_texts_do_not_is_named(
    tamper: Tamper, statement: str, place: str
) -> None:
    path = tamper(statement)

    assert any(where.startswith(place) for _, where, _ in told(path, "search-altered"))


def test_a_search_that_does_not_find_what_is_in_its_index_is_named(tmp_path: Path) -> None:
    """Every word stands where it should, and the way to it is lost."""
    path = tmp_path / "registry.db"
    with (
        heritage.open(path, create=True) as registry,
        registry.change(by="n.kassem", why="many words") as change,
    ):
        for number in range(3_000):
            change.put(heritage.Site(id=f"site-{number:04}"))

    Naked.of(path).tampered(
        path,
        "UPDATE sites_fts_idx SET pgno = 2"
        " WHERE term = (SELECT max(term) FROM sites_fts_idx WHERE segid = 1) AND segid = 1",
    )

    assert {"search-altered"} == {code for code, *_ in told(path)}


@pytest.mark.parametrize(
    ("assignment", "column"),
    [("seq = 1", "seq"), ("facts = 1", "facts"), ("seq = 999", "seq"), ("id = 2", "seq")],
)
def test_a_mark_at_another_place_is_named(tamper: Tamper, assignment: str, column: str) -> None:
    path = tamper(f"UPDATE _concluded SET {assignment}")

    assert ("mark-altered", "_concluded/1", column) in told(path)


def test_a_registry_does_not_say_what_only_an_edition_says(tamper: Tamper) -> None:
    path = tamper("INSERT INTO unpublished VALUES ('blast', '', 'date')")

    assert ("row-unexplained", "unpublished/blast", None) in told(path)


def test_a_change_that_is_marked_as_open_is_named(tamper: Tamper) -> None:
    path = tamper("UPDATE _context SET change = 1")

    assert [("mark-altered", "_context/1", None)] == told(path)


def test_a_row_that_was_found_in_place_of_another_is_no_fault(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT OR IGNORE INTO sites (id, kind) VALUES ('palmyra', 'ruin')")
        assert rows(connection, "SELECT replaced IS NOT NULL FROM _context") == [(1,)]

    assert [] == told(path)


def test_a_row_that_never_was_and_is_said_to_be_replaced_is_named(tamper: Tamper) -> None:
    path = tamper("""UPDATE _context SET replaced = '{"table": "sites", "key": "nowhere"}'""")

    assert [("mark-altered", "_context/1", None)] == told(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("value", "'2001'"), ("earliest", "'2001-01-01'"), ("status", "'disputed'"),
        ("weight", "99"), ("margin", "99"), ("sentence", "'So it was.'"), ("flags", "'[]'"),
        ("runner_up", "'{}'"), ("as_of", "'2001-01-01T00:00:00Z'"), ("change", "1"),
    ],
)  # fmt: skip
def test_an_altered_conclusion_is_named(tamper: Tamper, column: str, value: str) -> None:
    with closing(sqlite3.connect(tamper())) as connection:
        ((site,),) = rows(
            connection,
            "SELECT max(site) FROM conclusions WHERE subject = 'blast' AND property = 'cause'",
        )
        assert rows(
            connection,
            f"SELECT {column} IS NOT {value} FROM conclusions"
            " WHERE subject = 'blast' AND property = 'date'",
        ) == [(1,)]
    assert not site

    path = tamper(
        f"UPDATE conclusions SET {column} = {value} WHERE subject = 'blast' AND property = 'date'"
    )

    found = told(path, "conclusion-altered")
    assert found
    assert {"conclusions/blast/date"} == {place for _, place, _ in found}


def test_a_missing_conclusion_is_named(tamper: Tamper) -> None:
    path = tamper("DELETE FROM conclusions WHERE subject = 'blast' AND property = 'date'")

    assert ("conclusion-missing", "conclusions/blast/date", None) in told(path)


def test_a_conclusion_from_nothing_is_named(tamper: Tamper) -> None:
    path = tamper(
        "INSERT INTO conclusions (subject, property, status, weight, margin, sentence, change,"
        " as_of) SELECT 'blast', 'casualties', 'agreed', 9, 9, 'Many.', 1, at FROM changes"
        " WHERE id = 1"
    )

    assert [("conclusion-unexplained", "conclusions/blast/casualties", None)] == told(path)


def test_a_conclusion_that_the_log_ends_otherwise_is_named(tamper: Tamper) -> None:
    """Its claims support it, but it stands since another change."""
    path = tamper(
        "UPDATE conclusions SET (change, as_of) = (SELECT 1, at FROM changes WHERE id = 1)"
        " WHERE subject = 'blast' AND property = 'date'"
    )

    assert [("conclusion-altered", "conclusions/blast/date", "change")] == told(path)


def test_what_other_programs_wrote_waits_to_be_concluded(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE claims SET value = '2015-07' WHERE value = '2015-08-27'")

    found = verified(path)

    assert () == found.problems
    assert "1 subject to be concluded anew" in found.notes[1]


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("DROP TRIGGER sites_recorded_update", "sites_recorded_update"),
        ("DROP INDEX claims_source", "claims_source"),
        ("DROP VIEW _site_ancestors_now", "_site_ancestors_now"),
        ("DROP TABLE reviews", "reviews"),
    ],
)
def test_what_is_missing_in_the_schema_is_named(
    honest: Path, tmp_path: Path, statement: str, place: str
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(statement)

    assert ("schema-altered", place, None) in told(path)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sites_recorded_update", "OLD.kind IS NOT NEW.kind OR ", ""),
        ("sites", "BETWEEN -180 AND 180", "BETWEEN -999 AND 999"),
        ("history_change", "history(change)", "history(kind)"),
    ],
)
def test_what_is_other_in_the_schema_is_named(
    honest: Path, tmp_path: Path, name: str, old: str, new: str
) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("PRAGMA writable_schema = ON")
        changed = other.execute(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = ? AND instr(sql, ?)",
            (old, new, name, old),
        )
        assert 1 == changed.rowcount

    assert ("schema-altered", name, None) in told(path)


def test_what_others_added_to_the_schema_is_theirs(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE mine (id TEXT)")
        other.execute("CREATE INDEX mine_id ON mine(id)")
        other.execute("CREATE INDEX sites_kind ON sites(kind)")
        other.execute("CREATE VIEW ours AS SELECT id FROM sites")
        other.execute("ALTER TABLE sites ADD COLUMN rating INTEGER")
        other.execute("CREATE TRIGGER mine AFTER INSERT ON mine BEGIN SELECT 1; END")
    with heritage.open(path) as registry, registry.change(by="n", why="n") as change:
        change.amend("site", "bam", kind="town")
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE sites SET rating = 3")

    found = verified(path)

    assert () == found.problems
    assert "the trigger mine is not of this package" in found.notes


def test_an_added_column_hides_no_looser_constraint(honest: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(honest.read_bytes())
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("ALTER TABLE sites ADD COLUMN rating INTEGER")
        other.execute("PRAGMA writable_schema = ON")
        other.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'AND 180', 'AND 999') WHERE name = 'sites'"
        )

    assert ("schema-altered", "sites", None) in told(path)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("DELETE FROM terms WHERE code = 'explosives'", "terms/cause explosives"),
        ("UPDATE terms SET label_en = 'x' WHERE code = 'explosives'", "terms/cause explosives"),
        ("DELETE FROM _positions WHERE n = 7", "_positions/7"),
        ("UPDATE _folds SET folded = 'x' WHERE written = 'É'", "_folds/É"),
    ],
)
def test_a_row_that_the_package_writes_for_everybody_is_named(
    tamper: Tamper, statement: str, place: str
) -> None:
    path = tamper(statement)

    assert {("reference-table-altered", place, None)} == set(told(path))


def test_bytes_that_are_no_text_are_told_and_do_not_stop_anything(
    naked: Naked, tmp_path: Path
) -> None:
    path = naked.tampered(
        tmp_path / "tampered.db", "UPDATE sites SET kind = CAST(x'61ff62' AS TEXT) WHERE id = 'bel'"
    )

    (problem,) = [each for each in problems(path) if each.code == "row-altered"]
    assert "sites/bel" == str(problem.origin)
    assert r"a\xffb" in problem.message
