"""What is doubtful in the data, as problems."""

from __future__ import annotations

import pytest

from heritage.model import (
    Claim,
    Event,
    Intervention,
    Listing,
    Name,
    Observation,
    Record,
    Site,
    Source,
)
from heritage.problems import Problem
from heritage.store.check import problems
from tests.registries import Connection, in_memory, put

SOUND: list[Record] = [
    Source(id="s", title="S"),
    Source(id="whc-list", title="The list"),
    Source(id="whc-syndication", title="The feed"),
    Site(id="a", names=(Name(text="Palmyra"),), built="0032~"),
    Event(id="e", label="x", sites=("a",), context="armed_conflict"),
    Claim(id="c", subject="e", property="date", value="2015-08-30", source="s"),
]


def found(connection: Connection, *records: Record) -> list[Problem]:
    put(connection, [*SOUND, *records])
    return list(problems(connection))


def told(connection: Connection) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (problem.code, problem.origin.file, problem.origin.column, problem.value)
        for problem in problems(connection)
    ]


def test_sound_data_has_no_problem() -> None:
    assert [] == found(in_memory())


@pytest.mark.parametrize(
    ("record", "where", "column", "value"),
    [
        (Site(id="x", kind="templ"), "sites/x", "kind", "templ"),
        (Site(id="x", names=(Name(text="X", kind="nick"),)), "names/x", "kind", "nick"),
        (Event(id="x", label="x", sites=("a",), context="waar"), "events/x", "context", "waar"),
        (Source(id="x", title="x", kind="rumour"), "sources/x", "kind", "rumour"),
        (
            Listing(id="x", site="a", register="my-list", status="inscribed", source="s"),
            "listings/x",
            "register",
            "my-list",
        ),
        (
            Listing(id="x", site="a", register="world-heritage", status="odd", source="s"),
            "listings/x",
            "status",
            "odd",
        ),
        (
            Observation(
                id="x", site="a", observed="2015", state="intact", severity="bad", source="s"
            ),
            "observations/x",
            "severity",
            "bad",
        ),
        (
            Intervention(id="x", site="a", kind="magic", source="s"),
            "interventions/x",
            "kind",
            "magic",
        ),
        (
            Claim(id="x", subject="e", property="cause", value="meteor", source="s"),
            "claims/x",
            "value",
            "meteor",
        ),
    ],
)
def test_a_term_that_no_vocabulary_knows_is_told_and_kept(
    record: Record, where: str, column: str, value: str
) -> None:
    connection = in_memory()
    put(connection, [*SOUND, record])

    assert ("unknown-term", where, column, value) in told(connection)


def test_a_near_term_is_suggested() -> None:
    (problem,) = [
        p for p in found(in_memory(), Site(id="x", kind="templee")) if p.value == "templee"
    ]

    assert "did you mean temple?" == problem.suggestion


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015-08", "2015-08-01", "2015-08-30"),
        ("2015/2016", None, None),
        ("2015-X8", "2015-08-01", "2015-12-31"),
    ],
)
def test_days_that_a_date_does_not_mean_are_told(
    text: str, first: str | None, last: str | None
) -> None:
    connection = in_memory()
    put(connection, SOUND)
    connection.execute(
        "UPDATE sources SET published = ?, published_earliest = ?, published_latest = ?"
        " WHERE id = 's'",
        (text, first, last),
    )

    assert ("invalid-date", "sources/s", "published", text) in told(connection)


def test_a_listing_in_danger_that_the_feed_tells_otherwise_is_told() -> None:
    def stint(source: str, begin: str, end: str | None) -> Listing:
        return Listing(
            site="a",
            register="world-heritage",
            status="in-danger",
            source=source,
            begin=begin,
            end=end,
        )

    problems_found = found(
        in_memory(), stint("whc-list", "2013", None), stint("whc-syndication", "2000", "2004")
    )

    (problem,) = [p for p in problems_found if p.code == "danger-column-frozen"]
    assert "sites/a" == problem.origin.file
    assert "the spreadsheet says in danger: 2013/; the syndication feed says: 2000/2004" in str(
        problem
    )


def test_a_site_that_left_without_a_word_is_told_until_a_listing_says_why() -> None:
    connection = in_memory()
    put(connection, SOUND)
    connection.executescript(
        """INSERT INTO editions VALUES ('whc', '2019', '2019-12-31', NULL);
        INSERT INTO editions VALUES ('whc', '2024', '2024-12-31', NULL);
        INSERT INTO descriptions VALUES ('a', 'whc', '2019', '{}')"""
    )
    assert ("sites-left", "sites/a", "listings", None) in told(connection)

    put(
        connection,
        [Listing(site="a", register="world-heritage", status="delisted", begin="2021", source="s")],
    )
    assert "sites-left" not in [code for code, *_ in told(connection)]


def test_an_event_that_another_program_left_without_a_site_is_told() -> None:
    connection = in_memory()
    put(connection, SOUND)
    connection.execute("DELETE FROM event_sites")

    assert ("invalid-record", "events/e", None, None) in told(connection)
