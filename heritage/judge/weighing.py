"""Statements and the answers they allow to the answer that weighs most.

The possible answers are numbered: runs of days, numbers or terms. For each of
them a mask says which statements allow it, bit by bit. Everything here is
about masks, so that dates, numbers and terms are weighed by one rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import attrs

__all__ = ["Outcome", "Statement", "Tally", "bits", "resolve", "tally", "without_garbled"]


@attrs.frozen(kw_only=True)
class Statement:
    """One claim or observation that counts."""

    id: str
    is_observation: bool = False
    source: str
    label: str
    """What a sentence calls whose word it is."""
    text: str
    """The value as it was given."""
    stance: str = "asserts"
    root: str
    """Whose word it is, as it is shown."""
    roots: tuple[str, ...]
    """Whose word it is, as it is counted, sorted."""
    weight: int
    is_direct: bool = False
    """Whether the root itself speaks, and not somebody who repeats it; or it is a look."""
    is_denial: bool = False


class Tally(NamedTuple):
    """What the statements of a mask weigh together."""

    weight: int
    voices: frozenset[object]
    """The roots that were counted, each once, weightless ones left out."""


NOTHING = Tally(0, frozenset())


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits that are set, upwards."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def tally(statements: Sequence[Statement], mask: int) -> Tally:
    """Add up the roots behind the statements of a mask, each root once.

    A source that relies on several roots might be repeating any of them. It
    adds nothing where these speak themselves, and all such sources together
    count as one voice of the lowest weight among its roots. This never counts
    a copy twice, and never lets one more supporter lower the sum.
    """
    weights: dict[object, int] = {}
    mixed: dict[tuple[str, ...], int] = {}
    for index in bits(mask):
        statement = statements[index]
        roots = statement.roots
        if len(roots) == 1:
            if weights.get(roots[0], -1) < statement.weight:
                weights[roots[0]] = statement.weight
        elif mixed.get(roots, -1) < statement.weight:
            mixed[roots] = statement.weight
    most = 0
    voice: tuple[str, ...] = ()
    for roots, weight in sorted(mixed.items()):
        more = weight - sum(weights.get(root, 0) for root in roots)
        if more > most:
            most, voice = more, roots
    if most:
        weights[voice] = most
    return Tally(sum(weights.values()), frozenset(k for k, weight in weights.items() if weight))


class Outcome(NamedTuple):
    """The answers that weigh most, and the best of those that exclude them."""

    weight: int
    tied: tuple[tuple[int, ...], ...]
    """Each answer as the numbers of its runs; more than one where they weigh the same."""
    rival: tuple[int, ...]
    """The runs of the best other answer; empty where there is none."""
    rival_weight: int
    shared: int
    """The positive statements that allow all runs of the one answer, as a mask. There may
    be none: a root that is silent itself can have been retold in contradictory ways."""


def resolve(statements: Sequence[Statement], masks: Sequence[int]) -> Outcome | None:
    """Find the answer with the greatest weight of independent statements.

    None where no statement is positive. An answer allowed by the same roots as
    another is the same answer; only what a root says itself narrows it, so that
    a copy changes nothing and a weightless rumour narrows nothing.
    """
    positive = sum(1 << i for i, each in enumerate(statements) if not each.is_denial)
    allowed = [index for index, mask in enumerate(masks) if mask & positive]
    if not allowed:
        return None
    known: dict[int, Tally] = {}
    for index in allowed:
        mask = masks[index]
        if mask not in known:
            known[mask] = tally(statements, mask)
    weight = max(each.weight for each in known.values())
    direct = sum(1 << i for i, each in enumerate(statements) if each.is_direct and each.weight)
    top = [index for index in allowed if known[masks[index]].weight == weight]
    tied = _answers(top, masks, known, direct)
    if len(tied) > 1:
        return Outcome(weight, tied, tied[1], weight, 0)
    chosen, shared = 0, positive
    for index in tied[0]:
        chosen |= masks[index]
        shared &= masks[index]
    dissent = positive & ~chosen
    others = [index for index in allowed if masks[index] & dissent]
    if not others:
        against = sum(1 << i for i, each in enumerate(statements) if each.is_denial)
        denied = tally(statements, against & ~chosen).weight
        return Outcome(weight, tied, (), denied, shared)
    most = max(known[masks[index]].weight for index in others)
    best = [index for index in others if known[masks[index]].weight == most]
    return Outcome(weight, tied, _answers(best, masks, known, direct)[0], most, shared)


def without_garbled(statements: Sequence[Statement], masks: Sequence[int]) -> Sequence[Statement]:
    """The statements, with no weight for those that contradict the root they repeat.

    Where the root speaks itself, its word is known, and a copy that says
    something else cannot lend it to another answer.
    """
    spoken: dict[str, int] = {}
    for index, each in enumerate(statements):
        if each.is_direct and each.root == each.source:
            spoken[each.root] = spoken.get(each.root, 0) | 1 << index
    if not spoken:
        return statements
    return [
        attrs.evolve(each, weight=0) if _is_garbled(index, each, spoken, masks) else each
        for index, each in enumerate(statements)
    ]


def _is_garbled(
    index: int, statement: Statement, spoken: dict[str, int], masks: Sequence[int]
) -> bool:
    if statement.is_direct:
        return False
    own = spoken.get(statement.root, 0)
    return own != 0 and not any(mask >> index & 1 and mask & own for mask in masks)


def _answers(
    indexes: Sequence[int], masks: Sequence[int], known: dict[int, Tally], direct: int
) -> tuple[tuple[int, ...], ...]:
    """The runs grouped by whose word they are, each group as narrow as its roots make it."""
    if len(indexes) == 1:
        return (tuple(indexes),)
    groups: dict[frozenset[object], list[int]] = {}
    for index in indexes:
        groups.setdefault(known[masks[index]].voices, []).append(index)
    return tuple(_narrowest(group, masks, direct) for group in groups.values())


def _narrowest(group: list[int], masks: Sequence[int], direct: int) -> tuple[int, ...]:
    own = {masks[index] & direct for index in group}
    if len(own) > 1:
        own = {
            each for each in own if not any(each != more and each & more == each for more in own)
        }
    return tuple(index for index in group if masks[index] & direct in own)
