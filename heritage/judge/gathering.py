"""Records to cases: which claims and looks bear on which question.

What is said of an event without a site and what is said of one of its sites
are kept apart or brought together by the kind of property:

* `date`, `occurred`, `cause`, `intent` and `actor` speak of the happening. It is
  one: the case of the event takes in what is said of any of its sites, and the
  case of a site what is said of the event as a whole.
* All others speak of a place. What is said of a whole says nothing of its
  parts, nor the reverse. An event with one site is about that site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, TypeVar

import attrs

from heritage.dates import FuzzyDate
from heritage.judge.case import Case
from heritage.judge.concluding import conclude
from heritage.judge.conclusion import Conclusion
from heritage.judge.library import Library
from heritage.model import PROPERTIES, Claim, Event, Intervention, Observation, Review, Site

__all__ = ["HAPPENING", "Bundle", "case_of", "conclude_all", "conclude_one", "gather", "questions"]

T = TypeVar("T")

HAPPENING: Final = frozenset({"date", "occurred", "cause", "intent", "actor"})
"""Properties of the happening rather than of a place."""

_SEEN: Final = frozenset({"date", "severity", "extent"})
"""Properties of an event on which observations speak."""

UNPUBLISHED: Final = "Information that is not published bears on this too."
"""What the sentence of a conclusion ends in, where something does."""

_ORDER: Final = {name: place for place, name in enumerate(PROPERTIES)}


@attrs.frozen(kw_only=True)
class Bundle:
    """All records that bear on one event or one site."""

    subject: str
    sites: tuple[str, ...] = ()
    """The sites of an event; none where the subject is a site."""
    claims: Sequence[Claim] = ()
    """On the subject, all properties, retracted ones left out."""
    observations: Sequence[Observation] = ()
    """Of those sites."""
    interventions: Sequence[Intervention] = ()
    """On those sites."""
    reviews: Sequence[Review] = ()
    sources: Library = attrs.field(factory=Library)
    control: Sequence[Claim] = ()
    """Claims `control` on those sites and on all they are part of."""
    shared_sites: Collection[str] = ()
    """Those of the sites to which other events happened too."""
    unpublished: Collection[tuple[str, str | None]] = ()
    """In a public edition: properties and sites on which bears what is not published."""


def questions(bundle: Bundle) -> list[tuple[str, str | None]]:
    """Every property and site on which a bundle allows a conclusion, in order."""
    found = {(claim.property, _place(bundle, claim)) for claim in bundle.claims}
    found |= {(name, None) for name, _ in found if name in HAPPENING}
    for each in bundle.observations:
        if each.site in bundle.sites:
            found.add(("date", None))
            if each.site not in bundle.shared_sites:
                place = each.site
                found.add(("severity", place))
                if each.extent is not None:
                    found.add(("extent", place))
    return sorted(found, key=lambda each: (_ORDER[each[0]], each[1] or ""))


def _place(bundle: Bundle, claim: Claim) -> str | None:
    """The site of the case that a claim belongs to first of all."""
    if len(bundle.sites) == 1:
        return None if claim.property in HAPPENING else bundle.sites[0]
    return claim.site


def case_of(
    bundle: Bundle, property: str, site: str | None = None, when: FuzzyDate | None = None
) -> Case:
    """The case for one property of a bundle's subject, at one site or as a whole.

    Where only one site is spoken of and none is asked for, it is that site's.
    """
    if site is None and property not in HAPPENING:
        site = _only_place(bundle, property)
    return Case(
        subject=bundle.subject,
        property=property,
        site=site,
        claims=[claim for claim in bundle.claims if _bears(bundle, claim, property, site)],
        observations=_looks(bundle, property, site),
        interventions=bundle.interventions,
        reviews=bundle.reviews,
        sources=bundle.sources,
        control=bundle.control,
        when=when,
        shared_sites=bundle.shared_sites,
    )


def _only_place(bundle: Bundle, property: str) -> str | None:
    if len(bundle.sites) == 1:
        return bundle.sites[0]
    places = {place for name, place in questions(bundle) if name == property}
    return places.pop() if len(places) == 1 else None


def _bears(bundle: Bundle, claim: Claim, property: str, site: str | None) -> bool:
    # Whoever says how bad the damage is says that something happened.
    says_so = property == "occurred" and claim.property == "severity"
    if claim.property != property and not says_so:
        return False
    if property in HAPPENING:
        return site is None or claim.site is None or claim.site == site
    return claim.site == site or (claim.site is None and bundle.sites == (site,))


def _looks(bundle: Bundle, property: str, site: str | None) -> Sequence[Observation]:
    if property not in _SEEN or not bundle.sites:
        return ()
    if site is None:
        return bundle.observations if property == "date" else ()
    return [each for each in bundle.observations if each.site == site]


def conclude_one(bundle: Bundle, property: str, site: str | None = None) -> Conclusion:
    """One conclusion, together with the date it depends on.

    What is concluded here is what `conclude_all` concludes for that question.
    """
    case = case_of(bundle, property, site, _when(bundle, property, site, {}))
    return _told(bundle, conclude(case))


def _told(bundle: Bundle, conclusion: Conclusion) -> Conclusion:
    """A conclusion that says so where it would rest on more than is published."""
    if (conclusion.property, conclusion.site) not in bundle.unpublished:
        return conclusion
    return attrs.evolve(
        conclusion,
        flags=tuple(sorted({*conclusion.flags, "rests-on-withheld"})),
        sentence=f"{conclusion.sentence} {UNPUBLISHED}",
    )


def conclude_all(bundle: Bundle) -> tuple[Conclusion, ...]:
    """Every conclusion that a bundle allows, by property and site.

    A question that only observations raise and that they leave open gives none.
    """
    dates: dict[str | None, FuzzyDate | None] = {}
    found = []
    for property, site in questions(bundle):
        when = _when(bundle, property, site, dates)
        conclusion = _told(bundle, conclude(case_of(bundle, property, site, when)))
        if property == "date":
            dates[site] = FuzzyDate.parse(conclusion.value) if conclusion.value else None
        claimed = any(claim.property == property for claim in bundle.claims)
        if conclusion.value is not None or claimed:
            found.append(conclusion)
    return tuple(found)


def _when(
    bundle: Bundle, property: str, site: str | None, known: dict[str | None, FuzzyDate | None]
) -> FuzzyDate | None:
    """The date concluded for an event, at a site if there it is spoken of by itself."""
    needing = {
        "severity": bundle.observations,
        "extent": bundle.observations,
        "actor": bundle.control,
    }
    if not bundle.sites or not needing.get(property):
        return None
    if len(bundle.sites) == 1:
        site = None
    if site not in known:
        value = conclude(case_of(bundle, "date", site)).value
        known[site] = FuzzyDate.parse(value) if value else None
    return known[site]


def gather(
    events: Iterable[Event],
    sites: Iterable[Site],
    claims: Iterable[Claim],
    observations: Iterable[Observation] = (),
    interventions: Iterable[Intervention] = (),
    reviews: Iterable[Review] = (),
    *,
    sources: Library,
) -> Iterator[Bundle]:
    """Sort the records of a whole registry into bundles: events first, then sites."""
    events, sites = list(events), list(sites)
    parents = {site.id: site.part_of for site in sites}
    by_subject = _grouped(claims, "subject")
    looks, works = _grouped(observations, "site"), _grouped(interventions, "site")
    decisions = _grouped(reviews, "claim")
    happened = Counter(site for event in events for site in event.sites)
    for event in events:
        places = {place for site in event.sites for place in (site, *_wholes(site, parents))}
        own = by_subject.get(event.id, [])
        yield Bundle(
            subject=event.id,
            sites=event.sites,
            claims=own,
            observations=[each for site in event.sites for each in looks.get(site, ())],
            interventions=[each for site in event.sites for each in works.get(site, ())],
            reviews=[each for claim in own for each in decisions.get(claim.id, ())],
            sources=sources,
            control=[
                claim
                for place in sorted(places)
                for claim in by_subject.get(place, ())
                if claim.property == "control"
            ],
            shared_sites=[site for site in event.sites if happened[site] > 1],
        )
    for site in sites:
        own = by_subject.get(site.id, [])
        if own:
            yield Bundle(
                subject=site.id,
                claims=own,
                reviews=[each for claim in own for each in decisions.get(claim.id, ())],
                sources=sources,
            )


def _wholes(site: str, parents: dict[str, str | None]) -> Iterator[str]:
    """Everything that a site is part of, the nearest first."""
    seen = {site}
    parent = parents.get(site)
    while parent is not None and parent not in seen:
        yield parent
        seen.add(parent)
        parent = parents.get(parent)


def _grouped(records: Iterable[T], key: str) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for record in records:
        groups.setdefault(getattr(record, key), []).append(record)
    return groups
