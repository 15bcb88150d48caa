"""What a long command is doing to a line on the terminal, which it takes away at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Show = Callable[[str, int], None]


@contextmanager
def shown() -> Iterator[Show]:
    """Something to be told what is being done, and how much of it so far.

    Where standard error is no terminal, nobody is watching, and nothing is shown.
    """
    line = _Line()
    if not sys.stderr.isatty():
        yield _silent
        return
    try:
        yield line.show
    finally:
        line.show("", 0)
        click.echo("\r", err=True, nl=False)


def _silent(_what: str, _done: int) -> None:
    """Show nothing."""


class _Line:
    """A line that is written over and over."""

    def __init__(self) -> None:
        self._length = 0

    def show(self, what: str, done: int) -> None:
        text = f"{what}: {done:,}" if done else what
        click.echo("\r" + text.ljust(self._length), err=True, nl=False)
        self._length = len(text)
