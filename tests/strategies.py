"""Records of every kind, as Hypothesis draws them, alone and in whole collections.

`RECORDS_OF` draws one record of each kind; `collections` draws many that refer
to each other, each after those that it names.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from heritage.dates import FuzzyDate
from heritage.model import (
    ACCESS,
    CONFIDENCES,
    CRITERIA,
    DECISIONS,
    PROPERTIES,
    STANCES,
    STATES,
    Actor,
    Claim,
    Custody,
    Event,
    Evidence,
    Extent,
    Geometry,
    Identifier,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Record,
    Review,
    Site,
    Source,
    category_of,
)
from heritage.model.site import NAME_KINDS

T = TypeVar("T")

_TEXTS = (
    *("Palmyra", "تَدْمُر", "قلعة الحصن", "Qal'at al-Ḥuṣn", "Одеса", "Ħal Saflieni", "Đồng Hới"),
    *("მცხეთა", "Նորավանք", "吴哥窟", "ᠮᠣᠩᠭᠣᠯ", "ʿAyn Dārā", "Škocjan", "𐤒𐤓𐤕", "İzmir", "ﬁn"),
    *("a", "the same", "the same name", 'it\'s "quoted"', "two\nlines", " blank", "ال", "الـ"),
)
words = st.sampled_from(_TEXTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
).filter(lambda text: bool(text.strip()))
"""Texts in any script; none is blank."""

ids = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(string.ascii_letters + string.digits),
        st.text(string.ascii_letters + string.digits + "._~-", max_size=8),
    ),
)

_EDTF = (
    *("2015", "2015-08", "2015-08-30", "2015-08-30~", "2015-08?", "-0044-03-15", "Y17E8", "0000"),
    *("[2015-08-27..2015-08-31]", "{2015,2016-02}", "2015-08-27/2015-08-31", "2015/..", "/2015"),
    *("2015-21", "201X", "15XX-12", "1950S2", "?2015-06-~11", "2015-08-30T10:00:00Z", "0032~"),
    *("-0500/0200%", "[..2014]", "2012-02-29", "9999-12-31", "Y-20000", "XXXX-12-XX"),
)
dates = st.sampled_from(_EDTF) | st.dates().map(lambda day: day.isoformat())
"""Dates in EDTF of every level."""
recent = st.integers(1995, 2020).map(str) | st.dates().map(
    lambda day: day.replace(year=1995 + day.year % 25, day=min(day.day, 28)).isoformat()
)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def _one(known: Sequence[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(known)


_numbers = st.floats(0, 1e9, allow_nan=False, allow_subnormal=False).map(abs)
_languages = _one(("und", "en", "ar", "ku-Latn", "he", "uk", "zh-Hant-TW"))
_longitudes = st.floats(-180, 180, allow_subnormal=False)
_latitudes = st.floats(-90, 90, allow_subnormal=False)
_positions = st.tuples(_longitudes, _latitudes).map(list)
_rings = st.lists(_positions, min_size=3, max_size=5).map(lambda ring: [*ring, ring[0]])

geometries = st.recursive(
    st.one_of(
        st.builds(lambda c: {"type": "Point", "coordinates": c}, _positions),
        st.builds(
            lambda c: {"type": "LineString", "coordinates": c}, st.lists(_positions, min_size=1)
        ),
        st.builds(
            lambda c: {"type": "Polygon", "coordinates": c},
            st.lists(_rings, min_size=1, max_size=2),
        ),
        st.builds(
            lambda c: {"type": "MultiPolygon", "coordinates": c},
            st.lists(st.lists(_rings, min_size=1, max_size=2), min_size=1, max_size=2),
        ),
    ),
    lambda inner: st.builds(
        lambda g: {"type": "GeometryCollection", "geometries": g},
        st.lists(inner, min_size=1, max_size=2),
    ),
    max_leaves=3,
).map(Geometry.of)


@st.composite
def locations(draw: st.DrawFn) -> Location:
    geometry = draw(maybe(geometries))
    longitude, latitude = None, None
    if geometry is None or draw(st.booleans()):
        longitude, latitude = draw(_longitudes), draw(_latitudes)
    return Location(
        longitude=longitude,
        latitude=latitude,
        geometry=geometry,
        precision_m=draw(maybe(_numbers)),
        access=draw(_one(ACCESS)),
        is_null_island=(longitude, latitude) == (0, 0) or draw(st.booleans()),
    )


names = st.builds(
    Name, text=words, language=_languages, kind=_one((*NAME_KINDS, "a kind of nobody"))
)
_several_names = st.lists(names, max_size=4).map(tuple)

identifiers = st.builds(
    Identifier, scheme=_one(("whc", "wikidata", "eamena", "osm_way", "a-b")), value=words
)


@st.composite
def sources(draw: st.DrawFn, id: str | None = None, known: Sequence[str] = ()) -> Source:
    relies_on = draw(st.lists(_one(known), max_size=3)) if known else ()
    urls = maybe(_one(("https://example.org/a?b=%C3%A9#c", "http://127.0.0.1/x")))
    return Source(
        id=id or draw(ids),
        title=draw(words),
        publisher=draw(maybe(words)),
        author=draw(maybe(words)),
        published=_date(draw(maybe(dates))),
        accessed=_date(draw(maybe(dates))),
        url=draw(urls),
        archived_url=draw(urls),
        language=draw(maybe(_languages)),
        kind=draw(maybe(words)),
        tier=draw(maybe(st.integers(0, 3))),
        relies_on=tuple(relies_on),
        note=draw(maybe(words)),
        access=draw(_one(ACCESS)),
    )


def _date(text: str | None) -> FuzzyDate | None:
    return None if text is None else FuzzyDate.parse(text)


@st.composite
def actors(draw: st.DrawFn, id: str | None = None) -> Actor:
    return Actor(
        id=id or draw(ids),
        names=draw(_several_names),
        kind=draw(_one(("person", "group", "body"))),
        role=draw(maybe(words)),
        access=draw(_one(ACCESS)),
    )


@st.composite
def sites(
    draw: st.DrawFn,
    id: str | None = None,
    wholes: Sequence[str] = (),
    known_sources: Sequence[str] = (),
) -> Site:
    id = id or draw(ids)
    numbers = draw(st.sets(st.sampled_from(("whc", "wikidata", "osm_way")), max_size=2))
    return Site(
        id=id,
        names=draw(_several_names),
        kind=draw(maybe(words)),
        part_of=draw(maybe(_one(wholes))) if wholes else None,
        countries=tuple(draw(st.lists(_one(("SY", "IQ", "UA", "YE")), max_size=3))),
        identifiers=tuple(Identifier(scheme=scheme, value=f"{id} 1") for scheme in numbers),
        location=draw(maybe(locations())),
        built=_date(draw(maybe(dates))),
        category=draw(maybe(_one(("cultural", "natural", "mixed")))),
        source=draw(maybe(_one(known_sources))) if known_sources else None,
    )


@st.composite
def listings(
    draw: st.DrawFn,
    site: str = "a",
    source: str = "s",
    category: str | None = None,
    id: str = "",
) -> Listing:
    status = draw(_one(("inscribed", "extended", "in-danger", "removed", "delisted", "odd")))
    criteria = tuple(draw(st.lists(_one(CRITERIA), max_size=4)))
    if category is not None and category_of(criteria) != category:
        criteria = ()
    inscribed = status == "inscribed"
    return Listing(
        id=id,
        site=site,
        register=draw(_one(("world-heritage", "national"))),
        status=status,
        begin=_date(draw(maybe(st.integers(1978, 1990).map(str) if inscribed else recent))),
        end=_date(draw(maybe(st.integers(2021, 2026).map(str)))),
        reference=draw(maybe(words)),
        suffix=draw(maybe(words)),
        criteria=criteria,
        area_ha=draw(maybe(_numbers.filter(bool))),
        as_written=draw(maybe(words)),
        source=source,
        first_edition=_date(draw(maybe(dates))),
        edition=_date(draw(maybe(dates))),
    )


@st.composite
def events(
    draw: st.DrawFn,
    id: str | None = None,
    known_sites: Sequence[str] = ("a",),
    wholes: Sequence[str] = (),
) -> Event:
    return Event(
        id=id or draw(ids),
        label=draw(words),
        sites=tuple(draw(st.lists(_one(known_sites), min_size=1, max_size=3))),
        part_of=draw(maybe(_one(wholes))) if wholes else None,
        context=draw(maybe(words)),
    )


_ranges = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(sorted)
_VALUES: dict[str, st.SearchStrategy[str]] = {
    "date": dates,
    "term": words,
    "truth": _one(("true", "false")),
    "percent": _ranges.map(lambda r: f"{r[0]}..{r[1]}.5" if r[1] < 100 else f"{r[0]}..") | words,
    "count": _ranges.map(lambda r: f"{r[0]}..{r[1]} killed") | words,
    "control": st.builds("{} {} {}".format, _one(("A", "ب ت")), _one(("since", "until")), dates),
    "text": words,
}


@st.composite
def claims(
    draw: st.DrawFn,
    subject: str = "e",
    site: str | None = None,
    source: str = "s",
    id: str = "",
) -> Claim:
    name = draw(_one(tuple(PROPERTIES)))
    value = draw(maybe(_VALUES[PROPERTIES[name].type].filter(_is_no_percentage_above_100)))
    return Claim(
        id=id,
        subject=subject,
        site=site,
        property=name,
        value=value,
        as_written=draw(words) if value is None else draw(maybe(words)),
        stance=draw(_one(STANCES)),
        confidence=draw(maybe(_one(CONFIDENCES))),
        source=source,
        attributed_to=draw(maybe(words)),
        locator=draw(maybe(words)),
        access=draw(_one(ACCESS)),
    )


def _is_no_percentage_above_100(value: str) -> bool:
    """Random words may look like a range of numbers; those are tested by name."""
    return not value.isascii() or not value.replace(".", "").isdigit() or "killed" in value


@st.composite
def observations(draw: st.DrawFn, site: str = "a", source: str = "s", id: str = "") -> Observation:
    low, high = sorted(draw(st.tuples(st.floats(0, 100), st.floats(0, 100))))
    return Observation(
        id=id,
        site=site,
        observed=draw(dates),
        state=draw(_one(STATES)),
        severity=draw(maybe(words)),
        extent=draw(maybe(st.just(Extent(low=low, high=high)))),
        method=draw(maybe(words)),
        source=source,
        as_written=draw(maybe(words)),
        confidence=draw(maybe(_one(CONFIDENCES))),
    )


@st.composite
def interventions(
    draw: st.DrawFn, site: str = "a", source: str = "s", id: str = ""
) -> Intervention:
    return Intervention(
        id=id,
        site=site,
        date=_date(draw(maybe(dates))),
        kind=draw(words),
        as_written=draw(maybe(words)),
        source=source,
    )


@st.composite
def evidence(
    draw: st.DrawFn, id: str | None = None, known_sources: Sequence[str] = ("s",)
) -> Evidence:
    steps: st.SearchStrategy[Custody] = st.tuples(dates, words, words).map(
        lambda step: Custody(date=step[0], holder=step[1], act=step[2])
    )
    chain: tuple[Custody, ...] = tuple(draw(st.lists(steps, max_size=12)))
    return Evidence(
        id=id or draw(ids),
        sha256=draw(st.text("0123456789abcdef", min_size=64, max_size=64)),
        title=draw(maybe(words)),
        media_type=draw(maybe(words)),
        size=draw(maybe(st.integers(0, 2**62))),
        source=draw(maybe(_one(known_sources))) if known_sources else None,
        custody=chain,
        access=draw(_one(ACCESS)),
    )


@st.composite
def reviews(draw: st.DrawFn, claim: str = "c", id: str = "") -> Review:
    return Review(
        id=id,
        claim=claim,
        reviewer=draw(words),
        date=draw(dates),
        decision=draw(_one(DECISIONS)),
        reason=draw(words),
    )


RECORDS_OF: dict[str, st.SearchStrategy[Record]] = {
    "source": sources(known=("another-source-1", "another-source-2")),
    "actor": actors(),
    "site": sites(wholes=("a-larger-whole",), known_sources=("s",)),
    "listing": listings(),
    "event": events(known_sites=("a", "b"), wholes=("a-larger-whole",)),
    "claim": claims(site="a"),
    "observation": observations(),
    "intervention": interventions(),
    "evidence": evidence(),
    "review": reviews(),
}
"""One record of each kind; what it names need not exist."""


@st.composite
def collections(draw: st.DrawFn, prefix: str = "", most: int = 4) -> dict[str, list[Record]]:
    """Records of all kinds that refer to each other, by kind in the order of `RECORDS`.

    Args:
        draw: Hypothesis.
        prefix: Put before ids, so that two collections can stand in one registry.
        most: The most records of any kind.
    """

    def count() -> int:
        return draw(st.integers(0, most))

    found: dict[str, list[Record]] = {}
    source_ids = [f"{prefix}s{n}" for n in range(1 + count())]
    site_ids = [f"{prefix}a{n}" for n in range(1 + count())]
    event_ids = [f"{prefix}e{n}" for n in range(count())]
    some_source, some_site = _one(source_ids), _one(site_ids)
    found["source"] = [draw(sources(id, source_ids[:n])) for n, id in enumerate(source_ids)]
    found["actor"] = [draw(actors(f"{prefix}p{n}")) for n in range(count())]
    places = [draw(sites(id, site_ids[:n], source_ids)) for n, id in enumerate(site_ids)]
    found["site"] = [*places]
    categories = {site.id: site.category for site in places}
    found["listing"] = [
        draw(listings(site, draw(some_source), categories[site], f"{prefix}l{n}"))
        for n, site in enumerate(draw(st.lists(some_site, max_size=most)))
    ]
    found["event"] = [draw(events(id, site_ids, event_ids[:n])) for n, id in enumerate(event_ids)]
    subjects = _one([*site_ids, *event_ids])
    found["claim"] = [
        draw(claims(subject, draw(maybe(some_site)), draw(some_source), f"{prefix}c{n}"))
        for n, subject in enumerate(draw(st.lists(subjects, max_size=most)))
    ]
    found["observation"] = [
        draw(observations(draw(some_site), draw(some_source), f"{prefix}o{n}"))
        for n in range(count())
    ]
    found["intervention"] = [
        draw(interventions(draw(some_site), draw(some_source), f"{prefix}i{n}"))
        for n in range(count())
    ]
    found["evidence"] = [draw(evidence(f"{prefix}v{n}", source_ids)) for n in range(count())]
    found["review"] = [
        draw(reviews(claim.id, f"{prefix}r{n}")) for n, claim in enumerate(found["claim"][:2])
    ]
    return found
