"""What several datasets say of one site to one site, whatever the order they came in.

Every dataset's newest word is kept as it was said (the table `descriptions`),
with its older editions. The site is what follows from all of them and from
what people edited by hand:

- a field is what the dataset of the highest standing says that says anything;
- names are the union; those that only older editions give are `former`;
- what nobody's description explains was put there by a person, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from heritage.model import Identifier, Name, Site
from heritage.model.site import NAME_KINDS

STANDING = ("own", "whc", "whc-xml")
"""Datasets from the highest standing down; others follow by name.

What people wrote themselves stands above what was loaded. UNESCO's syndication
feed stands below its spreadsheets, since parts of it are known to be frozen.
"""

FIELDS = ("kind", "part_of", "countries", "location", "built", "category", "source")


@attrs.frozen(kw_only=True)
class Description:
    """What one edition of one dataset says of a site."""

    dataset: str
    edition: str
    """EDTF, or empty for a dataset without editions."""
    latest: str
    """The last day of the edition as a key that sorts; empty without one."""
    site: Site

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one description."""
        return self.dataset, self.edition


def _standing(dataset: str) -> tuple[int, str]:
    known = dataset in STANDING
    return (STANDING.index(dataset) if known else len(STANDING)), dataset


def _newest(descriptions: Iterable[Description]) -> list[Description]:
    """Each dataset's newest description, the dataset of the highest standing first."""
    newest: dict[str, Description] = {}
    for description in descriptions:
        found = newest.get(description.dataset)
        if found is None or (found.latest, found.edition) < (
            description.latest,
            description.edition,
        ):
            newest[description.dataset] = description
    return sorted(newest.values(), key=lambda description: _standing(description.dataset))


def _in_order(descriptions: Iterable[Description]) -> list[Description]:
    """Newest words first, then older editions from the newest back."""
    descriptions = list(descriptions)
    newest = _newest(descriptions)
    keys = {description.key for description in newest}
    older = [description for description in descriptions if description.key not in keys]
    by_standing = sorted(older, key=lambda d: _standing(d.dataset))
    return newest + sorted(by_standing, key=lambda d: (d.latest, d.edition), reverse=True)


def _field(
    name: str, current: object, before: Sequence[Description], after: list[Description]
) -> object:
    explained = [getattr(description.site, name) for description in (*before, *after)]
    if current not in (None, ()) and current not in explained:
        return current
    for description in after:
        value = getattr(description.site, name)
        if value not in (None, ()):
            return value
    return current


def _meant(name: Name) -> tuple[str, str]:
    return name.language, name.text


def _names(
    current: Site | None, before: Sequence[Description], after: Sequence[Description]
) -> tuple[Name, ...]:
    newest = _newest(after)
    stated = [name for description in newest for name in description.site.names]
    known = {_meant(name) for name in stated}
    former = [
        attrs.evolve(name, kind="former")
        for description in after
        for name in description.site.names
        if _meant(name) not in known
    ]
    explained = {
        _meant(name) for description in (*before, *after) for name in description.site.names
    }
    edited = [name for name in (current.names if current else ()) if _meant(name) not in explained]
    best: dict[tuple[str, str], Name] = {}
    for name in (*stated, *edited, *former):
        found = best.get(_meant(name))
        if found is None or _rank(name) < _rank(found):
            best[_meant(name)] = name
    return tuple(best.values())


def _rank(name: Name) -> int:
    return NAME_KINDS.index(name.kind) if name.kind in NAME_KINDS else len(NAME_KINDS)


def _identifiers(
    current: Site | None, before: Sequence[Description], after: Sequence[Description]
) -> tuple[Identifier, ...]:
    stated = {one for description in after for one in description.site.identifiers}
    explained = {one for description in before for one in description.site.identifiers}
    edited = set(current.identifiers if current else ()) - explained
    return tuple(stated | edited)


def merge(
    id: str, current: Site | None, before: Sequence[Description], after: Sequence[Description]
) -> Site:
    """The site that follows from descriptions and from what was edited by hand.

    Args:
        id: The id that the site has or shall have.
        current: The site as the registry holds it; None where it is new.
        before: All descriptions of it until now.
        after: All descriptions of it from now on.
    """
    ordered = _in_order(after)
    fields: dict[str, Any] = {
        name: _field(name, getattr(current, name) if current else None, before, ordered)
        for name in FIELDS
    }
    if fields["countries"] is None:
        fields["countries"] = ()
    return Site(
        id=id,
        names=_names(current, before, ordered),
        identifiers=_identifiers(current, before, after),
        **fields,
    )
