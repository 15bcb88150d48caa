"""What was done for a site: restoration, evacuation, move."""

from __future__ import annotations

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import check, check_id, to_date
from heritage.model.ids import content_id


@attrs.frozen(kw_only=True)
class Intervention:
    """One act for the good of a site, as one source tells it."""

    site: str = attrs.field(metadata={"check": check_id})
    date: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    kind: str
    """A term of the vocabulary `intervention_kind`."""
    as_written: str | None = None
    source: str = attrs.field(metadata={"check": check_id})
    id: str = attrs.field(default="", metadata={"check": check_id})
    """Hash of what was done, when, and who tells it."""

    def __attrs_post_init__(self) -> None:
        if self.id == "":
            date = self.date.text if isinstance(self.date, FuzzyDate) else self.date
            parts = (self.site, date, self.kind, self.as_written, self.source)
            object.__setattr__(self, "id", content_id("i", parts))
        check(self)
