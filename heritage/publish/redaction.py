"""Records to what anyone may know of them, under a policy.

Nothing is ever deleted from a copy: a record is let through as it may appear,
or it is not. In doubt it is left out. Ids stay what they are here; those that
would tell something are replaced by `heritage.publish.naming`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Protocol, TypeVar

import attrs

from heritage.model import (
    PROPERTIES,
    Actor,
    Claim,
    Event,
    Evidence,
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
from heritage.publish.persons import Persons
from heritage.publish.policy import PUBLIC, Policy
from heritage.vocab import vocabulary

__all__ = ["RULES", "Known", "Redaction"]

R = TypeVar("R", bound=Record)

LEAVE_OUT, ROLE = "leave-out", "role"

_STRICTER: Final = {"public": 0, "restricted": 1, "withheld": 2}

_PLACED: Final = ("longitude", "latitude", "geometry", "precision_m", "is_null_island")

UNNAMED: Final = "A source that is not named"
"""The title of a source of which nothing else is told."""


class Known(Protocol):
    """What a registry knows of records, and what was decided of them so far."""

    def access_of_source(self, id: str) -> str:
        """The access of a source; `public` of one that is not there."""
        ...

    def access_of_place(self, site: str) -> str:
        """The strictest access of the positions of a site and of what it is part of."""
        ...

    def is_shown(self, kind: str, id: str) -> bool:
        """Whether a record is there and appears; claims are decided before reviews."""
        ...


class Redaction:
    """What may appear of the records of one registry.

    Args:
        policy: What becomes public.
        known: Asked about other records than the one in hand.
        actors: All actors that are not public. Their names are kept in memory.
    """

    def __init__(self, policy: Policy, known: Known, actors: Iterable[Actor]) -> None:
        self.policy = policy
        self._known = known
        self._grid = policy.grid
        self._persons = Persons(self._hidden_names(actors))

    def public(self, record: Record) -> Record | None:
        """A record as it may appear; None where it may not."""
        return RULES[type(record)](self, record)

    def access_of_place(self, site: str | None) -> str:
        """The access of a site's position: the strictest of its own and those of its wholes."""
        return PUBLIC if site is None else self._known.access_of_place(site)

    def names(self, source: str | None) -> bool:
        """Whether a source, if there is one, appears with its name."""
        return self._of_source(source) == PUBLIC

    # Parts of rules.

    def _hidden_names(self, actors: Iterable[Actor]) -> Iterator[tuple[str, str]]:
        for actor in actors:
            treatment = self.policy.treatment("actors", actor.access)
            if treatment != PUBLIC:
                # Of somebody who does not appear at all, not even the role is told.
                role = actor.role if treatment == ROLE else None
                told = self._told(attrs.evolve(actor, role=role))
                yield from ((name.text, told) for name in actor.names)

    def _told(self, actor: Actor) -> str:
        """What is told instead of a name."""
        roles = self.policy.roles
        if actor.role and (roles is None or actor.role in roles):
            term = vocabulary("actor_role").find(actor.role)
            return vocabulary("actor_role")[term].label_en.lower() if term else actor.role
        kinds = vocabulary("actor_kind")
        return kinds[actor.kind].label_en.lower() if actor.kind in kinds else actor.kind

    def _of_source(self, id: str | None) -> str:
        if id is None:
            return PUBLIC
        return self.policy.treatment("sources", self._known.access_of_source(id))

    def _blanked(self, record: R, table: str, blanks: dict[str, Any]) -> R:
        """A record without some fields, as far as their columns are to be made coarser."""
        changes = {
            field: blank
            for field, blank in blanks.items()
            if self.policy.generalises(table, field) and getattr(record, field) != blank
        }
        return attrs.evolve(record, **changes) if changes else record

    def _unnaming(self, record: R, table: str, *fields: str) -> R:
        """A record in whose texts nobody is named who is not to be named."""
        if not self._persons:
            return record
        changes: dict[str, Any] = {}
        for field in fields:
            text = getattr(record, field)
            if text is not None and self.policy.generalises(table, field):
                names_people = field in ("attributed_to", "author", "publisher") or (
                    field == "value" and getattr(record, "property", None) == "actor"
                )
                told = self._persons.hide(text, names_people=names_people)
                if told != text:
                    changes[field] = told
        return attrs.evolve(record, **changes) if changes else record

    # One rule for each kind.

    def source(self, source: Source) -> Source | None:
        """A source; one that is not named keeps its weight and what it relies on."""
        treatment = self.policy.treatment("sources", source.access)
        if treatment == LEAVE_OUT:
            return None
        shown = tuple(id for id in source.relies_on if self._of_source(id) != LEAVE_OUT)
        if shown != source.relies_on and self.policy.generalises("source_relies_on", "relies_on"):
            source = attrs.evolve(source, relies_on=shown)
        if treatment == PUBLIC:
            return self._unnaming(source, "sources", "title", "publisher", "author", "note")
        told = UNNAMED
        kind, kinds = source.kind, vocabulary("source_kind")
        if source.access == "restricted" and kind is not None and kind in kinds:
            told = f"{UNNAMED} ({kinds[kind].label_en.lower()})"
        elif kind is not None:
            source = attrs.evolve(source, kind=None)
        fields = ("publisher", "author", "published", "accessed", "url", "archived_url")
        blanks: dict[str, Any] = dict.fromkeys((*fields, "language", "note"))
        return self._blanked(source, "sources", {"title": told, **blanks})

    def actor(self, actor: Actor) -> Actor | None:
        """Somebody; what is told instead of a name stands in its place."""
        treatment = self.policy.treatment("actors", actor.access)
        if treatment == PUBLIC:
            return actor
        if treatment == LEAVE_OUT:
            return None
        told = self._told(actor)
        if self.policy.roles is not None and actor.role not in self.policy.roles:
            actor = self._blanked(actor, "actors", {"role": None})
        if self.policy.generalises("actor_names", "text"):
            actor = attrs.evolve(actor, names=(Name(text=told, language="en", kind="common"),))
        return actor

    def site(self, site: Site) -> Site:
        """A site; where it is as roughly as it may be known."""
        access = self.access_of_place(site.id)
        # Of a site as it once was, what was hidden then stays so.
        if site.location is not None:
            access = max(access, site.location.access, key=_STRICTER.__getitem__)
        if self._of_source(site.source) == LEAVE_OUT:
            site = self._blanked(site, "sites", {"source": None})
        if access == PUBLIC:
            return site
        if self.policy.generalises("identifiers", "value"):
            kept = tuple(i for i in site.identifiers if i.scheme in self.policy.identifiers)
            site = attrs.evolve(site, identifiers=kept)
        if site.location is not None:
            site = attrs.evolve(site, location=self._location(site.location, access))
        return site

    def _location(self, location: Location, access: str) -> Location | None:
        generalised = [each for each in _PLACED if self.policy.generalises("sites", each)]
        if self.policy.treatment("locations", access) == LEAVE_OUT:
            return None if generalised else location
        square = self._grid.generalised(attrs.evolve(location, access=access))
        return attrs.evolve(square, **{
            each: getattr(location, each) for each in _PLACED if each not in generalised
        })  # fmt: skip

    def _told_by(self, record: R, table: str, *texts: str) -> R | None:
        """What a source tells, if the source appears; in its own words, if it is named."""
        treatment = self._of_source(getattr(record, "source"))  # noqa: B009 - of several types
        if treatment == LEAVE_OUT:
            return None
        if treatment != PUBLIC:
            return self._blanked(record, table, dict.fromkeys(texts))
        return self._unnaming(record, table, *texts)

    def listing(self, listing: Listing) -> Listing | None:
        """A listing of a source that appears."""
        return self._told_by(listing, "listings", "as_written")

    def observation(self, observation: Observation) -> Observation | None:
        """A look of a source that appears."""
        return self._told_by(observation, "observations", "as_written")

    def intervention(self, intervention: Intervention) -> Intervention | None:
        """What was done, told by a source that appears."""
        return self._told_by(intervention, "interventions", "as_written")

    def event(self, event: Event) -> Event:
        """An event."""
        return self._unnaming(event, "events", "label")

    def claim(self, claim: Claim) -> Claim | None:
        """A claim of a source that appears, without words that would tell who or where."""
        treatment = self.policy.treatment("claims", claim.access)
        source = self._of_source(claim.source)
        if LEAVE_OUT in (treatment, source):
            return None
        # Words about a place that is hidden would give it away.
        if claim.property == "location" and self._hides(claim.subject, claim.site):
            return None
        texts = ("as_written", "attributed_to", "locator")
        if treatment != PUBLIC and not _is_of_a_list(claim):
            return None
        if PUBLIC == treatment == source:
            return self._unnaming(claim, "claims", "value", *texts)
        if claim.value is None:
            return None
        found = self._blanked(claim, "claims", dict.fromkeys(texts))
        return self._unnaming(found, "claims", "value")

    def _hides(self, *sites: str | None) -> bool:
        hidden = any(self.access_of_place(site) != PUBLIC for site in sites)
        return hidden and self.policy.generalises("claims", "value")

    def evidence(self, evidence: Evidence) -> Evidence | None:
        """Evidence of a source that appears."""
        treatment = self.policy.treatment("evidence", evidence.access)
        if LEAVE_OUT in (treatment, self._of_source(evidence.source)):
            return None
        if treatment == PUBLIC:
            return self._unnaming(evidence, "evidence", "title")
        return self._blanked(evidence, "evidence", {"title": None, "size": None})

    def review(self, review: Review) -> Review | None:
        """A review of a claim that appears."""
        return review if self._known.is_shown("claim", review.claim) else None


def _is_of_a_list(claim: Claim) -> bool:
    """Whether a value is one of a closed list, a number or a date, and no words of anybody."""
    reading = claim.reading
    if reading is None or reading.text is not None:
        return False
    if reading.term is not None:
        name = PROPERTIES[claim.property].vocabulary
        return name is None or reading.term in vocabulary(name)
    return True


RULES: dict[type, Callable[..., Record | None]] = {
    Source: Redaction.source,
    Actor: Redaction.actor,
    Site: Redaction.site,
    Listing: Redaction.listing,
    Event: Redaction.event,
    Claim: Redaction.claim,
    Observation: Redaction.observation,
    Intervention: Redaction.intervention,
    Evidence: Redaction.evidence,
    Review: Redaction.review,
}
"""How each kind passes. A kind that is missing here cannot be published at all."""
