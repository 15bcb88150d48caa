"""The demo's data: whole, sound, and true to the facts that it was written from."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from heritage.codec import from_plain, to_plain
from heritage.model import (
    PROPERTIES,
    Claim,
    Event,
    Intervention,
    Listing,
    Observation,
    Record,
    Site,
    Source,
    category_of,
)
from heritage.vocab import vocabulary

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "fixtures" / "dossier"
DOSSIER = ROOT.parent / "shared" / "dossier.jsonl"
WHC_2024 = ROOT.parent / "shared" / "data" / "unesco" / "whc-sites-2024.xlsx"
R = TypeVar("R", bound=Record)

IN_ORDER = (
    "sources", "sites", "world-heritage", "listings",
    "events", "claims", "observations", "interventions",
)  # fmt: skip
ARTICLE = "src-mail-20150918"
NOT_READ = "Named only"

needs_dossier = pytest.mark.skipif(
    not DOSSIER.is_file(), reason="the facts are needed in ../shared/dossier.jsonl"
)
needs_whc = pytest.mark.skipif(
    not WHC_2024.is_file(), reason="UNESCO's export of 2024 is needed in ../shared/data/unesco"
)


@cache
def lines() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Every line of every file, in the order in which they are loaded."""
    found = []
    for name in IN_ORDER:
        for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines():
            plain = json.loads(line)
            assert {"kind", "record"} == set(plain)
            found.append((plain["kind"], plain["record"]))
    return tuple(found)


@cache
def records() -> tuple[Record, ...]:
    return tuple(from_plain(kind, plain) for kind, plain in lines())


def of(cls: type[R]) -> list[R]:
    return [record for record in records() if isinstance(record, cls)]


@cache
def dossier() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(line) for line in DOSSIER.read_text("utf-8").splitlines())


def facts(kind: str) -> list[dict[str, Any]]:
    return [fact for fact in dossier() if fact["kind"] == kind]


def references(record: Record) -> Iterator[str]:
    """The ids that a record names."""
    for field in ("source", "site", "subject", "part_of"):
        value = getattr(record, field, None)
        if value is not None:
            yield value
    yield from getattr(record, "relies_on", ())
    yield from getattr(record, "sites", ())


def terms(record: Record) -> Iterator[tuple[str, str | None]]:
    """The vocabulary and the code of every term that a record uses."""
    match record:
        case Source():
            yield "source_kind", record.kind
        case Site():
            yield "site_kind", record.kind
            yield from (("name_kind", name.kind) for name in record.names)
        case Listing():
            yield "register", record.register
            yield "listing_status", record.status
        case Event():
            yield "context", record.context
        case Observation():
            yield "state", record.state
            yield "method", record.method
        case Intervention():
            yield "intervention_kind", record.kind
        case Claim():
            yield "stance", record.stance
            name = PROPERTIES[record.property].vocabulary
            if name is not None:
                yield name, record.value


def said(claim: Claim) -> str:
    """What the source says, without the registry's own note behind it."""
    return re.sub(r" \[[^\[\]]*\]$", "", claim.as_written or "")


def test_every_file_is_one_of_those_that_are_loaded() -> None:
    assert set(IN_ORDER) == {path.stem for path in FOLDER.iterdir()}


def test_the_readme_counts_what_the_files_hold() -> None:
    readme = (FOLDER.parent / "README.md").read_text("utf-8")
    told = {
        name: sum(map(int, re.findall(r"(?<!\S)\d+ (?=site|source|list|event|claim|obs|int)", row)))
        for name, row in re.findall(r"^\| `(\S+)\.jsonl` \| (.*) \|$", readme, re.MULTILINE)
    }

    assert {
        name: len((FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()) for name in IN_ORDER
    } == told


def test_every_line_is_as_the_codec_would_write_it() -> None:
    for (_, plain), record in zip(lines(), records(), strict=True):
        written = to_plain(record)
        if "id" not in plain:
            del written["id"]

        assert list(written.items()) == list(plain.items())


def test_no_two_records_share_an_id() -> None:
    ids = Counter(record.id for record in records())

    assert {} == {id: count for id, count in ids.items() if count > 1}


def test_no_two_sites_share_an_identifier() -> None:
    identifiers = Counter(str(each) for site in of(Site) for each in site.identifiers)

    assert {} == {each: count for each, count in identifiers.items() if count > 1}


def test_no_line_refers_to_one_that_is_missing_or_comes_later() -> None:
    """Neither parts nor sources can then stand in a circle."""
    seen: set[str] = set()
    for record in records():
        assert set() == set(references(record)) - seen, record
        seen.add(record.id)


def test_references_are_to_records_of_the_right_kind() -> None:
    sources = {source.id for source in of(Source)}
    sites = {site.id for site in of(Site)}
    events = {event.id: set(event.sites) for event in of(Event)}

    for record in records():
        if isinstance(record, Claim | Listing | Observation | Intervention):
            assert record.source in sources
        if isinstance(record, Claim) and record.subject in events:
            assert record.site is None or record.site in events[record.subject]
        elif isinstance(record, Claim):
            assert record.subject in sites
            assert record.site is None
    assert set().union(*events.values()) <= sites


def test_every_term_is_known_to_its_vocabulary() -> None:
    unknown = {
        (name, code)
        for record in records()
        for name, code in terms(record)
        if code is not None and code not in vocabulary(name)
    }

    assert set() == unknown


def test_every_statement_comes_from_a_source_that_was_read() -> None:
    unread = {source.id for source in of(Source) if (source.note or "").startswith(NOT_READ)}
    cited = {
        record.source
        for record in records()
        if isinstance(record, Claim | Listing | Observation | Intervention | Site)
    }

    assert unread
    assert set() == cited & unread


def test_every_source_says_how_it_was_read_and_carries_a_weight() -> None:
    for source in of(Source):
        assert (source.note or "").startswith(("Read whole", "Read as an excerpt", NOT_READ))
        assert source.tier is not None


def test_every_claim_keeps_the_words_of_its_source() -> None:
    assert [] == [claim for claim in of(Claim) if not said(claim)]


def test_criteria_and_category_agree() -> None:
    categories = {site.id: site.category for site in of(Site)}

    for listing in of(Listing):
        if listing.criteria and categories[listing.site] is not None:
            assert categories[listing.site] == category_of(listing.criteria)


def test_a_stint_in_danger_does_not_begin_before_the_inscription() -> None:
    inscribed: dict[str, int] = {}
    for listing in of(Listing):
        if listing.status == "inscribed" and listing.begin is not None:
            year = listing.begin.earliest_year
            assert year is not None
            inscribed[listing.site] = min(year, inscribed.get(listing.site, year))

    for listing in of(Listing):
        if listing.status == "in-danger" and listing.site in inscribed:
            assert listing.begin is not None
            assert listing.begin.latest_year is not None
            assert inscribed[listing.site] <= listing.begin.latest_year


def test_palmyra_stands_with_its_parts() -> None:
    parts: dict[str | None, set[str | None]] = {}
    for site in of(Site):
        parts.setdefault(site.part_of, set()).add(site.id)
    kinds = {site.id: site.kind for site in of(Site)}
    names = {site.id: {name.text for name in site.names} for site in of(Site)}

    assert {"palmyra-bel", "palmyra-baalshamin", "palmyra-arch", "palmyra-tetrapylon"} <= parts[
        "palmyra"
    ]
    assert {"cella", "column_row", "portico", "peribolos"} == {
        kinds[str(part)] for part in parts["palmyra-bel"]
    }
    assert {"cella", "column_row"} == {kinds[str(part)] for part in parts["palmyra-baalshamin"]}
    assert {"تدمر", "Palmyra", "Tadmur", "Site de Palmyre"} <= names["palmyra"]


def test_the_article_keeps_its_casualties_and_its_air_raids() -> None:
    claims = [claim for claim in of(Claim) if claim.source == ARTICLE]
    toll = {claim.value for claim in claims if claim.property in {"casualties", "count"}}

    assert {
        "26.. killed",
        "12 IS militants among the dead",
        "100.. wounded",
        "30.. air strikes",
        "a number of ancient temples",
    } == toll
    assert {"palmyra", "palmyra-bel-2015", "palmyra-baalshamin-2015"} <= {
        claim.subject for claim in claims
    }


@needs_dossier
@pytest.mark.parametrize(
    ("cls", "kind"),
    [
        (Source, "source"),
        (Event, "event"),
        (Claim, "claim"),
        (Observation, "observation"),
        (Intervention, "intervention"),
    ],
)
def test_nothing_is_lost_and_nothing_is_added(cls: type[Record], kind: str) -> None:
    assert len(facts(kind)) == len(of(cls))


@needs_dossier
def test_every_source_is_the_one_that_was_found() -> None:
    assert {
        fact["id"]: (fact["title"], fact["publisher"], fact["published"], fact["url"])
        for fact in facts("source")
    } == {
        source.id: (
            source.title,
            source.publisher,
            source.published.text if source.published else None,
            source.url,
        )
        for source in of(Source)
    }
    assert {fact["id"]: set(fact["relies_on"]) for fact in facts("source")} == {
        source.id: set(source.relies_on) for source in of(Source)
    }


@needs_dossier
def test_sources_that_were_only_named_are_marked_so() -> None:
    assert {fact["id"] for fact in facts("source") if fact["read"] == "named only"} == {
        source.id for source in of(Source) if (source.note or "").startswith(NOT_READ)
    }


@needs_dossier
def test_every_site_keeps_its_place_its_names_and_its_numbers() -> None:
    sites = {site.id: site for site in of(Site)}

    for fact in facts("site"):
        site = sites[fact["id"]]
        location = site.location
        identifiers = {each.scheme: each.value for each in site.identifiers}
        texts = {name.text for name in site.names}
        spoken = {fact["names"][language] for language in fact["names"] if language != "alt"}

        assert fact["part_of"] == site.part_of
        assert [fact["country"]] == list(site.countries)
        assert fact["lat"] == (location.latitude if location else None)
        assert fact["lon"] == (location.longitude if location else None)
        assert str(fact["whc"] or "") == identifiers.get("whc", "")
        assert (fact["wikidata"] or "") == identifiers.get("wikidata", "")
        assert fact["built"] == (site.built.text if site.built else None)
        assert spoken <= texts
        for alias in filter(None, fact["names"].get("alt", "").split("; ")):
            assert any(text in alias for text in texts), alias


def place_of(fact: dict[str, Any]) -> tuple[str, str | None]:
    """Of what a fact speaks: an event, and the site that is meant, or a site."""
    return (fact["event"], fact["site"]) if fact["event"] else (fact["site"], None)


@needs_dossier
def test_every_claim_is_found_again_by_its_source_and_its_words() -> None:
    shared = ("source", "stance", "attributed_to", "locator")

    assert Counter(
        (*place_of(fact), fact["as_written"], *(fact[field] for field in shared))
        for fact in facts("claim")
    ) == Counter(
        (claim.subject, claim.site, said(claim), *(getattr(claim, field) for field in shared))
        for claim in of(Claim)
    )


def paired() -> Iterator[tuple[dict[str, Any], Claim]]:
    """Each fact beside the one claim with its source, its subject and its words."""
    claims: dict[tuple[Any, ...], list[Claim]] = {}
    for claim in of(Claim):
        key = (claim.source, claim.subject, claim.site, said(claim))
        claims.setdefault(key, []).append(claim)
    for fact in facts("claim"):
        (claim,) = claims[fact["source"], *place_of(fact), fact["as_written"]]
        yield fact, claim


@needs_dossier
@pytest.mark.parametrize("property", ["date", "control", "severity"])
def test_values_that_fit_their_notation_are_kept_to_the_letter(property: str) -> None:
    for fact, claim in paired():
        if fact["property"] == property:
            assert (property, fact["value"]) == (claim.property, claim.value)


@needs_dossier
def test_a_claim_leaves_its_property_only_for_a_closer_one() -> None:
    closer = {
        "condition": {"built", "rebuilt", "height", "location", "listing", "casualties"},
        "extent": {"location", "date", "count", "occurred"},
    }
    for fact, claim in paired():
        assert claim.property in {fact["property"], *closer.get(fact["property"], ())}


SPOKEN = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "first": 1, "third": 3,
    "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "nineteenth": 19,
}  # fmt: skip


def numbers_in_digits(text: str) -> set[float]:
    return {
        float(each) for each in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d{3})", "", text))
    }


def numbers_in_words(text: str) -> set[float]:
    return {float(SPOKEN[word]) for word in re.findall(r"[a-z]+", text.lower()) if word in SPOKEN}


@needs_dossier
def test_no_number_is_lost_between_the_value_and_the_words() -> None:
    lost = []
    for fact, claim in paired():
        kept = f"{claim.value} {claim.as_written}"
        missing = numbers_in_digits(fact["value"]) - numbers_in_digits(kept)
        missing -= numbers_in_words(kept)
        if missing:
            lost.append((fact["value"], claim.value, claim.as_written, missing))

    assert [] == lost


@needs_dossier
def test_every_listing_of_a_source_is_kept() -> None:
    status = {"removed-from-danger": "removed"}
    expected = Counter(
        (
            fact["site"],
            status.get(fact["status"], fact["status"]),
            fact["date"],
            "".join(re.findall(r"\([ivx]+\)", fact["criteria"] or "")),
            fact["source"],
        )
        for fact in facts("listing")
    )
    found = Counter(
        (
            listing.site,
            listing.status,
            listing.begin.text if listing.begin else None,
            "".join(f"({criterion})" for criterion in listing.criteria),
            listing.source,
        )
        for listing in of(Listing)
    )

    assert Counter() == expected - found
    assert {"src-whc-2024xlsx"} == {source for *_, source in found - expected}


# Nothing stands again because its stones were sorted or one column was raised.
BY_THEIR_WORDS = {
    "palmyra-arch": ("2022-05~", "rubble_clearance"),
    "palmyra-theatre-stage": ("2023~", "rubble_clearance"),
    "aleppo-umayyad-minaret": ("2016-12~/2019-12~", "documentation"),
    "hatra": ("2022-02-24", "conservation"),
    "shuri-seiden": ("2023-09-04/", "reconstruction"),
}


@needs_dossier
def test_every_observation_and_intervention_is_kept() -> None:
    assert Counter(
        (fact["site"], fact["observed"], fact["state"], fact["source"])
        for fact in facts("observation")
    ) == Counter(
        (each.site, each.observed.text, each.state, each.source) for each in of(Observation)
    )
    assert Counter(
        (
            fact["site"],
            *BY_THEIR_WORDS.get(fact["site"], (fact["date"], fact["type"])),
            fact["value"],
            fact["source"],
        )
        for fact in facts("intervention")
    ) == Counter(
        (each.site, each.date.text if each.date else None, each.kind, each.as_written, each.source)
        for each in of(Intervention)
    )


def danger_stints() -> set[tuple[str, str]]:
    """Number and first year of every stint in danger that lasts, in UNESCO's export of 2024."""
    import openpyxl

    with closing(openpyxl.load_workbook(WHC_2024, read_only=True)) as book:
        sheet = book.active
        assert sheet is not None
        rows = sheet.iter_rows(values_only=True)
        header = list(next(rows))
        number, flag = header.index("id_no"), header.index("danger_list")
        return {
            (str(row[number]), year)
            for row in rows
            for year in re.findall(r"Y (\d{4})", str(row[flag] or ""))
        }


@needs_whc
def test_the_sites_in_danger_are_those_of_the_export() -> None:
    found = {
        (listing.reference, listing.begin.text if listing.begin else None)
        for listing in of(Listing)
        if listing.source == "src-whc-2024xlsx"
        and listing.status == "in-danger"
        and listing.end is None
    }

    assert danger_stints() == found
