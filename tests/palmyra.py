"""A small registry of Palmyra and Bam, one record of every kind at least, for several tests."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

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
from heritage.model import Record

WHO = {"by": "n.kassem", "why": "imagery of 31 August"}

SOURCE = Source(id="unosat", title="Damage at Palmyra", publisher="UNITAR", published="2015-08-31")
BLOG = Source(id="blog", title="News of the ruins", relies_on=("unosat",))
PALMYRA = Site(
    id="palmyra",
    names=(
        Name(text="Site of Palmyra", language="en"),
        Name(text="تدمر", language="ar", kind="common"),
        Name(text="Tadmur", language="ar-Latn", kind="transliteration"),
        Name(text="Пальмира", language="ru", kind="common"),
    ),
    kind="archaeological_site",
    countries=("SY",),
    identifiers=(Identifier(scheme="whc", value="23"),),
    location=Location(longitude=38.27, latitude=34.55),
)
BEL = Site(
    id="bel",
    names=(Name(text="Temple of Bel", language="en"),),
    kind="temple",
    part_of="palmyra",
    countries=("SY",),
)
BAM = Site(
    id="bam",
    names=(Name(text="Bam", language="en"),),
    countries=("IR",),
    location=Location(longitude=58.37, latitude=29.12),
)
BLAST = Event(id="blast", label="Blowing up of the Temple of Bel", sites=("bel",))
QUAKE = Event(id="quake", label="Earthquake", sites=("bam",))
DATED = Claim(subject="blast", property="date", value="2015-08-30", source="unosat")
DATED_TOO = Claim(subject="blast", property="date", value="2015-08-31~", source="blog")
SHAKEN = Claim(subject="quake", property="date", value="2003-12-26", source="blog")
DANGER = Listing(
    site="palmyra",
    register="world-heritage",
    status="in-danger",
    begin="2013-06-20",
    source="unosat",
)
SEEN = Observation(site="bel", observed="2015-08-31", state="destroyed", source="unosat")
WORKS = Intervention(site="bel", date="2016-04", kind="documentation", source="blog")
WITNESS = Actor(id="witness-1", kind="witness", names=(Name(text="A guard"),))
PHOTO = Evidence(id="photo-1", sha256="0" * 63 + "1", source="unosat")
REVIEWED = Review(
    claim=DATED.id,
    reviewer="n.kassem",
    date="2015-09-01",
    decision="confirmed",
    reason="the imagery was seen",
)
EVERYTHING: tuple[Record, ...] = (
    *(SOURCE, BLOG, PALMYRA, BEL, BAM, BLAST, QUAKE, DATED, DATED_TOO, SHAKEN, DANGER, SEEN),
    *(WORKS, WITNESS, PHOTO, REVIEWED),
)


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a file, read without our code."""
    connection = sqlite3.connect(path)
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}
    connection.close()
    return found
