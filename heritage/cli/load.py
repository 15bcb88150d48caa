"""Files to a registry: `heritage load`."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heritage.cli.group import FAULTS, counted, opened, say
from heritage.cli.parameters import date, registry_argument
from heritage.dates import FuzzyDate
from heritage.problems import Problem

if TYPE_CHECKING:
    from heritage.registry import LoadReport

SHOWN_LEFT = 20
"""Ids of sites that left, named in a summary; all of them are in `--json`."""


@click.command()
@registry_argument
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path)
)
@click.option(
    "--from",
    "source",
    metavar="SOURCE",
    help="Whose files they are: own, whc, ... Found from the content where that is certain.",
)
@click.option(
    "--edition",
    type=date,
    metavar="DATE",
    help="The date of the edition in EDTF, such as 2019-07.",
)
@click.option("--by", metavar="WHO", help="Who loads. [default: the login name]")
@click.option("--why", metavar="TEXT", help="Why. [default: the names of the files]")
@click.option("--dry-run", is_flag=True, help="Tell what would happen, and change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if there is any problem.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.pass_context
def load(
    ctx: click.Context,
    registry: Path,
    files: tuple[Path, ...],
    source: str | None,
    edition: FuzzyDate | None,
    by: str | None,
    why: str | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Load files into a registry; the same file twice changes nothing.

    Each file is one change, all of it or nothing; files of the registry's own
    JSON Lines are one change together, and their records may refer to each
    other in any order. A folder stands for the files `*.jsonl` in it.

    Rows that cannot be used are named on standard error as `file:row: code
    message`, and the others are loaded; the exit status is then 1.
    """
    names = [str(name) for file in files for name in _expanded(file)]
    faults = False
    progress = _progress() if sys.stderr.isatty() else _silent
    with opened(registry) as opened_registry:
        for report in opened_registry.load_all(
            names,
            source=source,
            edition=None if edition is None else edition.text,
            by=by or _login(),
            why=why,
            dry_run=dry_run,
            strict=strict,
            progress=progress,
        ):
            would = report.created or report.changed or report.problems
            refused = strict and report.change is None and bool(would)
            _tell(report, dry_run=dry_run, refused=refused)
            if as_json:
                click.echo(json.dumps(plain_report(report), ensure_ascii=False))
            faults = faults or bool(report.problems)
    if faults:
        ctx.exit(FAULTS)


def _expanded(file: Path) -> Iterator[Path]:
    inside = sorted(file.glob("*.jsonl")) if file.is_dir() else []
    yield from inside or [file]


def _login() -> str | None:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None


def _silent(_rows: int) -> None:
    """Show nothing: nobody is watching."""


def _progress() -> Callable[[int], None]:
    def show(rows: int) -> None:
        click.echo(f"\r{counted(rows, 'row')} read ", err=True, nl=False)

    return show


def plain_report(report: LoadReport) -> dict[str, Any]:
    """What loading a file did, as other programs read it."""
    return {
        "file": report.file,
        "source": report.source,
        "rows": report.rows,
        "created": report.created,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "left": list(report.left),
        "problems": [plain_problem(problem) for problem in report.problems],
        "change": report.change,
    }


def plain_problem(problem: Problem) -> dict[str, Any]:
    """A problem as other programs read it."""
    return {
        "code": problem.code,
        "message": problem.message,
        "row": problem.origin.row,
        "column": problem.origin.column,
        "value": problem.value,
        "suggestion": problem.suggestion,
    }


def _tell(report: LoadReport, *, dry_run: bool, refused: bool) -> None:
    if sys.stderr.isatty():
        click.echo("\r", err=True, nl=False)
    for problem in report.problems:
        say(str(problem))
    for note in report.notes:
        say(f"{report.file}: {note}")
    if report.left:
        shown = ", ".join(report.left[:SHOWN_LEFT])
        more = len(report.left) - SHOWN_LEFT
        rest = f" and {more:,} more" if more > 0 else ""
        say(f"{report.file}: no longer in the list, and kept: {shown}{rest}")
    say(f"{report.file}: {_summary(report, dry_run=dry_run, refused=refused)}")


def _summary(report: LoadReport, *, dry_run: bool, refused: bool) -> str:
    noun = "record" if report.source in ("own", None) else "site"
    counts = [
        f"{counted(number, noun)} {what}"
        for number, what in (
            (report.created, "created"),
            (report.changed, "changed"),
            (report.unchanged, "unchanged"),
        )
        if number
    ]
    parts = [", ".join(counts) or f"no {noun}s"]
    if report.edition:
        parts.insert(0, f"edition {report.edition}")
    if report.left:
        parts.append(f"{counted(len(report.left), noun)} left")
    if report.problems:
        parts.append(counted(len(report.problems), "problem"))
    if refused:
        parts.append("nothing was changed, as --strict asks")
    elif dry_run:
        parts.append("nothing was changed, this being a dry run")
    elif report.change is None and report.rows:
        parts.append("nothing to change")
    return "; ".join(parts)
