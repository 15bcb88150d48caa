"""Persons, groups and bodies: publishers, witnesses, alleged perpetrators."""

from __future__ import annotations

import attrs

from heritage.model.fields import check, check_id, one_of
from heritage.model.site import ACCESS, Name, names_in_order

PERSON = "person"


def _default_access(actor: Actor) -> str:
    return "withheld" if actor.kind == PERSON else "public"


@attrs.frozen(kw_only=True)
class Actor:
    """Someone who speaks, acts or is accused."""

    id: str = attrs.field(metadata={"check": check_id})
    names: tuple[Name, ...] = attrs.field(default=(), converter=names_in_order)
    kind: str
    """A term of the vocabulary `actor_kind`."""
    role: str | None = None
    """What a reader may be told where the name is withheld: `resident of Palmyra`."""
    access: str = attrs.field(
        default=attrs.Factory(_default_access, takes_self=True),
        metadata={"check": one_of("access", ACCESS)},
    )
    """Persons are withheld unless someone decides otherwise."""

    def __attrs_post_init__(self) -> None:
        check(self)
