"""Our own lines over what is there: one site for one place, and what people changed stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

import heritage
from heritage import Claim, Event, Identifier, Listing, Name, Observation, Registry, Site, Source

Write = Callable[..., Path]
MakeRow = Callable[..., dict[str, object]]
WHO = {"by": "n.kassem", "why": "corrected"}

WHC_23 = Identifier(scheme="whc", value="23")
SOURCE = Source(id="s", title="A report")
PALMYRA = Site(
    id="palmyra",
    names=(Name(text="تدمر", language="ar", kind="common"),),
    kind="archaeological_site",
    identifiers=(WHC_23,),
)
BEL = Site(id="bel", part_of="palmyra", kind="temple")
BLAST = Event(id="blast", label="Blast", sites=("bel",))
CLAIM = Claim(subject="palmyra", property="severity", value="severe", source="s")
SEEN = Observation(site="palmyra", observed="2015-08-31", state="damaged", source="s")
LISTED = Listing(site="palmyra", register="national", status="inscribed", source="s")
DOSSIER = (SOURCE, PALMYRA, BEL, BLAST, CLAIM, SEEN, LISTED)


@pytest.fixture(scope="session")
def unesco(edition: Write, row: MakeRow) -> Path:
    return edition(row(22), row(23, name_en="Site of Palmyra", danger_list="Y 2013"))


# One place, one site.


def test_the_dossier_before_or_after_unesco_makes_one_palmyra(
    empty: Callable[[], Path],
    unesco: Path,
    own: Write,
    content: Callable[[Path], object],
    sound: Callable[[Path], None],
) -> None:
    dossier = own(*DOSSIER)
    found = []
    for files in ((unesco, dossier), (dossier, unesco)):
        path = empty()
        with heritage.open(path) as registry:
            for file in files:
                assert () == registry.load(file).problems
            assert ["palmyra"] * 3 == [
                registry.site(id).id for id in ("palmyra", "whc-23", "whc:23")
            ]
            assert ["bel", "palmyra", "whc-22"] == [site.id for site in registry.sites()]
            assert {"تدمر", "Site of Palmyra"} == {n.text for n in registry.site("palmyra").names}
            assert ["palmyra"] == [site.id for site in registry.sites(in_danger=True)]
            assert {"palmyra"} == {listing.site for listing in registry.listings(site="whc-23")}
            for file in files:
                assert None is registry.load(file).change
        sound(path)
        found.append(content(path))
    assert found[0] == found[1]


def test_listings_keep_their_ids_when_their_site_gets_another(
    registry: Registry, unesco: Path, own: Write
) -> None:
    registry.load(unesco)
    before = {listing.id for listing in registry.listings(site="whc-23")}

    registry.load(own(*DOSSIER))

    assert before == {
        listing.id for listing in registry.listings(register="world-heritage", site="palmyra")
    }


def test_an_own_file_may_go_on_using_a_former_id(
    registry: Registry, unesco: Path, own: Write, sound: Callable[[Path], None]
) -> None:
    registry.load(unesco)
    registry.load(own(*DOSSIER))

    report = registry.load(
        own(
            Site(id="theatre", part_of="whc-23"),
            Event(id="shelling", label="Shelling", sites=("whc-23", "theatre")),
            Claim(subject="whc-23", property="cause", value="fire", source="s"),
            Claim(subject="shelling", site="whc-23", property="date", value="2016", source="s"),
            Observation(site="whc-23", observed="2016", state="intact", source="s"),
        )
    )

    assert ((), 5) == (report.problems, report.created)
    assert "palmyra" == registry.site("theatre").part_of
    assert ("palmyra", "theatre") == registry.event("shelling").sites
    assert {"palmyra"} == {claim.site for claim in registry.claims(event="shelling")}
    assert ["cause", "severity"] == sorted(
        claim.property for claim in registry.claims(site="palmyra") if claim.subject == "palmyra"
    )
    sound(registry.path)


def test_a_site_that_still_has_its_former_id_in_a_file_is_that_site(
    registry: Registry, unesco: Path, own: Write
) -> None:
    registry.load(unesco)
    registry.load(own(SOURCE, PALMYRA))

    report = registry.load(own(attrs.evolve(PALMYRA, id="whc-23", kind="tell")))

    assert ((), 1, "palmyra") == (report.problems, report.changed, registry.site("whc-23").id)
    assert "tell" == registry.site("palmyra").kind


def test_two_own_ids_with_one_identifier_are_one_place_and_both_lead_there(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    registry.load(own(PALMYRA))

    report = registry.load(
        own(Site(id="tadmur", identifiers=(WHC_23,)), Site(id="bel", part_of="tadmur"))
    )

    assert [("identifier-taken", 1)] == [(p.code, p.origin.row) for p in report.problems]
    assert ["palmyra", "palmyra"] == [registry.site("tadmur").id, registry.site("bel").part_of]
    registry.load(
        own(SOURCE, Observation(site="tadmur", observed="2015", state="intact", source="s"))
    )
    assert ["palmyra"] == [seen.site for seen in registry.observations()]
    sound(registry.path)


def test_two_own_ids_with_one_identifier_in_one_file_are_one_place(
    registry: Registry, own: Write
) -> None:
    report = registry.load(
        own(PALMYRA, Site(id="tadmur", identifiers=(WHC_23,)), Site(id="bel", part_of="tadmur"))
    )

    assert [("duplicate-row", 2)] == [(p.code, p.origin.row) for p in report.problems]
    assert "palmyra" == registry.site("bel").part_of


def test_an_identifier_of_another_site_is_not_given_twice(
    registry: Registry, own: Write, sound: Callable[[Path], None]
) -> None:
    q1, q2 = Identifier(scheme="wikidata", value="Q1"), Identifier(scheme="wikidata", value="Q2")
    registry.load(own(Site(id="a", identifiers=(q1,)), Site(id="b", identifiers=(q2,))))

    report = registry.load(own(Site(id="a", kind="temple", identifiers=(q1, q2))))

    assert [("identifier-taken", 1, "wikidata:Q2")] == [
        (p.code, p.origin.row, p.value) for p in report.problems
    ]
    assert (("temple", (q1,)), "b") == (
        (registry.site("a").kind, registry.site("a").identifiers),
        registry.site("wikidata:Q2").id,
    )
    sound(registry.path)


def test_an_own_id_that_an_event_has_is_not_given_to_a_site(
    registry: Registry, unesco: Path, own: Write, sound: Callable[[Path], None]
) -> None:
    registry.load(unesco)
    registry.load(own(Event(id="palmyra", label="An event", sites=("whc-22",))))

    report = registry.load(own(PALMYRA, Site(id="new")))

    assert [("invalid-record", 1)] == [(p.code, p.origin.row) for p in report.problems]
    assert ("whc-23", "new") == (registry.site("whc:23").id, registry.site("new").id)
    sound(registry.path)


# What changed, and only that.


def test_a_file_changed_in_one_field_changes_that_field(registry: Registry, own: Write) -> None:
    registry.load(own(SOURCE, PALMYRA, SEEN))
    with registry.change(**WHO) as change:
        change.amend("observation", SEEN.id, confidence="high", method="photo")
        change.amend("site", "palmyra", category="cultural")
    seen = sqlite3.connect(registry.path).execute("SELECT max(seq) FROM history").fetchone()[0]

    report = registry.load(
        own(SOURCE, attrs.evolve(PALMYRA, kind="tell"), attrs.evolve(SEEN, as_written="seen"))
    )

    assert (0, 2, 1) == (report.created, report.changed, report.unchanged)
    assert ("tell", "cultural") == (
        registry.site("palmyra").kind,
        registry.site("palmyra").category,
    )
    (observation,) = registry.observations()
    assert attrs.evolve(SEEN, as_written="seen", confidence="high", method="photo") == observation
    rows = sqlite3.connect(registry.path).execute(
        "SELECT table_name, before, after FROM history WHERE seq > ?"
        " AND table_name <> 'descriptions' ORDER BY 1",
        (seen,),
    )
    assert [
        ("observations", '{"as_written":null}', '{"as_written":"seen"}'),
        ("sites", '{"kind":"archaeological_site"}', '{"kind":"tell"}'),
    ] == [(table, before, after) for table, before, after in rows]


def test_a_file_may_take_back_an_amendment_by_saying_something_new(
    registry: Registry, own: Write
) -> None:
    registry.load(own(PALMYRA))
    with registry.change(**WHO) as change:
        change.amend("site", "palmyra", kind="temple")

    registry.load(own(attrs.evolve(PALMYRA, kind="tell")))

    assert "tell" == registry.site("palmyra").kind


def test_what_an_own_file_no_longer_says_of_a_site_goes(registry: Registry, own: Write) -> None:
    more = attrs.evolve(
        PALMYRA, names=(*PALMYRA.names, Name(text="Wrong", language="en")), built="0032"
    )
    registry.load(own(more))

    registry.load(own(PALMYRA))

    assert PALMYRA == registry.site("palmyra")


@pytest.mark.parametrize("by_hand", [False, True])
def test_amendments_survive_the_same_own_file(
    registry: Registry, own: Write, by_hand: bool
) -> None:
    file = own(*DOSSIER)
    registry.load(file)
    if by_hand:
        connection = sqlite3.connect(registry.path)
        connection.execute("UPDATE claims SET confidence = 'low', locator = 'p. 3'")
        connection.execute("UPDATE events SET label = 'Big blast'")
        connection.execute("UPDATE sources SET tier = 3")
        connection.execute("UPDATE names SET text = 'Tadmur' WHERE site = 'palmyra'")
        connection.commit()
        connection.close()
    else:
        with registry.change(**WHO) as change:
            change.amend("claim", CLAIM.id, confidence="low", locator="p. 3")
            change.amend("event", "blast", label="Big blast")
            change.amend("source", "s", tier=3)
            change.amend(
                "site", "palmyra", names=[Name(text="Tadmur", language="ar", kind="common")]
            )

    report = registry.load(file)

    assert (0, 7, None) == (report.changed, report.unchanged, report.change)
    assert ("low", "p. 3") == (
        registry.claim(CLAIM.id).confidence,
        registry.claim(CLAIM.id).locator,
    )
    assert ("Big blast", 3) == (registry.event("blast").label, registry.source("s").tier)
    assert ["Tadmur"] == [name.text for name in registry.site("palmyra").names]


def test_names_of_one_text_and_two_kinds_are_both_kept(registry: Registry, own: Write) -> None:
    site = Site(id="a", names=(Name(text="Bel"), Name(text="Bel", kind="alias")))

    registry.load(own(site))

    assert site == registry.site("a")


def test_a_record_renamed_by_hand_is_found_by_the_same_file(registry: Registry, own: Write) -> None:
    file = own(*DOSSIER)
    registry.load(file)
    with registry.change(**WHO) as change:
        change.rename("site", "palmyra", "tadmur")
        change.rename("source", "s", "report")

    report = registry.load(file)

    assert ((), 0, 0, None) == (report.problems, report.created, report.changed, report.change)
