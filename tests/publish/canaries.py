"""A registry with something secret wherever something secret may stand, and a search for it.

Every secret text is a canary: a word that stands nowhere else. Every secret
position, date and number is one that nothing else would give.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

import heritage
from heritage import (
    Actor,
    Claim,
    Custody,
    Event,
    Evidence,
    Geometry,
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
from heritage.store.folding import fold

RESTRICTED_AT: Final = (38.1234567, 34.7654321)
WITHHELD_AT: Final = (44.3928174, 33.3129087)
ONCE_AT: Final = (43.1298765, 36.3487651)
PRECISION, SIZE = 4242.4242, 987654321
PUBLISHED, ACCESSED = "1873-02-19", "1874-03-21"

Planted = dict[str, list[bytes]]
"""What was planted by where, each in every form in which it may come out."""


def word(where: str) -> str:
    """The canary of a place: letters that folding changes, and that are valid in no id."""
    letters = hashlib.sha256(where.encode()).hexdigest()[:16].translate(_LETTERS)
    return f"Qxé{letters}"


def id_of(where: str) -> str:
    """A canary that may be an id, an address or a tag."""
    return "qx" + hashlib.sha256(where.encode()).hexdigest()[:16].translate(_LETTERS)


_LETTERS: Final = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")


def forms(text: str) -> Iterator[bytes]:
    """A text as it may stand in a file or an answer; what is sought is in lower case."""
    for each in dict.fromkeys((text, text.lower(), text.upper(), fold(text))):
        plain = each.encode()
        yield plain.lower()
        for coding in ("utf-16-le", "utf-16-be"):
            yield each.lower().encode(coding)
        yield plain.hex().encode()
        yield quote(each, safe="").lower().encode()
        yield "".join(f"%{byte:02x}" for byte in plain).encode()
        for shift in range(3):  # where it stands within a group of three is not known
            coded = base64.b64encode(b"\0" * shift + plain)
            yield coded[4 if shift else 0 : -4].lower()
        yield each.encode("ascii", "xmlcharrefreplace").lower()
        yield each.encode("unicode-escape").lower()


def number_forms(value: float) -> Iterator[bytes]:
    """A number in digits, rounded and cut, and as SQLite and its R*Tree keep it."""
    for decimals in (7, 6, 5, 4, 3):
        yield f"{value:.{decimals}f}".encode()
        yield f"{int(value * 10**decimals) / 10**decimals:.{decimals}f}".encode()
    for coding in (">d", "<d", ">f", "<f"):
        # Letters are sought in lower case.
        yield struct.pack(coding, value).lower()


def position_forms(longitude: float, latitude: float) -> Iterator[bytes]:
    """A position in decimals, in degrees, minutes and seconds, and as a geohash."""
    for value in (longitude, latitude):
        yield from number_forms(value)
        degrees = int(value)
        minutes = int((value - degrees) * 60)
        seconds = ((value - degrees) * 60 - minutes) * 60
        for sign in ("°", "° ", " ", "-", ":"):
            yield f"{degrees}{sign}{minutes:02d}".encode() + {
                "°": "'", "° ": "′", " ": " ", "-": "-", ":": ":"
            }[sign].encode() + f"{int(seconds):02d}".encode()  # fmt: skip
        yield f"{degrees}°{minutes}'{int(seconds)}".encode()
    for length in (6, 7, 8, 9):
        yield _geohash(longitude, latitude, length).encode()


def _geohash(longitude: float, latitude: float, length: int) -> str:
    west, east, south, north = -180.0, 180.0, -90.0, 90.0
    bits = []
    for number in range(length * 5):
        if number % 2 == 0:
            middle = (west + east) / 2
            bits.append(longitude >= middle)
            west, east = (middle, east) if bits[-1] else (west, middle)
        else:
            middle = (south + north) / 2
            bits.append(latitude >= middle)
            south, north = (middle, north) if bits[-1] else (south, middle)
    digits = "0123456789bcdefghjkmnpqrstuvwxyz"
    values = [sum(bit << 4 - n for n, bit in enumerate(bits[i : i + 5])) for i in
              range(0, len(bits), 5)]  # fmt: skip
    return "".join(digits[value] for value in values)


def _source(kind: str) -> Source:
    return Source(
        id=id_of(f"{kind} source id"),
        title=word(f"{kind} source title"),
        publisher=word(f"{kind} source publisher"),
        author=word(f"{kind} source author"),
        published=PUBLISHED if kind == "restricted" else None,
        accessed=ACCESSED if kind == "restricted" else None,
        url=f"https://{id_of(f'{kind} source url')}.example/",
        archived_url=f"https://{id_of(f'{kind} source archived_url')}.example/",
        language=id_of(f"{kind} source language")[:8],
        kind="witness",
        tier=2,
        note=word(f"{kind} source note"),
        access=kind,
    )


def _told_by(source: str, kind: str) -> Iterator[heritage.model.Record]:
    yield Listing(
        site="temple",
        register="national",
        status="inscribed",
        as_written=word(f"{kind} listing"),
        source=source,
    )
    yield Observation(
        site="temple",
        observed="2015-08-31",
        state="destroyed",
        source=source,
        as_written=word(f"{kind} observation"),
    )
    yield Intervention(
        site="temple", kind="documentation", as_written=word(f"{kind} intervention"), source=source
    )
    yield Claim(
        subject="blast",
        property="severity",
        value="destroyed",
        as_written=word(f"{kind} source claim as_written"),
        attributed_to=word(f"{kind} source claim attributed_to"),
        locator=word(f"{kind} source claim locator"),
        source=source,
    )


def _claims(access: str) -> Iterator[Claim]:
    yield Claim(
        subject="blast",
        property="actor",
        value=word(f"{access} claim value"),
        as_written=word(f"{access} claim as_written"),
        attributed_to=word(f"{access} claim attributed_to"),
        locator=word(f"{access} claim locator"),
        source="news",
        access=access,
    )


def records() -> Iterator[heritage.model.Record]:
    """Records with a canary in every field that is not public."""
    for kind in ("restricted", "withheld"):
        yield _source(kind)
    news = Source(
        id="news",
        title="A newspaper",
        author=word("restricted actor name"),
        relies_on=[id_of("withheld source id")],
    )
    yield news
    for access in ("restricted", "withheld"):
        name = Name(text=word(f"{access} actor name"), language=id_of(f"{access} actor lang")[:8])
        full = Name(text=f"{word(f'{access} actor name')} {word(f'{access} actor family')}")
        yield Actor(
            id=id_of(f"{access} actor id"),
            kind="person",
            names=[name, full],
            role="resident" if access == "restricted" else word("withheld actor role"),
            access=access,
        )
    yield from _sites()
    yield Event(
        id="blast",
        label=f"The temple blown up, says {word('withheld actor name')}"
        f" {word('withheld actor family')}",
        sites=["temple", "tomb"],
    )
    yield Claim(
        id="claim-of-the-day", subject="blast", property="date", value="2015-08-30", source="news"
    )
    yield Claim(
        subject="blast",
        property="cause",
        value="explosives",
        as_written=f"{word('restricted actor name')} {word('restricted actor family')} saw it",
        attributed_to=word("withheld actor name"),
        source="news",
    )
    yield Claim(
        subject="tomb", property="location", value=word("location of a hidden place"), source="news"
    )
    for access in ("restricted", "withheld"):
        yield from _claims(access)
        yield from _told_by(id_of(f"{access} source id"), access)
        yield Evidence(
            id=id_of(f"{access} evidence id"),
            sha256=hashlib.sha256(access.encode()).hexdigest(),
            title=word(f"{access} evidence title"),
            media_type="image/jpeg",
            size=SIZE,
            access=access,
        )
    yield Evidence(
        id="map",
        sha256="b" * 64,
        title="A map",
        access="public",
        custody=(Custody(date="2015-09", holder=word("holder"), act=word("act")),),
    )


def _sites() -> Iterator[Site]:
    yield Site(
        id="tomb",
        names=[Name(text="Tomb")],
        identifiers=[Identifier(scheme="osm_way", value=word("identifier of a hidden place"))],
        location=Location(
            longitude=RESTRICTED_AT[0],
            latitude=RESTRICTED_AT[1],
            geometry=Geometry.of({"type": "Point", "coordinates": list(RESTRICTED_AT)}),
            precision_m=PRECISION,
            access="restricted",
        ),
    )
    yield Site(
        id="shrine",
        names=[Name(text="Shrine")],
        location=Location(longitude=WITHHELD_AT[0], latitude=WITHHELD_AT[1], access="withheld"),
    )
    yield Site(
        id="niche",
        names=[Name(text="Niche of the shrine")],
        part_of="shrine",
        location=Location(longitude=WITHHELD_AT[0], latitude=WITHHELD_AT[1]),
    )
    yield Site(
        id="temple",
        names=[Name(text="Temple")],
        location=Location(longitude=38.2, latitude=34.5),
        source=id_of("withheld source id"),
    )
    yield Site(
        id="mound",
        names=[Name(text="Mound")],
        location=Location(longitude=ONCE_AT[0], latitude=ONCE_AT[1]),
    )


def fill(path: Path) -> Planted:
    """A registry with canaries, and all of them in every form."""
    with heritage.open(path, create=True) as registry:
        with registry.change(by=word("by"), why=word("why")) as change:
            for record in records():
                change.put(record)
        _once(registry)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO editions (dataset, edition, source) VALUES (?, '1', ?)",
            (id_of("dataset of a hidden source"), id_of("withheld source id")),
        )
        connection.execute("INSERT INTO editions (dataset, edition) VALUES ('list', '2015')")
        connection.execute(
            "INSERT INTO descriptions (site, dataset, edition, record)"
            " VALUES ('tomb', 'list', '2015', ?)",
            (json.dumps({"x": word("description")}, ensure_ascii=False),),
        )
    return planted(path)


def _once(registry: heritage.Registry) -> None:
    """What was public, or was there, and is not any more."""
    past = Claim(
        id="amended",
        subject="blast",
        property="effect",
        value="collapse",
        as_written=word("amended as_written"),
        source="news",
    )
    gone = Claim(subject="blast", property="name", value=word("retracted"), source="news")
    with registry.change(by=word("by"), why=word("why")) as change:
        for record in (past, gone, Event(id="raid", label=word("old label"), sites=["mound"])):
            change.put(record)
        change.put(Site(id=id_of("former id"), names=[Name(text=word("old name"))]))
    with registry.change(by=word("by"), why=word("why")) as change:
        change.amend("claim", "amended", as_written=None)
        change.retract("claim", gone.id)
        change.amend("event", "raid", label="A raid")
        change.rename("site", id_of("former id"), "gate")
        change.amend("site", "gate", names=[Name(text="Gate")])
        exact = registry.site("mound").location
        assert exact is not None
        hidden = Location(longitude=ONCE_AT[0], latitude=ONCE_AT[1], access="restricted")
        change.amend("site", "mound", location=hidden)
        change.put(
            Review(
                claim="claim-of-the-day",
                reviewer=word("reviewer"),
                date="2016",
                decision="confirmed",
                reason=word("reason"),
            )
        )


WORDS: Final = (
    *(f"{access} {what}" for access in ("restricted", "withheld") for what in (
        "source title", "source publisher", "source author", "source note", "actor name",
        "actor family", "listing", "observation", "intervention", "source claim as_written",
        "source claim attributed_to", "source claim locator", "claim value", "claim as_written",
        "claim attributed_to", "claim locator", "evidence title")),
    "withheld actor role", "location of a hidden place", "identifier of a hidden place",
    "holder", "act", "by", "why", "description", "amended as_written", "retracted", "old label",
    "old name", "reviewer", "reason",
)  # fmt: skip
IDS: Final = (
    *(f"{access} {what}" for access in ("restricted", "withheld") for what in (
        "source id", "source url", "source archived_url", "actor id", "evidence id")),
    "dataset of a hidden source", "former id",
)  # fmt: skip


def planted(path: Path) -> Planted:
    """Everything secret in the registry, by where it stands."""
    found: Planted = {where: list(forms(word(where))) for where in WORDS}
    found |= {where: list(forms(id_of(where))) for where in IDS}
    for access in ("restricted", "withheld"):
        for what in ("source language", "actor lang"):
            found[f"{access} {what}"] = list(forms(id_of(f"{access} {what}")[:8]))
        found[f"{access} sha256"] = list(forms(hashlib.sha256(access.encode()).hexdigest()))
    found["restricted position"] = list(position_forms(*RESTRICTED_AT))
    found["withheld position"] = list(position_forms(*WITHHELD_AT))
    found["former position"] = list(position_forms(*ONCE_AT))
    found["precision"] = list(number_forms(PRECISION))
    found["size"] = [str(SIZE).encode(), struct.pack(">i", SIZE).lower()]
    found["published"], found["accessed"] = [PUBLISHED.encode()], [ACCESSED.encode()]
    found |= _machinery(path)
    return found


def _machinery(path: Path) -> Planted:
    """Ids that hash what is hidden, salts, and the hashes of the log."""
    with closing(sqlite3.connect(path)) as connection:
        hidden = (id_of("withheld source id"), id_of("restricted source id"))
        hashed = [
            id
            for table in ("claims", "observations", "listings", "interventions")
            for (id,) in connection.execute(
                f"SELECT id FROM {table} WHERE source IN (?, ?)", hidden
            )
        ]
        hashed += [
            id
            for (id,) in connection.execute(
                "SELECT id FROM claims WHERE access <> 'public' OR attributed_to IS NOT NULL"
                " OR property = 'location' UNION SELECT id FROM reviews"
                " UNION SELECT record FROM history WHERE kind = 'claim' AND op = 'delete'"
            )
        ]
        salts = [
            salt
            for table in ("changes", "history")
            for (salt,) in connection.execute(f"SELECT salt FROM {table}")
        ]
        seals = [seal for (seal,) in connection.execute("SELECT hash FROM seals")]
    return {
        "ids that hash what is hidden": [id.encode() for id in hashed],
        "salts": [form for salt in salts for form in (salt.lower(), salt.hex().encode())],
        "hashes of the log": [form for s in seals for form in (s.lower(), s.hex().encode())],
    }


def plainly(secrets: Planted) -> Planted:
    """The secrets as they were written, which is quicker to look for."""
    written = {*WORDS, *IDS}
    return {where: some[:1] if where in written else some for where, some in secrets.items()}


def leaks(content: bytes, secrets: Planted) -> set[str]:
    """Where the secrets stood that are found in some bytes."""
    lower = content.lower()
    return {where for where, some in secrets.items() if any(form in lower for form in some)}
