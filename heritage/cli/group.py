"""Faults to messages and an exit status, for every command alike."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

import heritage
from heritage.errors import (
    CheckFailedError,
    HeritageError,
    UnknownSourceError,
    UsageError,
)

if TYPE_CHECKING:
    from heritage.reading import Reading
    from heritage.registry import Registry

FAULTS, INTERRUPTED = 1, 130
"""Exit statuses; 0 is success, and 2 (click's own) wrong usage."""

TRACEBACK = "HERITAGE_TRACEBACK"
"""The environment variable that asks for the traceback of a fault of this program."""


def say(text: str = "") -> None:
    """Write a line for people to standard error."""
    click.echo(text, err=True)


def speak_utf_8() -> None:
    """Write UTF-8 whatever the locale says: names come in every script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file name that is not UTF-8 comes out as the bytes that it is.
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def opened(path: Path) -> Registry:
    """Open the registry that a command was given."""
    return heritage.open(path, wait=waiting())


@contextmanager
def asked(path: Path, as_of: str | None) -> Iterator[Reading]:
    """Open the registry that a command was given, as it is known now or was known then."""
    with opened(path) as registry:
        if as_of is None:
            yield registry
        else:
            with registry.at(as_of) as then:
                yield then


def waiting() -> float:
    """Seconds to wait for other programs: the option `--wait` of the command."""
    wait: float = click.get_current_context().find_root().params.get("wait", 15.0)
    return wait


class Commands(click.Group):
    """Commands in the order of a day's work, whose faults end in a message."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        """Names in the order in which the commands were added."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command line."""
        speak_utf_8()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run a command; what goes wrong is told in words."""
        try:
            result = super().invoke(ctx)
            # Now, since a full disk must not be found out after the exit status.
            sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except HeritageError as error:
            _refuse(ctx, error)
        except OSError as error:
            _refuse_system(ctx, error)
        except Exception as error:  # noqa: BLE001 - no user ever sees a traceback unasked
            _confess(ctx, error)
        return result


def _refuse(ctx: click.Context, error: HeritageError) -> NoReturn:
    asked = isinstance(error, UnknownSourceError) and error.asked is not None
    if isinstance(error, UsageError) or asked:
        raise click.UsageError(str(error), ctx) from error
    if isinstance(error, CheckFailedError):
        for problem in error.problems:
            say(str(problem))
        say(f"{counted(len(error.problems), 'problem')}; nothing was changed")
    else:
        say(f"heritage: {error}")
    ctx.exit(FAULTS)


def _refuse_system(ctx: click.Context, error: OSError) -> NoReturn:
    try:
        sys.stdout.flush()
    except OSError:
        # Python would try again at exit, and end with a status of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno == errno.EPIPE:
        ctx.exit(FAULTS)  # whoever read the output has seen enough
    about = f"{error.filename}: " if error.filename else ""
    say(f"heritage: {about}{(error.strerror or str(error)).lower()}")
    ctx.exit(FAULTS)


def _confess(ctx: click.Context, error: Exception) -> NoReturn:
    if os.environ.get(TRACEBACK):
        traceback.print_exc()
    say(f"heritage: this should not have happened: {type(error).__name__}: {error}")
    say(f"Please report it, with what {TRACEBACK}=1 shows when the same is done again.")
    ctx.exit(FAULTS)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun: `1 site`, `1,121 sites`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
