"""A policy file to what may be published: decisions on kinds, tables and columns.

The policy that is shipped names every table and column; a file of one's own
names what differs. What no policy names is never published.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import attrs

from heritage.errors import InvalidPolicyError
from heritage.publish.grid import METRES_PER_DEGREE, Grid
from heritage.vocab.vocabulary import nearest_key

__all__ = ["DECISIONS", "Policy", "default_policy", "read_policy"]

PUBLIC, GENERALISED, RECOMPUTED, LEFT_OUT = "public", "generalised", "recomputed", "left-out"
DECISIONS = (PUBLIC, GENERALISED, RECOMPUTED, LEFT_OUT)
"""What can be decided on a column."""

NEVER = frozenset({"erased", "_residue", "reverts", "changes", "history"})
"""Tables of which nothing that is left out may be let out by a policy."""

Decisions = Mapping[str, Mapping[str, str]]
"""By table and column."""


@attrs.frozen(kw_only=True)
class Policy:
    """What becomes public, and how."""

    name: str
    licence: str | None
    head: str
    """`beside` or `inside`: where the hash of the registry's log is told."""
    withheld: Mapping[str, str]
    """By kind of what is withheld, what is done with it."""
    restricted: Mapping[str, str]
    identifiers: frozenset[str]
    """Schemes whose identifiers are kept where the position is not public."""
    grid_size: tuple[str, float]
    """`size_m` or `size_degrees`, and the number."""
    roles: frozenset[str] | None
    """Roles of persons that may be told; None for all."""
    flag_from: int
    left_out: bool
    """Whether the edition tells how many records were left out."""
    cell_size: int
    decisions: Decisions

    @property
    def grid(self) -> Grid:
        """The grid into which restricted positions fall."""
        unit, size = self.grid_size
        return Grid.of_metres(size) if unit == "size_m" else Grid(size)

    def decision(self, table: str, column: str) -> str:
        """What was decided on a column; what was decided nowhere is left out."""
        return self.decisions.get(table, {}).get(column, LEFT_OUT)

    def shows(self, table: str, column: str) -> bool:
        """Whether a column of published records is written at all."""
        return self.decision(table, column) in (PUBLIC, GENERALISED)

    def generalises(self, table: str, column: str) -> bool:
        """Whether a column is made coarser where it would tell what is hidden."""
        return self.decision(table, column) == GENERALISED

    def treatment(self, kind: str, access: str) -> str:
        """What is done with a kind of thing that has an access: `public` or a word of the policy.

        Args:
            kind: `locations`, `sources`, `actors`, `claims` or `evidence`.
            access: `public`, `restricted` or `withheld`.
        """
        if access == "public":
            return PUBLIC
        return (self.restricted if access == "restricted" else self.withheld)[kind]

    def sha256(self) -> str:
        """The hash of all that was decided, however the file was written."""
        plain = attrs.asdict(self, value_serializer=_sorted)
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _sorted(_: object, __: object, value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else value


@cache
def _shipped() -> dict[str, Any]:
    text = resources.files("heritage.publish").joinpath("policy.toml").read_text("utf-8")
    return tomllib.loads(text)


def default_policy() -> Policy:
    """The policy that is shipped with the package."""
    return read_policy("", "the default policy")


def read_policy(text: str, path: str) -> Policy:
    """Read a policy; what it does not name is as in the default policy.

    Args:
        text: TOML.
        path: What to call the file in messages.

    Raises:
        InvalidPolicyError: With one sentence for every fault.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicyError(path, [f"it is not TOML: {error}"]) from None
    faults = list(_faults(given))
    if faults:
        raise InvalidPolicyError(path, faults)
    merged: dict[str, Any] = {
        section: {**values, **given.get(section, {})}
        for section, values in _shipped().items()
        if section not in ("grid", "tables")
    }
    ((unit, size),) = (given.get("grid") or _shipped()["grid"]).items()
    restricted = dict(merged["restricted"])
    identifiers = restricted.pop("identifiers")
    roles = merged["persons"]["roles"]
    return Policy(
        name=merged["edition"]["name"],
        licence=merged["edition"]["licence"] or None,
        head=merged["edition"]["head"],
        withheld=merged["withheld"],
        restricted=restricted,
        identifiers=frozenset(identifiers),
        grid_size=(unit, float(size)),
        roles=None if roles == "all" else frozenset(roles),
        decisions=_merged(given.get("tables", {})),
        **merged["counts"],
    )


def _decided(tables: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, str]]:
    return {
        table: {column: decision for decision, names in decided.items() for column in names}
        for table, decided in tables.items()
    }


def _merged(given: Mapping[str, Mapping[str, list[str]]]) -> Decisions:
    found = _decided(_shipped()["tables"])
    for table, columns in _decided(given).items():
        found[table] |= columns
    return found


_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "edition": {"head": ("beside", "inside")},
    "withheld": {
        "locations": ("leave-out",),
        "sources": ("leave-out", "stub"),
        "actors": ("leave-out", "role"),
        "claims": ("leave-out",),
        "evidence": ("leave-out",),
    },
    "restricted": {
        "locations": ("grid", "leave-out"),
        "sources": ("stub", "leave-out"),
        "actors": ("role", "leave-out"),
        "claims": ("leave-out", "value"),
        "evidence": ("leave-out", "stub"),
    },
}
"""By section and key, the words that it takes."""


def _faults(given: Mapping[str, Any]) -> Iterator[str]:
    for section, values in given.items():
        known = _shipped().get(section)
        if known is None:
            yield _unknown(section, _shipped())
        elif not isinstance(values, dict):
            yield f"{section}: a section is expected, not {values!r}"
        elif section == "tables":
            yield from _faults_of_tables(values)
        elif section == "grid":
            yield from _faults_of_grid(values)
        else:
            for key, value in values.items():
                if key not in known:
                    yield _unknown(f"{section}.{key}", [f"{section}.{each}" for each in known])
                else:
                    fault = _fault_of_value(section, key, value)
                    if fault:
                        yield f"{section}.{key}: {fault}"


def _unknown(name: str, known: Any) -> str:  # noqa: ANN401 - any collection of names
    near = nearest_key(name, known)
    return f"{name} is not known" + (f"; did you mean {near}?" if near else "")


def _fault_of_value(section: str, key: str, value: object) -> str | None:
    words = _WORDS.get(section, {}).get(key)
    if words is not None:
        return None if value in words else f"{value!r} is not one of {', '.join(words)}"
    if (section, key) == ("counts", "left_out"):
        return None if isinstance(value, bool) else f"{value!r} is not true or false"
    if section == "counts":
        sound = type(value) is int and value >= 1
        return None if sound else f"{value!r} is not a whole number from 1 upwards"
    if key in ("roles", "identifiers"):
        listed = isinstance(value, list) and all(isinstance(each, str) for each in value)
        sound = listed or (key == "roles" and value == "all")
        return None if sound else f"{value!r} is not a list of texts"
    if not isinstance(value, str) or (key == "name" and not value.strip()):
        return f"{value!r} is not a text"
    return None


def _faults_of_grid(values: Mapping[str, Any]) -> Iterator[str]:
    bounds = {"size_m": (100.0, 45 * METRES_PER_DEGREE), "size_degrees": (0.001, 45.0)}
    for key, value in values.items():
        if key not in bounds:
            yield _unknown(f"grid.{key}", [f"grid.{each}" for each in bounds])
            continue
        least, most = bounds[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"grid.{key}: {value!r} is not a number"
        elif not least <= value <= most:
            yield f"grid.{key}: {value!r} is not between {least:g} and {most:g}"
    if len(values) != 1:
        yield "grid: name size_m or size_degrees, and not both"


def _faults_of_tables(tables: Mapping[str, Any]) -> Iterator[str]:
    default = _decided(_shipped()["tables"])
    for table, decided in tables.items():
        if table not in default:
            yield _unknown(f"tables.{table}", [f"tables.{each}" for each in default])
        elif not isinstance(decided, dict):
            yield f"tables.{table}: a section is expected, not {decided!r}"
        else:
            yield from _faults_of_table(table, decided, default[table])


def _faults_of_table(
    table: str, decided: Mapping[str, Any], default: Mapping[str, str]
) -> Iterator[str]:
    seen: dict[str, str] = {}
    for decision, columns in decided.items():
        where = f"tables.{table}.{decision}"
        if decision not in DECISIONS:
            yield f"{where} is not a decision; known are {', '.join(DECISIONS)}"
            continue
        if not isinstance(columns, list):
            yield f"{where}: a list of columns is expected, not {columns!r}"
            continue
        for column in columns:
            if column not in default:
                yield f"{where}: " + _unknown(str(column), default)
            elif column in seen:
                yield f"{where}: {column} is {seen[column]} already"
            else:
                seen[column] = decision
                fault = _fault_of_decision(table, default[column], decision)
                if fault:
                    yield f"{where}: {column} {fault}"
    yield from _faults_of_dates(table, {**default, **seen})


def _fault_of_decision(table: str, default: str, decision: str) -> str | None:
    if decision == default:
        return None
    if RECOMPUTED in (default, decision):
        return f"is {default} and nothing else"
    if decision == GENERALISED:
        return f"cannot be made coarser; it may be {PUBLIC} or {LEFT_OUT}"
    if decision == PUBLIC and default == GENERALISED:
        return "would tell what is hidden; it may be generalised or left-out"
    if decision == PUBLIC and table in NEVER:
        return "is never published"
    return None


def _faults_of_dates(table: str, decided: Mapping[str, str]) -> Iterator[str]:
    """The three columns of a date stand or fall together."""
    for column, decision in decided.items():
        for suffix in ("_earliest", "_latest"):
            other = decided.get(column + suffix)
            if other is not None and other != decision:
                yield f"tables.{table}: {column} is {decision}, but {column}{suffix} {other}"
