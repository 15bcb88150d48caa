"""A file to whether it may be served."""

from __future__ import annotations

from pathlib import Path

from heritage.errors import HeritageError, NotAnEditionError, RegistryReadOnlyError, UsageError
from heritage.store import schema
from heritage.store.connection import connect
from heritage.store.public import is_edition


def check(path: Path, *, private: bool | None = None) -> None:
    """Refuse what is no registry of this version; finish what a crash left half-done.

    Args:
        path: The file.
        private: True for what is shown to the staff, False for what is shown to
            everyone, None where that is not for this program to say.

    Raises:
        StoreError: One of its branches, saying what is wrong with the file.
        UsageError: It is a public edition, which is not private.
    """
    try:
        connection = connect(path)
    except RegistryReadOnlyError:
        connection = connect(path, readonly=True)
    try:
        schema.check_current(connection, str(path))
    finally:
        connection.close()
    if private is None:
        return
    if private and is_edition(path):
        raise UsageError(f"{path} is a public edition; serve it without --private")
    if not private and not is_edition(path):
        raise NotAnEditionError(str(path))


def fault(path: Path) -> str | None:
    """What is wrong with a file that is open, so that no page can be made from it."""
    try:
        connection = connect(path, readonly=True)
        try:
            schema.check_current(connection, path.name)
        finally:
            connection.close()
    except HeritageError as error:
        return str(error).replace(str(path), path.name)
    return None
