"""Ids that would tell something to ids that tell no more than is published.

The id of a claim is a hash of what was claimed: whoever guesses the name that
was left out can compute it and knows that the guess was right. Such an id is
replaced by the hash of what *is* published of the record. That tells nothing
more, takes no key that could be lost, and is the same wherever and whenever
the same is published.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from heritage import codec
from heritage.model import (
    Actor,
    Claim,
    Evidence,
    Intervention,
    Listing,
    Observation,
    Record,
    Review,
    Source,
)
from heritage.model.ids import content_id
from heritage.publish.policy import PUBLIC, Policy

__all__ = ["Named", "named"]

Records = Mapping[str, Sequence[Record]]

_BY_CONTENT: Final = ("listing", "claim", "observation", "intervention", "review")
_BY_SOURCE: Final = ("listing", "claim", "observation", "intervention", "evidence")
_TABLES: Final = {"evidence": "evidence"}
_CONTENT_ID = re.compile(r"[a-z][0-9a-f]{23}")


@attrs.frozen
class Named:
    """Records under the ids by which they are published."""

    records: dict[str, list[Record]]
    ids: dict[str, dict[str, str]]
    """By kind, the ids that were replaced, with the new ones."""

    def id_of(self, kind: str, id: str) -> str:
        """The id by which a record is published."""
        return self.ids.get(kind, {}).get(id, id)


def named(policy: Policy, records: Records, altered: Mapping[str, Collection[str]]) -> Named:
    """Give published records ids that tell nothing more than they do.

    Args:
        policy: Where the column of an id is not to be made coarser, it stays.
        records: By kind, as they may appear, in an order that tells nothing.
        altered: By kind, the ids of those of which something was left out.
    """
    found: dict[str, list[Record]] = {kind: list(some) for kind, some in records.items()}
    ids: dict[str, dict[str, str]] = {}

    def give(kind: str, base: Callable[[Any], str | None]) -> None:
        if policy.generalises(_TABLES.get(kind, f"{kind}s"), "id"):
            ids[kind] = _given(found.get(kind, ()), base)
            found[kind] = [
                attrs.evolve(record, id=ids[kind].get(record.id, record.id))
                for record in found.get(kind, ())
            ]

    give("source", _of_source(found))
    sources = ids.get("source", {})
    found["source"] = [_pointing(each, "relies_on", sources) for each in found.get("source", ())]
    for kind in ("site", *_BY_SOURCE):
        found[kind] = [_pointing(each, "source", sources) for each in found.get(kind, ())]
    give("actor", _of_actor)
    give("evidence", _of_evidence)
    if policy.generalises("evidence", "sha256"):
        found["evidence"] = [_unmatched(each) for each in found["evidence"]]
    for kind in _BY_CONTENT:
        if kind == "review":
            claims = ids.get("claim", {})
            found[kind] = [_pointing(each, "claim", claims) for each in found.get(kind, ())]
        give(kind, _of_content(altered.get(kind, ())))
    return Named({kind: sorted(some, key=_id) for kind, some in found.items()}, ids)


def _id(record: Record) -> str:
    return record.id


def _given(records: Sequence[Record], base: Callable[[Any], str | None]) -> dict[str, str]:
    """New ids of those records that need one; of equals, each is counted."""
    wanted = [(record.id, base(record)) for record in records]
    taken = {id for id, new in wanted if new is None}
    given: dict[str, str] = {}
    for id, new in wanted:
        if new is None:
            continue
        chosen, number = new, 1
        while chosen in taken:
            number += 1
            chosen = content_id(new[0], (new, number))
        taken.add(chosen)
        given[id] = chosen
    return given


def _pointing(record: Record, field: str, ids: Mapping[str, str]) -> Record:
    """A record that names another one by the id under which that is published."""
    value = getattr(record, field)
    new: Any
    if isinstance(value, tuple):
        new = tuple(ids.get(each, each) for each in value)
    else:
        new = ids.get(value, value)
    return record if new == value else attrs.evolve(record, **{field: new})


def _of_content(altered: Collection[str]) -> Callable[[Record], str | None]:
    """The hash of what is published, where the id is that of something else."""

    def base(record: Listing | Claim | Observation | Intervention | Review) -> str | None:
        if record.id in altered or _CONTENT_ID.fullmatch(record.id):
            own = attrs.evolve(record, id="").id
            return None if own == record.id else own
        return None

    return cast("Callable[[Record], str | None]", base)


def _of_actor(actor: Actor) -> str | None:
    if actor.access == PUBLIC:
        return None
    names = sorted((name.kind, name.language, name.text) for name in actor.names)
    return content_id("a", (actor.kind, actor.role, *names))


def _of_evidence(evidence: Evidence) -> str | None:
    if evidence.access == PUBLIC:
        return None
    return content_id("e", (evidence.media_type, evidence.title, evidence.source))


def _unmatched(evidence: Record) -> Record:
    """Evidence without the hash of its bytes, which would prove whose they are."""
    if not isinstance(evidence, Evidence) or evidence.access == PUBLIC:
        return evidence
    return attrs.evolve(evidence, sha256=hashlib.sha256(evidence.id.encode()).hexdigest())


def _of_source(records: Records) -> Callable[[Source], str | None]:
    """The hash of what a source that is not named is published to say.

    With everything that it tells, since of itself hardly anything is published,
    and two witnesses must not be taken for one.
    """
    unnamed = {
        record.id
        for record in records.get("source", ())
        if isinstance(record, Source) and record.access != PUBLIC
    }
    told: dict[str, list[str]] = {id: [] for id in unnamed}
    for kind in _BY_SOURCE if unnamed else ():
        for record in records.get(kind, ()):
            source = getattr(record, "source", None)
            if source in unnamed:
                plain = codec.to_plain(record)
                plain.pop("id")
                plain.pop("source")
                plain.pop("sha256", None)
                told[source].append(content_id("t", (kind, *_flat(plain))))

    def base(source: Source) -> str | None:
        if source.id not in unnamed:
            return None
        plain = codec.to_plain(source)
        plain.pop("id")
        plain["relies_on"] = [id for id in source.relies_on if id not in unnamed]
        return content_id("s", (*_flat(plain), *sorted(told[source.id])))

    return base


def _flat(plain: Mapping[str, Any]) -> list[str]:
    return [f"{key}={plain[key]!r}" for key in sorted(plain)]
