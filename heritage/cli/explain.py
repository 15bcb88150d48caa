"""One conclusion and its argument on paper: `heritage explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from heritage.cli.group import asked, counted
from heritage.cli.parameters import as_of_option, format_option, registry_argument, tiers_option
from heritage.cli.table import visible, width
from heritage.model import PROPERTIES

if TYPE_CHECKING:
    from heritage.judge import Conclusion, Standing, Tiers, Uncounted
    from heritage.reading import Reading


@click.command()
@registry_argument
@click.argument("id", metavar="ID")
@click.argument("property", type=click.Choice(tuple(PROPERTIES)), metavar="PROPERTY")
@click.option("--site", metavar="ID", help="Of an event with several sites: the one meant.")
@tiers_option
@as_of_option
@format_option("text", "json")
def explain(
    registry: Path,
    id: str,
    property: str,
    site: str | None,
    tiers: Tiers | None,
    as_of: str | None,
    format: str,
) -> None:
    """Say what can be concluded on one property, how firmly, and who disagrees.

    ID is an event or a site. PROPERTY is what is asked for: date, severity,
    cause, actor and so on. With --tiers the weights are yours, and nothing is
    written.
    """
    with asked(registry, as_of) as opened_registry:
        conclusion = opened_registry.explain(id, property, site=site, tiers=tiers)
        if format == "json":
            from heritage.codec import conclusion_to_plain

            plain = conclusion_to_plain(conclusion)
            click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
            return
        for line in _lines(opened_registry, conclusion):
            click.echo(line)


def _lines(registry: Reading, conclusion: Conclusion) -> Iterator[str]:
    from heritage.judge import flags

    yield from wrap(visible(conclusion.sentence), width(), break_on_hyphens=False)
    yield ""
    yield f"status {conclusion.status}, weight {conclusion.weight}, margin {conclusion.margin}"
    if conclusion.runner_up is not None:
        yield f"next best {conclusion.runner_up.value}, weight {conclusion.runner_up.weight}"
    for heading, members in (
        ("For", [_stands(registry, each) for each in conclusion.supporters]),
        ("Against", [_stands(registry, each) for each in conclusion.dissenters]),
        ("Not counted", [_left_out(registry, each) for each in conclusion.not_counted]),
    ):
        if members:
            yield from ("", f"{heading} ({len(members)})")
        for member in members:
            yield from _indented(member)
    if conclusion.flags:
        yield from ("", "To be known")
        for code in conclusion.flags:
            yield from _indented(f"{code}: {flags()[code].meaning}")


def _stands(registry: Reading, member: Standing) -> str:
    text = f"{_said(registry, member)}, weight {member.weight}"
    if member.root != member.source:
        text += f" of {member.root}"
    if member.gap_days:
        days = counted(member.gap_days, "day")
        text += f", {days} away ({member.hardness})"
    return _because(text, member.reason)


def _left_out(registry: Reading, member: Uncounted) -> str:
    return _because(_said(registry, member), member.reason)


def _said(registry: Reading, member: Standing | Uncounted) -> str:
    source = registry.source(member.source)
    publisher = f" ({source.publisher})" if source.publisher else ""
    return f"{member.value or 'no value'} says {source.title}{publisher} [{member.source}]"


def _because(text: str, reason: str) -> str:
    return f"{text}; {reason}" if reason else text


def _indented(text: str) -> list[str]:
    # Ids are full of hyphens, and have to be copied in one piece.
    return wrap(
        visible(text),
        width(),
        initial_indent="  ",
        subsequent_indent="      ",
        break_on_hyphens=False,
        break_long_words=False,
    )
