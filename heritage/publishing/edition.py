"""A registry that is sound to its public edition: one file, and what is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import attrs

from heritage.errors import InvalidPolicyError, RegistryCorruptError
from heritage.model import RECORDS, Record
from heritage.publish import Policy
from heritage.publishing import besides, telling
from heritage.publishing.showing import STAND_INS, Progress, Showing
from heritage.store import chain, public
from heritage.store.connection import Connection, snapshot, stoppable
from heritage.store.rows import COLUMNS
from heritage.store.verify import verify

__all__ = ["Edition", "Progress", "publish"]

DISTRIBUTION: Final = "heritage-registry"


@attrs.frozen(kw_only=True)
class Edition:
    """A public file that was written."""

    path: Path
    as_of: str
    """When anything that is published last changed."""
    records: Mapping[str, int]
    """How many of each kind are published."""
    policy: str
    policy_sha256: str
    sha256: str
    """Of the bytes of the file."""
    head: str
    """The head of the registry's log at that moment, in hexadecimal."""


def _silent(_what: str, _done: int) -> None:
    """Tell nobody."""


def publish(
    connection: Connection,
    path: str,
    target: Path,
    policy: Policy,
    progress: Progress | None = None,
) -> Edition:
    """Write the public edition of a registry.

    Args:
        connection: The registry, in no transaction.
        path: What to call the registry in messages.
        target: The file to write; an older edition there is replaced as a whole.
        policy: What becomes public.
        progress: Told what is being done, and of how many records so far.

    Raises:
        RegistryCorruptError: The registry does not verify; nothing is written.
        InvalidPolicyError: It leaves out columns without which a row cannot stand.
    """
    _check_required(connection, policy)
    progress = progress or _silent
    with stoppable(connection), _sound(connection, path, progress) as sound:
        publication = _Publication(connection, policy, progress)
        public.write_public(target, publication)
        return publication.edition(target, sound)


@contextmanager
def _sound(connection: Connection, path: str, progress: Progress) -> Iterator[str]:
    """One view of a registry that is sound, with the head of its log."""
    sound = _verified(connection, path, progress)
    with snapshot(connection):
        while chain.head(connection)[1].hex() != sound:
            # Somebody wrote since it was verified.
            connection.execute("ROLLBACK")
            sound = _verified(connection, path, progress)
            connection.execute("BEGIN")
        yield sound


def _verified(connection: Connection, path: str, progress: Progress) -> str:
    """The head of a registry that is sound."""
    found = verify(connection, progress=lambda what: progress(f"verifying {what}", 0))
    for problem in found:
        raise RegistryCorruptError(
            path, f"nothing was published; `heritage verify` tells all: {problem}"
        )
    return found.head


def _check_required(connection: Connection, policy: Policy) -> None:
    """Refuse a policy that takes from a table what none of its rows can do without."""
    faults = [
        f"tables.{table}: no row can stand without {column}; leave out all or none"
        for table, columns in COLUMNS.items()
        if any(policy.shows(table, column) for column in columns)
        for column in public.required(connection, table)
        if not policy.shows(table, column) and column not in STAND_INS.get(table, {})
    ]
    if faults:
        raise InvalidPolicyError(f"policy {policy.name}", faults)


class _Publication:
    """What is written into the edition of one registry, each part when it is asked for."""

    def __init__(self, connection: Connection, policy: Policy, progress: Progress) -> None:
        self._connection = connection
        self._policy = policy
        self._counts = dict.fromkeys(RECORDS, 0)
        self._as_of = ""
        self._head = chain.head(connection)[1].hex()
        self._showing = Showing(connection, policy, progress)
        self.progress = progress

    def records(self, kind: str) -> Iterator[Record]:
        """What is published of a kind; asked for once, before the tables."""
        for record in self._showing.records(kind):
            self._counts[kind] += 1
            yield record

    def tables(self) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
        """The rows of tables that hold no records; asked for once, after all records."""
        connection, showing = self._connection, self._showing
        yield "editions", besides.editions(connection, showing)
        yield "descriptions", besides.descriptions(connection, showing)
        yield "former_ids", besides.former_ids(connection, showing)
        yield "unpublished", besides.unpublished(connection, showing)
        log = telling.released(connection, showing)
        shown = {row["dataset"] for row in besides.editions(connection, showing)}
        self._as_of = log.as_of(shown)
        yield "releases", [self._release()]
        yield "released", (showing.shows_signed("released", row) for row in log.rows())

    def as_of(self) -> str:
        """When anything that is published last changed; asked for after the tables."""
        return self._as_of

    def _release(self) -> Mapping[str, Any]:
        policy = self._policy
        return {
            "id": 1,
            "as_of": self._as_of,
            "licence": policy.licence,
            "policy": policy.name,
            "policy_sha256": policy.sha256(),
            "grid": f"{policy.grid_size[0]} {policy.grid_size[1]:g}",
            "package": f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}",
            "left_out": besides.left_out(self._showing) if policy.left_out else None,
            "head": self._head if policy.head == "inside" else None,
        }

    def edition(self, target: Path, head: str) -> Edition:
        """The edition that was written to a file."""
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Edition(
            path=target,
            as_of=self._as_of,
            records=dict(self._counts),
            policy=self._policy.name,
            policy_sha256=self._policy.sha256(),
            sha256=sha256,
            head=head,
        )
