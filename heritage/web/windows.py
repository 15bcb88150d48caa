"""Dates that several sources give to one window, and windows to bars."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.web.axis import Axis, Bar, year_of
from heritage.web.queries import Row
from heritage.web.words import Words

DAY = 1 / 366
"""A day in years: the last day of a window belongs to it."""

LEAVING = ("removed", "delisted", "absorbed")


def years(earliest: str | None, latest: str | None) -> tuple[float | None, float | None]:
    """The first and the last moment of a window, in years; None where it is open."""
    first = None if earliest is None else year_of(earliest)
    last = None if latest is None else year_of(latest) + DAY
    return first, last


def known(pairs: Iterable[tuple[float | None, float | None]]) -> list[float]:
    """Every end that is known, for finding an axis with room for all."""
    return [year for pair in pairs for year in pair if year is not None]


@attrs.frozen
class Window:
    """Every day that some source gives, or that a conclusion leaves open."""

    first: float
    """The earliest moment that any source names, in years."""
    last: float
    """The latest moment that any source names, in years."""
    open_start: bool
    """Whether some source allows any earlier time."""
    open_end: bool
    """Whether some source allows any later time."""

    def on(self, axis: Axis, least: float = 0.6) -> Bar:
        """Its bar on an axis."""
        return axis.bar(
            self.first, self.last, open_start=self.open_start, open_end=self.open_end, least=least
        )


def window_of(claims: Sequence[Row]) -> Window | None:
    """The window that date claims give together; None where there is none.

    Shape of a claim: `date_earliest` and `date_latest`, as sort keys or None.
    """
    pairs = [years(claim["date_earliest"], claim["date_latest"]) for claim in claims]
    pairs = [pair for pair in pairs if pair != (None, None)]
    if not pairs:
        return None
    firsts = [first for first, _ in pairs]
    lasts = [last for _, last in pairs]
    return Window(
        min(known(pairs)),
        max(known(pairs)),
        open_start=None in firsts,
        open_end=None in lasts,
    )


def window_words(claims: Sequence[Row], words: Words) -> str:
    """When it happened according to all sources together, in words."""
    dates = sorted({claim["date"] for claim in claims if claim["date"]})
    if len(dates) == 1:
        return words.date(dates[0])
    firsts = [claim["date_earliest"] for claim in claims]
    lasts = [claim["date_latest"] for claim in claims]
    low = None if None in firsts else min(firsts)
    high = None if None in lasts else max(lasts)
    if low is None or high is None:
        if low is None and high is None:
            return words("undated")
        key = "before_only" if low is None else "after_only"
        return words(key, date=words.date(high if low is None else low))
    if not (low[0].isdigit() and high[0].isdigit()):
        return words("from_to", low=low, high=high)
    first, last = (dt.date.fromisoformat(day).toordinal() for day in (low, high))
    return words.date(FuzzyDate.window(first, last).text)


def dating(event: Row, words: Words) -> Row:
    """When an event happened: its `window`, `when` in words, and how firm that is, as `status`.

    That is what is concluded; where nothing is, all that sources give together.
    """
    found = event["concluded"]
    if found and found["value"]:
        pair = {"date_earliest": found["earliest"], "date_latest": found["latest"]}
        when = words.concluded("date", found["value"])
        return {"window": window_of([pair]), "when": when, "status": found["status"]}
    window = window_of(event["windows"])
    together = window_words(event["windows"], words) if window else None
    return {"window": window, "when": together, "status": found["status"] if found else None}


@attrs.frozen
class Mark:
    """One event on the timeline of the home page."""

    event: Row
    words: str
    bar: Bar
    lane: int
    status: str | None


@attrs.frozen
class Timeline:
    """Events packed into lanes, so that marks do not lie on each other."""

    axis: Axis
    marks: list[Mark]
    lanes: int
    earlier: int


def timeline(events: Sequence[Row], words: Words, share: float = 0.8) -> Timeline | None:
    """The picture of events that are dated.

    The axis spans the latest stretch that holds the given share of them, since
    one event of 1945 would press those of a year into one mark.
    """
    dated = [{**event, **found} for event in events if (found := dating(event, words))["window"]]
    if not dated:
        return None
    dated.sort(key=lambda event: (event["window"].first, event["id"]))
    drawn = dated[int(len(dated) * (1 - share)) if len(dated) > 20 else 0 :]
    ends = [year for event in drawn for year in (event["window"].first, event["window"].last)]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    if axis is None:
        return None
    marks: list[Mark] = []
    free: list[float] = []
    for event in drawn:
        bar = event["window"].on(axis, least=0.8)
        start, width = float(bar.x[:-1]), float(bar.width[:-1])
        if axis.mirrored:
            start = 100 - start - width
        lane = next((n for n, end in enumerate(free) if end <= start), len(free))
        free[lane : lane + 1] = [start + width + 0.3]
        marks.append(Mark(event, event["when"], bar, lane, event["status"]))
    return Timeline(axis, marks, len(free), len(dated) - len(drawn))


@attrs.frozen
class Strip:
    """A site's place on registers through the years: one lane for each statement."""

    axis: Axis
    lanes: list[Row]


_STATED = ("register", "status", "begin", "end", "reference", "suffix", "criteria", "area_ha")


def merged(listings: Sequence[Row]) -> list[Row]:
    """Listings that say the same as one, with every source that says so under `stated`."""
    groups: dict[tuple[Any, ...], Row] = {}
    for row in listings:
        group = groups.setdefault(tuple(row[name] for name in _STATED), {**row, "stated": []})
        group["stated"].append(row)
    return list(groups.values())


def _sources_words(found: Sequence[Row]) -> list[str]:
    return sorted({row["source_title"] for row in found})


def strip(listings: Sequence[Row], now: float, words: Words) -> Strip | None:
    """The strip of a site's listings; None where none has a date."""
    lanes: dict[tuple[Any, ...], list[Row]] = {}
    for row in listings:
        if row["begin_earliest"] is not None:
            key = (row["register"], row["status"], row["begin"], row["end"])
            lanes.setdefault(key, []).append(row)
    if not lanes:
        return None
    left = [row["begin_latest"] for row in listings if row["status"] in LEAVING]
    leaving = min((year_of(day) for day in left if day), default=None)
    ends = known(
        years(row["begin_earliest"], row["end_latest"]) for found in lanes.values() for row in found
    )
    axis = Axis.around([*ends, now], mirrored=words.direction == "rtl")
    drawn = []
    for (_register, status, _begin, end), found in lanes.items():
        row = found[0]
        first, last = years(row["begin_earliest"], row["end_latest"] if end else None)
        is_moment = status in LEAVING
        if is_moment:
            last = years(row["begin_earliest"], row["begin_latest"])[1]
        elif last is None and leaving is not None and first is not None and leaving > first:
            last = leaving
        drawn.append(
            {
                **row,
                "bar": axis.bar(first or now, now if last is None else last) if axis else None,
                "is_open": not end and last is None,
                "is_moment": is_moment,
                "sources": _sources_words(found),
            }
        )
    return Strip(axis, drawn) if axis else None


def listed(text: str | None) -> list[str]:
    """The entries of a JSON array in a column; empty where another program wrote none."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [str(entry) for entry in found] if isinstance(found, list) else []
