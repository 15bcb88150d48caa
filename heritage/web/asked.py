"""The words after the question mark of a search to what is asked for.

The address is the whole of the filter, so a link to a list is the list. What
cannot be read is told and narrows nothing, so that no wrong list looks right.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError
from heritage.web.words import Words

EVENTS, SITES, SOURCES = "events", "sites", "sources"
KINDS = (EVENTS, SITES, SOURCES)
STATUSES = ("agreed", "disputed", "undecided", "undated")

APPLY = {
    EVENTS: ("q", "country", "register", "cause", "severity", "status", "during", "within"),
    SITES: ("q", "country", "register", "within"),
    SOURCES: ("q", "during"),
}
"""The filters that each kind can be narrowed by."""

LONGEST = 300
"""Characters of one filter."""

PAGES = 100
"""Pages that a list has at most; who wants more takes the table."""

Box = tuple[float, float, float, float]


@attrs.frozen(kw_only=True)
class Asked:
    """What a search is to find; an empty text does not narrow it."""

    kind: str = ""
    """One of `KINDS`; empty where all are searched for words."""
    q: str = ""
    country: str = ""
    register: str = ""
    cause: str = ""
    severity: str = ""
    status: str = ""
    """How firm the date is: agreed, disputed, undecided or undated."""
    during: FuzzyDate | None = None
    within: Box | None = None
    """West, south, east, north."""
    page: int = 1
    faults: tuple[str, ...] = ()
    """Sentences on what could not be read, or does not apply."""

    def given(self) -> dict[str, str]:
        """The filters that narrow the list, as they stand in the address."""
        texts = {name: _text(getattr(self, name)) for name in APPLY[self.kind or EVENTS]}
        return {name: text for name, text in texts.items() if text}

    def query(self, **other: object) -> dict[str, str]:
        """The words of an address that asks for the same, but for what is named.

        None takes a filter away; another filter begins at the first page.
        """
        words = {**({"kind": self.kind} if self.kind else {}), **self.given()}
        if self.page > 1 and not other:
            words["page"] = str(self.page)
        for name, value in other.items():
            words.pop(name, None)
            if value is not None:
                words[name] = str(value)
        return words


def _text(value: object) -> str:
    if isinstance(value, FuzzyDate):
        return value.text
    if isinstance(value, tuple):
        return ",".join(f"{number:g}" for number in value)
    return str(value or "")


def box(text: str) -> Box | None:
    """West, south, east, north in degrees; None where a text is no such box.

    >>> box("35,32,43,37.5")
    (35.0, 32.0, 43.0, 37.5)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))):
        return None
    sound = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    return (west, south, east, north) if sound else None


def read_asked(args: Mapping[str, Any], words: Words) -> Asked:
    """What the arguments of an address ask for, with what could not be read."""
    faults = []
    given = {}
    for name in {name for names in APPLY.values() for name in names}:
        text = (args.get(name) or "").strip().replace("\0", "")
        if name == "q":
            text = text[:LONGEST]
        if len(text) > LONGEST:
            faults.append(words("asked_long", name=words(f"asked_{name}")))
        elif text:
            given[name] = text
    kind = args.get("kind") or ""
    if kind not in ("", *KINDS):
        faults.append(words("asked_kind_unknown", value=kind[:40]))
        kind = ""
    if not kind and given.keys() - {"q"}:
        kind = EVENTS
    read: dict[str, Any] = {"kind": kind}
    for name, text in given.items():
        if name not in APPLY[kind or EVENTS]:
            faults.append(words("asked_not_applied", name=words(f"asked_{name}")))
            continue
        value = _read(name, text)
        if value is None:
            faults.append(words(f"asked_{name}_unread", value=text))
        else:
            read[name] = value
    return Asked(**read, page=_page(args.get("page")), faults=tuple(sorted(faults)))


def _read(name: str, text: str) -> object:
    if name == "during":
        try:
            return FuzzyDate.parse(text)
        except DateParseError:
            return None
    if name == "within":
        return box(text)
    if name == "country":
        return text.upper()
    if name == "status":
        return text if text in STATUSES else None
    return text


def _page(text: str | None) -> int:
    if not text or not text.isdecimal() or len(text) > 6:
        return 1
    return max(1, min(int(text), PAGES))
