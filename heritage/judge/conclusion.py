"""What is concluded, how firmly, and who stands where: the values that judgement gives."""

from __future__ import annotations

import attrs

__all__ = ["STATUSES", "Conclusion", "RunnerUp", "Standing", "Uncounted"]

STATUSES = ("agreed", "disputed", "undecided", "unsupported")
"""Agreed: nobody dissents. Disputed: somebody does, and less weight is theirs.
Undecided: no less weight stands against the value than for it.
Unsupported: nothing that weighs anything speaks for a value."""


@attrs.frozen(kw_only=True)
class Standing:
    """Where one claim or observation stands towards a conclusion, and why."""

    claim: str | None = None
    """The id of a claim; then `observation` is None."""
    observation: str | None = None
    source: str
    value: str
    """As the claim gives it; of an observation, the state and the day it was seen."""
    weight: int
    """The weight of its root. It is counted once, however many speak through that root."""
    root: str
    """The id of the source it goes back to, or `attributed:` and the name that is quoted."""
    stance: str = "asserts"
    reason: str = ""
    relation: str | None = None
    """Of a dissenter: what its value is to the conclusion's, in the words of `dates.relate`."""
    gap_days: int | None = None
    """Of a dissenting date: days from the one to the other; 0 unless disjoint."""
    hardness: str | None = None
    """Of a dissenter: `soft` where one of the values, or its source, is hedged; else `hard`."""


@attrs.frozen(kw_only=True)
class Uncounted:
    """A claim or observation that takes no part in a conclusion, and why."""

    claim: str | None = None
    observation: str | None = None
    source: str
    value: str | None
    reason: str


@attrs.frozen(kw_only=True)
class RunnerUp:
    """The best answer that excludes the conclusion."""

    value: str
    """A date is given by its days, without qualifiers."""
    weight: int


@attrs.frozen(kw_only=True)
class Conclusion:
    """What claims and observations together support for one property."""

    subject: str
    site: str | None
    property: str
    value: str | None
    """In the notation of the property. Undecided dates are one-of lists, undecided
    numbers ranges, other undecided values are parted by ` | `; None if there is no value."""
    earliest: str | None = None
    """Of a date: its first day, as text that sorts (see `dates.days.sort_key`)."""
    latest: str | None = None
    status: str
    weight: int
    """The tiers of the independent roots behind the value, each once."""
    margin: int
    """By how much the value outweighs the runner-up; its whole weight if there is none."""
    runner_up: RunnerUp | None = None
    supporters: tuple[Standing, ...] = ()
    """Heaviest first."""
    dissenters: tuple[Standing, ...] = ()
    not_counted: tuple[Uncounted, ...] = ()
    flags: tuple[str, ...] = ()
    """Codes of `judge.flags`, sorted."""
    sentence: str = ""
    """All this in words, fit to be quoted."""
