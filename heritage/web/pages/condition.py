"""States of a site and its parts to its condition on a date: how many are in which state.

A site with parts is a distribution over those that have no parts themselves,
and never the worst of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError
from heritage.judge import SITE_STATES, Fact, StateOn, condition_of_parts
from heritage.web.queries import Row
from heritage.web.words import Words

STOPS = 300
"""Days at which the slider stops."""

EPOCH = "1970-01-01"
"""The day that an empty registry speaks of."""


@attrs.frozen(kw_only=True)
class Asked:
    """The date on which the condition is wanted."""

    date: FuzzyDate
    problem: str | None = None
    """What was asked for and is no date."""

    @property
    def day(self) -> str | None:
        """The day as a date field takes it; None for what is no single day."""
        first, last = self.date.earliest, self.date.latest
        return first.isoformat() if first is not None and first == last else None


def asked(on: str | None, as_of: Row | None) -> Asked:
    """The date that an address asks for; that of the newest change where it names none."""
    now = FuzzyDate.parse(as_of["at"][:10] if as_of else EPOCH)
    text = (on or "").strip()
    if not text:
        return Asked(date=now)
    try:
        return Asked(date=FuzzyDate.parse(text))
    except DateParseError:
        return Asked(date=now, problem=text)


def leaves(parts: Sequence[Row]) -> list[str]:
    """The ids of the parts that have no parts themselves."""
    wholes = {part["part_of"] for part in parts}
    return [part["id"] for part in parts if part["id"] not in wholes]


def told(site: str, parts: Sequence[Row], found: Mapping[str, StateOn], when: Asked) -> Row:
    """The condition as JSON tells it.

    Shape: `on`, `problem`, the state of the `site` itself, and of its parts the
    `total`, `counts` by state, a `sentence` and their `states`.
    """
    ends = [found[part] for part in leaves(parts)]
    spread = condition_of_parts(ends) if ends else None
    return {
        "on": when.date.text,
        "problem": when.problem,
        "site": _plain(found[site]),
        "total": len(ends),
        "counts": dict(spread.counts) if spread else {},
        "sentence": spread.sentence if spread else found[site].sentence,
        "states": [_plain(each) for each in ends],
    }


def _plain(state: StateOn) -> Row:
    return {
        "site": state.site,
        "state": state.state,
        "possible": list(state.possible),
        "moved": state.moved,
        "sentence": state.sentence,
    }


def shares(counts: Mapping[str, int], *, mirrored: bool) -> list[Row]:
    """The parts of a bar that is as wide as there are parts, in percent."""
    total, start, found = sum(counts.values()), 0.0, []
    for state, count in counts.items():
        width = 100 * count / total
        left = 100 - start - width if mirrored else start
        found.append({"state": state, "n": count, "x": f"{left:.3f}%", "width": f"{width:.3f}%"})
        start += width
    return found


def counted(nodes: Sequence[Row], found: Mapping[str, StateOn]) -> list[Row]:
    """A tree of parts, each with its own state, or with how many of its parts are in which."""
    return [_with_state(node, found) for node in nodes]


def _with_state(node: Row, found: Mapping[str, StateOn]) -> Row:
    parts = counted(node["parts"], found)
    if not parts:
        state = found[node["id"]]
        return {**node, "parts": parts, "state": _plain(state), "counts": {state.state: 1}}
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part["counts"])
    counts = {state: total[state] for state in SITE_STATES if total[state]}
    return {**node, "parts": parts, "state": None, "counts": counts}


def stops(latest: Iterable[Sequence[Fact]], last: str | None) -> list[str]:
    """The days on which a state can change, in order, for a slider to stop at.

    Args:
        latest: What happened last to the site and to its parts.
        last: The day on which the slider ends.
    """
    days = {
        day.isoformat()
        for facts in latest
        for fact in facts
        if fact.date is not None
        for day in (fact.date.earliest, fact.date.latest)
        if day is not None
    }
    found = sorted(days | ({last} if last else set()))
    return found[-STOPS:]


def context(
    condition: Row, tree: Sequence[Row], found: Mapping[str, StateOn], words: Words
) -> dict[str, Any]:
    """What the template needs to show it."""
    return {
        "tree": counted(tree, found),
        "shares": shares(condition["counts"], mirrored=words.direction == "rtl"),
    }
