"""Two statements of one record to one: editions of a listing, and what a person amended since."""

from __future__ import annotations

from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.ingest.merge import Description
from heritage.model import Listing, Record
from heritage.problems import Origin


@attrs.frozen(kw_only=True)
class Edit:
    """A record that is there already and shall change."""

    record: Record
    origin: Origin
    outcome: str
    renamed_from: str | None = None
    description: Description | None = None
    """For a site: what is said of it from now on."""


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
    """One listing out of two editions of its source: the newer speaks, both are named.

    Of two files of one edition the second speaks, and what it is silent on stays.
    """
    if stated.edition is None:
        return stated
    newest = _later(found.edition, stated.edition)
    speaker = stated if newest == stated.edition else found
    first = _earlier(found.first_edition, stated.first_edition)
    both: dict[str, Any] = {
        "id": found.id,
        "site": found.site,
        "edition": newest,
        "first_edition": first,
    }
    if found.edition == stated.edition:
        for field in attrs.fields(Listing):
            if field.name not in both and getattr(stated, field.name) in (None, ()):
                both[field.name] = getattr(found, field.name)
    return attrs.evolve(speaker, **both)


def following(before: Record, stated: Record) -> Record:
    """What a statement makes of a record that nobody else has touched."""
    if isinstance(before, Listing) and isinstance(stated, Listing):
        return combined(before, stated)
    return stated


def amended(found: Record, before: Record, after: Record) -> Record:
    """A record with what a file says differently than before, and all else as it is.

    Args:
        found: The record as it stands, perhaps amended by a person.
        before: As the file's loader left it the last time.
        after: As the file has it now.

    Raises:
        InvalidRecordError: The two do not go together.
    """
    changes = {
        field.name: getattr(after, field.name)
        for field in attrs.fields(type(after))
        if field.name != "id" and getattr(before, field.name) != getattr(after, field.name)
    }
    return attrs.evolve(found, **changes)
