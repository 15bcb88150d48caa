"""Everything that bears on one property of one thing, brought together for judgement."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import UsageError
from heritage.judge.library import Library
from heritage.model import PROPERTIES, Claim, Intervention, Observation, Review
from heritage.model.fields import one_of

__all__ = ["Case"]

_check_property = one_of("property", PROPERTIES)


def _is_property(_: object, __: object, value: str) -> None:
    fault = _check_property(value)
    if fault:
        raise UsageError(fault)


@attrs.frozen(kw_only=True)
class Case:
    """What was claimed and seen of one property; the order of its parts means nothing."""

    subject: str
    """The id of an event or a site."""
    property: str = attrs.field(validator=_is_property)
    site: str | None = None
    """Of an event: the site that is meant; None for the event as a whole."""
    claims: Sequence[Claim] = ()
    """Claims on the property, retracted ones left out."""
    observations: Sequence[Observation] = ()
    """Looks at the sites that are meant."""
    interventions: Sequence[Intervention] = ()
    """What was done for those sites: what stands after a rebuilding is no sign of what stood."""
    reviews: Sequence[Review] = ()
    sources: Library = attrs.field(factory=Library)
    control: Sequence[Claim] = ()
    """Claims on who held the place, for an attribution to be compared with."""
    when: FuzzyDate | None = None
    """The day that was concluded for the event, where the answer depends on it."""
    shared_sites: Collection[str] = ()
    """Sites to which other events happened too, so that a change seen there may be theirs."""
