"""Someone looked: a site's state on a date."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.model.claim import CONFIDENCES
from heritage.model.fields import check, check_id, one_of, to_day, to_float
from heritage.model.ids import content_id

STATES = ("intact", "damaged", "destroyed", "partly_visible", "not_assessable")


def _extent_rules(extent: Extent) -> Iterator[str]:
    if not 0 <= extent.low <= extent.high <= 100:
        yield f"{extent.low} to {extent.high} is not a range of percent from 0 to 100"


@attrs.frozen(kw_only=True)
class Extent:
    """How much of a site, in percent from 0 to 100."""

    low: float = attrs.field(converter=to_float)
    high: float = attrs.field(converter=to_float)

    RULES = (_extent_rules,)

    def __attrs_post_init__(self) -> None:
        check(self)


@attrs.frozen(kw_only=True)
class Observation:
    """What was seen of a site, and how. "Still intact" is as valuable as "gone"."""

    site: str = attrs.field(metadata={"check": check_id})
    observed: FuzzyDate = attrs.field(converter=to_day)
    """The day it was *seen*, which bounds the day it happened."""
    state: str = attrs.field(metadata={"check": one_of("state", STATES)})
    severity: str | None = None
    """A term of the vocabulary `severity`."""
    extent: Extent | None = None
    method: str | None = None
    """A term of the vocabulary `method`."""
    source: str = attrs.field(metadata={"check": check_id})
    as_written: str | None = None
    confidence: str | None = attrs.field(
        default=None, metadata={"check": one_of("confidence", CONFIDENCES)}
    )
    id: str = attrs.field(default="", metadata={"check": check_id})
    """Hash of what was seen, when, how and by whom."""

    def __attrs_post_init__(self) -> None:
        if self.id == "":
            observed = self.observed
            extent = self.extent
            parts = (
                self.site,
                observed.text if isinstance(observed, FuzzyDate) else observed,
                self.state,
                self.severity,
                f"{extent.low}..{extent.high}" if isinstance(extent, Extent) else extent,
                self.method,
                self.source,
                self.as_written,
            )
            object.__setattr__(self, "id", content_id("o", parts))
        check(self)
