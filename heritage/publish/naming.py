"""Ids that would tell something to ids that tell no more than is published.

The id of a claim is a hash of what was claimed: whoever guesses the name that
was left out can compute it and knows that the guess was right. Such an id is
replaced by the hash of what *is* published of the record. That tells nothing
more, takes no key that could be lost, and is the same wherever and whenever
the same is published.

Everything here is about one record at a time, so that a registry of any size
can be named; which ids were replaced is kept by whoever asks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, count
from typing import Any, Final, cast

import attrs

from heritage import codec
from heritage.model import Actor, Claim, Evidence, Record, Source
from heritage.model.ids import content_id
from heritage.publish.policy import Policy

__all__ = [
    "NAMED",
    "TOLD",
    "base",
    "candidates",
    "pointing",
    "replaces",
    "said",
    "telling",
    "unmatched",
]

_BY_CONTENT: Final = ("listing", "claim", "observation", "intervention", "review")
NAMED: Final = ("source", "actor", "evidence", *_BY_CONTENT)
"""Kinds whose ids may be replaced, each after those that it names."""
TOLD: Final = ("listing", "claim", "observation", "intervention", "evidence")
"""Kinds of what a source tells."""

_POINTING: Final[Mapping[str, tuple[str, str]]] = {
    "source": ("relies_on", "source"),
    "review": ("claim", "claim"),
    **dict.fromkeys(("site", *TOLD), ("source", "source")),
}
"""By kind, the field that names a record whose id may be replaced, and the kind of that."""
_TABLES: Final = {"evidence": "evidence"}
_CONTENT_ID = re.compile(r"[a-z][0-9a-f]{23}")

Ids = Callable[[str, str], str]
"""From a kind and an id to the id under which that record is published."""


def replaces(policy: Policy, kind: str) -> bool:
    """Whether ids of a kind are replaced where they would tell something."""
    return kind in NAMED and policy.generalises(_TABLES.get(kind, f"{kind}s"), "id")


def pointing(record: Record, ids: Ids) -> Record:
    """A record that names others by the ids under which those are published."""
    kind = codec.kind_of(record)
    if kind not in _POINTING:
        return record
    field, of = _POINTING[kind]
    value = getattr(record, field)
    new: Any
    if isinstance(value, tuple):
        new = tuple(ids(of, each) for each in value)
    else:
        new = None if value is None else ids(of, value)
    return record if new == value else attrs.evolve(record, **{field: new})


def base(record: Record, *, altered: bool, is_public: bool) -> str | None:
    """The new id of a record, if it is that of no other; None where it keeps its own.

    Of a source, see `telling`.

    Args:
        record: As it is published, but for its id.
        altered: Whether something of it was left out.
        is_public: Whether its access is public, if it has one.
    """
    if isinstance(record, Actor):
        return None if is_public else _of_actor(record)
    if isinstance(record, Evidence):
        parts = (record.media_type, record.title, record.source)
        return None if is_public else content_id("e", parts)
    if altered or _CONTENT_ID.fullmatch(record.id):
        own = attrs.evolve(cast("Claim", record), id="").id
        return None if own == record.id else own
    return None


def _of_actor(actor: Actor) -> str:
    names = sorted((name.kind, name.language, name.text) for name in actor.names)
    return content_id("a", (actor.kind, actor.role, *names))


def telling(source: Source, is_unnamed: Callable[[str], bool], told: Iterable[str]) -> str:
    """The new id of a source that is not named: the hash of what it is published to say.

    With everything that it tells, since of itself hardly anything is published,
    and two witnesses must not be taken for one.

    Args:
        source: As it is published, but for its id and the ids that it names.
        is_unnamed: Whether a source of some id is published without a name.
        told: What `said` gives for all that it tells, in order.
    """
    plain = codec.to_plain(source)
    plain.pop("id")
    plain["relies_on"] = [id for id in source.relies_on if not is_unnamed(id)]
    return content_id("s", chain(_flat(plain), told))


def said(record: Record) -> str:
    """The hash of what a source is published to tell in a record."""
    plain = codec.to_plain(record)
    for field in ("id", "source", "sha256"):
        plain.pop(field, None)
    return content_id("t", (codec.kind_of(record), *_flat(plain)))


def candidates(new: str, after: int = 0) -> Iterator[tuple[int, str]]:
    """Numbers and ids for those that should all have one id: itself first, then others.

    Args:
        new: The id.
        after: The number that the last of them was given.
    """
    for number in count(after + 1):
        yield number, new if number == 1 else content_id(new[0], (new, number))


def unmatched(policy: Policy, record: Record) -> Record:
    """A record that is not public, without the hash of its bytes, which would prove whose."""
    if isinstance(record, Evidence) and policy.generalises("evidence", "sha256"):
        return attrs.evolve(record, sha256=hashlib.sha256(record.id.encode()).hexdigest())
    return record


def _flat(plain: Mapping[str, Any]) -> list[str]:
    return [f"{key}={plain[key]!r}" for key in sorted(plain)]
