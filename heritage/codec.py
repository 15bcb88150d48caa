"""Records to plain dictionaries and back: the only door to cattrs.

Plain dictionaries hold what JSON can hold, with the fields of the record as
keys, in their declared order, those at their default left out, and dates as
EDTF text. Nothing is coerced: a number is not a text, `"false"` is not true.
All faults of a record are reported together, each with its path.
"""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs
import cattrs

from heritage.dates import FuzzyDate
from heritage.errors import HeritageError, InvalidRecordError, UnknownKindError
from heritage.judge import Conclusion, Standing
from heritage.model import RECORDS, Geometry, Record
from heritage.model.fields import checks_of

__all__ = ["conclusion_to_plain", "from_plain", "kind_of", "to_plain", "value_to_plain"]

_KINDS = {cls: kind for kind, cls in RECORDS.items()}


class _MistypedError(ValueError):
    """A value of another type than its field; the text says what was expected."""


def _strict(expected: str, *allowed: type) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) not in allowed:
            raise _MistypedError(f"{expected} was expected, not {value!r}")
        return value

    return structure


def _structure_date(value: Any, _: Any) -> FuzzyDate:
    if isinstance(value, FuzzyDate):
        return value
    if type(value) is not str:
        raise _MistypedError(f"an EDTF date was expected, not {value!r}")
    return FuzzyDate.parse(value)


def _structure_texts(value: Any, _: Any) -> tuple[Any, ...]:
    if type(value) not in (list, tuple):
        raise _MistypedError(f"a list was expected, not {value!r}")
    for item in value:
        if type(item) is not str:
            raise _MistypedError(f"a text was expected, not {item!r}")
    return tuple(value)


def _structure_tuple(annotation: Any) -> Any:
    inner = typing.get_args(annotation)[0]
    if inner is str:
        return _structure_texts
    structure_one = _converter().get_structure_hook(inner)

    def structure(value: Any, _: Any) -> tuple[Any, ...]:
        if type(value) not in (list, tuple):
            raise _MistypedError(f"a list was expected, not {value!r}")
        return tuple([structure_one(item, inner) for item in value])

    return structure


def _is_tuple(annotation: Any) -> bool:
    origin: Any = typing.get_origin(annotation)
    return origin is tuple


@cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
    converter.register_structure_hook(str, _strict("a text", str))
    converter.register_structure_hook(int, _strict("a whole number", int))
    converter.register_structure_hook(float, _strict("a number", float, int))
    converter.register_structure_hook(bool, _strict("true or false", bool))
    converter.register_structure_hook(FuzzyDate, _structure_date)
    converter.register_structure_hook(Geometry, lambda value, _: Geometry.of(value))
    converter.register_unstructure_hook(FuzzyDate, lambda date: date.text)
    converter.register_unstructure_hook(Geometry, lambda geometry: geometry.plain())
    converter.register_structure_hook_factory(_is_tuple, _structure_tuple)
    converter.register_unstructure_hook_factory(_is_tuple, _unstructure_tuple)
    converter.register_unstructure_hook_factory(attrs.has, _unstructure_class)
    converter.register_structure_hook_factory(attrs.has, _structure_class)
    return converter


def _unstructure_tuple(annotation: Any) -> Any:
    inner = typing.get_args(annotation)[0]
    if inner is str:
        return list
    unstructure_one = _converter().get_unstructure_hook(inner)
    return lambda values: [unstructure_one(value) for value in values]


def _unstructure_class(cls: type) -> Any:
    attrs.resolve_types(cls)
    plan = []
    for field in attrs.fields(cls):
        arguments = [a for a in typing.get_args(field.type) if a is not type(None)]
        optional = len(arguments) == 1 and typing.get_origin(field.type) is not tuple
        inner = arguments[0] if optional else field.type
        plan.append((field.name, _default_of(field), _converter().get_unstructure_hook(inner)))

    def unstructure(record: Any) -> dict[str, Any]:
        plain = {}
        for name, default, unstructure_one in plan:
            value = getattr(record, name)
            if value is None:
                continue
            left_out = default(record) if callable(default) else default
            if value != left_out or left_out is attrs.NOTHING:
                plain[name] = unstructure_one(value)
        return plain

    return unstructure


def _default_of(field: attrs.Attribute[Any]) -> Any:
    default: Any = field.default
    if isinstance(default, attrs.Factory):  # type: ignore[arg-type]  # a class at run time
        return default.factory if default.takes_self else lambda _: default.factory()
    return default


_CHECKED_BY_RECORDS = (str, int, float, bool, FuzzyDate)
"""Types whose values a record checks, and reads, as strictly as a hook would."""


def _structure_class(cls: type) -> Any:
    """A record out of a dictionary; only what the record cannot read itself is read here."""
    attrs.resolve_types(cls)
    inner = []
    for field in attrs.fields(cls):
        arguments = [a for a in typing.get_args(field.type) if a is not type(None)]
        optional = type(None) in typing.get_args(field.type)
        annotation = arguments[0] if optional else field.type
        if annotation not in _CHECKED_BY_RECORDS:
            hook = _converter().get_structure_hook(annotation)
            inner.append((field.name, hook, annotation, optional))

    def structure_mapping(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise _MistypedError(f"an object was expected, not {value!r}")
        values = value
        for name, structure, annotation, optional in inner:
            found = value.get(name)
            if found is not None or (name in value and not optional):
                if values is value:
                    values = dict(value)
                values[name] = structure(found, annotation)
        return cls(**values)

    return structure_mapping


@cache
def _structure_record(kind: str) -> Any:
    return _converter().get_structure_hook(RECORDS[kind])


def kind_of(record: Record) -> str:
    """The kind of a record: `site` for a `Site`."""
    return _KINDS[type(record)]


def to_plain(record: Record) -> dict[str, Any]:
    """A record as a plain dictionary.

    >>> from heritage.model import Event
    >>> to_plain(Event(id="bel-2015", label="Bel blown up", sites=["palmyra-bel"]))
    {'id': 'bel-2015', 'label': 'Bel blown up', 'sites': ['palmyra-bel']}
    """
    plain: dict[str, Any] = _converter().unstructure(record)
    return plain


def from_plain(kind: str, plain: Mapping[str, Any]) -> Record:
    """A record from a plain dictionary.

    Raises:
        UnknownKindError: No record is of this kind.
        InvalidRecordError: With one sentence for every fault, each beginning
            with the path of its field.
    """
    cls = RECORDS.get(kind)
    if cls is None:
        raise UnknownKindError(kind, tuple(RECORDS))
    try:
        return typing.cast("Record", _structure_record(kind)(plain, cls))
    except Exception as error:
        # Every exception, because cattrs lets bare ones of any type through.
        # The quick way stops at the first fault; now read again, slowly, for all.
        found = list(_faults(cls, plain, ""))
        if not found and isinstance(error, HeritageError):
            found = list(error.faults) if isinstance(error, InvalidRecordError) else [str(error)]
        if not found:
            raise
        raise InvalidRecordError(kind, found) from None


def _faults(cls: type, plain: Any, path: str) -> Iterator[str]:
    if not isinstance(plain, Mapping):
        yield f"{path or 'record'}: an object was expected, not {plain!r}"
        return
    attrs.resolve_types(cls)
    fields = {field.name: field for field in attrs.fields(cls)}
    prefix = f"{path}." if path else ""
    for key in plain:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"{prefix}{key}: no such field{hint}"
    sound = True
    values = {}
    for name, field in fields.items():
        if name not in plain:
            if field.default is attrs.NOTHING:
                sound = False
                yield f"{prefix}{name}: missing"
            continue
        found = list(_field_faults(field.type, plain[name], prefix + name))
        sound = sound and not found
        yield from found
        values[name] = plain[name]
    if sound:
        yield from _whole_faults(cls, values, prefix)
    else:
        yield from _single_checks(cls, values, prefix)


def _field_faults(annotation: Any, value: Any, path: str) -> Iterator[str]:
    inner = [a for a in typing.get_args(annotation) if a is not type(None) and a is not Ellipsis]
    if value is None and type(None) in typing.get_args(annotation):
        return
    if typing.get_origin(annotation) is tuple:
        if type(value) not in (list, tuple):
            yield f"{path}: a list was expected, not {value!r}"
            return
        for number, item in enumerate(value):
            yield from _field_faults(inner[0], item, f"{path}[{number}]")
        return
    target = inner[0] if inner else annotation
    if attrs.has(target) and target not in (FuzzyDate, Geometry):
        yield from _faults(target, value, path)
        return
    try:
        _converter().structure(value, target)
    except (ValueError, TypeError) as error:
        yield f"{path}: {error}"


def _whole_faults(cls: type, values: dict[str, Any], prefix: str) -> Iterator[str]:
    try:
        _converter().structure(values, cls)
    except InvalidRecordError as error:
        path = f"{prefix[:-1]}: " if prefix else ""
        yield from (f"{path}{fault}" for fault in error.faults)


def _single_checks(cls: type, values: dict[str, Any], prefix: str) -> Iterator[str]:
    """Faults that the sound fields of an unsound record still have."""
    for name, check in checks_of(cls):
        if name not in values or values[name] is None:
            continue
        field = attrs.fields_dict(cls)[name]
        try:
            value = _converter().structure(values[name], typing.cast(Any, field.type))
        except Exception:  # noqa: BLE001, S112 - reported already
            continue
        convert: Any = field.converter
        if convert is not None:
            value = convert(value)
        fault = check(value)
        if fault:
            yield f"{prefix}{name}: {fault}"


def value_to_plain(value: Any) -> Any:
    """One field's value, as a record holds it or plain already, as a plain value."""
    if isinstance(value, (list, tuple)):
        return [value_to_plain(item) for item in value]
    return _converter().unstructure(value)


def conclusion_to_plain(conclusion: Conclusion) -> dict[str, Any]:
    """A conclusion as a plain dictionary, with its supporters and dissenters.

    Every key is always there; `claim` stands in a standing that is a claim's,
    `observation` in one that is an observation's.
    """
    runner_up = conclusion.runner_up
    return {
        "subject": conclusion.subject,
        "site": conclusion.site,
        "property": conclusion.property,
        "value": conclusion.value,
        "earliest": conclusion.earliest,
        "latest": conclusion.latest,
        "status": conclusion.status,
        "weight": conclusion.weight,
        "margin": conclusion.margin,
        "runner_up": None if runner_up is None else attrs.asdict(runner_up),
        "supporters": [_standing_to_plain(each) for each in conclusion.supporters],
        "dissenters": [
            {
                **_standing_to_plain(each),
                "relation": each.relation,
                "gap_days": each.gap_days,
                "hardness": each.hardness,
            }
            for each in conclusion.dissenters
        ],
        "flags": list(conclusion.flags),
        "sentence": conclusion.sentence,
    }


def _standing_to_plain(standing: Standing) -> dict[str, Any]:
    who = "claim" if standing.claim is not None else "observation"
    return {
        who: getattr(standing, who),
        "source": standing.source,
        "value": standing.value,
        "weight": standing.weight,
        "root": standing.root,
    }
