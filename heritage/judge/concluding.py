"""A case to its conclusion, by the kind of value that its property has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import attrs

from heritage.judge.answers import Dates, Numbers, Terms
from heritage.judge.case import Case
from heritage.judge.conclusion import Conclusion, Uncounted
from heritage.judge.control import conclude_control, is_outside_control
from heritage.judge.sifting import Range, Sifted, covers, sift_dates, sift_numbers, sift_terms
from heritage.judge.verdict import verdict
from heritage.judge.weighing import Statement, resolve, tally
from heritage.model import PROPERTIES
from heritage.vocab import vocabulary
from heritage.vocab.vocabulary import fold

__all__ = ["conclude"]

T = TypeVar("T")


def conclude(case: Case) -> Conclusion:
    """Work out what a case supports, how firmly, and who disagrees.

    The same case gives the same conclusion in whatever order its parts come.
    """
    kind = PROPERTIES[case.property].type
    if kind == "date":
        dates = sift_dates(case)
        return verdict(case, dates, Dates(dates.statements, dates.meanings))
    if kind == "control":
        return conclude_control(case)
    if kind in ("percent", "count"):
        return _conclude_number(case)
    return _conclude_term(case)


def _conclude_term(case: Case) -> Conclusion:
    sifted = _on_one_topic(sift_terms(case))
    answers = Terms(
        sifted.statements,
        sifted.meanings,
        covers(PROPERTIES[case.property].vocabulary),
        _spellings(case.property, sifted),
    )
    found = verdict(case, sifted, answers)
    if case.property == "actor" and case.control and is_outside_control(case):
        return attrs.evolve(found, flags=tuple(sorted({*found.flags, "outside-control"})))
    return found


def _spellings(property: str, sifted: Sifted[str]) -> dict[str, str]:
    """How to write each code: itself where a vocabulary has it, else the first spelling."""
    name = PROPERTIES[property].vocabulary
    known = vocabulary(name) if name else ()
    texts: dict[str, str] = {}
    for statement, code in zip(sifted.statements, sifted.meanings, strict=True):
        text = code if code in known or code in ("true", "false") else statement.text
        texts[code] = min(texts.get(code, text), text)
    return texts


def _conclude_number(case: Case) -> Conclusion:
    sifted = sift_numbers(case)
    units = sorted({unit for unit in sifted.topics if unit})
    if len(units) == 1:  # a bare number counts what everybody else counts
        sifted.topics = units * len(sifted.topics)
    sifted = _on_one_topic(sifted)
    unit = min(sifted.topics, default="")
    if case.property == "count":
        _leave_shorter_lists(sifted)
    return verdict(case, sifted, Numbers(sifted.statements, sifted.meanings, unit))


def _leave_shorter_lists(sifted: Sifted[Range]) -> None:
    """Leave out counts below the one concluded: who counts three of seven denies no seven."""
    answers = Numbers(sifted.statements, sifted.meanings)
    outcome = resolve(sifted.statements, answers.masks)
    if outcome is None:
        return
    least = max(answers.bounds(answer)[0] or 0 for answer in outcome.tied)
    fewer = [
        high is not None and high < least and not statement.is_denial
        for statement, (_, high) in zip(sifted.statements, sifted.meanings, strict=True)
    ]
    _leave(sifted, fewer, "it counts fewer: a shorter list and not a contradiction", "open-list")


def _on_one_topic(sifted: Sifted[T]) -> Sifted[T]:
    """Keep what speaks of the matter with the most weight; the rest is about something else."""
    topics: dict[str, int] = {}
    for index, topic in enumerate(sifted.topics):
        key = fold(topic)
        topics[key] = topics.get(key, 0) | 1 << index
    if len(topics) < 2:
        return sifted
    chosen = max(sorted(topics), key=lambda each: tally(sifted.statements, topics[each]).weight)
    others = [fold(topic) != chosen for topic in sifted.topics]
    _leave(sifted, others, "it speaks of something else", "other-matter")
    return sifted


def _leave(sifted: Sifted[T], which: Sequence[bool], reason: str, flag: str) -> None:
    if not any(which):
        return
    sifted.flags.add(flag)
    sifted.uncounted += [
        _uncounted(statement, reason)
        for statement, leaves in zip(sifted.statements, which, strict=True)
        if leaves
    ]
    for name in ("statements", "meanings", "topics"):
        kept = [
            each for each, leaves in zip(getattr(sifted, name), which, strict=True) if not leaves
        ]
        setattr(sifted, name, kept)


def _uncounted(statement: Statement, reason: str) -> Uncounted:
    return Uncounted(
        claim=None if statement.is_observation else statement.id,
        observation=statement.id if statement.is_observation else None,
        source=statement.source,
        value=statement.text,
        reason=reason,
    )
