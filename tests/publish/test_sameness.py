"""What is published depends on what is published, and on nothing else."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import attrs
import pytest

import heritage
from heritage import Actor, Claim, Location, Name, Site, Source
from heritage.publish import Policy, default_policy
from heritage.registry import Registry
from tests.publish.canaries import RESTRICTED_AT, fill, id_of, word


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry full of secrets."""
    path = tmp_path_factory.mktemp("same") / "registry.db"
    fill(path)
    return path


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Path:
    """The same registry, to be changed."""
    return Path(shutil.copy(original, tmp_path / "copy.db"))


def published(path: Path, policy: Policy | None = None) -> bytes:
    public = path.with_suffix(".public")
    with heritage.open(path, readonly=True) as registry:
        registry.publish(public, policy)
    return public.read_bytes()


def as_of(path: Path) -> tuple[str, list[tuple[str, str, str]]]:
    """As of when an edition is, and its newest changes."""
    with closing(sqlite3.connect(path.with_suffix(".public"))) as connection:
        ((at,),) = connection.execute("SELECT as_of FROM releases")
        return at, connection.execute(
            "SELECT record, op, fields FROM released WHERE at = ? ORDER BY 1", (at,)
        ).fetchall()


def change_what_is_hidden(registry: Registry) -> None:
    """Other values wherever something is hidden, and more that is hidden."""
    with registry.change(by="another hand", why="another reason") as change:
        for kind in ("restricted", "withheld"):
            id = id_of(f"{kind} source id")
            change.amend("source", id, title="Another", author="Another", note=None, url=None)
        change.amend("source", id_of("restricted source id"), published="1999", language="la")
        change.amend("actor", id_of("withheld actor id"), role="another")
        moved = Location(
            longitude=RESTRICTED_AT[0] + 0.001,
            latitude=RESTRICTED_AT[1] + 0.001,
            precision_m=1,
            access="restricted",
        )
        change.amend("site", "tomb", location=moved)
        elsewhere = Location(longitude=1, latitude=2, access="withheld")
        change.amend("site", "shrine", location=elsewhere)
        change.put(Source(id="another", title="Another", access="withheld"))
        change.put(Actor(id="someone", kind="person", names=[Name(text="Nobody Whatsoever")]))
        for access in ("restricted", "withheld"):
            change.put(
                Claim(subject="blast", property="date", value="1999", source="news", access=access)
            )
        change.put(Claim(subject="blast", property="height", value="3 m", source="another"))
        for claim in registry.claims(property="actor"):
            change.amend("claim", claim.id, confidence="low", as_written="other words")
    with registry.change(by="another hand", why="one is gone") as change:
        (gone,) = registry.claims(property="height")
        change.retract("claim", gone.id)


def test_registries_that_differ_in_what_is_hidden_publish_the_same_bytes(
    original: Path, copy: Path
) -> None:
    with heritage.open(copy) as registry:
        change_what_is_hidden(registry)

    assert published(original) == published(copy)


def test_a_change_of_what_is_public_is_dated_and_told_without_what_it_was(
    original: Path, copy: Path
) -> None:
    published(original)
    before, _ = as_of(original)
    with heritage.open(copy) as registry:
        with registry.change(by="n", why="w") as change:
            change.amend("site", "temple", kind="temple", names=[Name(text="Temple of Bel")])
        moment = registry.changes(limit=1)[0].at
    published(copy)

    assert before < moment
    assert (moment, [("temple", "update", '["kind","names"]')]) == as_of(copy)


def test_what_is_withdrawn_moves_the_date_and_is_not_named(original: Path, copy: Path) -> None:
    with heritage.open(copy) as registry:
        with registry.change(by="n", why="w") as change:
            change.amend("claim", "claim-of-the-day", access="withheld")
        moment = registry.changes(limit=1)[0].at
    content = published(copy)

    assert (moment, []) == as_of(copy)
    assert b"claim-of-the-day" in published(original)
    assert b"claim-of-the-day" not in content


def test_moving_to_another_square_is_told_and_moving_within_one_is_not(copy: Path) -> None:
    published(copy)
    before, _ = as_of(copy)
    for step, op in ((0.001, None), (0.4, "update")):
        with heritage.open(copy) as registry, registry.change(by="n", why="w") as change:
            place = Location(
                longitude=RESTRICTED_AT[0] + step, latitude=RESTRICTED_AT[1], access="restricted"
            )
            change.amend("site", "tomb", location=place)
        published(copy)
        after, newest = as_of(copy)
        assert (op is not None) == (after > before)
        if op:
            assert [("tomb", "update", '["location"]')] == newest


def test_who_and_why_are_told_where_the_policy_lets_them(original: Path) -> None:
    policy = default_policy()
    columns = {**policy.decisions["released"], "by": "public", "why": "public"}
    content = published(
        original, attrs.evolve(policy, decisions={**policy.decisions, "released": columns})
    )

    assert word("by").encode() in content
    assert word("by").encode() not in published(original)


def test_the_head_of_the_log_is_inside_only_where_the_policy_says_so(
    original: Path, copy: Path
) -> None:
    with heritage.open(original, readonly=True) as registry:
        edition = registry.publish(copy.with_name("beside.db"))
    inside = published(original, attrs.evolve(default_policy(), head="inside"))

    assert edition.head.encode() in inside
    assert edition.head.encode() not in copy.with_name("beside.db").read_bytes()


def test_ids_of_what_is_shown_without_a_name_follow_from_what_is_shown(
    original: Path, tmp_path: Path
) -> None:
    """Another registry, with other secrets under other ids, gives them the same ids."""
    ids = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.db"
        with heritage.open(path, create=True) as registry:
            with registry.change(by=name, why=name) as change:
                change.put(Site(id="bel"))
                for number in ("1", "2"):
                    source = f"{name}-{number}"
                    change.put(
                        Source(id=source, title=source, kind="witness", tier=2, access="restricted")
                    )
                    change.put(
                        Claim(
                            subject="bel",
                            property="condition",
                            value="destroyed",
                            as_written=f"says {name}",
                            source=source,
                        )
                    )
            registry.publish(path.with_suffix(".public"))
        with heritage.open(path.with_suffix(".public"), readonly=True) as public:
            ids.append([(claim.id, claim.source) for claim in public.claims()])

    assert ids[0] == ids[1]
    # Two witnesses stay two, though nothing that is published tells them apart.
    assert 2 == len({source for _, source in ids[0]})
    assert 2 == len({id for id, _ in ids[0]})


def test_a_public_edition_verifies_and_has_no_journal(original: Path) -> None:
    published(original)
    path = original.with_suffix(".public")
    with closing(sqlite3.connect(path)) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()
        free = connection.execute("PRAGMA freelist_count").fetchone()
        whole = connection.execute("PRAGMA integrity_check").fetchone()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()

    assert ("delete", 0, "ok", []) == (*mode, *free, *whole, broken)
    assert [] == list(path.parent.glob("*.public-*"))
    assert [] == list(path.parent.glob(".*"))
