"""Records to cells: what a table shows people, and what CSV holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import RecordNotFoundError
from heritage.model import (
    PROPERTIES,
    RECORDS,
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
)
from heritage.vocab import vocabulary

if TYPE_CHECKING:
    from heritage.reading import Reading

Cells = tuple[str, ...]


def label(name: str, code: str | None) -> str:
    """What people call a term of a vocabulary; one that it does not hold as written."""
    if code is None:
        return ""
    term = vocabulary(name).terms.get(code)
    return code if term is None else term.label_en


def text(value: object) -> str:
    """A value as a cell."""
    return "" if value is None else str(value)


def written(date: FuzzyDate | None) -> str:
    """A date as it was written."""
    return "" if date is None else date.text


def claimed(claim: Claim) -> str:
    """What a claim says, in words."""
    prop = PROPERTIES[claim.property]
    if claim.value is None:
        return f"“{claim.as_written}”"
    if prop.vocabulary is not None:
        return label(prop.vocabulary, claim.value)
    return claim.value


class Names:
    """What records are called, asked once each."""

    def __init__(self, registry: Reading) -> None:
        self._registry = registry
        self.of = cache(self._of)

    def _of(self, kind: str, id: str) -> str:
        for each in kind.split("|"):
            try:
                return name_of(self._registry.record(each, id))
            except RecordNotFoundError:
                continue
        return id

    def dates(self, event: Event) -> str:
        """The dates that are claimed for an event: one, or the first to the last."""
        claims = self._registry.claims(event=event.id, property="date")
        found = {claim.value: claim.reading for claim in claims if claim.stance != "denies"}
        dates = [reading.date for reading in found.values() if reading and reading.date]
        if len(dates) < 2:
            return dates[0].text if dates else ""
        first = min(date.earliest_key or "" for date in dates)
        last = max(date.latest_key or "~" for date in dates)
        return first if first == last else f"{first or '..'} to {'..' if last == '~' else last}"


def name_of(record: Record) -> str:
    """What people call a record."""
    if isinstance(record, Site):
        return record.name
    if isinstance(record, Event):
        return record.label
    if isinstance(record, Source):
        return record.title
    return record.id


def _site(names: Names, site: Site) -> Cells:
    whole = names.of("site", site.part_of) if site.part_of else ""
    return site.id, site.name, label("site_kind", site.kind), ", ".join(site.countries), whole


def _listing(names: Names, listing: Listing) -> Cells:
    return (
        listing.site,
        names.of("site", listing.site),
        label("register", listing.register),
        label("listing_status", listing.status),
        written(listing.begin),
        written(listing.end),
        names.of("source", listing.source),
    )


def _event(names: Names, event: Event) -> Cells:
    sites = ", ".join(names.of("site", site) for site in event.sites)
    return event.id, event.label, names.dates(event), sites


def _claim(names: Names, claim: Claim) -> Cells:
    return (
        claim.subject,
        claim.property,
        claimed(claim),
        label("stance", claim.stance).lower(),
        names.of("source", claim.source),
    )


def _observation(names: Names, observation: Observation) -> Cells:
    return (
        observation.site,
        names.of("site", observation.site),
        observation.observed.text,
        label("state", observation.state),
        label("method", observation.method),
        names.of("source", observation.source),
    )


def _intervention(names: Names, intervention: Intervention) -> Cells:
    return (
        intervention.site,
        names.of("site", intervention.site),
        written(intervention.date),
        label("intervention_kind", intervention.kind),
        names.of("source", intervention.source),
    )


def _source(_: Names, source: Source) -> Cells:
    published = written(source.published)
    kind = label("source_kind", source.kind)
    return source.id, source.title, text(source.publisher), published, kind, text(source.tier)


def _actor(_: Names, actor: Actor) -> Cells:
    name = actor.names[0].text if actor.names else ""
    return actor.id, name, label("actor_kind", actor.kind), actor.access


def _evidence(names: Names, evidence: Evidence) -> Cells:
    source = names.of("source", evidence.source) if evidence.source else ""
    return evidence.id, text(evidence.title), text(evidence.media_type), source


def _review(_: Names, review: Review) -> Cells:
    decision = label("review_decision", review.decision)
    return review.claim, decision, review.reviewer, review.date.text, review.reason


TABLES: dict[str, tuple[Cells, Callable[[Names, Any], Cells]]] = {
    "site": (("id", "name", "kind", "countries", "part of"), _site),
    "listing": (("site", "name", "register", "status", "begin", "end", "source"), _listing),
    "event": (("id", "label", "dates claimed", "sites"), _event),
    "claim": (("subject", "property", "value", "stance", "source"), _claim),
    "observation": (("site", "name", "observed", "state", "method", "source"), _observation),
    "intervention": (("site", "name", "date", "kind", "source"), _intervention),
    "source": (("id", "title", "publisher", "published", "kind", "tier"), _source),
    "actor": (("id", "name", "kind", "access"), _actor),
    "evidence": (("id", "title", "media type", "source"), _evidence),
    "review": (("claim", "decision", "reviewer", "date", "reason"), _review),
}
"""For each kind of record: the columns of its table, and what fills a row."""


DATE_COLUMNS = ("", "_earliest", "_latest")


def csv_header(kind: str) -> Cells:
    """The columns of a kind's CSV: the fields of the record, dates and places spread out."""
    return tuple(_csv_columns(RECORDS[kind], ""))


def _csv_columns(cls: type, prefix: str) -> Iterator[str]:
    attrs.resolve_types(cls)
    for field in attrs.fields(cls):
        kind = str(field.type)
        if "FuzzyDate" in kind:
            yield from (f"{prefix}{field.name}{end}" for end in DATE_COLUMNS)
        elif "Location" in kind:
            yield from _csv_columns(Location, "location_")
        elif "Extent" in kind:
            yield from _csv_columns(Extent, "extent_")
        else:
            yield f"{prefix}{field.name}"


def csv_cells(record: Record) -> Cells:
    """A record's cells, one for each of `csv_header`."""
    return tuple(_csv_cells(record, type(record)))


def _csv_cells(record: Any, cls: type) -> Iterator[str]:  # noqa: ANN401 - any class of the model
    for field in attrs.fields(cls):
        kind = str(field.type)
        value = None if record is None else getattr(record, field.name)
        if "FuzzyDate" in kind:
            date = value or None
            yield written(date)
            yield text(date and date.earliest_key)
            yield text(date and date.latest_key)
        elif "Location" in kind:
            yield from _csv_cells(value, Location)
        elif "Extent" in kind:
            yield from _csv_cells(value, Extent)
        else:
            yield csv_cell(value)


def csv_cell(value: object) -> str:
    """A value as a cell of CSV; several are joined by ` | `."""
    if isinstance(value, tuple):
        return " | ".join(csv_cell(each) for each in value)
    if isinstance(value, Name):
        return f"{value.text} ({value.language})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Geometry):
        return value.text
    if isinstance(value, Custody):
        return f"{value.date.text} {value.holder}: {value.act}"
    if isinstance(value, Identifier):
        return str(value)
    return text(value)
