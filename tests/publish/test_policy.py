"""A policy decides on every column, and says all that is wrong with it at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import pytest

import heritage
from heritage import InvalidPolicyError, Location, RegistryCorruptError, Site
from heritage.publish import default_policy, read_policy
from heritage.publish.policy import DECISIONS
from heritage.registry import Registry


def schema_of(path: Path) -> dict[str, set[str]]:
    """Every table with its columns; those that SQLite keeps for a virtual table left aside."""
    connection = sqlite3.connect(path)
    kept = {row[1] for row in connection.execute("PRAGMA table_list") if row[2] == "shadow"}
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = {
        name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")}
        for (name,) in names
        if name not in kept and not name.startswith("sqlite_")
    }
    connection.close()
    return found


def test_every_column_of_the_schema_is_decided_and_nothing_else(tmp_path: Path) -> None:
    heritage.open(tmp_path / "registry.db", create=True).close()

    decided = default_policy().decisions

    assert schema_of(tmp_path / "registry.db") == {
        table: set(columns) for table, columns in decided.items()
    }
    assert {d for columns in decided.values() for d in columns.values()} <= set(DECISIONS)


def test_a_column_on_which_nobody_decided_is_never_written(tmp_path: Path) -> None:
    policy = default_policy()
    sites = {name: each for name, each in policy.decisions["sites"].items() if name != "kind"}
    undecided = attrs.evolve(policy, decisions={**policy.decisions, "sites": sites})
    with heritage.open(tmp_path / "registry.db", create=True) as registry:
        with registry.change(by="n", why="begin") as change:
            change.put(Site(id="tomb", kind="tomb", category="cultural"))
        registry.publish(tmp_path / "public.db", undecided)

    with heritage.open(tmp_path / "public.db", readonly=True) as public:
        assert Site(id="tomb", category="cultural") == public.site("tomb")


def test_a_column_that_another_program_added_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "registry.db"
    with (
        heritage.open(path, create=True) as registry,
        registry.change(by="n", why="begin") as change,
    ):
        change.put(Site(id="tomb"))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE sites ADD COLUMN keeper TEXT")
        connection.execute("CREATE TABLE keepers (site TEXT, name TEXT)")
    Registry.migrate(path)  # from now on history records it
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE sites SET keeper = 'QXZCANARY'")
        connection.execute("INSERT INTO keepers VALUES ('tomb', 'QXZCANARY')")
    with heritage.open(path, readonly=True) as registry:
        registry.publish(tmp_path / "public.db")

    assert b"QXZCANARY" in path.read_bytes()
    assert b"QXZCANARY" not in (tmp_path / "public.db").read_bytes()


def test_a_registry_that_does_not_verify_is_not_published(tmp_path: Path) -> None:
    path, public = tmp_path / "registry.db", tmp_path / "public.db"
    with heritage.open(path, create=True) as registry:
        with registry.change(by="n", why="begin") as change:
            change.put(Site(id="tomb"))
        registry.publish(public)
        before = public.read_bytes()
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER sites_recorded_update")
            connection.execute("UPDATE sites SET kind = 'tomb'")
        with pytest.raises(RegistryCorruptError, match="nothing was published"):
            registry.publish(public)

    assert before == public.read_bytes()


def test_what_a_policy_does_not_name_is_as_in_the_default() -> None:
    assert default_policy() == read_policy("", "mine.toml")
    mine = read_policy('[edition]\nname = "mine"\n[grid]\nsize_degrees = 0.5\n', "mine.toml")

    assert attrs.evolve(default_policy(), name="mine", grid_size=("size_degrees", 0.5)) == mine
    assert default_policy().sha256() != mine.sha256()
    assert mine.sha256() == read_policy('edition.name="mine"\ngrid.size_degrees=0.5', "x").sha256()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[editon]\n", "editon is not known; did you mean edition?"),
        ("edition = 3\n", "edition: a section is expected, not 3"),
        ('[edition]\nname = ""\n', "edition.name: '' is not a text"),
        ("[edition]\nlicense = 'x'\n", "edition.license is not known; did you mean edition.l"),
        ("[restricted]\nlocations = 'public'\n", "'public' is not one of grid, leave-out"),
        ("[restricted]\nidentifiers = 'whc'\n", "'whc' is not a list of texts"),
        ("[withheld]\nsources = 'public'\n", "'public' is not one of leave-out, stub"),
        ("[persons]\nroles = 'some'\n", "persons.roles: 'some' is not a list of texts"),
        ("[counts]\ncell_size = 0\n", "counts.cell_size: 0 is not a whole number from 1"),
        ("[counts]\nflag_from = true\n", "counts.flag_from: True is not a whole number"),
        ("[counts]\nleft_out = 1\n", "counts.left_out: 1 is not true or false"),
        ("[grid]\nsize_m = 1\n", "grid.size_m: 1 is not between 100 and"),
        ("[grid]\nsize_m = '1'\n", "grid.size_m: '1' is not a number"),
        ("[grid]\nsize_m = 1000\nsize_degrees = 1\n", "grid: name size_m or size_degrees, and not"),
        ("[grid]\nsize = 1000\n", "grid.size is not known"),
        ("[tables.site]\n", "tables.site is not known; did you mean tables.sites?"),
        ("[tables]\nsites = 'public'\n", "tables.sites: a section is expected"),
        ("[tables.sites]\nhidden = ['kind']\n", "tables.sites.hidden is not a decision"),
        ("[tables.sites]\nleft-out = 'kind'\n", "a list of columns is expected, not 'kind'"),
        ("[tables.sites]\nleft-out = ['kin']\n", "kin is not known; did you mean kind?"),
        ("[tables.sites]\npublic = ['geometry']\n", "geometry would tell what is hidden"),
        ("[tables.sites]\ngeneralised = ['kind']\n", "kind cannot be made coarser"),
        ("[tables.sites]\npublic = ['name']\n", "name is recomputed and nothing else"),
        ("[tables.history]\npublic = ['before']\n", "before is never published"),
        ("[tables.sites]\npublic = ['kind']\nleft-out = ['kind']\n", "kind is public already"),
        ("[tables.sites]\nleft-out = ['built']\n", "built is left-out, but built_latest public"),
        ("no toml", "it is not TOML"),
    ],
)
def test_a_fault_of_a_policy_is_told_with_its_key(text: str, fault: str) -> None:
    with pytest.raises(InvalidPolicyError) as caught:
        read_policy(text, "mine.toml")

    assert "mine.toml is not a policy of publishing: " in str(caught.value)
    assert fault in str(caught.value)


def test_all_faults_of_a_policy_are_told_at_once() -> None:
    with pytest.raises(InvalidPolicyError) as caught:
        read_policy("[a]\n[grid]\nsize_m = 1\n[tables.sites]\npublic = ['x', 'geometry']\n", "p")

    assert 4 == len(caught.value.faults)


def test_a_column_without_which_no_row_can_stand_is_not_left_out_alone(tmp_path: Path) -> None:
    policy = read_policy("[tables.sources]\nleft-out = ['title']\n", "mine.toml")
    with (
        heritage.open(tmp_path / "registry.db", create=True) as registry,
        pytest.raises(InvalidPolicyError, match="sources: no row can stand without title"),
    ):
        registry.publish(tmp_path / "public.db", policy)

    assert not (tmp_path / "public.db").exists()


def test_a_policy_decides_how_rough_a_place_is(tmp_path: Path) -> None:
    hidden = Location(longitude=38.123456, latitude=34.654321, access="restricted")
    policies = {
        "square.db": read_policy("[grid]\nsize_degrees = 1\n", "p"),
        "nowhere.db": read_policy("[restricted]\nlocations = 'leave-out'\n", "p"),
    }
    with heritage.open(tmp_path / "registry.db", create=True) as registry:
        with registry.change(by="n", why="begin") as change:
            change.put(Site(id="tomb", location=hidden))
        for name, policy in policies.items():
            registry.publish(tmp_path / name, policy)

    with heritage.open(tmp_path / "square.db", readonly=True) as public:
        place = public.site("tomb").location
        assert place is not None
        assert 34.5 == place.latitude
    with heritage.open(tmp_path / "nowhere.db", readonly=True) as public:
        assert None is public.site("tomb").location
