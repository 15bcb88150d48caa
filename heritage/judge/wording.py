"""A conclusion to one plain sentence that a journalist can quote."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from heritage.dates import FuzzyDate, humanize
from heritage.judge.conclusion import RunnerUp
from heritage.model import PROPERTIES
from heritage.vocab import vocabulary

__all__ = ["Dissent", "Told", "in_words", "listed", "number", "sentence", "spelled"]

_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_NAMED_DISSENTERS: Final = 4
_NAMED_SUPPORTERS: Final = 4

_SUBJECTS: Final = {
    "date": "the date",
    "severity": "the severity",
    "extent": "the share that is damaged",
    "cause": "the cause",
    "effect": "the effect",
    "intent": "the intent",
    "actor": "the one held responsible",
    "casualties": "the number of casualties",
    "count": "the number",
    "condition": "the condition",
    "control": "control of the place",
    "built": "the date of building",
    "rebuilt": "the date of rebuilding",
    "height": "the height",
    "location": "the location",
    "name": "the name",
    "listing": "the entry in the register",
}


class Dissent(NamedTuple):
    """A dissenting voice, as the sentence tells it."""

    label: str
    value: str
    gap_days: int | None
    is_soft: bool
    is_denial: bool
    reason: str


class Told(NamedTuple):
    """What a sentence is made of."""

    property: str
    value: str | None
    status: str
    weight: int
    margin: int
    runner_up: RunnerUp | None
    supporters: Sequence[str]
    """Names of the independent voices for the value."""
    dissents: Sequence[Dissent]
    """Dissenting voices, heaviest first."""
    candidates: Sequence[str]
    """Where nothing decides: the answers."""
    is_hedged: bool
    is_plain: bool = True
    """Whether all those voices name the value itself, and none only allows it."""


def number(count: int, noun: str) -> str:
    """A count in words with its noun.

    >>> number(3, "source"), number(1, "day")
    ('three sources', 'one day')
    """
    return f"{spelled(count)} {noun}{'' if count == 1 else 's'}"


def spelled(count: int) -> str:
    """A number in words, up to twelve."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def listed(items: Sequence[str]) -> str:
    """Items with commas and an "and"."""
    comma = "; " if any("," in item for item in items) else ", "
    link = "; and " if comma == "; " else " and "
    return link.join(filter(None, (comma.join(items[:-1]), *items[-1:])))


@lru_cache(maxsize=65536)
def in_words(property: str, value: str) -> str:
    """A value as people say it."""
    kind = PROPERTIES[property]
    if kind.type == "date":
        return humanize(FuzzyDate.parse(value))
    if kind.vocabulary is not None:
        terms = vocabulary(kind.vocabulary)
        return terms[value].label_en.lower() if value in terms else value
    if kind.type in ("percent", "count"):
        return _range_in_words(value, " percent" if kind.type == "percent" else "")
    if kind.type == "control":
        who, way, date = value.rsplit(" ", 2)
        return f"{who} {way} {humanize(FuzzyDate.parse(date))}"
    return value


def _range_in_words(value: str, suffix: str) -> str:
    range_, _, what = value.partition(" ")
    low, dots, high = range_.partition("..")
    if not dots:
        words = low
    elif low and high:
        words = f"{low} to {high}"
    else:
        words = f"at least {low}" if low else f"at most {high}"
    return f"{words}{suffix}{' ' if what else ''}{what}"


def sentence(told: Told) -> str:
    """Say what is concluded, on whose word, and who disagrees and by how much."""
    subject = _SUBJECTS.get(told.property, told.property)
    if told.status == "unsupported":
        body = _unsupported(told, subject)
    elif told.property == "occurred":
        body = _occurred(told)
    elif len(told.candidates) > 1:
        answers = " or ".join(in_words(told.property, each) for each in told.candidates)
        body = f"{subject} is undecided: {answers}, each with a weight of {told.weight}"
    else:
        body = f"{_stated(told, subject)} {_on_whose_word(told)}{_against(told)}"
    text = body[:1].upper() + body[1:]
    return f"{text}.{_disagreement(told.dissents, told.property)}"


def _unsupported(told: Told, subject: str) -> str:
    if told.property == "occurred":
        subject = "that it happened"
        if told.value is None:
            return "no source that counts says whether it happened"
    if told.value is None:
        return f"no source that counts gives {subject}"
    words = " or ".join(in_words(told.property, each) for each in told.value.split(" | "))
    return f"only sources without weight give {subject}: {words}"


def _stated(told: Told, subject: str) -> str:
    words = in_words(told.property, told.candidates[0])
    how = {"agreed": "is", "disputed": "is most likely", "undecided": "is undecided, perhaps"}
    return f"{subject} {how[told.status]} {words}:"


def _occurred(told: Told) -> str:
    what = "it happened" if told.candidates[:1] == ["true"] else "it did not happen"
    if len(told.candidates) > 1 or told.status == "undecided":
        return f"whether it happened is undecided: as much weighs for it as against ({told.weight})"
    hedge = "most likely " if told.status == "disputed" else ""
    return f"{hedge}{what}: {_on_whose_word(told)}{_against(told)}"


def _on_whose_word(told: Told) -> str:
    count = len(told.supporters)
    names = listed([*told.supporters[:_NAMED_SUPPORTERS], *_more(count - _NAMED_SUPPORTERS)])
    hedge = ", hedging" if told.is_hedged else ""
    if count == 1:
        says = "one source says so" if told.is_plain else "one source allows it"
    else:
        says = number(count, "independent source")
        says += " say so" if told.is_plain else " say so or allow it"
    return f"{says} ({names}; weight {told.weight}{hedge})"


def _more(count: int) -> Iterable[str]:
    return (number(count, "other"),) if count > 0 else ()


def _against(told: Told) -> str:
    rival = told.runner_up
    if rival is None:
        return ", and none disagrees" if not told.dissents else ""
    if told.property == "occurred":
        words = "for the contrary"
    elif rival.value.startswith("not "):
        words = "against it"
    else:
        words = f"for {in_words(told.property, rival.value)}"
    if told.status == "undecided":
        return f", but as much speaks {words} (weight {rival.weight})"
    return f", {told.margin} more than {words} (weight {rival.weight})"


def _disagreement(dissents: Sequence[Dissent], property: str) -> str:
    if not dissents:
        return ""
    told = [_dissent(each, property) for each in dissents[:_NAMED_DISSENTERS]]
    rest = len(dissents) - len(told)
    more = f"; and {spelled(rest)} more" if rest > 0 else ""
    count = spelled(len(dissents)).capitalize()
    return f" {count} disagree{'s' if len(dissents) == 1 else ''}: {'; '.join(told)}{more}."


def _dissent(dissent: Dissent, property: str) -> str:
    says = "denies it" if dissent.is_denial else f"says {_value_words(property, dissent.value)}"
    details = []
    if dissent.gap_days:
        away = f"{dissent.gap_days} {'day' if dissent.gap_days == 1 else 'days'} away"
        details.append(away)
    if dissent.is_soft:
        details.append("but not firmly")
    if dissent.reason:
        details.append(dissent.reason)
    comma = "," if "," in dissent.label else ""
    return f"{dissent.label}{comma} {says}{' (' + ', '.join(details) + ')' if details else ''}"


def _value_words(property: str, value: str) -> str:
    state, _, day = value.partition(" ")
    if state in ("intact", "damaged", "destroyed") and day:
        return f"{state} on {humanize(FuzzyDate.parse(day))}"
    return in_words(property, value)
