"""Facts on sites to one picture: a lane for each part, with events, looks and works on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from heritage.dates import FuzzyDate
from heritage.judge import Fact
from heritage.store.facts.site_states import COUNTED, Standing
from heritage.web.axis import Axis, year_of
from heritage.web.queries import Row
from heritage.web.windows import Window, window_of
from heritage.web.words import Words

LANES = 40
"""Parts that have a lane."""

SHARE = 0.9
"""How much of what is dated is drawn, the latest first, where there is much of it."""

MANY = 20

MARKS = 40
"""Events, looks and works that are drawn at most, the latest."""


DOUBTED = ("disputed", "undecided")


def drawn(
    known: Standing,
    names: Mapping[str, str],
    events: Mapping[str, Row],
    on: FuzzyDate,
    words: Words,
) -> Row | None:
    """The lanes of a site and its parts; None where nothing is dated.

    Args:
        known: What is known of them; the lanes are in the order in which it comes.
        names: Their names, by id.
        events: The events of the page, by id, each with its `label` and `status`.
        on: The date to be marked.
        words: The language.
    """
    dated = {
        site: [(fact, window) for fact in facts if (window := _window(fact))]
        for site, facts in known.latest.items()
    }
    dated = {site: found for site, found in dated.items() if found}
    windows = sorted((w for found in dated.values() for _, w in found), key=lambda w: w.first)
    # Of what was not read, all is earlier; it is more than the share that is left out.
    cut = int(len(windows) * (1 - SHARE)) if len(windows) > MANY else 0
    kept = windows[max(cut, len(windows) - MARKS) :]
    ends = [year for window in kept for year in (window.first, window.last)]
    axis = Axis.around(ends, mirrored=words.direction == "rtl")
    if axis is None:
        return None
    shown = [window for window in windows if window.last >= kept[0].first][-MARKS:]
    is_shown = {id(window) for window in shown}
    lanes = [
        {
            "id": site,
            "name": names.get(site) or site,
            "marks": [
                _mark(fact, window, axis, events, words)
                for fact, window in found
                if id(window) in is_shown
            ],
        }
        for site, found in dated.items()
    ]
    lanes = [lane for lane in lanes if lane["marks"]]
    return {
        "axis": axis,
        "lanes": lanes[:LANES],
        "more": max(len(lanes) - LANES, 0),
        "earlier": known.counted - len(shown),
        "earlier_least": known.counted >= COUNTED,
        "chosen": _chosen(on, axis),
    }


def _window(fact: Fact) -> Window | None:
    if fact.date is None:
        return None
    return window_of(
        [{"date_earliest": fact.date.earliest_key, "date_latest": fact.date.latest_key}]
    )


def _chosen(on: FuzzyDate, axis: Axis) -> str | None:
    """Where the chosen date lies; None beside the picture."""
    key = on.earliest_key
    if key is None or not axis.first <= year_of(key) <= axis.last:
        return None
    return axis.place(year_of(key))


def _mark(fact: Fact, window: Window, axis: Axis, events: Mapping[str, Row], words: Words) -> Row:
    """One event, look or work, as a bar and in words."""
    event = events.get(fact.id) if fact.kind == "event" else None
    when = words.date(fact.date.text) if fact.date else ""
    if fact.kind == "event":
        what = event["label"] if event else fact.id
    elif fact.kind == "observation":
        state = fact.states[0] if fact.states else None
        what = words("seen_as", state=words(f"condition_{state}")) if state else words("seen")
    else:
        what = words("work")
    return {
        "kind": fact.kind,
        "id": fact.id,
        "bar": window.on(axis, least=0.7),
        "is_doubted": bool(event and event["status"] in DOUBTED),
        "state": fact.states[0] if len(fact.states) == 1 else None,
        "what": what,
        "when": when,
    }


def names_of(record: Row, parts: Sequence[Row]) -> dict[str, str]:
    """The names of a site and its parts, by id."""
    return {row["id"]: row["name"] or row["id"] for row in (record, *parts)}
