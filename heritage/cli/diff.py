"""Two moments to what became other between them: `heritage diff`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from heritage.cli.apply import redrawn_lines
from heritage.cli.group import counted, opened, say
from heritage.cli.lists import KINDS, filter_options, given_filters
from heritage.cli.parameters import format_option, moment, registry_argument
from heritage.cli.undo import difference_lines
from heritage.errors import UsageError
from heritage.model import RECORDS

if TYPE_CHECKING:
    from heritage.comparing import Diff, ListDiff
    from heritage.store.conclusions.concluded import Redrawn
    from heritage.store.differences import Difference
    from heritage.store.log import LoggedChange

Plain = dict[str, Any]
WORDS = {kind: many for many, kind in KINDS.items() if kind in RECORDS}
"""The word for many records of each kind."""


@click.command()
@registry_argument
@click.argument("since", type=moment, metavar="MOMENT")
@click.argument("until", type=moment, metavar="MOMENT")
@click.argument("kind", type=click.Choice(tuple(WORDS.values())), metavar="[KIND]", required=False)
@filter_options
@format_option("text", "jsonl")
def diff(
    registry: Path,
    since: str,
    until: str,
    kind: str | None,
    format: str,
    **filters: Any,  # noqa: ANN401 - as `Filtering` has them
) -> None:
    """Tell what became other between two moments, and by which changes.

    A MOMENT is 2016-04-01 (the end of that day in UTC), 2016-04-01T12:00:00Z or
    change:12 (right after that change); the earlier one comes first. Counts of
    every kind are printed, then each record and conclusion that differs, field by
    field, with the changes that did it.

    With a KIND, and the filters of `heritage list`, the length of that list at
    both moments is explained: each record that came into it or left it, by which
    change, and what that change did.
    """
    given = given_filters(filters)
    if kind is None and given:
        raise UsageError("filters narrow a list; name its kind as well, such as sites")
    with opened(registry) as opened_registry:
        if kind is None:
            found = opened_registry.diff(since, until)
            rows, lines = _plain_diff(found), _diff_lines(found)
            summary = f"{counted(len(found.records), 'record')} differ"
            if len(found.records) == 1:
                summary = "1 record differs"
        else:
            listed = opened_registry.diff_list(since, until, KINDS[kind], **given)
            rows, lines = _plain_list(listed), _list_lines(listed)
            came = sum(move.came for move in listed.moves)
            summary = f"{came:,} came, {len(listed.moves) - came:,} left"
    if format == "jsonl":
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    for line in lines:
        sys.stdout.write(line + "\n")
    say(summary)


def _named(change: LoggedChange) -> str:
    who = change.by or ("another program" if change.origin == "outside" else "nobody named")
    why = f": {change.why}" if change.why else ""
    return f"change {change.id} ({change.at[:19]}Z, {who}{why})"


def _diff_lines(found: Diff) -> Iterator[str]:
    for kind, count in found.counts.items():
        parts = [
            f"{sign}{number:,}{word}"
            for sign, number, word in (
                ("+", count.created, " created"),
                ("-", count.retracted, " retracted"),
                ("~", count.changed, " changed"),
            )
            if number
        ]
        if parts:
            yield f"{WORDS[kind]}: {count.before:,} -> {count.after:,} ({', '.join(parts)})"
    for record in found.records:
        yield from _with_changes(difference_lines([record]), record.changes, found)
    for conclusion in found.conclusions:
        yield from _with_changes(redrawn_lines((conclusion,)), conclusion.changes, found)


def _with_changes(lines: Iterable[str], changes: tuple[int, ...], found: Diff) -> Iterator[str]:
    yield from lines
    for number in changes:
        yield f"    by {_named(found.changes[number])}"


def _list_lines(found: ListDiff) -> Iterator[str]:
    came = sum(move.came for move in found.moves)
    parts = [f"+{came:,}", f"-{len(found.moves) - came:,}"]
    yield f"{WORDS[found.kind]}: {found.before:,} -> {found.after:,} ({', '.join(parts)})"
    for move in found.moves:
        yield f"{'came' if move.came else 'left'} {found.kind} {move.id}"
        yield f"    by {_named(move.change)}"
        if move.not_in is not None:
            yield f"    it is not in {move.not_in}"
        for line in difference_lines(move.because):
            yield f"    {line}"


def _plain_diff(found: Diff) -> Iterator[Plain]:
    for kind, count in found.counts.items():
        yield {"what": "count", "kind": kind, **attrs.asdict(count)}
    for record in found.records:
        yield _plain_difference(record) | {"changes": _plain_changes(record.changes, found)}
    for each in found.conclusions:
        yield _plain_conclusion(each) | {"changes": _plain_changes(each.changes, found)}


def _plain_difference(record: Difference) -> Plain:
    return {
        "what": record.what,
        "kind": record.kind,
        "id": record.id,
        "former": record.former,
        "fields": {name: list(both) for name, both in record.fields.items()},
    }


def _plain_conclusion(each: Redrawn) -> Plain:
    return {
        "what": "concluded",
        "subject": each.subject,
        "site": each.site,
        "property": each.property,
        "before": each.before,
        "after": each.after,
    }


def _plain_changes(changes: tuple[int, ...], found: Diff) -> list[Plain]:
    return [_plain_change(found.changes[number]) for number in changes]


def _plain_change(change: LoggedChange) -> Plain:
    return {name: getattr(change, name) for name in ("id", "at", "by", "why", "origin", "dataset")}


def _plain_list(found: ListDiff) -> Iterator[Plain]:
    yield {"what": "count", "kind": found.kind, "before": found.before, "after": found.after}
    for move in found.moves:
        yield {
            "what": "came" if move.came else "left",
            "kind": found.kind,
            "id": move.id,
            "change": _plain_change(move.change),
            "not_in": move.not_in,
            "because": [_plain_difference(each) for each in move.because],
        }
