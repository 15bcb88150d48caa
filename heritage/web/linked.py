"""What a page found to schema.org's terms, as JSON-LD that search engines read.

Nothing is stated here that the page does not conclude: a date only where one
day, month or year is concluded, a place only as exactly as it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from heritage.judge import Conclusion
from heritage.vocab import Term
from heritage.web import shapes
from heritage.web.queries import Row
from heritage.web.words import direction, shown, web_address

Absolute = Callable[[str], str]
"""A path of ours to its address with the host."""

Linked = Callable[[Absolute], Mapping[str, Any]]
"""What a page is, in schema.org's terms, once it is known where it stands."""

_PLAIN_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")

WORKS = {
    "news": "NewsArticle",
    "report": "Report",
    "imagery_analysis": "Report",
    "academic": "ScholarlyArticle",
    "journal_article": "ScholarlyArticle",
    "book": "Book",
    "thesis": "Thesis",
    "dataset": "Dataset",
    "archive": "ArchiveComponent",
    "photo": "Photograph",
    "satellite_image": "ImageObject",
    "video": "VideoObject",
    "map": "Map",
    "legal": "Legislation",
    "social_media": "SocialMediaPosting",
    "blog": "BlogPosting",
    "website": "WebPage",
}
"""Kinds of sources, each with schema.org's word; the others are creative works."""

PERSONS = ("person", "witness", "journalist", "researcher", "official")
"""Kinds of actors that are people."""


def thing(type: str, url: str, **more: object) -> dict[str, Any]:
    """Something in schema.org's terms; what is None or empty is left out."""
    known = {name: value for name, value in more.items() if value not in (None, "", [], {})}
    return {"@context": "https://schema.org", "@type": type, "@id": url, "url": url, **known}


def _brief(type: str, url: str, name: object) -> dict[str, Any]:
    return {"@type": type, "@id": url, "name": shown(name)}


def _places(rows: Iterable[Row], absolute: Absolute) -> list[dict[str, Any]]:
    return [_brief("Place", absolute(f"/sites/{row['id']}"), row["name"]) for row in rows]


def name(row: Row) -> Any:  # noqa: ANN401 - a text, or a text with its language
    """A name, with its language where that is known."""
    text, language = shown(row["text"]), row["language"]
    if not language or language == "und":
        return text
    found = {"@value": text, "@language": language}
    return found | ({"@direction": "rtl"} if direction(language) == "rtl" else {})


def plain_date(text: str | None) -> str | None:
    """A date that ISO 8601 can say: a year, month or day; None for everything less certain.

    >>> plain_date("2015-08"), plain_date("2015-08~")
    ('2015-08', None)
    """
    return text if text and _PLAIN_DATE.fullmatch(text) else None


def geo(row: Row) -> dict[str, Any] | None:
    """Where a site is: a point, or the box of what it covers or was made general to."""
    is_area = row["geometry"] or row["location_access"] != "public"
    box = shapes.box_of(shapes.outline(row)) if is_area else None
    if box:
        west, south, east, north = box
        return {"@type": "GeoShape", "box": f"{south:g},{west:g} {north:g},{east:g}"}
    if row["longitude"] is None:
        return None
    return {
        "@type": "GeoCoordinates",
        "longitude": row["longitude"],
        "latitude": row["latitude"],
    }


def site(found: Mapping[str, Any], links: Sequence[Row], countries: Sequence[str]) -> Linked:
    """A site as a place.

    Args:
        found: What its page found.
        links: Its identifiers, each with the `url` of the other system's page or None.
        countries: The codes of its countries.
    """
    record, names, wholes = found["site"], found["names"], found["wholes"]
    label = record["name"] or record["id"]

    def told(absolute: Absolute) -> dict[str, Any]:
        near = [part for part in found["parts"] if part["part_of"] == record["id"]]
        address = [{"@type": "PostalAddress", "addressCountry": code} for code in countries]
        return thing(
            "LandmarksOrHistoricalBuildings",
            absolute(f"/sites/{record['id']}"),
            name=shown(label),
            alternateName=[name(row) for row in names if row["text"] != label],
            geo=geo(record),
            address=address,
            identifier=[
                {"@type": "PropertyValue", "propertyID": row["scheme"], "value": row["value"]}
                for row in found["identifiers"]
            ],
            sameAs=[row["url"] for row in links if row["url"]],
            containedInPlace=next(iter(_places(wholes[-1:], absolute)), None),
            containsPlace=_places(near, absolute),
        )

    return told


def event(found: Mapping[str, Any], conclusions: Sequence[Conclusion]) -> Linked:
    """An event, with its date only where that is concluded as one day, month or year."""
    record = found["event"]
    dates = [each for each in conclusions if each.property == "date" and each.site is None]
    value = dates[0].value if dates and dates[0].status == "agreed" else None

    def told(absolute: Absolute) -> dict[str, Any]:
        whole = record["part_of"]
        return thing(
            "Event",
            absolute(f"/events/{record['id']}"),
            name=shown(record["label"]),
            description=dates[0].sentence if dates else None,
            startDate=plain_date(value),
            location=_places(found["sites"], absolute),
            superEvent=_brief("Event", absolute(f"/events/{whole}"), record["part_of_label"])
            if whole
            else None,
            subEvent=[
                _brief("Event", absolute(f"/events/{row['id']}"), row["label"])
                for row in found["campaign_events"]
            ],
        )

    return told


def source(found: Mapping[str, Any]) -> Linked:
    """A source as a creative work."""
    record = found["source"]

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            WORKS.get(record["kind"] or "", "CreativeWork"),
            absolute(f"/sources/{record['id']}"),
            name=shown(record["title"]),
            author=shown(record["author"]),
            publisher={"@type": "Organization", "name": shown(record["publisher"])}
            if record["publisher"]
            else None,
            datePublished=plain_date(record["published"]),
            inLanguage=record["language"],
            sameAs=web_address(record["url"]),
            archivedAt=web_address(record["archived_url"]),
            isBasedOn=[
                _brief("CreativeWork", absolute(f"/sources/{row['id']}"), row["title"])
                for row in found["relies_on"]
            ],
        )

    return told


def actor(found: Mapping[str, Any]) -> Linked:
    """An actor as a person or a body."""
    record, names = found["actor"], found["names"]
    label = record["name"] or record["id"]

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            "Person" if record["kind"] in PERSONS else "Organization",
            absolute(f"/actors/{record['id']}"),
            name=shown(label),
            alternateName=[name(row) for row in names if row["text"] != label],
        )

    return told


def term(vocabulary: str, entry: Term) -> Linked:
    """A term of a vocabulary."""

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            "DefinedTerm",
            absolute(f"/terms/{vocabulary}/{entry.code}"),
            termCode=entry.code,
            name=[
                {"@value": entry.label_en, "@language": "en"},
                {"@value": entry.label_ar, "@language": "ar", "@direction": "rtl"},
            ],
            description=entry.definition,
            inDefinedTermSet=absolute(f"/terms/{vocabulary}"),
        )

    return told


def vocabulary(name: str, title: str, codes: Sequence[str]) -> Linked:
    """A vocabulary as a set of terms."""

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            "DefinedTermSet",
            absolute(f"/terms/{name}"),
            name=title,
            hasDefinedTerm=[absolute(f"/terms/{name}/{code}") for code in codes],
        )

    return told


def change(record: Row, title: str) -> Linked:
    """A change as an act of updating."""

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            "UpdateAction",
            absolute(f"/changes/{record['id']}"),
            name=title,
            description=shown(record["why"]),
            endTime=record["at"],
            agent={"@type": "Person", "name": shown(record["by"])} if record["by"] else None,
            object=absolute("/"),
        )

    return told


_DOWNLOADS = (
    ("/-/heritage.json", "application/json"),
    ("/search.csv?kind=events", "text/csv"),
    ("/search.geojson?kind=events", "application/geo+json"),
)
"""Forms of the data as a whole, with their media types."""


def dataset(title: str, description: str, as_of: Row | None) -> Linked:
    """The whole registry as a dataset."""

    def told(absolute: Absolute) -> dict[str, Any]:
        return thing(
            "Dataset",
            absolute("/"),
            name=title,
            description=description,
            dateModified=as_of["at"] if as_of else None,
            inLanguage=["en", "ar"],
            distribution=[
                {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": absolute(path)}
                for path, kind in _DOWNLOADS
            ],
        )

    return told
