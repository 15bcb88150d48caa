"""Events, looks and works to the state of a site on any day, and of its parts together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import attrs

from heritage.dates import FuzzyDate, humanize
from heritage.errors import UsageError
from heritage.judge.brackets import is_rebuilding
from heritage.judge.conclusion import Conclusion
from heritage.judge.gathering import Bundle, conclude_one
from heritage.judge.sifting import is_degree
from heritage.judge.windows import BEGINNING, END, date_of
from heritage.judge.wording import listed, number, spelled
from heritage.model import Intervention, Observation
from heritage.vocab import vocabulary

__all__ = [
    "SITE_STATES",
    "Distribution",
    "Fact",
    "History",
    "StateOn",
    "condition_of_parts",
    "fact_of_event",
    "fact_of_look",
    "fact_of_work",
    "facts_of",
    "history_from",
    "history_of",
    "state_alone",
    "state_on",
]

SITE_STATES: Final = ("intact", "restored", "damaged", "destroyed", "undecided", "unknown")
"""What a site can be on a day. Restored: worked on after what had befallen it.
Undecided: several are possible. Unknown: nothing is recorded up to that day."""

_RANKS: Final = {"intact": 0, "restored": 0, "damaged": 1, "destroyed": 2}
_SEEN: Final = frozenset({"intact", "damaged", "destroyed"})


@attrs.frozen(kw_only=True)
class Fact:
    """Something that tells of, or changed, the state of a site."""

    kind: str
    """`event`, `observation` or `intervention`."""
    id: str
    date: FuzzyDate | None
    """When it happened, as concluded, or was seen; None where nobody dates it."""
    states: tuple[str, ...] = ()
    """What it left or saw; several where that is undecided, none where it says nothing."""
    moves: bool = False
    """Whether the site was taken elsewhere."""


@attrs.frozen(kw_only=True)
class History:
    """All facts on one site."""

    site: str
    facts: tuple[Fact, ...] = ()
    """In the order in which they were over."""
    undated: tuple[Fact, ...] = ()


@attrs.frozen(kw_only=True)
class StateOn:
    """What a site was on a day."""

    site: str
    date: FuzzyDate
    state: str
    """One of `SITE_STATES`."""
    possible: tuple[str, ...]
    """Every state that is possible; one where it is decided, none where it is unknown."""
    moved: str
    """Whether it had been taken elsewhere: `yes`, `no` or `maybe`."""
    facts: tuple[Fact, ...]
    """Those that were, or may have been, over by that day."""
    sentence: str


@attrs.frozen(kw_only=True)
class Distribution:
    """The states of several parts on one day: how many are in which, and never their worst."""

    date: FuzzyDate
    counts: tuple[tuple[str, int], ...]
    """State and number of parts, in the order of `SITE_STATES`, empty ones left out."""
    total: int
    sentence: str


def history_of(
    site: str,
    bundles: Iterable[Bundle],
    observations: Iterable[Observation] = (),
    interventions: Iterable[Intervention] = (),
) -> History:
    """Bring together what is concluded of the events at a site, what was seen and what was done.

    Args:
        site: Its id; of its parts and of what it is part of nothing is taken over.
        bundles: Of the events that happened to it.
        observations: Of any sites; those of others are left out.
        interventions: Likewise.
    """
    events = [_event(site, bundle) for bundle in bundles if site in bundle.sites]
    return history_from(site, events, observations, interventions)


def _event(site: str, bundle: Bundle) -> Fact:
    date = conclude_one(bundle, "date", site)
    if date.value is None:
        date = conclude_one(bundle, "date")
    severity = conclude_one(bundle, "severity", site)
    return fact_of_event(bundle.subject, date.value, severity.value, severity.status)


def facts_of(bundle: Bundle, conclusions: Iterable[Conclusion]) -> list[tuple[str, Fact]]:
    """What an event tells of the state of each of its sites; each fact with its site.

    Args:
        bundle: Of the event.
        conclusions: All that it allows, as `conclude_all` gives them.
    """
    known = {(each.property, each.site): each for each in conclusions}
    found = []
    for site in bundle.sites:
        severity = known.get(("severity", site))
        fact = fact_of_event(
            bundle.subject,
            _date_at(bundle, site, known),
            severity.value if severity else None,
            severity.status if severity else "unsupported",
        )
        found.append((site, fact))
    return found


def _date_at(
    bundle: Bundle, site: str, known: Mapping[tuple[str, str | None], Conclusion]
) -> str | None:
    whole, own = known.get(("date", None)), known.get(("date", site))
    if own is None and _is_told_of_others(bundle, site):
        # Nobody speaks of its date at this site, but the whole has in it what others say.
        own = conclude_one(bundle, "date", site)
    if own is not None and own.value is not None:
        return own.value
    return whole.value if whole else None


def _is_told_of_others(bundle: Bundle, site: str) -> bool:
    """Whether the date of the event rests on what bears on other sites too."""
    others = (claim.site for claim in bundle.claims if claim.property == "date")
    if any(other not in (None, site) for other in others):
        return True
    return any(look.site != site for look in bundle.observations)


def fact_of_event(event: str, date: str | None, severity: str | None, status: str) -> Fact:
    """What an event tells of the state of a site, by what is concluded of it there.

    Args:
        event: Its id.
        date: The value of the conclusion on its date.
        severity: The value of the conclusion on its severity at the site.
        status: The status of the latter.
    """
    return Fact(
        kind="event",
        id=event,
        date=date_of(date) if date else None,
        states=_left_by(severity, status),
    )


def _left_by(severity: str | None, status: str) -> tuple[str, ...]:
    """The states that an event of that severity leaves; none where it did no damage."""
    if severity is None:
        return ()
    codes = severity.split(" | ")
    states = {
        "destroyed" if code == "destroyed" else "damaged"
        for code in codes
        if is_degree(code) and code != "none_visible"
    }
    if status == "undecided" and "none_visible" in codes:
        states.add("intact")
    return tuple(sorted(states))


def history_from(
    site: str,
    events: Iterable[Fact],
    observations: Iterable[Observation] = (),
    interventions: Iterable[Intervention] = (),
) -> History:
    """Bring together facts on the events at a site, what was seen there and what was done.

    Args:
        site: Its id.
        events: See `fact_of_event`.
        observations: Of any sites; those of others are left out.
        interventions: Likewise.
    """
    facts = list(events)
    looks = (fact_of_look(each) for each in observations if each.site == site)
    facts += [fact for fact in looks if fact is not None]
    facts += [fact_of_work(each) for each in interventions if each.site == site]
    dated = sorted((fact for fact in facts if fact.date is not None), key=_order)
    undated = sorted((fact for fact in facts if fact.date is None), key=lambda fact: fact.id)
    return History(site=site, facts=tuple(dated), undated=tuple(undated))


def fact_of_look(look: Observation) -> Fact | None:
    """What a look tells of the state of its site; None where it counts for nothing."""
    if look.confidence == "negligible":
        return None
    states = (look.state,) if look.state in _SEEN else ()
    return Fact(kind="observation", id=look.id, date=look.observed, states=states)


def fact_of_work(intervention: Intervention) -> Fact:
    """What work on a site made of its state."""
    kinds = vocabulary("intervention_kind")
    kind = intervention.kind
    moves = kind in kinds and any(kinds.is_a(kind, each) for each in ("relocation", "evacuation"))
    return Fact(
        kind="intervention",
        id=intervention.id,
        date=intervention.date,
        states=("restored",) if is_rebuilding(intervention) else (),
        moves=moves,
    )


def _first(date: FuzzyDate) -> float:
    return BEGINNING if date.earliest_day is None else date.earliest_day


def _last(date: FuzzyDate) -> float:
    return END if date.latest_day is None else date.latest_day


def _order(fact: Fact) -> tuple[float, float, str, str]:
    date = fact.date
    first = BEGINNING if date is None else _first(date)
    return (END if date is None else _last(date)), first, fact.kind, fact.id


def state_on(history: History, date: FuzzyDate | str) -> StateOn:
    """The state of a site on a day, or throughout a longer date.

    Facts that were surely over by then follow each other: an event leaves
    things no better than it found them, a look tells what there was, a
    restoration mends. A fact that may have been over by then leaves the state
    from before it possible as well. What comes later says nothing of that day.
    """
    day = date_of(date) if isinstance(date, str) else date
    possible, moved, over = _followed(history, day)
    state = _state(possible)
    ordered = tuple(each for each in SITE_STATES if each in possible)
    return StateOn(
        site=history.site,
        date=day,
        state=state,
        possible=ordered if possible - {"unknown"} else (),
        moved="maybe" if len(moved) > 1 else "yes" if True in moved else "no",
        facts=tuple(over),
        sentence=_sentence(day, state, ordered, moved, over),
    )


def state_alone(history: History, date: FuzzyDate) -> str:
    """The state of a site on a day as `state_on` has it, and nothing of how it is known."""
    possible, _, _ = _followed(history, date)
    return _state(possible)


def _state(possible: frozenset[str]) -> str:
    known = possible - {"unknown"}
    return "unknown" if not known else min(known) if len(possible) == 1 else "undecided"


def _followed(history: History, day: FuzzyDate) -> tuple[frozenset[str], set[bool], list[Fact]]:
    """The states that are possible, whether it was moved, and the facts that were over."""
    begin, end = _first(day), _last(day)
    possible: frozenset[str] = frozenset()
    moved = {False}
    over = []
    for fact in history.facts:
        if fact.date is None or _first(fact.date) > end:
            continue
        over.append(fact)
        is_sure = _last(fact.date) <= begin
        after = _after(possible, fact)
        possible = after if is_sure else possible | after | _before(possible, fact)
        if fact.moves:
            moved = {True} if is_sure else moved | {True}
    return possible, moved, over


def _before(possible: frozenset[str], fact: Fact) -> frozenset[str]:
    """What a site of which nothing was known was, if the fact was still to come."""
    return frozenset() if possible or not fact.states else frozenset({"unknown"})


def _after(possible: Collection[str], fact: Fact) -> frozenset[str]:
    if not fact.states:
        return frozenset(possible)
    if fact.kind != "event":
        return frozenset(fact.states)
    found = possible or {"unknown"}
    return frozenset(
        max(before, left, key=lambda state: _RANKS.get(state, -1))
        for before in found
        for left in fact.states
    )


def _sentence(
    day: FuzzyDate, state: str, possible: Sequence[str], moved: set[bool], facts: Sequence[Fact]
) -> str:
    when = humanize(day)
    told = [fact for fact in facts if fact.states]
    if state == "unknown":
        return f"Nothing recorded tells of its state on {when}."
    words = [each for each in possible if each != "unknown"]
    if state == "undecided":
        unknown = ", or nothing is known yet" if "unknown" in possible else ""
        text = f"On {when} it was {' or '.join(words)}{unknown}"
    else:
        text = f"On {when} it was {words[0]}"
    last = told[-1]
    on = humanize(last.date) if last.date else ""
    source = {"event": "an event", "observation": "a look", "intervention": "work"}[last.kind]
    text += f", by {source} of {on}"
    if True in moved:
        text += "; it had been moved" if len(moved) == 1 else "; it may have been moved"
    return f"{text}."


def condition_of_parts(states: Iterable[StateOn]) -> Distribution:
    """Count the parts of a site in each state on one day.

    A part in ruins does not make a ruin of the whole, nor does a whole that is
    called destroyed destroy each part: the answer is how many are in which state.

    Raises:
        UsageError: No part is given, or not all are of one day.
    """
    states = list(states)
    dates = {each.date for each in states}
    if len(dates) != 1:
        raise UsageError("the parts of a site are counted on one day")
    (date,) = dates
    found = Counter(each.state for each in states)
    counts = tuple((state, found[state]) for state in SITE_STATES if found[state])
    told = listed([f"{spelled(amount)} {state}" for state, amount in counts])
    sentence = f"Of {number(len(states), 'part')}, on {humanize(date)}: {told}."
    return Distribution(date=date, counts=counts, total=len(states), sentence=sentence)
