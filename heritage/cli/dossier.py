"""An id to all that is known of it: the record, and every record that concerns it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import attrs

from heritage.model import Claim, Event, Record, Site, Source

if TYPE_CHECKING:
    from heritage.reading import Reading


@attrs.frozen(kw_only=True)
class Dossier:
    """Everything about one site, event or source."""

    kind: str
    record: Record
    version: int
    former_ids: tuple[str, ...]
    related: dict[str, tuple[Record, ...]]
    """Records by what they are to this one: `parts`, `listings`, `claims`, ..."""

    def plain(self) -> dict[str, Any]:
        """The dossier as other programs read it."""
        from heritage.codec import to_plain

        return {
            "kind": self.kind,
            "id": self.record.id,
            "version": self.version,
            "former_ids": list(self.former_ids),
            "record": to_plain(self.record),
            **{word: [to_plain(each) for each in found] for word, found in self.related.items()},
        }


def dossier(registry: Reading, id: str) -> Dossier:
    """Everything about a site, an event or a source.

    Raises:
        RecordNotFoundError: The id leads to none of them.
    """
    kind, record = registry.find(id)
    if isinstance(record, Site):
        related = _of_site(registry, record)
    elif isinstance(record, Event):
        related = _of_event(registry, record)
    else:
        related = _of_source(registry, cast("Source", record))
    return Dossier(
        kind=kind,
        record=record,
        version=registry.version(kind, record.id),
        former_ids=registry.former_ids(kind, record.id),
        related={word: tuple(found) for word, found in related.items()},
    )


def _of_site(registry: Reading, site: Site) -> dict[str, Iterable[Record]]:
    events = list(registry.events(site=site.id))
    claims = _without_doubles([*registry.claims(site=site.id), *_claims_on(registry, events)])
    related: dict[str, Iterable[Record]] = {
        "whole": _whole(registry, site),
        "parts": list(registry.sites(part_of=site.id, all=True)),
        "listings": list(registry.listings(site=site.id, all=True)),
        "events": events,
        "claims": claims,
        "observations": list(registry.observations(site=site.id)),
        "interventions": list(registry.interventions(site=site.id)),
    }
    return related | {"sources": _sources(registry, [(site,), *related.values()])}


def _of_event(registry: Reading, event: Event) -> dict[str, Iterable[Record]]:
    parts = list(registry.events(part_of=event.id))
    related: dict[str, Iterable[Record]] = {
        "sites": [registry.site(id) for id in event.sites],
        "events": parts,
        "claims": list(registry.claims(event=event.id)),
        "observations": _without_doubles(
            each for id in event.sites for each in registry.observations(site=id)
        ),
    }
    return related | {"sources": _sources(registry, related.values())}


def _of_source(registry: Reading, source: Source) -> dict[str, Iterable[Record]]:
    speakers = registry.sources(source=source.id)
    return {
        "relies_on": [registry.source(id) for id in source.relies_on],
        "relied_on_by": [each for each in speakers if each.id != source.id],
        "claims": list(registry.claims(source=source.id)),
        "observations": list(registry.observations(source=source.id)),
        "listings": list(registry.listings(source=source.id, all=True)),
        "interventions": list(registry.interventions(source=source.id)),
    }


def _whole(registry: Reading, site: Site) -> list[Site]:
    """What a site is part of, the nearest first."""
    found: list[Site] = []
    while site.part_of is not None:
        site = registry.site(site.part_of)
        found.append(site)
    return found


def _claims_on(registry: Reading, events: Iterable[Event]) -> Iterable[Claim]:
    for event in events:
        yield from registry.claims(event=event.id)


def _without_doubles(records: Iterable[Record]) -> list[Record]:
    return list({record.id: record for record in records}.values())


def _sources(registry: Reading, groups: Iterable[Iterable[Record]]) -> list[Record]:
    """The sources that records name, by id."""
    named = {
        source
        for group in groups
        for record in group
        if isinstance(source := getattr(record, "source", None), str)
    }
    return [registry.source(id) for id in sorted(named)]
