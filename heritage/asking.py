"""The words of a question: filters by name, for those who ask from Python."""

from __future__ import annotations

from typing import TypedDict

from heritage.dates import FuzzyDate

__all__ = ["Asking", "Filtering"]


class Filtering(TypedDict, total=False):
    """Filters by name; what each means is told in `heritage.store.lists.Filters`."""

    country: str | None
    within: tuple[float, float, float, float] | None
    part_of: str | None
    register: str | None
    status: str | None
    in_danger: bool
    during: FuzzyDate | str | None
    certainly: bool
    site: str | None
    event: str | None
    source: str | None
    property: str | None
    conflicting: bool
    all: bool


class Asking(TypedDict, total=False):
    """What conclusions to list; told in `heritage.store.conclusions.Wanted`."""

    subject: str | None
    site: str | None
    property: str | None
    status: str | None
    conflicting: bool
