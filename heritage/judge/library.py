"""Sources to who speaks through them, and with what weight.

A root is a source that relies on no other. A source that relies on others
speaks with the voice of its roots, however many stand between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from heritage.errors import UsageError
from heritage.judge.voices import ATTRIBUTED, Voice, body_name, find_voice
from heritage.model import Source
from heritage.vocab import vocabulary

__all__ = ["KIND_TIERS", "OTHER_TIER", "UNNAMED", "Library", "Tiers"]

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

UNNAMED = "a source that is not named"
"""What a sentence calls a source that is not public."""

OTHER_TIER = 1
"""What a source of any other kind, or of none, weighs without a tier."""


_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_PLATFORM_KINDS = frozenset(
    {"social_media", "blog", "video", "photo", "witness", "personal_communication", "website"}
)
"""Kinds whose publisher is often only the place where somebody else speaks."""


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

    def __init__(self, sources: Iterable[Source] = (), tiers: Tiers | None = None) -> None:
        self.sources = {source.id: source for source in sources}
        self.tiers = tiers or Tiers()
        self._behind: dict[str, tuple[str, ...]] = {}
        self._bodies: dict[str, str | None] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        self._voices: dict[tuple[str, str | None], Voice] = {}
        self._weights: dict[str, int] = {}
        self._called: dict[tuple[str, str | None], str] = {}
        self._labels: dict[str, str] = {}

    def with_tiers(self, tiers: Tiers) -> Library:
        """The same sources under other weights."""
        return Library(self.sources.values(), tiers)

    def roots(self, id: str) -> tuple[str, ...]:
        """The ids of the roots behind a source, sorted; its own id where it relies on none."""
        found = self._roots.get(id)
        if found is None:
            behind = self.behind(id)
            roots = sorted(each for each in (id, *behind) if not self._relies_on(each))
            # The model forbids circles; in one, nobody is the origin and all are one voice.
            found = self._roots[id] = tuple(roots) or (min(id, *behind),)
        return found

    def behind(self, id: str) -> tuple[str, ...]:
        """The ids of all on whom a source relies, the nearest first."""
        found = self._behind.get(id)
        if found is None:
            seen: dict[str, None] = {}
            ahead = list(self._relies_on(id))
            for each in ahead:
                if each not in seen:
                    seen[each] = None
                    ahead += self._relies_on(each)
            seen.pop(id, None)
            found = self._behind[id] = tuple(seen)
        return found

    def _relies_on(self, id: str) -> tuple[str, ...]:
        source = self.sources.get(id)
        return source.relies_on if source else ()

    def body(self, id: str) -> str | None:
        """The body that speaks in a source: its publisher; on platforms, its author."""
        if id not in self._bodies:
            source = self.sources.get(id)
            name = None
            if source is not None:
                on_platform = source.kind in _PLATFORM_KINDS
                name = source.author if on_platform else source.publisher
            self._bodies[id] = body_name(name) if name else None
        return self._bodies[id]

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
                found = UNNAMED
            else:
                found = source.publisher or source.title
            self._labels[id] = found
        return found

    def name(self, id: str, quoted: str | None) -> str:
        """What a sentence calls whose word it is when a source says something."""
        found = self._called.get((id, quoted))
        if found is None:
            voice = self.voice(id, quoted)
            found = own = self.label(id)
            if not voice.root.startswith(ATTRIBUTED) and not voice.is_direct:
                roots = " and ".join(self.label(root) for root in self.roots(id))
                found = roots if voice.is_quoted or own == roots else f"{own}, relying on {roots}"
            self._called[id, quoted] = found
        return found

    def names(self, id: str) -> tuple[str, ...]:
        """The names of who speaks in a source.

        Its title counts whole where it names nobody else, and otherwise with
        what stands in capitals there, such as UNOSAT.
        """
        source = self.sources.get(id)
        if source is None:
            return (id,)
        named = tuple(each for each in (source.publisher, source.author) if each)
        if not named:
            return id, source.title
        return (id, *named, *_CAPITALS.findall(source.title))

    def voice(self, id: str, quoted: str | None) -> Voice:
        """Whose word it is when a source says something, quoting somebody or nobody."""
        found = self._voices.get((id, quoted))
        if found is None:
            found = self._voices[id, quoted] = find_voice(self, id, quoted)
        return found
