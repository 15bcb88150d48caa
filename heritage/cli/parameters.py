"""Words of the command line to values: dates, boxes, countries, terms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from heritage.dates import FuzzyDate
from heritage.dates.moment import Moment
from heritage.errors import DateParseError, HeritageError, MomentParseError
from heritage.vocab import vocabulary

if TYPE_CHECKING:
    from heritage.judge import Tiers

F = TypeVar("F", bound=Callable[..., Any])

registry_argument = click.argument("registry", type=click.Path(path_type=Path), metavar="REGISTRY")
"""The registry file, which every command takes first."""


def format_option(*formats: str) -> Callable[[F], F]:
    """The option `--format`, the first being what is printed unasked."""
    return click.option(
        "--format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="What is printed.",
    )


def date(value: str) -> FuzzyDate:
    """Read a date in EDTF, or point at the character at fault."""
    try:
        return FuzzyDate.parse(value)
    except DateParseError as error:
        drawn = error.drawn().replace("\n", "\n    ")
        raise click.BadParameter(f"{error}\n\n    {drawn}") from error


def moment(value: str) -> str:
    """Check that a text is a moment, or point at the character at fault."""
    try:
        Moment.of(value)
    except MomentParseError as error:
        drawn = error.drawn().replace("\n", "\n    ")
        raise click.BadParameter(f"{error}\n\n    {drawn}") from error
    return value


def box(value: str) -> tuple[float, float, float, float]:
    """Read west, south, east and north in degrees."""
    try:
        west, south, east, north = (float(each) for each in value.split(","))
    except ValueError as error:
        message = f"{value!r} is not west,south,east,north in degrees"
        raise click.BadParameter(message) from error
    return west, south, east, north


def country(value: str) -> str:
    """Read an ISO 3166-1 alpha-2 code in either case."""
    if len(value) == 2 and value.isascii() and value.isalpha():
        return value.upper()
    raise click.BadParameter(f"{value!r} is not an ISO 3166-1 alpha-2 code such as SY")


def term_of(name: str) -> Callable[[str], str]:
    """A reader of a vocabulary's terms, by any of their names; an unknown one as written."""

    def term(value: str) -> str:
        terms = vocabulary(name)
        found = terms.find(value)
        if found is None:
            near = terms.nearest(value)
            hint = f"; did you mean {near}?" if near else ""
            click.echo(f"{value!r} is not a term of the vocabulary {name}{hint}", err=True)
        return found or value

    return term


def tiers(value: str) -> Tiers:
    """Read a reader's own weights: a JSON file of `sources` and `kinds` to whole numbers."""
    from heritage.judge import Tiers

    try:
        found = json.loads(Path(value).read_text("utf-8"))
    except OSError as error:
        raise click.BadParameter(f"{value}: {error.strerror}") from error
    except ValueError as error:
        raise click.BadParameter(f"{value} is not JSON: {error}") from error
    unknown = found.keys() - {"sources", "kinds"} if isinstance(found, dict) else {value}
    if unknown:
        raise click.BadParameter(
            f'{value} is not of the form {{"sources": {{id: weight}}, "kinds": {{kind: weight}}}}'
        )
    try:
        return Tiers(**found)
    except HeritageError as error:
        raise click.BadParameter(f"{value}: {error}") from error


tiers_option = click.option(
    "--tiers",
    type=tiers,
    metavar="FILE",
    help="Your own weights of sources, as JSON; nothing is written.",
)
"""The option `--tiers` of commands that answer with conclusions."""

by_option = click.option("--by", required=True, metavar="WHO", help="Who makes the change.")
"""The option `--by` of commands that make a change."""

why_option = click.option(
    "--why", required=True, metavar="TEXT", help="What a reader of the history should know."
)
"""The option `--why` of commands that make a change."""

dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Tell what would change, and change nothing."
)
"""The option `--dry-run` of commands that make a change."""


as_of_option = click.option(
    "--as-of",
    type=moment,
    metavar="MOMENT",
    help="As known then: 2016-04-01, 2016-04-01T12:00:00Z or change:12.",
)
"""The option `--as-of` of commands that read."""
