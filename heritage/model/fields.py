"""Field values to faults: the checks that every record shares.

A record checks itself once, when it is made, and names all its faults
together in one `InvalidRecordError`. Checks are compiled from the annotations
of the class on first use, so that making a record stays cheap.
"""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import attrs

from heritage.dates import FuzzyDate
from heritage.errors import DateParseError, InvalidRecordError

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}", re.ASCII)
"""What an id may look like: safe in a URL without quoting, in any shell, in any column."""

SHA256_PATTERN = re.compile(r"[0-9a-f]{64}", re.ASCII)

Check = Callable[[Any], "str | None"]
Rule = Callable[[Any], Iterable[str]]


def to_date(value: FuzzyDate | str | None) -> FuzzyDate | None:
    """Read a date where a text was given.

    A text that is no date is handed on as it is: `check` then reports it
    beside the record's other faults instead of hiding them.
    """
    if isinstance(value, str):
        try:
            return FuzzyDate.parse(value)
        except DateParseError:
            return typing.cast(FuzzyDate, value)
    return value


def to_day(value: FuzzyDate | str) -> FuzzyDate:
    """Like `to_date`, for a date that must be there."""
    return typing.cast(FuzzyDate, to_date(value))


def to_float(value: float) -> float:
    """Like `to_number`, for a number that must be there."""
    return typing.cast("float", to_number(value))


def to_number(value: float | None) -> float | None:
    """Turn whole numbers into floats, so that 15 and 15.0 are one value everywhere."""
    given: object = value  # what a caller really gave
    if type(given) is int:
        try:
            return float(given)
        except OverflowError:
            return math.inf  # no finite number: `check` says so
    return value


def in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Turn values whose order means nothing into one canonical tuple."""
    values = tuple(values)
    if all(type(value) is str for value in values):
        return tuple(sorted(set(values)))
    return values


def _text(value: object) -> str | None:
    if type(value) is not str:
        return f"a text was expected, not {value!r}"
    if not value or value.isspace():
        return "the text is empty"
    if "\0" in value:
        return "the text holds a NUL character"
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return "the text holds half of a surrogate pair"
    return None


def _integer(value: object) -> str | None:
    return None if type(value) is int else f"a whole number was expected, not {value!r}"


def _boolean(value: object) -> str | None:
    return None if type(value) is bool else f"true or false was expected, not {value!r}"


def _number(value: object) -> str | None:
    if type(value) is not float:
        return f"a number was expected, not {value!r}"
    return None if math.isfinite(value) else f"{value} is not a finite number"


def _date(value: object) -> str | None:
    if isinstance(value, FuzzyDate):
        return None
    if isinstance(value, str):
        try:
            FuzzyDate.parse(value)
        except DateParseError as error:
            return str(error)
    return f"an EDTF date was expected, not {value!r}"


_SIMPLE: dict[Any, Check] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    float: _number,
    FuzzyDate: _date,
}


def _check_for(annotation: object) -> Check:
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if typing.get_origin(annotation) is tuple:
        return _tuple_of(_check_for(typing.get_args(annotation)[0]))
    return _instance_of(typing.cast("type", annotation))


def _instance_of(cls: type) -> Check:
    def check_instance(value: object) -> str | None:
        return (
            None
            if isinstance(value, cls)
            else f"{_article(cls.__name__)} {cls.__name__} was expected, not {value!r}"
        )

    return check_instance


def _tuple_of(inner: Check) -> Check:
    def check_tuple(value: object) -> str | None:
        if type(value) is not tuple:
            return f"several values were expected, not {value!r}"
        for item in value:
            fault = inner(item)
            if fault:
                return fault
        return None

    return check_tuple


_ENOUGH: set[Check] = set()
"""Checks that only sound texts pass, so that a text that passes needs no other."""


def _article(noun: str) -> str:
    return "an" if noun[0].lower() in "aeiou" else "a"


def one_of(name: str, values: Iterable[str]) -> Check:
    """A check that a value belongs to a closed list."""
    known = tuple(values)
    allowed = frozenset(known)

    def check_one_of(value: object) -> str | None:
        if value in allowed:
            return None
        return f"{value!r} is not {_article(name)} {name}; known are {', '.join(known)}"

    _ENOUGH.add(check_one_of)
    return check_one_of


def between(low: float, high: float) -> Check:
    """A check that a number lies in a range, both ends included."""

    def check_between(value: object) -> str | None:
        if isinstance(value, (int, float)) and low <= value <= high:
            return None
        return f"{value} is not between {low} and {high}"

    return check_between


def check_id(value: object) -> str | None:
    """A check that a value can be an id."""
    if type(value) is str and ID_PATTERN.fullmatch(value):
        return None
    return f"{value!r} is not an id: letters, digits and . _ ~ - only, at most 200"


_ENOUGH.add(check_id)


class _Compiled(typing.NamedTuple):
    """What a class's checks come down to."""

    kind: str
    values: Callable[[Any], tuple[Any, ...]]
    """The values of a record's fields, in the order of `checks`."""
    checks: tuple[tuple[str, Check, bool], ...]
    """Name and check of each field, and whether None is sound as well."""
    rules: tuple[Rule, ...]


_COMPILED: dict[type, _Compiled] = {}


def _compile(cls: type) -> _Compiled:
    attrs.resolve_types(cls)
    checks = []
    for field in attrs.fields(cls):
        arguments = typing.get_args(field.type)
        optional = type(None) in arguments
        annotation = next(a for a in arguments if a is not type(None)) if optional else field.type
        check = _check_for(annotation)
        extra: Check | None = field.metadata.get("check")
        if extra is not None:
            check = _both(check, extra)
        checks.append((field.name, check, optional))
    names = [name for name, _, _ in checks]
    values = attrgetter(*names) if len(names) > 1 else lambda record: (getattr(record, *names),)
    compiled = _Compiled(cls.__name__.lower(), values, tuple(checks), getattr(cls, "RULES", ()))
    _COMPILED[cls] = compiled
    return compiled


def _both(first: Check, second: Check) -> Check:
    def check_both(value: object) -> str | None:
        fault = first(value)
        if fault:
            return fault
        if type(value) is tuple:
            return next((fault for item in value if (fault := second(item))), None)
        return second(value)

    if first is not _text or second not in _ENOUGH:
        return check_both

    def check_second(value: object) -> str | None:
        return None if type(value) is str and second(value) is None else check_both(value)

    return check_second


def faults(record: object) -> list[str]:
    """Everything wrong with a record: its fields one by one, then its rules."""
    _, values, checks, rules = _COMPILED.get(type(record)) or _compile(type(record))
    found = []
    for (name, check, optional), value in zip(checks, values(record), strict=True):
        if value is None and optional:
            continue
        fault = check(value)
        if fault:
            found.append(f"{name}: {fault}")
    if not found:  # rules may then rely on the types of the fields
        for rule in rules:
            found += rule(record)
    return found


def checks_of(cls: type) -> tuple[tuple[str, Check], ...]:
    """The check of each field of a record class, for values that are not None."""
    checks = (_COMPILED.get(cls) or _compile(cls)).checks
    return tuple((name, check) for name, check, _ in checks)


def check(record: object) -> None:
    """Refuse a record that is at fault.

    Raises:
        InvalidRecordError: With one sentence for each fault.
    """
    found = faults(record)
    if found:
        raise InvalidRecordError(_COMPILED[type(record)].kind, found)
