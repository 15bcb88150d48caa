"""What a source hands over: records with their origin, problems, and what they are from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import attrs

from heritage.dates import FuzzyDate
from heritage.model import Record
from heritage.problems import Origin, Problem


class Statement(NamedTuple):
    """One record as a file states it, and where."""

    record: Record
    origin: Origin


@attrs.define(kw_only=True)
class Delivery:
    """The content of one file, to be taken item by item."""

    source: str
    """Whose file it is: `whc` or `own`."""
    dataset: str
    """Whose word its records are: `whc`, `whc-xml` or `own`. Editions are compared within one."""
    edition: FuzzyDate | None = None
    """The edition that was named, else the newest year that the file speaks of."""
    items: Iterator[Statement | Problem]
    """Records and problems, in the order of the file."""
    rows: int = 0
    """How many rows or lines were read; final once `items` is exhausted."""
    complete: bool = True
    """False where a row could not be used, so that what is missing may be in it; final likewise."""
    mentioned: frozenset[str] = frozenset()
    """Identifiers such as `whc:23` of all sites that the file names, usable or not."""
    notes: tuple[str, ...] = ()
    """What a person may like to know about how the file was read; nothing is wrong."""
