"""An id to its dossier on paper: `heritage show`."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import Any, cast

import click

from heritage.cli import columns
from heritage.cli.columns import label
from heritage.cli.dossier import Dossier, dossier
from heritage.cli.group import asked, counted
from heritage.cli.parameters import as_of_option, format_option, registry_argument
from heritage.cli.table import visible, width
from heritage.dates import FuzzyDate
from heritage.dates.humanize import humanize
from heritage.model import (
    PROPERTIES,
    Claim,
    Event,
    Intervention,
    Listing,
    Location,
    Name,
    Observation,
    Site,
    Source,
)

WIDEST = 100
"""Columns beyond which lines are hard to read."""

SHOWN = 50
"""Records of one kind that are printed of a source; a list has thousands."""


@click.command()
@registry_argument
@click.argument("id", metavar="ID")
@as_of_option
@format_option("text", "json")
def show(registry: Path, id: str, as_of: str | None, format: str) -> None:
    """Show everything known of one site, event or source.

    ID is an id, a former id, or for a site `scheme:value` such as `whc:23`.
    """
    with asked(registry, as_of) as opened_registry:
        found = dossier(opened_registry, id)
    if format == "json":
        click.echo(json.dumps(found.plain(), ensure_ascii=False, indent=2))
        return
    for line in Page(found).lines():
        click.echo(line)


def words(date: FuzzyDate | None) -> str:
    """A date in words."""
    return "" if date is None else humanize(date)


class Page:
    """A dossier as lines of text."""

    def __init__(self, found: Dossier) -> None:
        self._found = found
        self._width = min(width(), WIDEST)
        self._called = {
            each.id: columns.name_of(each)
            for group in (*found.related.values(), (found.record,))
            for each in group
        }
        self._sources = {
            each.id: each for each in found.related.get("sources", ()) if isinstance(each, Source)
        }
        if isinstance(found.record, Source):
            self._sources[found.record.id] = found.record

    def lines(self) -> Iterator[str]:
        """The page, line by line."""
        record = self._found.record
        if isinstance(record, Site):
            sections = self._site(record)
        elif isinstance(record, Event):
            sections = self._event(record)
        else:
            sections = self._source(cast("Source", record))
        for line in sections:
            yield visible(line)

    def _of(self, word: str) -> tuple[Any, ...]:
        return self._found.related.get(word, ())

    def _wrapped(self, text: str, indent: int = 0, hang: int = 2) -> Iterator[str]:
        first = " " * indent
        yield from wrap(
            visible(text),
            self._width,
            initial_indent=first,
            subsequent_indent=first + " " * hang,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _facts(self, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
        given = [(name, value) for name, value in pairs if value]
        room = max((len(name) for name, _ in given), default=0) + 2
        for name, value in given:
            yield from self._wrapped(f"{name:<{room}}{value}", hang=room)

    def _section(
        self, title: str, records: Iterable[Any], each: Callable[[Any], Iterator[str]]
    ) -> Iterator[str]:
        records = tuple(records)
        if records:
            yield ""
            yield f"{title} ({len(records):,})"
            yield "-" * len(f"{title} ({len(records):,})")
            for record in records:
                yield from each(record)

    # Sites.

    def _site(self, site: Site) -> Iterator[str]:
        yield from self._title(site.name)
        yield from self._facts(
            (
                ("id", self._ids()),
                ("known as", ", ".join(map(str, site.identifiers))),
                ("kind", label("site_kind", site.kind)),
                ("category", label("category", site.category)),
                ("part of", ", ".join(f"{each.name} ({each.id})" for each in self._of("whole"))),
                ("countries", ", ".join(site.countries)),
                ("where", _place(site.location)),
                ("built", words(site.built)),
                ("source", self._called.get(site.source or "", site.source or "")),
            )
        )
        yield from self._section("Names", site.names, self._name)
        yield from self._section("Listings", self._of("listings"), self._listing)
        yield from self._parts(site)
        yield from self._events()
        about = [each for each in self._of("claims") if each.subject not in self._event_ids()]
        if about:
            yield from self._heading("Claims about the site", len(about))
            yield from self._by_subject(about, site.id)
        yield from self._section("Observations", self._of("observations"), self._observation)
        yield from self._section("Interventions", self._of("interventions"), self._intervention)

    def _event_ids(self) -> set[str]:
        return {event.id for event in self._of("events")}

    def _title(self, title: str) -> Iterator[str]:
        lines = list(self._wrapped(title, hang=0))
        yield from lines
        yield "=" * max(len(line) for line in lines)

    def _heading(self, title: str, number: int) -> Iterator[str]:
        text = f"{title} ({number:,})"
        yield from ("", text, "-" * len(text))

    def _ids(self) -> str:
        former = ", ".join(self._found.former_ids)
        then = f" (before: {former})" if former else ""
        return f"{self._found.record.id}{then}, version {self._found.version}"

    def _name(self, name: Name) -> Iterator[str]:
        kind = label("name_kind", name.kind).lower()
        yield from self._wrapped(f"{name.text}  [{name.language}, {kind}]")

    def _listing(self, listing: Listing) -> Iterator[str]:
        what = label("listing_status", listing.status).lower()
        span = words(listing.begin)
        if listing.end is not None:
            span = f"{span or 'unknown'} to {words(listing.end)}"
        elif listing.status == "in-danger":
            span = f"since {span}" if span else "beginning unknown"
        number = " ".join(filter(None, (listing.reference, listing.suffix)))
        criteria = "".join(f"({each})" for each in listing.criteria)
        area = "" if listing.area_ha is None else f"{listing.area_ha:,g} ha"
        editions = _editions(listing)
        details = ", ".join(filter(None, (number, criteria, area)))
        register = label("register", listing.register)
        site = "" if listing.site == self._found.record.id else f"{self._name_of(listing.site)}: "
        yield from self._wrapped(
            f"{site}{register}, {what} {span}".rstrip() + (f": {details}" if details else "")
        )
        yield from self._wrapped(f"{self._name_of(listing.source)}{editions}", 4)

    def _name_of(self, id: str) -> str:
        name = self._called.get(id)
        return id if name is None or name == id else f"{name} [{id}]"

    def _parts(self, site: Site) -> Iterator[str]:
        parts: tuple[Site, ...] = self._of("parts")
        if not parts:
            return
        yield from self._heading("Parts", len(parts))
        below: dict[str | None, list[Site]] = {}
        for part in parts:
            below.setdefault(part.part_of, []).append(part)
        yield from self._branch(below, site.id, 0)

    def _branch(self, below: dict[str | None, list[Site]], id: str, depth: int) -> Iterator[str]:
        for part in below.get(id, ()):
            others = (name.text for name in part.names if not _is_latin(name.text))
            also = "".join(f" · {other}" for other in islice(others, 1))
            yield from self._wrapped(f"{part.name}{also} [{part.id}]", 2 * depth)
            yield from self._branch(below, part.id, depth + 1)

    # Events and what is claimed.

    def _events(self) -> Iterator[str]:
        events: tuple[Event, ...] = self._of("events")
        if not events:
            return
        yield from self._heading("Events", len(events))
        claims: dict[str, list[Claim]] = {}
        for claim in self._of("claims"):
            claims.setdefault(claim.subject, []).append(claim)
        for number, event in enumerate(sorted(events, key=lambda e: _when(claims.get(e.id, [])))):
            if number:
                yield ""
            yield from self._wrapped(f"{event.label} [{event.id}]")
            yield from self._by_property(claims.get(event.id, []), 4)

    def _event(self, event: Event) -> Iterator[str]:
        yield from self._title(event.label)
        yield from self._facts(
            (
                ("id", self._ids()),
                ("sites", ", ".join(map(self._name_of, event.sites))),
                ("part of", event.part_of or ""),
                ("context", label("context", event.context)),
            )
        )
        claims = self._of("claims")
        if claims:
            yield from self._heading("Claims", len(claims))
            yield from self._by_property(claims, 0)
        yield from self._section("Events that belong to it", self._of("events"), self._one_event)
        yield from self._section("Observations", self._of("observations"), self._observation)

    def _one_event(self, event: Event) -> Iterator[str]:
        yield from self._wrapped(f"{event.label} [{event.id}]")

    def _by_subject(self, claims: Iterable[Claim], own: str) -> Iterator[str]:
        groups: dict[str, list[Claim]] = {}
        for claim in claims:
            groups.setdefault(claim.subject, []).append(claim)
        for subject in sorted(groups, key=lambda each: (each != own, each)):
            if subject != own:
                yield from self._wrapped(self._name_of(subject))
            yield from self._by_property(groups[subject], 0 if subject == own else 4)

    def _by_property(self, claims: Iterable[Claim], indent: int) -> Iterator[str]:
        """Claims by property and value: each value once, with who says so under it."""
        groups: dict[tuple[str, str, str], list[Claim]] = {}
        for claim in sorted(claims, key=_order):
            key = claim.property, claim.site or "", self._says(claim)
            groups.setdefault(key, []).append(claim)
        for (prop, site, says), said in groups.items():
            at = f" ({self._name_of(site)})" if site else ""
            yield from self._wrapped(f"{prop}{at}: {says}", indent, 4)
            for claim in said:
                yield from self._wrapped(self._speaker(claim), indent + 4, 4)

    def _says(self, claim: Claim) -> str:
        reading = claim.reading
        if PROPERTIES[claim.property].type == "date" and reading and reading.date:
            return f"{humanize(reading.date)} [{claim.value}]"
        return columns.claimed(claim)

    def _speaker(self, claim: Claim) -> str:
        stance = label("stance", claim.stance).lower()
        name = "" if claim.source == self._found.record.id else self._cited(claim.source, None)
        quoted = f" “{claim.as_written}”" if claim.as_written and claim.value else ""
        quotes = f", quoting {claim.attributed_to}" if claim.attributed_to else ""
        place = f", {claim.locator}" if claim.locator else ""
        seen = "" if claim.access == "public" else f" ({claim.access})"
        said = f"{name}{place}{quotes}{seen}{quoted}".removeprefix(", ").strip()
        return f"{stance}: {said}" if said else stance

    def _observation(self, observation: Observation) -> Iterator[str]:
        own = observation.site == self._found.record.id
        site = "" if own else f"{self._name_of(observation.site)}: "
        extent = observation.extent
        much = f", {extent.low:g} to {extent.high:g} %" if extent else ""
        how = f" ({label('method', observation.method).lower()})" if observation.method else ""
        state = label("state", observation.state).lower()
        severity = f", {label('severity', observation.severity).lower()}"
        yield from self._wrapped(
            f"{words(observation.observed)}: {site}{state}"
            f"{severity if observation.severity else ''}{much}{how}"
        )
        yield from self._wrapped(self._cited(observation.source, observation.as_written), 4)

    def _intervention(self, intervention: Intervention) -> Iterator[str]:
        own = intervention.site == self._found.record.id
        site = "" if own else f"{self._name_of(intervention.site)}: "
        kind = label("intervention_kind", intervention.kind).lower()
        date = words(intervention.date) or "undated"
        yield from self._wrapped(f"{date}: {site}{kind}")
        yield from self._wrapped(self._cited(intervention.source, intervention.as_written), 4)

    def _cited(self, id: str, quoted: str | None) -> str:
        source = self._sources.get(id)
        name = id if source is None else _named(source)
        return f"{name} “{quoted}”" if quoted else name

    # Sources.

    def _source(self, source: Source) -> Iterator[str]:
        yield from self._title(source.title)
        yield from self._facts(
            (
                ("id", self._ids()),
                ("publisher", source.publisher or ""),
                ("author", source.author or ""),
                ("published", words(source.published)),
                ("accessed", words(source.accessed)),
                ("address", source.url or ""),
                ("archived", source.archived_url or ""),
                ("language", source.language or ""),
                ("kind", label("source_kind", source.kind)),
                ("tier", "" if source.tier is None else str(source.tier)),
                ("access", "" if source.access == "public" else source.access),
                ("note", source.note or ""),
                ("relies on", ", ".join(map(self._name_of, source.relies_on))),
                ("relied on by", ", ".join(self._name_of(e.id) for e in self._of("relied_on_by"))),
            )
        )
        claims = self._of("claims")
        if claims:
            yield from self._heading("Claims", len(claims))
            yield from self._by_subject(claims[:SHOWN], "")
            yield from self._more(claims)
        for title, word, each in (
            ("Observations", "observations", self._observation),
            ("Listings", "listings", self._listing),
            ("Interventions", "interventions", self._intervention),
        ):
            records = self._of(word)
            shown: Callable[[Any], Iterator[str]] = each
            if records:
                yield from self._heading(title, len(records))
                for record in records[:SHOWN]:
                    yield from shown(record)
                yield from self._more(records)

    def _more(self, records: tuple[object, ...]) -> Iterator[str]:
        if len(records) > SHOWN:
            yield f"... and {counted(len(records) - SHOWN, 'more', 'more')}; --format json has all"


def _editions(listing: Listing) -> str:
    known = (listing.first_edition, listing.edition)
    texts = dict.fromkeys(each.text for each in known if each)
    written = f" “{listing.as_written}”" if listing.as_written else ""
    if not texts:
        return written
    return f", edition{'s' if len(texts) > 1 else ''} {' to '.join(texts)}{written}"


def _named(source: Source) -> str:
    """A source as a footnote names it."""
    by = source.publisher if source.publisher and source.publisher not in source.title else None
    date = humanize(source.published) if source.published else None
    details = ", ".join(filter(None, (by, date)))
    return f"{source.title}{f' ({details})' if details else ''} [{source.id}]"


def _place(location: Location | None) -> str:
    if location is None:
        return ""
    parts = []
    if location.latitude is not None and location.longitude is not None:
        north = "N" if location.latitude >= 0 else "S"
        east = "E" if location.longitude >= 0 else "W"
        point = f"{abs(location.latitude):g}° {north}, {abs(location.longitude):g}° {east}"
        parts.append(point)
    if location.geometry is not None:
        parts.append(str(location.geometry.plain()["type"]).lower())
    if location.precision_m is not None:
        parts.append(f"within {location.precision_m:,g} m")
    if location.access != "public":
        parts.append(location.access)
    return ", ".join(parts)


def _is_latin(text: str) -> bool:
    """Whether the first letter of a text is a Latin one."""
    first = next((each for each in text if each.isalpha()), "a")
    return unicodedata.name(first, "").startswith("LATIN")


def _order(claim: Claim) -> tuple[int, str, str]:
    """Claims by property, then by site; dates as they follow in time."""
    reading = claim.reading
    day = reading.date.earliest_key or "" if reading and reading.date else "~"
    return list(PROPERTIES).index(claim.property), claim.site or "", day


def _when(claims: Iterable[Claim]) -> str:
    """The first day claimed for an event, as a key that sorts; undated events come last."""
    keys = [
        reading.date.earliest_key or ""
        for claim in claims
        if claim.property == "date" and (reading := claim.reading) and reading.date
    ]
    return min(keys, default="~")
