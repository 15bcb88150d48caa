"""Unfinished files to files that are there: a name is given when the whole is on the disk."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from heritage.errors import StoreError


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """A name beside that of a file to come, for as long as it is being made.

    What is left under it at the end is removed, whatever happened, and what goes
    wrong is told of the file to come.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        yield beside
    except StoreError as error:
        if getattr(error, "path", None) == str(beside):
            raise type(error)(str(path), getattr(error, "detail", "")) from error
        raise
    finally:
        with suppress(OSError):  # where nothing can be written, nothing was left behind
            beside.unlink(missing_ok=True)


def give_name(beside: Path, path: Path) -> None:
    """Give a finished file its name, and make sure that the disk knows it.

    Raises:
        FileExistsError: The name is taken; that file is left alone.
    """
    try:
        path.hardlink_to(beside)  # fails where the name is taken, unlike a renaming
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        path.touch(exist_ok=False)
        beside.replace(path)
    if os.name == "posix":  # the name, too, has to be on the disk
        keep(path.parent)


def keep(path: Path) -> None:
    """Make sure that a file or folder is on the disk; no registry that is open."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
