"""What tells of the state of sites follows whatever it follows from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from heritage.model import Claim, Event, Intervention, Observation, Record, Site, Source
from heritage.store import schema, write
from heritage.store.connection import connect, transaction
from heritage.store.verify import verify
from tests.registries import AT, Connection, in_memory, put, rows, write_empty

RECORDS: tuple[Record, ...] = (
    Source(id="s", title="Source", tier=2),
    Site(id="gate"),
    Site(id="wall"),
    Event(id="blast", label="The blast", sites=["gate", "wall"]),
    Claim(id="c-day", subject="blast", property="date", value="2015-08-30", source="s"),
    Claim(id="c-wall", subject="blast", site="wall", property="date", value="2015-09", source="s"),
    Claim(
        id="c-gate", subject="blast", site="gate", property="severity", value="severe", source="s"
    ),
    Observation(id="o1", site="gate", observed="2016", state="damaged", source="s"),
    Observation(
        id="o2", site="gate", observed="2017", state="intact", source="s", confidence="negligible"
    ),
    Intervention(id="i1", site="wall", date="2018", kind="restoration", source="s"),
    Intervention(id="i2", site="wall", kind="restoration", source="s"),
)


def told(connection: Connection) -> set[tuple[str, str, str]]:
    """Site, id and date of every fact."""
    found = rows(connection, "SELECT site, id, date FROM _site_facts")
    assert len(set(found)) == len(found)
    assert () == verify(connection).problems
    return set(found)


def change(connection: Connection, *steps: tuple[object, ...]) -> None:
    """Amend, retract and rename in one change."""
    with transaction(connection):
        number = write.begin_change(connection, at=AT, by="n.kassem", why="a test")
        for step, *values in steps:
            step(connection, *values)  # type: ignore[operator]
        write.end_change(connection, number)


def test_every_dated_event_look_and_work_that_counts_is_told_at_each_site() -> None:
    connection = in_memory()
    put(connection, RECORDS)

    found = {(site, id): date for site, id, date in told(connection)}
    pairs = {("gate", "blast"), ("wall", "blast"), ("gate", "o1"), ("wall", "i1")}
    assert pairs == found.keys()
    # What is said of the wall's day says nothing of the gate's.
    assert "2015-08-30" == found["gate", "blast"] != found["wall", "blast"]


def test_facts_follow_claims_looks_works_and_names() -> None:
    connection = in_memory()
    put(connection, RECORDS)

    change(connection, (write.amend, "observation", "o1", {"observed": "2019"}))
    assert ("gate", "o1", "2019") in told(connection)
    change(connection, (write.amend, "observation", "o2", {"confidence": "high"}))
    assert ("gate", "o2", "2017") in told(connection)
    change(connection, (write.amend, "claim", "c-day", {"value": "2014"}))
    assert ("gate", "blast", "2015-08-30") not in told(connection)
    change(connection, (write.rename, "site", "gate", "portal"))
    assert {"portal", "wall"} == {site for site, _, _ in told(connection)}
    change(connection, (write.rename, "event", "blast", "boom"))
    assert {"boom", "i1", "o1", "o2"} == {id for _, id, _ in told(connection)}
    change(connection, (write.amend, "event", "boom", {"sites": ["wall"]}))
    assert ("portal", "boom") not in {(site, id) for site, id, _ in told(connection)}
    change(
        connection,
        *((write.retract, "claim", id) for id in ("c-day", "c-wall", "c-gate")),
        (write.retract, "event", "boom"),
        (write.retract, "intervention", "i1"),
    )
    assert {"o1", "o2"} == {id for _, id, _ in told(connection)}


def test_an_event_that_only_looks_date_goes_with_its_event() -> None:
    connection = in_memory()
    looks = [
        Observation(id=f"o{n}", site=site, observed=day, state=state, source="s")
        for n, (site, day, state) in enumerate(
            [
                *(("gate", "2015-01-01", "intact"), ("gate", "2015-02-01", "damaged")),
                *(("wall", "2016-01-01", "intact"), ("wall", "2016-02-01", "damaged")),
            ]
        )
    ]
    put(connection, [r for r in RECORDS if isinstance(r, Source | Site | Event)])
    put(connection, looks)
    found = {id for _, id, _ in told(connection)}
    change(connection, (write.retract, "event", "blast"))

    assert "blast" in found
    assert {f"o{n}" for n in range(4)} == {id for _, id, _ in told(connection)}


def test_an_older_file_is_told_of_when_it_is_migrated(tmp_path: Path) -> None:
    path = write_empty(tmp_path / "registry.db")
    with closing(connect(path)) as connection:
        put(connection, RECORDS)
        before = told(connection)
        concluded = rows(connection, "SELECT * FROM conclusions ORDER BY 1, 2, 3")
        connection.execute("DROP TABLE _site_facts")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = '0012_site_facts'")

        assert ["0012_site_facts"] == schema.migrate(connection, str(path))
        assert before == told(connection)
        assert concluded == rows(connection, "SELECT * FROM conclusions ORDER BY 1, 2, 3")
