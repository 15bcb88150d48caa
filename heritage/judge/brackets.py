"""Looks at a site to the windows in which it changed.

The last look that saw a site still whole and the first that saw it damaged
bracket the change, both days included: the first look may have been in the
morning of the day, and the last in its evening. Of a look on an unknown day
the days that make the window widest are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from heritage.dates import FuzzyDate
from heritage.judge.windows import BEGINNING, END, Windows, joined
from heritage.model import Intervention, Observation
from heritage.vocab import vocabulary

__all__ = ["Brackets", "Look", "brackets", "is_rebuilding", "restoring_kinds"]

_LEVELS: Final = {"intact": 0, "damaged": 1, "destroyed": 2}
_RESTORING: Final = ("restoration", "repair", "reconstruction")


class Look(NamedTuple):
    """An observation with the root whose look it was."""

    observation: Observation
    root: tuple[str, ...]
    weight: int


class Brackets(NamedTuple):
    """What the looks at one site say of when it changed."""

    windows: Mapping[str, Windows]
    """By observation: the window of its root."""
    contradicted: tuple[str, ...]
    """Observations set aside, because others of more weight, or as much, say otherwise."""


class _Kept(NamedTuple):
    before: list[Look]
    after: list[Look]
    aside: frozenset[str]


def restoring_kinds() -> frozenset[str]:
    """Terms of `intervention_kind` after which a site can look whole again."""
    kinds = vocabulary("intervention_kind")
    return frozenset(
        kind for kind in kinds if any(kinds.is_a(kind, restoring) for restoring in _RESTORING)
    )


def is_rebuilding(intervention: Intervention) -> bool:
    """Whether a site can look whole again after it."""
    return intervention.kind in restoring_kinds()


def brackets(
    looks: Iterable[Look], rebuilt: Iterable[Intervention] = (), *, is_shared: bool = False
) -> Brackets:
    """The windows in which one site changed, by whose looks they are.

    Args:
        looks: Those at this site whose state could be told; others are left out.
        rebuilt: What was done for it; looks from before and after a rebuilding
            are not compared.
        is_shared: Whether several events happened to it. A change then counts
            only if it was seen from both sides, for damage seen once may be older.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    aside: set[str] = set()
    for stretch in _stretches(looks, rebuilt):
        previous: tuple[int, ...] = ()
        for level in (1, 2):
            split = tuple(_level(look) >= level for look in stretch)
            if split == previous or not any(split):
                continue
            previous = split
            kept = _consistent(stretch, level)
            aside |= kept.aside
            if kept.after and (kept.before or not is_shared):
                _add_windows(found, kept)
            if kept.after and kept.before and not is_shared:
                break  # what got worse after the first damage was seen is no second event
    windows = {id: joined(runs) for id, runs in found.items() if id not in aside}
    return Brackets(windows, tuple(sorted(aside)))


def _level(look: Look) -> int:
    return _LEVELS[look.observation.state]


def _seen_whole(look: Look) -> float:
    first = look.observation.observed.earliest_day
    return BEGINNING if first is None else first


def _seen_damaged(look: Look) -> float:
    last = look.observation.observed.latest_day
    return END if last is None else last


def _stretches(looks: Iterable[Look], rebuilt: Iterable[Intervention]) -> Iterable[list[Look]]:
    told = sorted(
        (look for look in looks if look.observation.state in _LEVELS),
        key=lambda look: look.observation.id,
    )
    begun = sorted(
        _begin(each.date) for each in rebuilt if each.date is not None and is_rebuilding(each)
    )
    stretches: dict[int, list[Look]] = {}
    for look in told:
        number = sum(_seen_damaged(look) > begin for begin in begun)
        stretches.setdefault(number, []).append(look)
    return [stretches[number] for number in sorted(stretches)]


def _begin(date: FuzzyDate) -> float:
    first = date.earliest_day
    return BEGINNING if first is None else first


def _consistent(looks: Sequence[Look], level: int) -> _Kept:
    """The looks that fit one change, setting aside as little weight as that takes."""
    before = [look for look in looks if _level(look) < level]
    after = [look for look in looks if _level(look) >= level]
    days = {_seen_whole(look) for look in before} | {_seen_damaged(look) for look in after}
    costs: dict[frozenset[str], tuple[int, int]] = {}
    for day in days:
        for wrong in _contradicting(before, after, day):
            weights = {look.root: look.weight for look in wrong}
            ids = frozenset(look.observation.id for look in wrong)
            costs[ids] = (sum(weights.values()), len(wrong))
    least = min(costs.values())
    aside = frozenset[str]().union(*(ids for ids, cost in costs.items() if cost == least))
    return _Kept(
        [look for look in before if look.observation.id not in aside],
        [look for look in after if look.observation.id not in aside],
        aside,
    )


def _contradicting(
    before: Sequence[Look], after: Sequence[Look], day: float
) -> Iterable[list[Look]]:
    """Each way to set looks aside so that the rest fits a change on that day."""
    wrong = [look for look in before if _seen_whole(look) > day]
    wrong += [look for look in after if _seen_damaged(look) < day]
    whole = [look for look in before if _seen_whole(look) == day]
    gone = [look for look in after if _seen_damaged(look) == day]
    if whole and gone and {look.root for look in whole}.isdisjoint(look.root for look in gone):
        # Two who looked on one day and saw different things contradict each
        # other; one who saw both saw it happen.
        return wrong + whole, wrong + gone
    return (wrong,)


def _add_windows(found: dict[str, list[tuple[float, float]]], kept: _Kept) -> None:
    first: dict[tuple[str, ...], float] = {}
    last: dict[tuple[str, ...], float] = {}
    for look in kept.before:
        first[look.root] = max(first.get(look.root, BEGINNING), _seen_whole(look))
    for look in kept.after:
        last[look.root] = min(last.get(look.root, END), _seen_damaged(look))
    for look in (*kept.before, *kept.after):
        window = (first.get(look.root, BEGINNING), last.get(look.root, END))
        found.setdefault(look.observation.id, []).append(window)
