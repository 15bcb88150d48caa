"""A named reviewer's decision on a claim, with the reason."""

from __future__ import annotations

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import check, check_id, one_of, to_day
from heritage.model.ids import content_id

DECISIONS = ("confirmed", "refuted", "undecided")


@attrs.frozen(kw_only=True)
class Review:
    """Who judged a claim, when, how and why."""

    claim: str = attrs.field(metadata={"check": check_id})
    reviewer: str
    date: FuzzyDate = attrs.field(converter=to_day)
    decision: str = attrs.field(metadata={"check": one_of("decision", DECISIONS)})
    """A refuted claim is kept and does not count."""
    reason: str
    id: str = attrs.field(default="", metadata={"check": check_id})

    def __attrs_post_init__(self) -> None:
        if self.id == "":
            date = self.date.text if isinstance(self.date, FuzzyDate) else self.date
            parts = (self.claim, self.reviewer, date, self.decision)
            object.__setattr__(self, "id", content_id("r", parts))
        check(self)
