"""Nothing that is not public is in any byte of a public file; and the search for it works."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attrs
import pytest

import heritage
from heritage.errors import StoreError
from heritage.publish import Policy, default_policy
from heritage.publish.policy import NEVER
from heritage.store import connection
from tests.publish.canaries import Planted, fill, leaks, plainly, planted

NAMED_ELSEWHERE = {
    # Rows that lead from one record to another; the records themselves are left out, and
    # an edition in which something names what is not in it is refused.
    "source_relies_on.source", "source_relies_on.relies_on", "sites.source", "listings.source",
    "claims.source",
    "observations.source", "interventions.source", "evidence.source", "editions.source",
    "actor_names.actor", "reviews.claim",
    # Names go by their text.
    "actor_names.language", "actor_names.kind",
    # A square may lie at 0 0 only by its own fault, and says nothing.
    "sites.is_null_island",
    # It is told in full, or as the policy says: see `roles`.
    "actors.role",
}  # fmt: skip
"""Columns that are made coarser by what is done with others."""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """A registry full of secrets, and the secrets."""
    path = tmp_path_factory.mktemp("leaks") / "registry.db"
    return path, fill(path)


def published(registry: Path, public: Path, policy: Policy) -> bytes:
    """The bytes of the public edition of a registry."""
    with heritage.open(registry, readonly=True) as opened:
        opened.publish(public, policy)
    return public.read_bytes()


def test_every_secret_is_found_in_the_registry_itself(registry: tuple[Path, Planted]) -> None:
    path, secrets = registry

    assert set(secrets) == leaks(path.read_bytes(), secrets)


def test_no_secret_is_in_any_byte_of_the_public_file(
    registry: tuple[Path, Planted], tmp_path: Path
) -> None:
    path, secrets = registry
    public = tmp_path / "public.db"

    assert set() == leaks(published(path, public, default_policy()), secrets)
    with closing(sqlite3.connect(public)) as opened:
        kept = {
            table: opened.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("sites", "sources", "actors", "claims", "observations", "reviews")
        }
    # What may be known is there: two sources, one without a name; somebody without a name.
    assert {
        "sites": 6, "sources": 2, "actors": 1, "claims": 4, "observations": 1, "reviews": 1,
    } == kept  # fmt: skip


def broken_decisions() -> Iterator[str]:
    """Each column that is made coarser or left out, dates by their first column."""
    decisions = default_policy().decisions
    for table, columns in decisions.items():
        for column, decision in columns.items():
            name = f"{table}.{column}"
            follows = column.endswith(("_earliest", "_latest"))
            is_broken = decision in ("generalised", "left-out") and not follows
            # Of those tables no code could write what is left out.
            if is_broken and table not in NEVER:
                yield name


def broken(policy: Policy, name: str) -> Policy:
    """A policy in which one column is public."""
    table, _, column = name.partition(".")
    columns = dict(policy.decisions[table])
    for each in (column, f"{column}_earliest", f"{column}_latest"):
        if each in columns:
            columns[each] = "public"
    if table in ("former_ids", "custody"):  # a row of these stands or falls as a whole
        columns = dict.fromkeys(columns, "public")
    return attrs.evolve(policy, decisions={**policy.decisions, table: columns})


@pytest.fixture(scope="module")
def open_policy() -> Policy:
    """The policy that shows the most of what is hidden, as stubs without names."""
    policy = default_policy()
    return attrs.evolve(
        policy,
        withheld={**policy.withheld, "sources": "stub", "actors": "role"},
        restricted={**policy.restricted, "claims": "value", "evidence": "stub"},
    )


def test_stubs_tell_no_secret_either(
    registry: tuple[Path, Planted], open_policy: Policy, tmp_path: Path
) -> None:
    path, secrets = registry
    found = leaks(published(path, tmp_path / "public.db", open_policy), secrets)

    # Where somebody who is withheld is shown by a role, that role is told.
    assert {"withheld actor role"} == found


@pytest.mark.parametrize("name", sorted({*broken_decisions()} - NAMED_ELSEWHERE))
def test_each_decision_on_a_column_keeps_something_back(
    name: str, registry: tuple[Path, Planted], open_policy: Policy, tmp_path: Path
) -> None:
    path, secrets = registry
    for policy in (attrs.evolve(open_policy, roles=frozenset()), default_policy()):
        content = published(path, tmp_path / "public.db", broken(policy, name))
        if leaks(content, plainly(secrets)):
            return

    pytest.fail("nothing is kept back by it")


@pytest.mark.parametrize("access", ["withheld", "restricted"])
@pytest.mark.parametrize("kind", ["sources", "actors", "claims", "evidence"])
def test_each_decision_on_what_is_not_public_keeps_something_back(
    access: str, kind: str, registry: tuple[Path, Planted], tmp_path: Path
) -> None:
    path, secrets = registry
    policy = default_policy()
    if access == "withheld":
        policy = attrs.evolve(policy, withheld={**policy.withheld, kind: "public"})
    else:
        policy = attrs.evolve(policy, restricted={**policy.restricted, kind: "public"})

    found = published(path, tmp_path / "public.db", policy)

    assert leaks(found, plainly(secrets))


def test_a_smaller_grid_tells_more(registry: tuple[Path, Planted], tmp_path: Path) -> None:
    path, secrets = registry
    policy = attrs.evolve(default_policy(), grid_size=("size_m", 0.05))

    found = leaks(published(path, tmp_path / "public.db", policy), secrets)

    assert {"restricted position", "former position"} == found


OTHER = Path(os.environ.get("HERITAGE_OTHER_SQLITE") or Path(sys.prefix) / "other-sqlite")
"""Where a build of SQLite lies that hides nothing; `make install-test` puts it there."""


@pytest.mark.skipif(not OTHER.is_dir(), reason=f"no other build of SQLite is at {OTHER}")
def test_a_build_of_sqlite_that_hides_nothing_shows_nothing_either(tmp_path: Path) -> None:
    registry, public = tmp_path / "registry.db", tmp_path / "public.db"
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("other_sqlite.py"), OTHER, registry, public],
        capture_output=True,
        text=True,
        check=False,
    )
    version, overwrites, samples = (done.stdout.split() or [done.stderr, "", ""])[:3]
    secrets = planted(registry)

    assert ("0", "True") == (overwrites, samples), version
    assert set(secrets) == leaks(registry.read_bytes(), secrets)
    assert set() == leaks(public.read_bytes(), secrets)


def test_nothing_is_left_where_what_is_deleted_is_not_overwritten(
    registry: tuple[Path, Planted], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, secrets = registry
    prepare = connection._prepare

    def carelessly(opened: sqlite3.Connection, path: str, *, new: bool) -> None:
        prepare(opened, path, new=new)
        opened.execute("PRAGMA secure_delete = OFF")

    monkeypatch.setattr(connection, "_prepare", carelessly)

    assert set() == leaks(published(path, tmp_path / "public.db", default_policy()), secrets)


def test_an_edition_that_names_what_is_not_in_it_is_refused(
    registry: tuple[Path, Planted], tmp_path: Path
) -> None:
    policy = broken(default_policy(), "source_relies_on.relies_on")

    with pytest.raises(StoreError, match="which does not exist"):
        published(registry[0], tmp_path / "public.db", policy)
    assert not (tmp_path / "public.db").exists()
