"""What several datasets say of one site to one site, whatever the order they came in.

Every dataset's newest word is kept as it was said (the table `descriptions`),
with its older editions. The site is what follows from all of them and from
what people edited by hand:

- a field is what the dataset of the highest standing says that says anything;
- names are the union; those that only older editions give are `former`;
- what a person edited, added or took away stays, unless an own file says
  something else of it than it did before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import attrs

from heritage.model import Identifier, Name, Site
from heritage.model.site import NAME_KINDS

OWN = "own"
STANDING = (OWN, "whc", "whc-xml")
"""Datasets from the highest standing down; others follow by name.

What people wrote themselves stands above what was loaded. UNESCO's syndication
feed stands below its spreadsheets, since parts of it are known to be frozen.
"""

FIELDS = ("kind", "part_of", "countries", "location", "built", "category", "source")

V = TypeVar("V")


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


@attrs.frozen
class _Derived:
    """What follows from descriptions alone."""

    fields: Mapping[str, Any]
    names: Mapping[tuple[str, str], tuple[Name, ...]]
    """By what is meant: a language and a text, which may be of several kinds."""
    identifiers: frozenset[Identifier]


def _standing(dataset: str) -> tuple[int, str]:
    known = dataset in STANDING
    return (STANDING.index(dataset) if known else len(STANDING)), dataset


def _age(description: Description) -> tuple[str, str]:
    return description.latest, description.edition


def _in_order(descriptions: Iterable[Description]) -> tuple[list[Description], list[Description]]:
    """Each dataset's newest word, the highest standing first; then older editions, newest first."""
    by_standing = sorted(
        sorted(descriptions, key=_age, reverse=True), key=lambda d: _standing(d.dataset)
    )
    newest = list({d.dataset: d for d in reversed(by_standing)}.values())[::-1]
    older = [d for d in by_standing if d not in newest]
    return newest, sorted(older, key=_age, reverse=True)


def _is_said(value: object) -> bool:
    return value is not None and value != ()


def _derived(descriptions: Iterable[Description]) -> _Derived:
    newest, older = _in_order(descriptions)
    fields: dict[str, Any] = {}
    for name in FIELDS:
        values = (getattr(description.site, name) for description in (*newest, *older))
        fields[name] = next(filter(_is_said, values), () if name == "countries" else None)
    names: dict[tuple[str, str], tuple[Name, ...]] = {}
    for description in newest:
        for meant, stated in _by_meaning(description.site.names).items():
            if meant not in names or _rank(stated) < _rank(names[meant]):
                names[meant] = stated
    for description in older:
        for meant, stated in _by_meaning(description.site.names).items():
            names.setdefault(meant, (attrs.evolve(stated[0], kind="former"),))
    identifiers = frozenset(one for each in (*newest, *older) for one in each.site.identifiers)
    return _Derived(fields, names, identifiers)


def _by_meaning(names: Iterable[Name]) -> dict[tuple[str, str], tuple[Name, ...]]:
    found: dict[tuple[str, str], tuple[Name, ...]] = {}
    for name in names:
        meant = name.language, name.text
        found[meant] = (*found.get(meant, ()), name)
    return found


def _rank(names: Iterable[Name]) -> int:
    last = len(NAME_KINDS)
    return min(NAME_KINDS.index(one.kind) if one.kind in NAME_KINDS else last for one in names)


def _own(descriptions: Iterable[Description]) -> _Derived | None:
    own = [description for description in descriptions if description.dataset == OWN]
    return _derived(own) if own else None


def _settled(current: V, before: V, after: V, own: tuple[V, V] | None) -> V:
    """A value after a load: what was edited by hand stays, unless an own file changed its mind."""
    if current == before or (own is not None and own[0] != own[1]):
        return after
    return current


def same_edition(found: Description, stated: Description) -> Description:
    """One description out of two files of one edition, such as its English and its French.

    What the second file says counts; what it is silent on stays. Our own files
    have no editions: there, silence takes away.
    """
    if stated.dataset == OWN or found.key != stated.key:
        return stated
    languages = {name.language for name in stated.site.names}
    kept = [name for name in found.site.names if name.language not in languages]
    silent = {
        name: getattr(found.site, name)
        for name in FIELDS
        if not _is_said(getattr(stated.site, name))
    }
    site = attrs.evolve(stated.site, names=(*stated.site.names, *kept), **silent)
    return attrs.evolve(stated, site=site)


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
    new = _derived(after)
    if current is None:
        identifiers = tuple(new.identifiers)
        every = tuple(chain.from_iterable(new.names.values()))
        return Site(id=id, names=every, identifiers=identifiers, **new.fields)
    old = _derived(before)
    own_before, own_after = _own(before), _own(after)
    own = (own_before, own_after) if own_before and own_after else None
    fields = {
        name: _settled(
            getattr(current, name),
            old.fields[name],
            new.fields[name],
            own and (own[0].fields[name], own[1].fields[name]),
        )
        for name in FIELDS
    }
    held = _by_meaning(current.names)
    names = chain.from_iterable(
        _settled(
            held.get(meant, ()),
            old.names.get(meant, ()),
            new.names.get(meant, ()),
            own and (own[0].names.get(meant, ()), own[1].names.get(meant, ())),
        )
        for meant in {**old.names, **new.names, **held}
    )
    identifiers = tuple(
        one
        for one in {*old.identifiers, *new.identifiers, *current.identifiers}
        if _settled(
            one in current.identifiers,
            one in old.identifiers,
            one in new.identifiers,
            own and (one in own[0].identifiers, one in own[1].identifiers),
        )
    )
    return Site(
        id=id,
        names=tuple(names),
        identifiers=identifiers,
        **fields,
    )
