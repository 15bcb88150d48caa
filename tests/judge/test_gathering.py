"""Records sorted into cases: wholes and parts, happenings and places, all of the dossier."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import TypeVar

from heritage.codec import from_plain
from heritage.dates import FuzzyDate
from heritage.judge import (
    STATUSES,
    Bundle,
    Conclusion,
    Library,
    case_of,
    conclude_all,
    conclude_one,
    flags,
    gather,
    questions,
)
from heritage.model import (
    Claim,
    Event,
    Intervention,
    Observation,
    Record,
    Site,
    Source,
)

DOSSIER = Path(__file__).resolve().parents[2] / "fixtures" / "dossier"
FILES = ("sources", "sites", "world-heritage", "events", "claims", "observations", "interventions")
LIBRARY = Library([Source(id="a", title="A", tier=2), Source(id="b", title="B", tier=1)])

T = TypeVar("T", bound=Record)


def said(property: str, value: str, site: str | None = None, source: str = "a") -> Claim:
    return Claim(subject="event", site=site, property=property, value=value, source=source)


def look(site: str, day: str, state: str) -> Observation:
    return Observation(site=site, observed=FuzzyDate.parse(day), state=state, source="b")


def bundle(*claims: Claim, sites: tuple[str, ...] = ("temple", "cella")) -> Bundle:
    return Bundle(subject="event", sites=sites, claims=claims, sources=LIBRARY)


def test_the_degree_of_a_whole_is_not_that_of_its_parts_nor_the_reverse() -> None:
    both = bundle(said("severity", "destroyed", "cella"), said("severity", "slight", "temple", "b"))
    whole = bundle(said("severity", "destroyed"), said("severity", "slight", "cella", "b"))

    assert "destroyed" == conclude_one(both, "severity", "cella").value
    assert "slight" == conclude_one(both, "severity", "temple").value
    assert None is conclude_one(both, "severity").value
    assert "slight" == conclude_one(whole, "severity", "cella").value
    assert "destroyed" == conclude_one(whole, "severity").value
    assert None is conclude_one(whole, "severity", "temple").value


def test_the_parts_of_baalshamin_are_judged_each_by_itself() -> None:
    """The cella is agreed on; on the columns there is a real conflict; the whole is not theirs."""
    library = Library(
        [
            Source(id="unitar", title="UNITAR", tier=3),
            Source(id="dgam", title="DGAM", tier=2),
            Source(id="sohr", title="SOHR", tier=1),
            Source(id="unesco", title="UNESCO", tier=2),
        ]
    )
    found = conclude_all(
        Bundle(
            subject="event",
            sites=("temple", "cella", "columns"),
            claims=[
                said("severity", "destroyed", "cella", "unitar"),
                said("severity", "slight", "columns", "unitar"),
                said("severity", "destroyed", "cella", "dgam"),
                said("severity", "destroyed", "columns", "dgam"),
                said("severity", "moderate", "columns", "sohr"),
                said("severity", "destroyed", "temple", "unesco"),
            ],
            sources=library,
        )
    )

    by_site = {each.site: (each.value, each.status, each.weight) for each in found}
    assert ("destroyed", "agreed", 5) == by_site["cella"]
    assert ("slight", "disputed", 3) == by_site["columns"]
    assert ("destroyed", "agreed", 2) == by_site["temple"]


def test_the_date_of_an_event_is_that_of_all_its_sites() -> None:
    of_all = bundle(said("date", "2015-08"), said("date", "2015-08-30", "cella", "b"))

    assert ("2015-08-30", 3) == _value(conclude_one(of_all, "date"))
    assert ("2015-08-30", 3) == _value(conclude_one(of_all, "date", "cella"))
    assert ("2015-08", 2) == _value(conclude_one(of_all, "date", "temple"))


def _value(found: Conclusion) -> tuple[str | None, int]:
    return found.value, found.weight


def test_an_event_with_one_site_is_about_that_site() -> None:
    only = bundle(said("severity", "slight"), said("date", "2015", "temple"), sites=("temple",))

    assert [("date", None), ("severity", "temple")] == questions(only)
    assert "slight" == conclude_one(only, "severity").value
    assert "slight" == conclude_one(only, "severity", "temple").value
    assert "2015" == conclude_one(only, "date", "temple").value


def test_where_one_site_alone_is_spoken_of_the_question_means_it() -> None:
    found = conclude_one(bundle(said("severity", "slight", "cella")), "severity")

    assert ("cella", "slight") == (found.site, found.value)


def test_looks_alone_can_date_an_event_and_tell_what_it_left() -> None:
    seen = Bundle(
        subject="event",
        sites=("temple",),
        observations=[
            look("temple", "2015-08-27", "intact"),
            look("temple", "2015-08-31", "destroyed"),
        ],
        sources=LIBRARY,
    )

    assert [("date", "[2015-08-27..2015-08-31]"), ("severity", "destroyed")] == [
        (each.property, each.value) for each in conclude_all(seen)
    ]


def test_what_is_concluded_alone_is_what_is_concluded_together() -> None:
    for each in _bundles():
        for found in conclude_all(each):
            assert found == conclude_one(each, found.property, found.site)


def test_control_is_looked_up_through_all_that_a_site_is_part_of() -> None:
    town = Claim(subject="town", property="control", value="Army since 2015", source="a")
    sites = [Site(id="town"), Site(id="temple", part_of="town"), Site(id="cella", part_of="temple")]
    events = [Event(id="event", label="Event", sites=("cella",))]
    claims = [town, said("date", "2014"), said("actor", "Army")]
    first, last = gather(events, sites, claims, sources=LIBRARY)

    assert ("event", (town,)) == (first.subject, tuple(first.control))
    assert "outside-control" in conclude_one(first, "actor").flags
    assert "town" == last.subject


def test_sites_with_several_events_are_shared() -> None:
    events = [Event(id=each, label=each, sites=("temple", each)) for each in ("one", "two")]
    found = list(gather(events, [], [], sources=LIBRARY))

    assert [["temple"], ["temple"]] == [list(each.shared_sites) for each in found]


def test_a_case_takes_the_looks_at_its_own_site() -> None:
    both = Bundle(
        subject="event",
        sites=("temple", "cella"),
        observations=[look("temple", "2015", "intact"), look("cella", "2016", "damaged")],
        sources=LIBRARY,
    )

    assert ["cella"] == [each.site for each in case_of(both, "date", "cella").observations]
    assert 2 == len(case_of(both, "date").observations)
    assert () == tuple(case_of(both, "cause").observations)


@cache
def _records() -> tuple[Record, ...]:
    lines = [
        json.loads(line)
        for name in FILES
        for line in (DOSSIER / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    return tuple(from_plain(line["kind"], line["record"]) for line in lines)


def _of(kind: type[T], records: list[Record]) -> list[T]:
    return [each for each in records if isinstance(each, kind)]


def _bundles(seed: int | None = None) -> list[Bundle]:
    records = list(_records())
    if seed is not None:
        random.Random(seed).shuffle(records)  # noqa: S311 an order, not a secret
    return list(
        gather(
            _of(Event, records),
            _of(Site, records),
            _of(Claim, records),
            _of(Observation, records),
            _of(Intervention, records),
            sources=Library(_of(Source, records)),
        )
    )


def test_the_whole_dossier_is_concluded_in_sentences() -> None:
    found = [each for one in _bundles() for each in conclude_all(one)]

    assert len(found) > 300
    for each in found:
        assert each.sentence.endswith("."), each
        assert each.sentence[0].isupper() or not each.sentence[0].islower(), each
        assert each.status in STATUSES
        assert set(each.flags) <= set(flags())
    assert set(STATUSES) == {each.status for each in found}


def test_the_whole_dossier_gives_the_same_in_any_order() -> None:
    def judged(seed: int | None) -> set[Conclusion]:
        return {each for one in _bundles(seed) for each in conclude_all(one)}

    assert judged(None) == judged(7)


def test_palmyra_s_temple_of_bel_fell_on_30_august_2015() -> None:
    (bel,) = [each for each in _bundles() if each.subject == "palmyra-bel-2015"]
    date = conclude_one(bel, "date")

    assert ("2015-08-30", "disputed") == (date.value, date.status)
    assert "destroyed" == conclude_one(bel, "severity", "palmyra-bel-cella").value
    assert "destroyed" == conclude_one(bel, "severity", "palmyra-bel").value
