"""Records of every kind whose texts stand nowhere else, to be sought in the bytes of files."""

from __future__ import annotations

from collections.abc import Callable

from heritage import (
    Actor,
    Claim,
    Event,
    Evidence,
    Identifier,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Review,
    Site,
    Source,
)
from heritage.model import Custody, Record
from tests.palmyra import DATED


class Canaries:
    """Texts that stand nowhere else, each made once."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self) -> str:
        self.made.append(f"kanarie{len(self.made):04d}zwitschert")
        return self.made[-1]

    def url(self) -> str:
        return f"https://example.org/{self()}"


def _source(c: Canaries, id: str) -> Source:
    return Source(
        id=id, title=c(), publisher=c(), author=c(), url=c.url(), archived_url=c.url(),
        kind="witness", tier=2, note=c(), published="2015-03-02",
    )  # fmt: skip


def _site(c: Canaries, id: str) -> Site:
    return Site(
        id=id, names=(Name(text=c()), Name(text=f"{c()} تدمر", language="ar")), kind="temple",
        countries=("SY",), identifiers=(Identifier(scheme="local", value=c()),),
        location=Location(longitude=38.2, latitude=34.5), source="unosat",
    )  # fmt: skip


def _listing(c: Canaries, id: str) -> Listing:
    return Listing(
        id=id, site="palmyra", register="national", status="inscribed", begin="1999",
        reference=c(), suffix=c(), as_written=c(), source="unosat",
    )  # fmt: skip


def _claim(c: Canaries, id: str) -> Claim:
    return Claim(
        id=id, subject="blast", property="actor", value=c(), as_written=c(), source="blog",
        attributed_to=c(), locator=c(),
    )  # fmt: skip


def _observation(c: Canaries, id: str) -> Observation:
    return Observation(
        id=id, site="bel", observed="2015-09-09", state="destroyed", method="satellite",
        source="unosat", as_written=c(),
    )  # fmt: skip


def _evidence(c: Canaries, id: str) -> Evidence:
    return Evidence(
        id=id, sha256="a" * 64, title=c(), media_type="image/jpeg", source="unosat",
        custody=(Custody(date="2015-09-01", holder=c(), act=c()),),
    )  # fmt: skip


MADE: dict[str, Callable[[Canaries, str], Record]] = {
    "source": _source,
    "actor": lambda c, id: Actor(id=id, kind="witness", names=(Name(text=c()),), role=c()),
    "site": _site,
    "listing": _listing,
    "event": lambda c, id: Event(id=id, label=c(), sites=("bel",)),
    "claim": _claim,
    "observation": _observation,
    "intervention": lambda c, id: Intervention(
        id=id, site="bel", kind="repair", as_written=c(), source="unosat"
    ),
    "evidence": _evidence,
    "review": lambda c, id: Review(
        id=id, claim=DATED.id, reviewer=c(), date="2016-01-01", decision="confirmed", reason=c()
    ),
}
"""By kind, what makes a record of an id."""
