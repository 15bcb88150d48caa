"""Things that happened and did, or may have done, damage."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from heritage.model.fields import check, check_id, in_order


def _event_rules(event: Event) -> Iterator[str]:
    if not event.sites:
        yield "sites: an event happened to one site or more"
    if event.part_of == event.id:
        yield "part_of: an event cannot be part of itself"


@attrs.frozen(kw_only=True)
class Event:
    """One addressable happening. Its date, cause and severity are claimed, not its own."""

    id: str = attrs.field(metadata={"check": check_id})
    label: str
    sites: tuple[str, ...] = attrs.field(converter=in_order, metadata={"check": check_id})
    part_of: str | None = attrs.field(default=None, metadata={"check": check_id})
    """The campaign that this event belongs to."""
    context: str | None = None
    """A term of the vocabulary `context`, such as `armed_conflict`."""

    RULES = (_event_rules,)

    def __attrs_post_init__(self) -> None:
        check(self)
