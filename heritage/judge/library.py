"""Sources to who speaks through them, and with what weight.

A root is a source that relies on no other. A source that relies on others
speaks with the voice of its roots, however many stand between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from heritage.errors import UsageError
from heritage.model import Source
from heritage.vocab import vocabulary

__all__ = ["KIND_TIERS", "OTHER_TIER", "Library", "Tiers"]

KIND_TIERS: Mapping[str, int] = MappingProxyType(
    {
        "imagery_analysis": 3,
        "satellite_image": 3,
        "official": 2,
        "witness": 2,
        "photo": 2,
        "video": 2,
    }
)
"""What a source without a tier weighs, by its kind; kinds under these weigh the same."""

OTHER_TIER = 1
"""What a source of any other kind, or of none, weighs without a tier."""


def _is_weights(_: object, attribute: attrs.Attribute[Mapping[str, int]], value: object) -> None:
    sound = isinstance(value, Mapping) and all(
        isinstance(key, str) and type(weight) is int and weight >= 0
        for key, weight in value.items()
    )
    if not sound:
        raise UsageError(f"tiers: {attribute.name} must give whole numbers from 0 upwards")


@attrs.frozen(kw_only=True)
class Tiers:
    """A reader's own weights, which go before those in the registry.

    Raises:
        UsageError: A weight is not a whole number from 0 upwards.
    """

    sources: Mapping[str, int] = attrs.field(factory=dict, validator=_is_weights)
    """Weights by the id of a source."""
    kinds: Mapping[str, int] = attrs.field(factory=dict, validator=_is_weights)
    """Weights by a term of `source_kind`, for every source of that kind and those under it."""

    def weight(self, source: Source) -> int:
        """The weight of a source, were it a root."""
        own = self.sources.get(source.id)
        if own is None:
            own = _of_kind(source.kind, self.kinds)
        if own is None:
            own = source.tier
        if own is None:
            own = _of_kind(source.kind, KIND_TIERS)
        return OTHER_TIER if own is None else own


def _of_kind(kind: str | None, weights: Mapping[str, int]) -> int | None:
    if kind is None or not weights:
        return None
    kinds = vocabulary("source_kind")
    broader = kinds.ancestors(kind) if kind in kinds else ()
    return next((weights[each] for each in (kind, *broader) if each in weights), None)


class Library:
    """Sources by id, with the roots, weight and name of each; made once for many cases.

    Args:
        sources: Those cited and all that they rely on. One that is missing
            counts as a root that nobody has weighed.
        tiers: A reader's own weights.
    """

    __slots__ = ("_labels", "_roots", "_weights", "sources", "tiers")

    def __init__(self, sources: Iterable[Source] = (), tiers: Tiers | None = None) -> None:
        self.sources = {source.id: source for source in sources}
        self.tiers = tiers or Tiers()
        self._roots: dict[str, tuple[str, ...]] = {}
        self._weights: dict[str, int] = {}
        self._labels: dict[str, str] = {}

    def with_tiers(self, tiers: Tiers) -> Library:
        """The same sources under other weights."""
        return Library(self.sources.values(), tiers)

    def roots(self, id: str) -> tuple[str, ...]:
        """The ids of the roots behind a source, sorted; its own id where it relies on none."""
        found = self._roots.get(id)
        if found is None:
            found = self._roots[id] = self._find_roots(id)
        return found

    def _find_roots(self, id: str) -> tuple[str, ...]:
        seen, roots, ahead = {id}, set(), [id]
        while ahead:
            each = ahead.pop()
            source = self.sources.get(each)
            relied_on = source.relies_on if source else ()
            if not relied_on:
                roots.add(each)
            ahead += [other for other in relied_on if other not in seen]
            seen.update(relied_on)
        # The model forbids circles; in one, nobody is the origin and all are one voice.
        return tuple(sorted(roots)) or (min(seen),)

    def weight(self, id: str) -> int:
        """The weight of a source by itself, whatever it relies on."""
        found = self._weights.get(id)
        if found is None:
            source = self.sources.get(id)
            found = OTHER_TIER if source is None else self.tiers.weight(source)
            self._weights[id] = found
        return found

    def is_weighed(self, id: str) -> bool:
        """Whether somebody gave the source a tier, rather than its kind."""
        source = self.sources.get(id)
        return id in self.tiers.sources or (source is not None and source.tier is not None)

    def label(self, id: str) -> str:
        """What a sentence calls a source: its publisher, or its title where it has none.

        A source that is not public is not named.
        """
        found = self._labels.get(id)
        if found is None:
            source = self.sources.get(id)
            if source is None:
                found = id
            elif source.access != "public":
                found = "a source that is not named"
            else:
                found = source.publisher or source.title
            self._labels[id] = found
        return found

    def names(self, id: str) -> tuple[str, ...]:
        """Everything by which another source may quote this one."""
        source = self.sources.get(id)
        if source is None:
            return (id,)
        return tuple(each for each in (id, source.publisher, source.author, source.title) if each)
