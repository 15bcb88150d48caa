"""A change undone by another: what it left is put back, what came later stands."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage import Claim, Event, Listing, Name, Observation, Site
from heritage.errors import HeritageError, RecordNotFoundError
from heritage.problems import Problem
from heritage.store import reverting, write
from heritage.store.connection import transaction
from heritage.store.history import replay
from heritage.store.tables import MAIN, TABLES, columns_of
from tests.palmyra import DATED, EVERYTHING
from tests.registries import AT, Connection, assert_whole, in_memory, put, recorded, rows


def revert(connection: Connection, change: int) -> list[Problem]:
    """Revert a change by another one, unless there are conflicts."""
    with transaction(connection):
        number = write.begin_change(connection, at=AT, by="a.editor", why="a mistake")
        found = reverting.revert(connection, change, number)
        if found:
            connection.execute("ROLLBACK")
            connection.execute("BEGIN")
        else:
            write.end_change(connection, number)
    assert_whole(connection)
    return found


def edit(connection: Connection, *statements: str) -> int:
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="m.later", why="imagery")
        for statement in statements:
            connection.execute(statement)
        write.end_change(connection, change)
    return change


def told(problems: list[Problem]) -> list[tuple[str | None, str | None, str]]:
    return [(each.origin.file, each.origin.column, each.message) for each in problems]


@pytest.fixture
def connection() -> Connection:
    connection = in_memory()
    put(connection, EVERYTHING)
    return connection


def conclusions(connection: Connection) -> list[tuple[object, ...]]:
    return rows(
        connection, "SELECT subject, site, property, value, status, sentence FROM conclusions"
    )


def test_a_first_change_is_undone_to_nothing(connection: Connection) -> None:
    assert [] == revert(connection, 1)
    assert {} == {name: found for name, found in recorded(connection).items() if found}
    assert [] == conclusions(connection)


def test_a_revert_is_undone_like_any_change(connection: Connection) -> None:
    before, drawn = recorded(connection), conclusions(connection)
    assert [] == revert(connection, 1)
    assert [] == revert(connection, 2)
    assert (before, drawn) == (recorded(connection), conclusions(connection))


def test_what_a_later_change_did_elsewhere_in_the_record_stays(connection: Connection) -> None:
    wrong = edit(connection, "UPDATE sites SET kind = 'ruin', countries = '[]' WHERE id = 'bel'")
    edit(connection, "UPDATE sites SET precision_m = 5 WHERE id = 'bel'")

    assert [] == revert(connection, wrong)
    assert [("temple", '["SY"]', 5.0)] == rows(
        connection, "SELECT kind, countries, precision_m FROM sites WHERE id = 'bel'"
    )
    assert [(4,)] == rows(connection, "SELECT version FROM sites WHERE id = 'bel'")


def test_every_later_change_that_stands_on_it_is_named(connection: Connection) -> None:
    wrong = edit(
        connection,
        "UPDATE sites SET kind = 'ruin', category = 'cultural' WHERE id = 'bel'",
        "UPDATE sites SET kind = 'city' WHERE id = 'palmyra'",
        "INSERT INTO sites (id) VALUES ('cella'), ('portico'), ('arch')",
        "INSERT INTO names VALUES ('cella', 'Cella', 'en', 'official')",
        "DELETE FROM names WHERE site = 'bam'",
    )
    edit(connection, "UPDATE sites SET kind = 'shrine' WHERE id = 'bel'")
    edit(connection, "UPDATE sites SET category = 'mixed' WHERE id = 'bel'")
    edit(connection, "INSERT INTO names VALUES ('portico', 'Portico', 'en', 'official')")
    edit(connection, "INSERT INTO event_sites VALUES ('blast', 'cella')")
    edit(connection, "UPDATE sites SET id = 'tadmur' WHERE id = 'palmyra'")
    edit(connection, "UPDATE sites SET id = 'arch-of-triumph' WHERE id = 'arch'")
    before = recorded(connection)

    later = {
        number: f"by change {number} (2026-01-01T00:00:00Z, m.later: imagery)"
        for number in range(3, 9)
    }
    assert {
        ("sites/bel", "kind", f"it was changed {later[3]}"),
        ("sites/bel", "category", f"it was changed {later[4]}"),
        ("sites/portico", "names", f"something was added to its names {later[5]}"),
        ("sites/cella", None, f"event_sites/blast names it as its site {later[6]}"),
        ("sites/arch", "id", f"it was renamed {later[8]}"),
    } == set(told(revert(connection, wrong)))
    assert before == recorded(connection)


def test_a_record_renamed_since_is_found_under_its_new_id(connection: Connection) -> None:
    wrong = edit(connection, "UPDATE sites SET kind = 'city' WHERE id = 'palmyra'")
    edit(connection, "UPDATE sites SET id = 'tadmur' WHERE id = 'palmyra'")

    assert [] == revert(connection, wrong)
    assert [("archaeological_site",)] == rows(
        connection, "SELECT kind FROM sites WHERE id = 'tadmur'"
    )


def test_a_record_retracted_since_cannot_be_put_back_as_it_was(connection: Connection) -> None:
    wrong = edit(connection, "UPDATE interventions SET kind = 'repair'")
    gone = edit(connection, "DELETE FROM interventions")

    ((record, _, message),) = told(revert(connection, wrong))
    assert record is not None
    assert record.startswith("interventions/")
    assert f"it was taken out by change {gone} (" in message


def test_what_was_retracted_comes_back_unless_its_whole_has_gone(connection: Connection) -> None:
    wrong = edit(connection, "DELETE FROM claims", "DELETE FROM reviews")
    assert [] == revert(connection, wrong)
    assert [(3,)] == rows(connection, "SELECT count(*) FROM claims")

    wrong = edit(connection, "DELETE FROM claims", "DELETE FROM reviews")
    edit(connection, "DELETE FROM event_sites WHERE event = 'quake'",
         "DELETE FROM events WHERE id = 'quake'")  # fmt: skip
    ((_, column, message),) = told(revert(connection, wrong))
    assert "subject" == column
    assert message.startswith("its subject was 'quake', which was taken out by change 5 (")


def test_a_rename_is_undone_and_the_id_goes_on_leading_to_the_record(
    connection: Connection,
) -> None:
    wrong = edit(
        connection,
        "UPDATE sites SET id = 'tadmur', kind = 'city' WHERE id = 'palmyra'",
        "UPDATE claims SET value = '2015-08-29' WHERE id = '" + DATED.id + "'",
    )
    before = recorded(connection)

    assert [] == revert(connection, wrong)
    assert [("palmyra", "archaeological_site")] == rows(
        connection, "SELECT id, kind FROM sites WHERE part_of IS NULL AND id <> 'bam'"
    )
    assert [("bel", "palmyra")] == rows(
        connection, "SELECT id, part_of FROM sites WHERE part_of IS NOT NULL"
    )
    assert [("tadmur", "palmyra")] == rows(connection, "SELECT former, id FROM former_ids")
    assert [] == revert(connection, wrong + 1)
    assert before == recorded(connection)


def test_a_later_change_that_was_undone_itself_does_not_stand_in_the_way(
    connection: Connection,
) -> None:
    wrong = edit(connection, "UPDATE sites SET kind = 'ruin' WHERE id = 'bel'")
    later = edit(connection, "UPDATE sites SET kind = 'shrine' WHERE id = 'bel'")

    assert [("sites/bel", "kind")] == [each[:2] for each in told(revert(connection, wrong))]
    assert [] == revert(connection, later)
    assert [] == revert(connection, wrong)
    assert [("temple",)] == rows(connection, "SELECT kind FROM sites WHERE id = 'bel'")


def test_rows_that_only_together_keep_a_rule_are_put_back_in_any_order(
    connection: Connection,
) -> None:
    inscribed = Listing(
        site="palmyra", register="world-heritage", status="inscribed", begin="1980", source="unosat"
    )
    put(connection, [inscribed])
    days = "{0} = '{1}', {0}_earliest = '{1}-01-01', {0}_latest = '{1}-12-31'"
    wrong = edit(
        connection,
        f"UPDATE listings SET {days.format('begin', '2021')} WHERE status = 'in-danger'",
        f"UPDATE listings SET {days.format('begin', '2020')} WHERE status = 'inscribed'",
    )

    assert [] == revert(connection, wrong)
    assert [("1980",), ("2013-06-20",)] == rows(connection, "SELECT begin FROM listings ORDER BY 1")


def test_an_erasure_cannot_be_undone(connection: Connection) -> None:
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="a.editor", why="for safety")
        connection.execute(
            "INSERT INTO history (change, kind, record, version, table_name, row_key, op)"
            " VALUES (?, 'claim', 'x', 1, 'claims', 'x', 'erase')",
            (change,),
        )
        write.end_change(connection, change)

    (problem,) = revert(connection, change)
    assert ("change-refused", "changes/2") == (problem.code, problem.origin.file)


@pytest.mark.parametrize("change", [0, -1, 2, 2**70])
def test_a_change_that_is_not_there_is_refused(connection: Connection, change: int) -> None:
    with pytest.raises(RecordNotFoundError, match=f"no change has the id '{change}'"):
        revert(connection, change)


# Changes at random.

Step = tuple[int, int, int]


def pick(connection: Connection, kind: str, number: int) -> str:
    ids = [id for (id,) in rows(connection, f"SELECT id FROM {MAIN[kind].name} ORDER BY id")]
    return ids[number % len(ids)] if ids else "nothing"


def step(connection: Connection, what: int, which: int, n: int) -> None:
    """One edit at random; `n` makes what it writes unlike everything before."""
    site, source = pick(connection, "site", which), pick(connection, "source", which)
    event = pick(connection, "event", which)
    kind = ("site", "event", "claim", "source", "observation", "listing")[which % 6]
    steps: list[Callable[[], object]] = [
        lambda: write.put(connection, Site(id=f"s{n}", names=(Name(text=f"Site {n}"),),
                                           part_of=site, source=source)),
        lambda: write.put(connection, Claim(subject=event, property="date",
                                            value=str(1000 + n % 900), source=source)),
        lambda: write.put(connection, Event(id=f"e{n}", label=f"Event {n}", sites=(site,))),
        lambda: write.put(connection, Observation(site=site, observed=str(1000 + n % 900),
                                                  state="damaged", source=source)),
        lambda: write.amend(connection, "site", site, {"kind": f"kind-{n}"}),
        lambda: write.amend(connection, "site", site, {"countries": [chr(65 + n % 26) + "X"]}),
        lambda: write.amend(connection, "site", site, {"names": [{"text": f"Name {n}"}]}),
        lambda: write.amend(connection, "claim", pick(connection, "claim", which),
                            {"value": str(1000 + n % 900)}),
        lambda: write.amend(connection, "event", event, {"sites": [site]}),
        lambda: write.retract(connection, kind, pick(connection, kind, which)),
        lambda: connection.execute("INSERT INTO names VALUES (?, ?, 'en', 'common')",
                                   (site, f"Other {n}")),
        lambda: connection.execute("INSERT OR REPLACE INTO interventions (id, site, kind, source)"
                                   " SELECT id, site, ?, source FROM interventions", (f"k{n}",)),
        lambda: write.rename(connection, kind, pick(connection, kind, which), f"r{n}"),
    ]  # fmt: skip
    steps[what % len(steps)]()


RENAME = 12


def make(connection: Connection, steps: list[Step]) -> int | None:
    """Some edits as one change; those that are refused are left out."""
    with transaction(connection):
        change = write.begin_change(connection, at=AT, by="n.kassem", why="at random")
        for each in steps:
            connection.execute("SAVEPOINT one")
            try:
                step(connection, *each)
            except (HeritageError, sqlite3.IntegrityError):
                connection.execute("ROLLBACK TO one")
            connection.execute("RELEASE one")
        try:
            if write.end_change(connection, change):
                return change
        except HeritageError:
            pass  # it names what another edit of it retracted
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
    return None


@st.composite
def changes(draw: st.DrawFn, last: int = RENAME) -> list[list[Step]]:
    shapes = draw(
        st.lists(
            st.lists(st.tuples(st.integers(0, last), st.integers(0, 40)), min_size=1, max_size=4),
            min_size=1,
            max_size=5,
        )
    )
    numbers = itertools.count(1)
    return [[(what, which, next(numbers)) for what, which in shape] for shape in shapes]


State = tuple[dict[str, list[dict[str, Any]]], list[tuple[object, ...]]]


def state(connection: Connection) -> State:
    """What a registry holds and concludes; an id that stood once goes on leading to its record."""
    tables = recorded(connection)
    del tables["former_ids"]
    return tables, conclusions(connection)


@settings(max_examples=20)
@given(changes())
def test_changes_undone_one_after_another_give_every_state_before(made: list[list[Step]]) -> None:
    connection = in_memory()
    put(connection, EVERYTHING)
    states = [(1, state(connection))]
    for steps in made:
        change = make(connection, steps)
        if change is not None:
            states.append((change, state(connection)))

    for later, earlier in zip(states[:0:-1], states[-2::-1], strict=True):
        assert [] == told(revert(connection, later[0]))
        assert earlier[1] == state(connection)


@settings(max_examples=20)
@given(changes(last=RENAME - 1), st.integers(0, 4))
def test_an_earlier_change_is_taken_out_of_the_log_or_refused(
    made: list[list[Step]], which: int
) -> None:
    connection = in_memory()
    put(connection, EVERYTHING)
    done = [change for steps in made if (change := make(connection, steps)) is not None]
    if not done:
        return
    change = done[which % len(done)]
    before = state(connection)
    found = revert(connection, change)

    if found:
        assert before == state(connection)
        for _, _, message in told(found):
            named = [int(number) for number in re.findall(r"change (\d+) \(", message)]
            assert named, message
            assert set(named) <= {each for each in done if each > change}
    else:
        assert without(connection, change) == state(connection)[0]


def without(connection: Connection, change: int) -> dict[str, list[dict[str, Any]]]:
    """What the tables would hold had a change never been made, by the log."""
    tables: dict[str, dict[str, dict[str, Any]]] = {table.name: {} for table in TABLES}
    for name, key, before, after in rows(
        connection,
        "SELECT table_name, row_key, before, after FROM history WHERE kind <> 'conclusion'"
        " AND change <> ? AND change NOT IN (SELECT change FROM reverts) ORDER BY seq",
        change,
    ):
        replay(tables[name], name, key, before, after)
    found = {}
    for table in TABLES:
        columns = columns_of(connection, table)
        found[table.name] = sorted(
            (
                {column: row.get(column) for column in columns}
                for row in tables[table.name].values()
            ),
            key=repr,
        )
    del found["former_ids"]
    return found
