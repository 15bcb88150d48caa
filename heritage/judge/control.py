"""Claims on who held the ground to its history, and deeds that do not fit into it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

import attrs

from heritage.dates import FuzzyDate
from heritage.judge.answers import Dates
from heritage.judge.case import Case
from heritage.judge.conclusion import Conclusion, RunnerUp, Standing
from heritage.judge.sifting import Sieve, Sifted
from heritage.judge.verdict import verdict
from heritage.judge.windows import BEGINNING, END, Windows, date_of, date_windows, meet
from heritage.model import Claim
from heritage.vocab.vocabulary import fold

__all__ = ["Holding", "conclude_control", "holdings", "is_outside_control"]

_FIRMNESS: Final = ("agreed", "disputed", "undecided")


_DATE: Final = "The date"


class Holding(NamedTuple):
    """Somebody who held the place, and the conclusion on the day on which that began."""

    holder: str
    since: Conclusion


class _Word(NamedTuple):
    """A claim on control, read."""

    claim: Claim
    holder: str
    date: FuzzyDate


def holdings(case: Case) -> tuple[Holding, ...]:
    """Who held the place after whom, each with a conclusion on the day it began.

    Claims are put in the order of their days; those in a row that name the same
    holder speak of the same change, and disagree on its day. Who held a place
    "until" a day speaks of the nearest change to somebody else.
    """
    sifted: Sifted[Windows] = Sifted()
    return _holdings(case, sifted)


def _holdings(case: Case, left: Sifted[Windows]) -> tuple[Holding, ...]:
    sieve = Sieve(case)
    since: list[_Word] = []
    until: list[_Word] = []
    for claim in sorted(case.claims, key=lambda each: each.id):
        if not sieve.counts(claim, left):
            continue
        word, way = _read(claim)
        (since if way == "since" else until).append(word)
    since.sort(key=_day)
    changes = [list(group) for _, group in groupby(since, key=lambda each: fold(each.holder))]
    holders = [min(each.holder for each in change) for change in changes]
    for word in until:
        _put(word, changes, holders)
    order = sorted(range(len(changes)), key=lambda index: (_day(changes[index][0]), holders[index]))
    return tuple(Holding(holders[i], _concluded(case, sieve, changes[i])) for i in order)


def _read(claim: Claim) -> tuple[_Word, str]:
    who, way, date = (claim.value or "").rsplit(" ", 2)
    return _Word(claim, who, date_of(date)), way


def _day(word: _Word) -> tuple[float, float, str]:
    first, last = word.date.earliest_day, word.date.latest_day
    return (
        BEGINNING if first is None else first,
        END if last is None else last,
        word.claim.id,
    )


def _put(word: _Word, changes: list[list[_Word]], holders: list[str]) -> None:
    """Add who held the place until a day to the nearest change to somebody else."""
    others = [i for i, holder in enumerate(holders) if fold(holder) != fold(word.holder)]
    if others:
        nearest = min(others, key=lambda i: (_distance(word, changes[i]), i))
        changes[nearest].append(word)
    else:
        changes.append([word])
        holders.append(f"not {word.holder}")


def _distance(word: _Word, change: Sequence[_Word]) -> float:
    day = _day(word)[0]
    return min(abs(day - other) if (other := _day(each)[0]) != day else 0 for each in change)


def _concluded(case: Case, sieve: Sieve, words: Sequence[_Word]) -> Conclusion:
    sifted: Sifted[Windows] = Sifted()
    for word in words:
        text = word.date.text
        statement = attrs.evolve(sieve.of_claim(word.claim), text=text)
        sifted.add(statement, date_windows(text))
    inner = attrs.evolve(
        case, property="date", claims=tuple(each.claim for each in words), observations=()
    )
    return verdict(inner, sifted, Dates(sifted.statements, sifted.meanings))


def conclude_control(case: Case) -> Conclusion:
    """Conclude who held a place and from when, as firmly as the least firm of the changes.

    The weight is that of all changes together; margin and runner-up are those
    of the change with the least margin.
    """
    left: Sifted[Windows] = Sifted()
    changes = _holdings(case, left)
    found = [each for each in changes if each.since.value is not None]
    weighed = [each for each in found if each.since.status != "unsupported"]
    least = min(weighed, key=lambda each: (each.since.margin, each.since.weight), default=None)
    values = {claim.id: claim.value or "" for claim in case.claims}
    flags = set(left.flags).union(*(each.since.flags for each in changes))
    status = "unsupported"
    if weighed:
        status = max((each.since.status for each in weighed), key=_FIRMNESS.index)
        if status == "agreed" and any(each.since.dissenters for each in changes):
            status = "disputed"  # somebody denies a change that nobody tells of
    return Conclusion(
        subject=case.subject,
        site=case.site,
        property="control",
        value="; ".join(f"{each.holder} since {each.since.value}" for each in found) or None,
        status=status,
        weight=sum(each.since.weight for each in found),
        margin=least.since.margin if least else 0,
        runner_up=_runner_up(least),
        supporters=_standings([each.since.supporters for each in changes], values),
        dissenters=_standings([each.since.dissenters for each in changes], values),
        not_counted=tuple(sorted(left.uncounted, key=lambda each: each.claim or "")),
        flags=tuple(sorted(flags)),
        sentence=_sentence(found),
    )


def _runner_up(holding: Holding | None) -> RunnerUp | None:
    if holding is None or holding.since.runner_up is None:
        return None
    rival = holding.since.runner_up
    return RunnerUp(value=f"{holding.holder} since {rival.value}", weight=rival.weight)


def _standings(
    groups: Sequence[Sequence[Standing]], values: dict[str, str]
) -> tuple[Standing, ...]:
    """Standings with the whole claim for its value, not the date alone."""
    return tuple(
        attrs.evolve(each, value=values[each.claim or ""]) for group in groups for each in group
    )


def _sentence(found: Sequence[Holding]) -> str:
    if not found:
        return "No source that counts says who held the place."
    return " ".join(
        each.since.sentence.replace(_DATE, f"The day from which {each.holder} held the place", 1)
        for each in found
    )


def is_outside_control(case: Case) -> bool:
    """Whether a deed is laid to somebody who did not hold the place at the time.

    Only where that is certain: nobody is concluded to have held a place about
    whom no claim on control speaks, and a day is outside only if it lies before
    the first or after the last day that the claims on the changes allow.
    """
    if case.when is None or not case.control:
        return False
    history = holdings(attrs.evolve(case, property="control", claims=case.control, control=()))
    spans = _spans([each for each in history if each.since.value is not None])
    days = date_windows(case.when.text)
    for claim in case.claims:
        if claim.value is None or claim.stance in ("denies", "cannot_determine"):
            continue
        held = spans.get(fold(claim.value))
        if held and not meet(held, days):
            return True
    return False


def _spans(history: Sequence[Holding]) -> dict[str, Windows]:
    spans: dict[str, list[tuple[float, float]]] = {}
    for index, each in enumerate(history):
        first = date_of(each.since.value or "").earliest_day
        following = history[index + 1].since.value if index + 1 < len(history) else None
        last = date_of(following).latest_day if following else None
        span = (BEGINNING if first is None else first, END if last is None else last)
        spans.setdefault(fold(each.holder), []).append(span)
    return {holder: tuple(each) for holder, each in spans.items()}
