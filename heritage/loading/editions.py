"""Two editions of a listing to one."""

from __future__ import annotations

import attrs

from heritage.dates import FuzzyDate
from heritage.model import Listing, Record


def edition_key(edition: FuzzyDate | None) -> tuple[str, str]:
    """An edition as written, and its last day as a key that sorts."""
    return ("", "") if edition is None else (edition.text, edition.latest_key or "")


def only_edition_differs(record: Record, found: Record) -> bool:
    """Whether two listings say the same, in different editions."""
    if not isinstance(record, Listing) or not isinstance(found, Listing):
        return False
    return record == attrs.evolve(found, edition=record.edition, first_edition=record.first_edition)


def _later(first: FuzzyDate | None, second: FuzzyDate | None) -> FuzzyDate | None:
    known = [edition for edition in (first, second) if edition is not None]
    return max(known, key=lambda edition: edition.latest_key or "", default=None)


def _earlier(first: FuzzyDate | None, second: FuzzyDate | None) -> FuzzyDate | None:
    known = [edition for edition in (first, second) if edition is not None]
    return min(known, key=lambda edition: edition.latest_key or "", default=None)


def combined(found: Listing, stated: Listing) -> Listing:
    """One listing out of two editions of its source: the newer speaks, both are named."""
    if stated.edition is None:
        return stated
    newest = _later(found.edition, stated.edition)
    speaker = stated if newest == stated.edition else found
    first = _earlier(found.first_edition, stated.first_edition)
    return attrs.evolve(speaker, id=found.id, site=found.site, edition=newest, first_edition=first)
