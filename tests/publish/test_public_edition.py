"""What is not public is nowhere in the public file."""

from __future__ import annotations

from pathlib import Path

import pytest

import heritage
from heritage import (
    Actor,
    Claim,
    Custody,
    Event,
    Evidence,
    Identifier,
    Location,
    Name,
    Observation,
    Review,
    Site,
    Source,
    UsageError,
)
from heritage.model import RECORDS
from heritage.publish.redaction import RULES

CANARY = "QXZCANARY"


def fill(registry: heritage.Registry) -> None:
    """A registry with a secret in every place where one may be."""
    witness = Source(id="src-hidden", title=f"{CANARY} witness", access="withheld", note=CANARY)
    news = Source(id="src-news", title="A newspaper", relies_on=["src-hidden"])
    hidden_place = Location(longitude=38.123456, latitude=34.654321, access="restricted")
    with registry.change(by=f"{CANARY} editor", why=f"{CANARY} reason") as change:
        for record in (
            witness,
            news,
            Actor(id="person", kind="person", names=[Name(text=f"{CANARY} name")]),
            Actor(id="group", kind="group", names=[Name(text="A group")]),
            Site(id="tomb", names=[Name(text="Tomb")], location=hidden_place),
            Site(
                id="temple",
                names=[Name(text="Temple")],
                identifiers=[Identifier(scheme="whc", value="23")],
                location=Location(longitude=38.2, latitude=34.5),
                source="src-hidden",
            ),
            Event(id="blast", label="The temple blown up", sites=["temple", "tomb"]),
            Claim(subject="blast", property="date", value="2015-08-30", source="src-news"),
            Claim(subject="blast", property="actor", value=f"{CANARY} man", source="src-hidden"),
            Claim(
                subject="blast",
                property="cause",
                value=f"{CANARY} cause",
                source="src-news",
                access="restricted",
            ),
            Claim(subject="tomb", property="location", value=f"{CANARY} hill", source="src-news"),
            Observation(
                site="temple",
                observed="2015-08-31",
                state="destroyed",
                source="src-hidden",
                as_written=CANARY,
            ),
            Evidence(id="photo", sha256="a" * 64, title=CANARY),
            Evidence(
                id="map",
                sha256="b" * 64,
                title="A map",
                access="public",
                custody=(Custody(date="2015-09", holder=CANARY, act="received"),),
            ),
        ):
            change.put(record)
    with registry.change(by="reviewer", why="review") as change:
        dated = next(iter(registry.claims(property="date")))
        review = Review(
            claim=dated.id,
            reviewer=CANARY,
            date="2016",
            decision="confirmed",
            reason=f"{CANARY} says so",
        )
        change.put(review)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The public edition of the registry full of secrets."""
    with heritage.open(tmp_path / "registry.db", create=True) as registry:
        fill(registry)
        assert CANARY.encode() in (tmp_path / "registry.db").read_bytes()
        registry.publish(tmp_path / "public.db")
    return tmp_path / "public.db"


def test_no_byte_of_the_public_file_holds_a_secret(published: Path) -> None:
    """Search text, history and free pages included; and the position, in its digits."""
    content = published.read_bytes().lower()

    for secret in (CANARY, "38.123456", "34.654321", "src-hidden"):
        assert secret.lower().encode() not in content


def test_what_is_public_is_all_there(published: Path) -> None:
    """Records keep their ids and can be found."""
    with heritage.open(published, readonly=True) as public:
        assert "temple" == public.site("whc:23").id
        tomb = public.site("tomb").location
        assert tomb is not None
        assert (38.087432, 34.66034, 7070) == (tomb.longitude, tomb.latitude, tomb.precision_m)
        assert Location(longitude=38.2, latitude=34.5) == public.site("temple").location
        assert ["2015-08-30"] == [claim.value for claim in public.claims()]
        assert () == public.source("src-news").relies_on
        assert ["group"] == [actor.id for actor in public.records("actor")]
        assert ["map"] == [evidence.id for evidence in public.records("evidence")]
        assert ["blast"] == [hit.id for hit in public.search("blown") if hit.kind == "event"]


def test_the_same_registry_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whoever publishes it, whenever, and over whatever older edition."""
    with heritage.open(tmp_path / "registry.db", create=True) as registry:
        registry.publish(tmp_path / "second.db")
        fill(registry)
        registry.publish(tmp_path / "first.db")
        registry.publish(tmp_path / "second.db")

    assert (tmp_path / "first.db").read_bytes() == (tmp_path / "second.db").read_bytes()


def test_registries_that_differ_only_in_secrets_publish_the_same(tmp_path: Path) -> None:
    """Nothing can be learned from the public file about how many secrets there are."""
    for name in ("one", "two"):
        with heritage.open(tmp_path / f"{name}.db", create=True) as registry:
            fill(registry)
            if name == "two":
                with registry.change(by="editor", why="more secrets") as change:
                    change.put(Source(id="src-other", title="Other", access="withheld"))
                    change.put(
                        Claim(subject="blast", property="name", value="x", source="src-other")
                    )
            registry.publish(tmp_path / f"{name}-public.db")
    with (
        heritage.open(tmp_path / "one-public.db", readonly=True) as one,
        heritage.open(tmp_path / "two-public.db", readonly=True) as two,
    ):
        for kind in RECORDS:
            assert list(one.records(kind)) == list(two.records(kind))


def test_a_registry_is_not_published_over_itself(tmp_path: Path) -> None:
    """The command is refused and the registry stays as it was."""
    path = tmp_path / "registry.db"
    with heritage.open(path, create=True) as registry:
        fill(registry)
        before = path.read_bytes()
        with pytest.raises(UsageError, match="registry itself"):
            registry.publish(path)

    assert before == path.read_bytes()


def test_every_kind_of_record_has_a_rule() -> None:
    """A kind without a rule cannot be published, so a new one has to be decided."""
    assert set(RECORDS.values()) == set(RULES)
