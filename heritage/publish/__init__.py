"""Records to records that anyone may read: the policy of a public edition.

The public file is filled from nothing with what this policy lets through, kind
by kind and field by field; nothing is ever deleted from a copy. In doubt a
thing is left out: only what is `public` appears, and whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import attrs

from heritage.model import (
    Actor,
    Claim,
    Event,
    Evidence,
    Intervention,
    Listing,
    Observation,
    Record,
    Review,
    Site,
    Source,
)

__all__ = ["LEFT_OUT", "Policy"]

PUBLIC = "public"

LEFT_OUT = (Review,)
"""Kinds that never appear: a review names its reviewer."""


@attrs.define
class Policy:
    """What may appear, decided in the order of `heritage.model.RECORDS`.

    Claims and listings are let through by what was let through before them, so
    the sources and sites of the registry have to pass first.
    """

    hidden_sources: set[str] = attrs.Factory(set)
    hidden_places: set[str] = attrs.Factory(set)

    def public(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records that may appear, as they may appear."""
        for record in records:
            if isinstance(record, LEFT_OUT):
                continue
            shown = _RULES[type(record)](self, record)
            if shown is not None:
                yield shown

    def source(self, source: Source) -> Source | None:
        """A source, if it is public."""
        if source.access != PUBLIC:
            self.hidden_sources.add(source.id)
            return None
        return source

    def actor(self, actor: Actor) -> Actor | None:
        """An actor, if it is public."""
        return actor if actor.access == PUBLIC else None

    def site(self, site: Site) -> Site:
        """A site, without a place that is not public."""
        if site.location is not None and site.location.access != PUBLIC:
            self.hidden_places.add(site.id)
            site = attrs.evolve(site, location=None)
        if site.source in self.hidden_sources:
            site = attrs.evolve(site, source=None)
        return site

    def event(self, event: Event) -> Event:
        """An event."""
        return event

    def claim(self, claim: Claim) -> Claim | None:
        """A claim that is public, of a public source, and betrays no hidden place."""
        if claim.access != PUBLIC or claim.source in self.hidden_sources:
            return None
        # Words about a place that is hidden would give it away.
        if claim.property == "location" and self._hides(claim.subject, claim.site):
            return None
        return claim

    def _hides(self, *sites: str | None) -> bool:
        return any(site in self.hidden_places for site in sites)

    def by_source(
        self, record: Listing | Observation | Intervention
    ) -> Listing | Observation | Intervention | None:
        """What a public source tells."""
        return None if record.source in self.hidden_sources else record

    def evidence(self, evidence: Evidence) -> Evidence | None:
        """Public evidence, without the hands that it passed through."""
        if evidence.access != PUBLIC or evidence.source in self.hidden_sources:
            return None
        return attrs.evolve(evidence, custody=())  # it names every hand


def without(source: Source, hidden: Collection[str]) -> Source:
    """A source that no longer names the hidden ones on which it relies."""
    shown = tuple(id for id in source.relies_on if id not in hidden)
    return source if shown == source.relies_on else attrs.evolve(source, relies_on=shown)


_RULES: dict[type, Callable[..., Record | None]] = {
    Source: Policy.source,
    Actor: Policy.actor,
    Site: Policy.site,
    Listing: Policy.by_source,
    Event: Policy.event,
    Claim: Policy.claim,
    Observation: Policy.by_source,
    Intervention: Policy.by_source,
    Evidence: Policy.evidence,
}
"""How each kind passes. A kind that is missing here cannot be published at all."""
