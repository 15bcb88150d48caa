"""What one source states about a site's place on a register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import check, check_id, one_of, to_date, to_number
from heritage.model.ids import content_id

CRITERIA = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
WORLD_HERITAGE = "world-heritage"
IN_DANGER = "in-danger"
FIRST_INSCRIPTION_YEAR = 1978
"""The first properties entered the World Heritage List in 1978 (whc.unesco.org/en/list)."""


def _criteria_in_order(values: Iterable[str]) -> tuple[str, ...]:
    values = tuple(values)
    if all(value in CRITERIA for value in values):
        return tuple(sorted(set(values), key=CRITERIA.index))
    return values


def category_of(criteria: Iterable[str]) -> str | None:
    """The category that criteria imply: cultural i to vi, natural vii to x, mixed both.

    Operational Guidelines for the Implementation of the World Heritage
    Convention, paragraphs 46 and 77.
    """
    positions = {CRITERIA.index(criterion) for criterion in criteria}
    cultural = any(position < 6 for position in positions)
    natural = any(position >= 6 for position in positions)
    if cultural and natural:
        return "mixed"
    return "cultural" if cultural else "natural" if natural else None


def _area_fault(value: float) -> str | None:
    return None if value > 0 else f"{value} is not an area; leave it out where it is unknown"


def _listing_rules(listing: Listing) -> Iterator[str]:
    begin, end = listing.begin, listing.end
    if (
        begin is not None
        and end is not None
        and begin.earliest_day is not None
        and end.latest_day is not None
        and end.latest_day < begin.earliest_day
    ):
        yield f"end: {end.text} lies before begin {begin.text}"
    if (
        listing.register == WORLD_HERITAGE
        and begin is not None
        and begin.latest_year is not None
        and begin.latest_year < FIRST_INSCRIPTION_YEAR
    ):
        yield f"begin: {begin.text} lies before {FIRST_INSCRIPTION_YEAR}, the first inscriptions"


@attrs.frozen(kw_only=True)
class Listing:
    """One statement of one source: this site, on this register, since then."""

    site: str = attrs.field(metadata={"check": check_id})
    register: str
    """A term of the vocabulary `register`, such as `world-heritage`."""
    status: str
    """A term of the vocabulary `listing_status`, such as `inscribed` or `in-danger`."""
    begin: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    end: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    """The end of a stint that has ended; None while it lasts or where nobody said."""
    reference: str | None = None
    """The number on the register, without its suffix: `23`."""
    suffix: str | None = None
    """The revision mark as written: `Rev`, `Bis`, `-257`."""
    criteria: tuple[str, ...] = attrs.field(
        default=(), converter=_criteria_in_order, metadata={"check": one_of("criterion", CRITERIA)}
    )
    area_ha: float | None = attrs.field(
        default=None, converter=to_number, metadata={"check": _area_fault}
    )
    as_written: str | None = None
    """The source's own words where they were read into the other fields: `Y 2013`."""
    source: str = attrs.field(metadata={"check": check_id})
    first_edition: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    """The oldest known edition of the source that states this."""
    edition: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    """The newest known edition of the source that states this."""
    id: str = attrs.field(default="", metadata={"check": check_id})
    """Hash of the reference (or, without one, the site), register, status, begin and source.

    A site may be given another id later; its reference on the register stays, and
    with it the listing.
    """

    RULES = (_listing_rules,)

    def __attrs_post_init__(self) -> None:
        if self.id == "":
            begin = self.begin.text if isinstance(self.begin, FuzzyDate) else self.begin
            place = self.reference or self.site
            parts = (place, self.register, self.status, begin, self.source)
            object.__setattr__(self, "id", content_id("l", parts))
        check(self)
