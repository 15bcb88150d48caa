"""Each filter against the slow way of asking the same thing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heritage.dates import FuzzyDate
from heritage.errors import UsageError
from heritage.model import (
    Claim,
    Event,
    Geometry,
    Identifier,
    Intervention,
    Listing,
    Location,
    Observation,
    Record,
    Site,
    Source,
)
from heritage.store.lists import Filters, ids
from tests.registries import Connection, in_memory, put

DAY = dt.timedelta(days=1)


def listed(connection: Connection, kind: str, **filters: object) -> list[str]:
    during = filters.get("during")
    if isinstance(during, str):
        filters["during"] = FuzzyDate.parse(during)
    return list(ids(connection, kind, Filters(**filters)))  # type: ignore[arg-type]  # a test's shorthand


def claim(id: str, subject: str, **fields: object) -> Claim:
    known = {"property": "date", "source": "s"} | fields
    return Claim(id=id, subject=subject, **known)  # type: ignore[arg-type]  # a test's shorthand


def listing(id: str, site: str, status: str, **fields: object) -> Listing:
    known = {"register": "world-heritage", "source": "t"} | fields
    return Listing(id=id, site=site, status=status, **known)  # type: ignore[arg-type]  # likewise


RECORDS: list[Record] = [
    Source(id="s", title="S", published="2015-09-18"),
    Source(id="t", title="T", relies_on=("s",)),
    Source(id="u", title="U", relies_on=("t",)),
    Site(id="palmyra", countries=("SY",), location=Location(longitude=38.27, latitude=34.55)),
    Site(id="bel", part_of="palmyra", countries=("SY",), source="t"),
    Site(id="cella", part_of="bel"),
    Site(id="fiji", countries=("FJ",), location=Location(longitude=179.5, latitude=-17)),
    Site(id="samoa", countries=("WS",), location=Location(longitude=-172, latitude=-14)),
    Site(
        id="wall",
        countries=("CN", "MN"),
        location=Location(
            geometry=Geometry.of({"type": "LineString", "coordinates": [[100, 40], [120, 41]]})
        ),
    ),
    Event(id="war", label="A campaign", sites=("palmyra",)),
    Event(id="blast", label="Bel", sites=("bel",), part_of="war"),
    Event(id="raid", label="Two at once", sites=("cella", "fiji")),
    claim("c1", "blast", site="bel", value="2015-08-30"),
    claim("c2", "blast", value="2015-08", source="t"),
    claim("c3", "blast", property="severity", value="destroyed", source="u"),
    claim("c4", "raid", value="2016"),
    claim("c5", "raid", value="2016-03", stance="denies"),
    claim("c6", "cella", property="condition", value="gone"),
    Observation(id="o1", site="bel", observed="2015-08-27", state="intact", source="s"),
    Observation(id="o2", site="cella", observed="2015-09", state="destroyed", source="t"),
    Intervention(id="i1", site="palmyra", date="2017/2019", kind="restoration", source="s"),
    listing("l1", "palmyra", "inscribed", begin="1980"),
    listing("l2", "palmyra", "in-danger", begin="2013"),
    listing("l3", "fiji", "inscribed", begin="2013"),
    listing("l4", "samoa", "inscribed", begin="1990"),
    listing("l5", "samoa", "in-danger", begin="2000", end="2004"),
    listing("l6", "wall", "inscribed", begin="1987", source="s"),
    listing("l7", "wall", "tentative", register="national", begin="1961"),
]


@pytest.fixture(scope="module")
def registry() -> Connection:
    connection = in_memory()
    put(connection, RECORDS)
    return connection


@pytest.mark.parametrize(
    ("kind", "filters", "expected"),
    [
        ("site", {}, "bel cella fiji palmyra samoa wall"),
        ("site", {"country": "SY"}, "bel palmyra"),
        ("site", {"country": "mn"}, "wall"),
        ("site", {"country": "XX"}, ""),
        ("site", {"part_of": "palmyra"}, "bel cella"),
        ("site", {"part_of": "cella"}, ""),
        ("site", {"site": "bel"}, "bel"),
        ("site", {"event": "raid"}, "cella fiji"),
        ("site", {"source": "t"}, "bel"),
        ("site", {"register": "national"}, "wall"),
        ("site", {"register": "world-heritage"}, "fiji palmyra samoa wall"),
        ("site", {"register": "world-heritage", "source": "s"}, "wall"),
        ("site", {"register": "world-heritage", "status": "in-danger"}, "palmyra samoa"),
        ("site", {"register": "world-heritage", "during": "1979"}, ""),
        ("site", {"register": "world-heritage", "during": "1985"}, "palmyra"),
        ("site", {"status": "tentative"}, "wall"),
        ("site", {"in_danger": True}, "palmyra"),
        ("site", {"in_danger": True, "during": "2004"}, "samoa"),
        ("site", {"in_danger": True, "during": "2000"}, "samoa"),
        ("site", {"in_danger": True, "during": "1999"}, ""),
        ("site", {"in_danger": True, "during": "2005/2012"}, ""),
        ("site", {"in_danger": True, "during": "2004/2013"}, "palmyra samoa"),
        ("site", {"in_danger": True, "during": "2013", "certainly": True}, "palmyra"),
        ("site", {"during": "2015-08"}, "bel"),
        ("site", {"during": "2016"}, "cella fiji"),
        ("site", {"during": "2016", "country": "FJ"}, "fiji"),
        ("site", {"within": (38, 34, 39, 35)}, "palmyra"),
        ("site", {"within": (38.27, 34.55, 38.27, 34.55)}, "palmyra"),
        ("site", {"within": (38.271, 34, 39, 35)}, ""),
        ("site", {"within": (110, 30, 111, 50)}, "wall"),
        ("site", {"within": (170, -20, -170, -10)}, "fiji samoa"),
        ("site", {"within": (-170, -20, 170, -10)}, ""),
        ("site", {"within": (-180, -90, 180, 90)}, "fiji palmyra samoa wall"),
        ("site", {"within": (-180, -90, 180, 90), "country": "WS"}, "samoa"),
        ("listing", {}, "l3 l1 l2 l4 l5 l7 l6"),
        ("listing", {"site": "palmyra"}, "l1 l2"),
        ("listing", {"status": "in-danger"}, "l2 l5"),
        ("listing", {"in_danger": True}, "l2"),
        ("listing", {"in_danger": True, "during": "2002"}, "l5"),
        ("listing", {"country": "CN"}, "l7 l6"),
        ("listing", {"within": (170, -20, -170, -10)}, "l3 l4 l5"),
        ("listing", {"register": "national"}, "l7"),
        ("listing", {"source": "s"}, "l6"),
        ("listing", {"during": "1975"}, "l7"),
        ("event", {}, "blast raid war"),
        ("event", {"site": "palmyra"}, "blast raid war"),
        ("event", {"site": "bel"}, "blast raid"),
        ("event", {"site": "cella"}, "raid"),
        ("event", {"part_of": "war"}, "blast"),
        ("event", {"part_of": "palmyra"}, "blast raid"),
        ("event", {"event": "raid"}, "raid"),
        ("event", {"source": "u"}, "blast"),
        ("event", {"country": "FJ"}, "raid"),
        ("event", {"within": (38, 34, 39, 35)}, "war"),
        ("event", {"during": "2015-08-30"}, "blast"),
        ("event", {"during": "2015-08-01"}, "blast"),
        ("event", {"during": "2015-08-30", "certainly": True}, ""),
        ("event", {"during": "2015-08", "certainly": True}, "blast"),
        ("event", {"during": "2016-03"}, "raid"),
        ("event", {"during": "2016-03", "certainly": True}, ""),
        ("event", {"during": "2015/..", "certainly": True}, "blast raid"),
        ("event", {"during": "1999"}, ""),
        ("claim", {"event": "blast"}, "c1 c2 c3"),
        ("claim", {"site": "bel"}, "c1 c6"),
        ("claim", {"site": "cella"}, "c6"),
        ("claim", {"source": "u"}, "c3"),
        ("claim", {"property": "date"}, "c1 c2 c4 c5"),
        ("claim", {"during": "2016-03"}, "c4 c5"),
        ("claim", {"during": "2016-03", "certainly": True}, "c5"),
        ("claim", {"country": "SY"}, "c1 c2 c3"),
        ("claim", {"country": "FJ"}, "c4 c5"),
        ("claim", {"part_of": "bel"}, "c6 c4 c5"),
        ("observation", {"site": "palmyra"}, "o1 o2"),
        ("observation", {"site": "cella"}, "o2"),
        ("observation", {"during": "2015-08"}, "o1"),
        ("observation", {"event": "raid"}, "o2"),
        ("observation", {"source": "t"}, "o2"),
        ("observation", {"country": "SY"}, "o1"),
        ("intervention", {"during": "2018-06"}, "i1"),
        ("intervention", {"during": "2018-06", "certainly": True}, ""),
        ("intervention", {"during": "2010/2020", "certainly": True}, "i1"),
        ("intervention", {"site": "bel"}, ""),
        ("source", {}, "s t u"),
        ("source", {"source": "s"}, "s t u"),
        ("source", {"source": "t"}, "t u"),
        ("source", {"event": "blast"}, "s t u"),
        ("source", {"site": "bel"}, "s"),
        ("source", {"property": "severity"}, "u"),
        ("source", {"during": "2015-09"}, "s"),
    ],
)
def test_a_filter_lists_what_it_says(
    registry: Connection, kind: str, filters: dict[str, object], expected: str
) -> None:
    assert expected.split() == listed(registry, kind, **filters)


def test_a_limit_cuts_the_list_short(registry: Connection) -> None:
    assert ["bel", "cella"] == list(ids(registry, "site", Filters(), limit=2))
    assert [] == list(ids(registry, "site", Filters(), limit=0))


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("source", {"country": "SY"}),
        ("event", {"in_danger": True}),
        ("claim", {"status": "inscribed"}),
        ("listing", {"property": "date"}),
        ("source", {"conflicting": True}),
        ("observation", {"register": "world-heritage"}),
    ],
)
def test_a_filter_that_means_nothing_is_refused(
    registry: Connection, kind: str, filters: dict[str, object]
) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(filters))} does not apply to {kind}s"):
        listed(registry, kind, **filters)


@pytest.mark.parametrize(
    "box", [(0, 1, 2, 0), (0, -91, 2, 0), (0, 0, 2, 91), (-181, 0, 2, 1), (0, 0, 181, 1)]
)
def test_a_box_that_is_none_is_refused(
    registry: Connection, box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(UsageError, match="is not west,south,east,north"):
        listed(registry, "site", within=box)


# Days, one by one.

_days = st.dates(dt.date(2014, 12, 20), dt.date(2016, 1, 10))


@st.composite
def written(draw: st.DrawFn) -> str:
    """A date near 2015 in some notation, with open ends."""
    day, other = sorted(draw(st.tuples(_days, _days)))
    shapes = (
        *(f"{day}", f"{day}~", f"{day:%Y-%m}", f"{day:%Y}?", f"{day}/{other}"),
        *(f"[{day}..{other}]", f"{day}/..", f"../{day}", f"{day:%Y-%m}/{other:%Y-%m}"),
    )
    return draw(st.sampled_from(shapes))


def days_of(date: FuzzyDate) -> tuple[int, int]:
    """First and last day as numbers; an open end lies far beyond every day here."""
    first, last = date.earliest_day, date.latest_day
    return (
        dt.date(2014, 1, 1).toordinal() if first is None else first,
        dt.date(2017, 1, 1).toordinal() if last is None else last,
    )


def window(date: FuzzyDate) -> range:
    first, last = days_of(date)
    return range(first, last + 1)


@settings(max_examples=25)
@given(written(), written())
@example("2015-08-30", "2015-08")
@example("../2015-08-30", "2015")
def test_during_is_possible_and_certain_day_by_day(text: str, during: str) -> None:
    connection = in_memory()
    put(
        connection,
        [
            RECORDS[0],
            Site(id="a"),
            Event(id="e", label="x", sites=("a",)),
            claim("c", "e", value=text),
            Observation(id="o", site="a", observed=text, state="intact", source="s"),
        ],
    )
    wanted = window(FuzzyDate.parse(during))
    each_day = [day in wanted for day in window(FuzzyDate.parse(text))]

    for kind, id in (("event", "e"), ("claim", "c"), ("observation", "o"), ("site", "a")):
        assert ([id] if any(each_day) else []) == listed(connection, kind, during=during)
        assert ([id] if all(each_day) else []) == listed(
            connection, kind, during=during, certainly=True
        )


@settings(max_examples=25)
@given(
    st.tuples(st.integers(2010, 2016), st.integers(2010, 2016)).map(sorted),
    st.booleans(),
    st.tuples(st.integers(2008, 2018), st.integers(2008, 2018)).map(sorted),
    st.sampled_from(["", "-06", "-06-15"]),
)
def test_in_danger_during_is_possible_and_certain_day_by_day(
    stint: list[int], lasting: bool, asked: list[int], shape: str
) -> None:
    begin, end = stint
    connection = in_memory()
    put(
        connection,
        [
            Source(id="t", title="T"),
            Site(id="a"),
            listing("l", "a", "in-danger", begin=str(begin), end=None if lasting else str(end)),
        ],
    )
    during = (
        f"{asked[0]}{shape}" if asked[0] == asked[1] else f"{asked[0]}{shape}/{asked[1]}{shape}"
    )
    wanted = window(FuzzyDate.parse(during))
    begins = window(FuzzyDate.parse(str(begin)))
    ends = range(10**6, 10**6 + 1) if lasting else window(FuzzyDate.parse(str(end)))
    # Enough of each: whether a stint meets the window turns at its ends and at the window's.
    edges = {wanted[0], wanted[-1], begins[0], begins[-1], ends[0], ends[-1]}
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    meets = [
        first <= wanted[-1] and last >= wanted[0]
        for first in sorted(near & set(begins))
        for last in sorted(near & set(ends))
        if first <= last
    ]

    for kind, id in (("site", "a"), ("listing", "l")):
        assert ([id] if any(meets) else []) == listed(
            connection, kind, in_danger=True, during=during
        )
        assert ([id] if all(meets) else []) == listed(
            connection, kind, in_danger=True, during=during, certainly=True
        )


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(-180, 180), st.integers(-90, 90)), min_size=1, max_size=6, unique=True
    ),
    st.tuples(st.integers(-180, 180), st.integers(-180, 180)),
    st.tuples(st.integers(-90, 90), st.integers(-90, 90)).map(sorted),
)
def test_a_box_holds_what_lies_in_it_also_across_the_date_line(
    points: list[tuple[int, int]], ends: tuple[int, int], parallels: list[int]
) -> None:
    west, east = ends
    south, north = parallels
    places = {
        f"a{number}": Location(longitude=x, latitude=y, is_null_island=(x, y) == (0, 0))
        for number, (x, y) in enumerate(points)
    }
    connection = in_memory()
    put(connection, [Site(id=id, location=place) for id, place in places.items()])

    def inside(x: int, y: int) -> bool:
        across = x >= west or x <= east
        return south <= y <= north and (west <= x <= east if west <= east else across)

    expected = [f"a{number}" for number, point in enumerate(points) if inside(*point)]
    assert expected == listed(connection, "site", within=(west, south, east, north))


# What a list's newest edition says.


def with_editions(*described: tuple[str, str, str]) -> Connection:
    """A registry in which editions of UNESCO's list describe sites: dataset, edition, site."""
    connection = in_memory()
    put(
        connection,
        [
            Source(id="whc-list", title="The list"),
            Source(id="t", title="T"),
            *(
                Site(id=id, identifiers=(Identifier(scheme="whc", value=id),))
                for id in sorted({site for *_, site in described})
            ),
        ],
    )
    for dataset, edition, site in described:
        connection.execute(
            "INSERT OR IGNORE INTO editions VALUES (?, ?, ?, NULL)",
            (dataset, edition, f"{edition}-12-31"),
        )
        connection.execute(
            "INSERT INTO descriptions VALUES (?, ?, ?, '{}')", (site, dataset, edition)
        )
    return connection


EDITIONS = (
    ("whc", "2019", "liverpool"),
    ("whc", "2019", "aleppo"),
    ("whc", "2024", "aleppo"),
    ("whc", "2024", "odesa"),
)


def test_what_the_newest_edition_no_longer_has_is_left_and_listed_only_on_request() -> None:
    connection = with_editions(*EDITIONS)

    assert ["aleppo", "odesa"] == listed(connection, "site")
    assert ["aleppo", "liverpool", "odesa"] == listed(connection, "site", all=True)
    assert ["liverpool"] == listed(connection, "site", status="left")


def test_a_site_that_was_delisted_is_listed_by_that_status() -> None:
    connection = with_editions(*EDITIONS)
    put(connection, [listing("l", "liverpool", "delisted", begin="2021")])

    assert ["liverpool"] == listed(connection, "site", status="delisted")
    assert ["aleppo", "odesa"] == listed(connection, "site")


def test_the_newest_spreadsheet_decides_what_is_in_danger_now() -> None:
    connection = with_editions(*EDITIONS)
    put(
        connection,
        [
            listing("l1", "aleppo", "in-danger", begin="2013", source="whc-list", edition="2024"),
            listing("l2", "odesa", "in-danger", begin="2018", source="whc-list", edition="2019"),
            listing("l3", "odesa", "in-danger", begin="2019", source="t"),
        ],
    )

    assert ["aleppo"] == listed(connection, "site", in_danger=True)
    assert ["l1"] == listed(connection, "listing", in_danger=True)

    put(connection, [listing("l4", "odesa", "in-danger", begin="2025-07", source="t")])
    assert ["aleppo", "odesa"] == listed(connection, "site", in_danger=True)

    put(connection, [listing("l5", "odesa", "removed", begin="2026-07", source="t")])
    assert ["aleppo"] == listed(connection, "site", in_danger=True)


def test_a_site_that_left_is_not_in_danger_now_but_was() -> None:
    connection = with_editions(*EDITIONS)
    put(
        connection,
        [listing("l", "liverpool", "in-danger", begin="2012", source="whc-list", edition="2019")],
    )

    assert [] == listed(connection, "site", in_danger=True)
    assert ["liverpool"] == listed(connection, "site", in_danger=True, during="2015")
