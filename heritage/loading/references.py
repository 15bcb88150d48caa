"""A record to those that it names, and whether they are there."""

from __future__ import annotations

from collections.abc import Iterator

from heritage import codec
from heritage.model import Record
from heritage.store import write
from heritage.store.connection import Connection

_FIELDS = (
    ("site", ("site",)),
    ("sites", ("site",)),
    ("source", ("source",)),
    ("relies_on", ("source",)),
    ("claim", ("claim",)),
    ("subject", ("event", "site")),
)


def references_of(record: Record) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each field that names another record, the kinds that it may name, and the id."""
    for field, kinds in (*_FIELDS, ("part_of", (codec.kind_of(record),))):
        value = getattr(record, field, None)
        for id in (value,) if isinstance(value, str) else value or ():
            yield field, kinds, id


def missing(connection: Connection, record: Record) -> tuple[str, str] | None:
    """The first field of a record that names what does not exist, and the id in it."""
    for field, kinds, id in references_of(record):
        if not any(write.version_of(connection, kind, id) for kind in kinds):
            return field, id
    return None
