"""Nonsense that the database refuses, whoever writes it."""

from __future__ import annotations

import sqlite3

import pytest

from tests.registries import Connection, assert_whole, contents, in_memory

GIVEN = """
    INSERT INTO sources (id, title) VALUES ('s', 'A'), ('t', 'B'), ('u', 'C');
    INSERT INTO source_relies_on VALUES ('t', 's'), ('u', 't');
    INSERT INTO sites (id, category) VALUES ('a', 'cultural');
    INSERT INTO sites (id, part_of) VALUES ('b', 'a'), ('c', 'b'), ('d', 'c');
    INSERT INTO names VALUES ('a', 'Palmyra', 'en', 'official'), ('a', 'Tadmur', 'ar', 'alias');
    INSERT INTO identifiers VALUES ('whc', '23', 'a');
    INSERT INTO sites (id) VALUES ('old');
    UPDATE sites SET id = 'new' WHERE id = 'old';
    INSERT INTO listings (id, site, register, status, begin, criteria, source)
        VALUES ('l', 'a', 'world-heritage', 'inscribed', '1990', '["i"]', 's');
    INSERT INTO events (id, label) VALUES ('e', 'A blast'), ('f', 'Another');
    INSERT INTO event_sites VALUES ('e', 'a');
    INSERT INTO claims (id, subject, property, value, source)
        VALUES ('c1', 'e', 'severity', 'destroyed', 's'), ('c2', 'b', 'extent', '70..80', 's'),
        ('c3', 'e', 'date', '2015-08-30', 's');
    INSERT INTO evidence (id, sha256, source) VALUES ('v', printf('%064d', 0), 's');
    INSERT INTO reviews (id, claim, reviewer, date, decision, reason)
        VALUES ('r', 'c1', 'N', '2016', 'confirmed', 'seen');
"""

SITE = "INSERT INTO sites (id, {0}) VALUES ('x', {1})"
CLAIM = "INSERT INTO claims (id, subject, property, value, source) VALUES ('x', {0})"
LISTING = (
    "INSERT INTO listings (id, site, register, status, begin, source, criteria)"
    " VALUES ('x', 'a', 'world-heritage', {0})"
)
OBSERVATION = "INSERT INTO observations (id, site, observed, state, source) VALUES ('x', {0})"
SOURCE = "UPDATE sources SET {0} WHERE id = 's'"

REFUSED = [
    # Dates.
    *[
        f"UPDATE sources SET published = '{text}' WHERE id = 's'"
        for text in (
            *("03/04/2015", "30.08.2015", "2015-02-30", "2015-02-29", "2015-13", "2015-00"),
            *("2015-20", "2015-42", "August 2015", "", " 2015", "2015 ", "٢٠١٥", "2015-08-32"),
            *("2015/2016/2017", "2015-08-30; DROP TABLE sites", "soon", "2100-02-29"),
            *("20150830", "15-08-30", "3-4-2015", "2015.08", "30-08-2015"),
        )
    ],
    SOURCE.format("published = NULL, published_earliest = '2015-01-01'"),
    SOURCE.format("published = '2015', published_earliest = 'soon'"),
    SOURCE.format(
        "published = '2015', published_earliest = '2015-12-31', published_latest = '2015-01-01'"
    ),
    # Ids.
    *[
        f"INSERT INTO sites (id) VALUES ({id})"
        for id in (
            *("'a b'", "''", "'-a'", "'ü'", "'a/b'", "NULL"),
            *("printf('%0201d', 1)", "'a' || char(10)"),
        )
    ],
    "UPDATE sites SET id = 'a b' WHERE id = 'a'",
    "UPDATE OR IGNORE sites SET id = 'b' WHERE id = 'a'",
    "UPDATE OR REPLACE sites SET id = 'b' WHERE id = 'a'",
    "UPDATE OR REPLACE names SET text = 'Tadmur', language = 'ar', kind = 'alias'",
    "INSERT INTO sites (id) VALUES ('a')",
    "INSERT INTO sites (id) VALUES ('old')",
    "INSERT OR REPLACE INTO sites (id) VALUES ('old')",
    "UPDATE sites SET id = 'old' WHERE id = 'c'",
    "INSERT INTO events (id, label) VALUES ('old', 'x')",
    "INSERT INTO events (id, label) VALUES ('a', 'a site has this id')",
    "INSERT INTO sites (id) VALUES ('e')",
    "UPDATE events SET id = 'a' WHERE id = 'e'",
    "UPDATE sites SET id = 'e' WHERE id = 'd'",
    "INSERT INTO sites (rowid, id) VALUES (1, 'x')",
    "INSERT OR REPLACE INTO sites (rowid, id) VALUES (1, 'x')",
    "UPDATE sites SET rowid = 77 WHERE id = 'd'",
    # Circles.
    "UPDATE sites SET part_of = 'a' WHERE id = 'a'",
    "UPDATE sites SET part_of = 'b' WHERE id = 'a'",
    "UPDATE sites SET part_of = 'd' WHERE id = 'a'",
    "UPDATE sites SET part_of = 'd' WHERE id = 'b'",
    "INSERT INTO sites (id, part_of) VALUES ('x', 'x')",
    "INSERT INTO source_relies_on VALUES ('s', 's')",
    "INSERT INTO source_relies_on VALUES ('s', 't')",
    "INSERT INTO source_relies_on VALUES ('s', 'u')",
    "UPDATE source_relies_on SET relies_on = 'u' WHERE source = 't'",
    "UPDATE events SET part_of = 'e' WHERE id = 'e'",
    # References.
    SITE.format("part_of", "'nowhere'"),
    SITE.format("source", "'nobody'"),
    "UPDATE sites SET part_of = 'nowhere' WHERE id = 'b'",
    "UPDATE sites SET source = 'nobody' WHERE id = 'b'",
    "INSERT INTO names VALUES ('nowhere', 'x', 'en', 'official')",
    "UPDATE names SET site = 'nowhere'",
    "INSERT INTO identifiers VALUES ('whc', '24', 'nowhere')",
    "INSERT INTO identifiers VALUES ('whc', '23', 'b')",
    "INSERT INTO event_sites VALUES ('e', 'nowhere')",
    "INSERT INTO event_sites VALUES ('nothing', 'a')",
    "INSERT INTO source_relies_on VALUES ('s', 'nobody')",
    CLAIM.format("'nothing', 'severity', 'destroyed', 's'"),
    CLAIM.format("'s', 'severity', 'destroyed', 's'"),
    CLAIM.format("'e', 'severity', 'destroyed', 'nobody'"),
    CLAIM.format("'e', 'severity', 'destroyed', NULL"),
    "UPDATE claims SET subject = 'nothing' WHERE id = 'c1'",
    "UPDATE claims SET site = 'nowhere' WHERE id = 'c1'",
    "UPDATE claims SET source = NULL WHERE id = 'c1'",
    OBSERVATION.format("'nowhere', '2015', 'intact', 's'"),
    "INSERT INTO reviews (id, claim, reviewer, date, decision, reason)"
    " VALUES ('x', 'no-claim', 'N', '2016', 'confirmed', 'seen')",
    "INSERT INTO custody (evidence, position, date, holder, act) VALUES ('w', 1, '2016', 'A', 'x')",
    "DELETE FROM sites WHERE id = 'a'",
    "DELETE FROM sites WHERE id = 'b'",
    "DELETE FROM sources WHERE id = 's'",
    "DELETE FROM events WHERE id = 'e'",
    "DELETE FROM claims WHERE id = 'c1'",
    # Listings.
    LISTING.format("'inscribed', '1977', 's', '[]'"),
    LISTING.format("'inscribed', '1972/1977-12-31', 't', '[]'")
    .replace("begin, source", "begin, begin_latest, source")
    .replace("'1972/1977-12-31', ", "'1972/1977-12-31', '1977-12-31', "),
    LISTING.format("'in-danger', '1985', 's', '[]'"),
    LISTING.format("'extended', '1995', 's', '[\"vii\"]'"),
    LISTING.format("'extended', '1995', 's', '[\"xi\"]'"),
    LISTING.format("'extended', '1995', 's', '[1]'"),
    LISTING.format("'extended', '1995', 's', 'i, ii'"),
    LISTING.format("'extended', '1995', 's', '{\"i\": 1}'"),
    "UPDATE listings SET criteria = '[\"i\",\"x\"]' WHERE id = 'l'",
    "UPDATE sites SET category = 'natural' WHERE id = 'a'",
    "UPDATE listings SET end = '1985', end_latest = '1985-12-31' WHERE id = 'l'",
    "UPDATE listings SET end = '1985' WHERE id = 'l'",
    "UPDATE listings SET area_ha = 0 WHERE id = 'l'",
    "UPDATE listings SET area_ha = 9e999 WHERE id = 'l'",
    # Places.
    SITE.format("longitude, latitude", "0, 0"),
    SITE.format("longitude, latitude", "181, 1"),
    SITE.format("longitude, latitude", "1, -91"),
    SITE.format("longitude", "1"),
    SITE.format("longitude, latitude", "'east', 1"),
    SITE.format("longitude, latitude, precision_m", "1, 1, -5"),
    SITE.format("geometry", "'POINT(1 2)'"),
    SITE.format("geometry", "'{}'"),
    SITE.format("geometry", """'{"type":"Circle","coordinates":[1,2]}'"""),
    SITE.format("geometry", """'{"type":"Point","coordinates":[200,2]}'"""),
    SITE.format("geometry", """'{"type":"Point","coordinates":[2,-91]}'"""),
    SITE.format("geometry", """'{"type":"Point","coordinates":[]}'"""),
    SITE.format("location_access", "'secret'"),
    SITE.format("is_null_island", "2"),
    # Terms of closed lists, and texts.
    SITE.format("category", "'nice'"),
    SITE.format("countries", "'SY'"),
    SITE.format("countries", """'["Syria"]'"""),
    SITE.format("countries", """'["sy"]'"""),
    SITE.format("countries", "'[1]'"),
    SITE.format("kind", "''"),
    SITE.format("kind", "'  '"),
    SITE.format("kind", "char(9, 160, 8195)"),
    SITE.format("kind", "'a' || char(0) || 'b'"),
    SITE.format("kind", "x'00ff'"),
    "INSERT INTO names VALUES ('a', '', 'en', 'official')",
    "INSERT INTO names VALUES ('a', 'x', 'english!', 'official')",
    "INSERT INTO names VALUES ('a', 'x', 'e', 'official')",
    "INSERT INTO names VALUES ('a', 'x', 'en-', 'official')",
    "INSERT INTO names VALUES ('a', 'x', 'abcdefghi', 'official')",
    "INSERT INTO identifiers VALUES ('WHC', '25', 'a')",
    "INSERT INTO identifiers VALUES ('123', '25', 'a')",
    "UPDATE identifiers SET value = ' '",
    SOURCE.format("title = ' '"),
    SOURCE.format("title = NULL"),
    SOURCE.format("tier = 4"),
    SOURCE.format("tier = 'high'"),
    SOURCE.format("url = 'example.org'"),
    SOURCE.format("url = 'https://example.org/a b'"),
    SOURCE.format("access = 'secret'"),
    CLAIM.format("'e', 'colour', 'red', 's'"),
    CLAIM.format("'e', 'occurred', 'maybe', 's'"),
    CLAIM.format("'e', 'extent', '101', 's'"),
    CLAIM.format("'e', 'extent', '80..70', 's'"),
    CLAIM.format("'e', 'extent', '70..101', 's'"),
    CLAIM.format("'e', 'control', 'somebody', 's'"),
    CLAIM.format("'e', 'date', '03/04/2015', 's'"),
    CLAIM.format("'e', 'date', '2015-02-30', 's'"),
    CLAIM.format("'e', 'severity', NULL, 's'"),
    "UPDATE claims SET value = '2015-02-30' WHERE id = 'c3'",
    "UPDATE claims SET stance = 'shouts' WHERE id = 'c1'",
    "UPDATE claims SET confidence = 'sure' WHERE id = 'c1'",
    "UPDATE claims SET low = 90, high = 10 WHERE id = 'c2'",
    "UPDATE claims SET low = -1 WHERE id = 'c2'",
    OBSERVATION.format("'a', '2015', 'gone', 's'"),
    OBSERVATION.format("'a', NULL, 'intact', 's'"),
    "INSERT INTO observations (id, site, observed, state, source, extent_low)"
    " VALUES ('x', 'a', '2015', 'damaged', 's', 5)",
    "INSERT INTO observations (id, site, observed, state, source, extent_low, extent_high)"
    " VALUES ('x', 'a', '2015', 'damaged', 's', 50, 5)",
    "UPDATE evidence SET sha256 = 'ABC' WHERE id = 'v'",
    "UPDATE evidence SET size = -1 WHERE id = 'v'",
    "UPDATE reviews SET decision = 'maybe' WHERE id = 'r'",
    # History, versions, and what follows from other tables.
    "UPDATE history SET after = '{}'",
    "DELETE FROM history",
    "DELETE FROM history WHERE seq = 1",
    "UPDATE changes SET by = 'me'",
    "DELETE FROM changes",
    "UPDATE sites SET version = 99 WHERE id = 'a'",
    "UPDATE sites SET version = version - 1 WHERE id = 'a'",
    "UPDATE sites SET version = version + 2 WHERE id = 'a'",
    "UPDATE sites SET name = 'Athens' WHERE id = 'a'",
    "INSERT INTO changes (at, origin) VALUES ('yesterday', 'outside')",
    "INSERT INTO changes (at, origin) VALUES ('2026-01-01T00:00:00Z', 'nobody')",
]  # fmt: skip


@pytest.fixture(params=[False, True], ids=["plain", "keys"], scope="module")
def given(request: pytest.FixtureRequest) -> Connection:
    connection = in_memory(foreign_keys=request.param)
    connection.executescript(GIVEN)
    return connection


@pytest.mark.parametrize("sql", REFUSED)
def test_nonsense_is_refused_and_leaves_no_trace(given: Connection, sql: str) -> None:
    before = contents(given)

    with pytest.raises(sqlite3.Error) as caught:
        given.execute(sql)

    assert "syntax" not in str(caught.value)
    assert "no such" not in str(caught.value)
    assert "values for" not in str(caught.value)
    assert before == contents(given)


def test_what_was_given_is_whole(given: Connection) -> None:
    assert_whole(given)


@pytest.mark.parametrize(
    "sql",
    [
        LISTING.format("'in-danger', '1990', 's', '[]'"),
        LISTING.format("'in-danger', '1985', 't', '[]'"),
        LISTING.format("'extended', '1995', 's', '[\"vi\"]'"),
        SITE.format("longitude, latitude, is_null_island", "0, 0, 1"),
        SITE.format("geometry", """'{"type":"Point","coordinates":[0,0]}'"""),
        CLAIM.format("'b', 'severity', 'a word of nobody''s list', 't'"),
        CLAIM.format("'e', 'extent', 'most of it', 't'"),
        CLAIM.format("'e', 'control', 'Islamic State since 2015-05-20', 't'"),
        "UPDATE sources SET published = '2015-21' WHERE id = 's'",
        "UPDATE sources SET published = '2016-02-29?' WHERE id = 's'",
        "UPDATE sites SET part_of = 'a' WHERE id = 'd'",
        "UPDATE sites SET name = name, version = version WHERE id = 'a'",
        "DELETE FROM sites WHERE id = 'd'",
        "DELETE FROM evidence",
    ],
)
def test_what_makes_sense_is_taken(sql: str) -> None:
    connection = in_memory()
    connection.executescript(GIVEN)

    connection.execute(sql)

    assert_whole(connection)
