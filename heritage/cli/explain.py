"""One conclusion and its argument on paper: `heritage explain`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from heritage.cli.group import opened
from heritage.cli.parameters import format_option, registry_argument, tiers_option
from heritage.cli.table import visible, width
from heritage.model import PROPERTIES

if TYPE_CHECKING:
    from heritage.judge import Conclusion, Standing, Tiers, Uncounted
    from heritage.registry import Registry


@click.command()
@registry_argument
@click.argument("id", metavar="ID")
@click.argument("property", type=click.Choice(tuple(PROPERTIES)), metavar="PROPERTY")
@click.option("--site", metavar="ID", help="Of an event with several sites: the one meant.")
@tiers_option
@format_option("text", "json")
def explain(
    registry: Path, id: str, property: str, site: str | None, tiers: Tiers | None, format: str
) -> None:
    """Say what can be concluded on one property, how firmly, and who disagrees.

    ID is an event or a site. PROPERTY is what is asked for: date, severity,
    cause, actor and so on. With --tiers the weights are yours, and nothing is
    written.
    """
    with opened(registry) as opened_registry:
        conclusion = opened_registry.explain(id, property, site=site, tiers=tiers)
        if format == "json":
            from heritage.codec import conclusion_to_plain

            plain = conclusion_to_plain(conclusion)
            click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
            return
        for line in _lines(opened_registry, conclusion):
            click.echo(line)


def _lines(registry: Registry, conclusion: Conclusion) -> Iterator[str]:
    from heritage.judge import flags

    yield from wrap(visible(conclusion.sentence), width())
    yield ""
    yield f"status {conclusion.status}, weight {conclusion.weight}, margin {conclusion.margin}"
    if conclusion.runner_up is not None:
        yield f"next best {conclusion.runner_up.value}, weight {conclusion.runner_up.weight}"
    yield from _group(registry, "For", conclusion.supporters)
    yield from _group(registry, "Against", conclusion.dissenters)
    yield from _group(registry, "Not counted", conclusion.not_counted)
    if conclusion.flags:
        yield from ("", "To be known")
        for code in conclusion.flags:
            yield from _indented(f"{code}: {flags()[code].meaning}")


def _group(
    registry: Registry, heading: str, members: Iterable[Standing | Uncounted]
) -> Iterator[str]:
    members = list(members)
    if members:
        yield from ("", f"{heading} ({len(members)})")
    for member in members:
        yield from _indented(_told(registry, member))


def _told(registry: Registry, member: Standing | Uncounted) -> str:
    source = registry.source(member.source)
    weight = getattr(member, "weight", None)
    parts = [
        member.value or "no value",
        f"says {source.title}" + (f" ({source.publisher})" if source.publisher else ""),
        f"[{member.source}]",
    ]
    text = " ".join(parts)
    if weight is not None:
        root = getattr(member, "root", member.source)
        text += f", weight {weight}" + ("" if root == member.source else f" of {root}")
    gap = getattr(member, "gap_days", None)
    if gap:
        text += f", {gap} day{'' if gap == 1 else 's'} away ({getattr(member, 'hardness', '')})"
    return text + (f"; {member.reason}" if member.reason else "")


def _indented(text: str) -> list[str]:
    return wrap(visible(text), width(), initial_indent="  ", subsequent_indent="      ")
