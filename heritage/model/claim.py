"""One source's word on one property of one thing."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import attrs

from heritage.errors import ValueParseError
from heritage.model.fields import check, check_id, one_of
from heritage.model.ids import content_id
from heritage.model.properties import PROPERTIES, Reading, read_value
from heritage.model.site import ACCESS

STANCES = ("asserts", "suggests", "alleges", "denies", "cannot_determine")
CONFIDENCES = ("definite", "high", "medium", "low", "negligible")


def _claim_rules(claim: Claim) -> Iterator[str]:
    if claim.value is None:
        if claim.as_written is None:
            yield "value: neither a value nor the words as written are given"
        return
    try:
        read_value(claim.property, claim.value)
    except ValueParseError as error:
        yield f"value: {error}"


@attrs.frozen(kw_only=True)
class Claim:
    """What one source says of one property of an event or a site."""

    subject: str = attrs.field(metadata={"check": check_id})
    """The id of an event or of a site."""
    site: str | None = attrs.field(default=None, metadata={"check": check_id})
    """For an event with several sites: the one that is meant."""
    property: str = attrs.field(metadata={"check": one_of("property", PROPERTIES)})
    value: str | None = None
    """In the notation of the property; None where only the words as written are known."""
    as_written: str | None = None
    stance: str = attrs.field(default="asserts", metadata={"check": one_of("stance", STANCES)})
    """The *source's* hedge."""
    confidence: str | None = attrs.field(
        default=None, metadata={"check": one_of("confidence", CONFIDENCES)}
    )
    """*Our* view of the claim; None where nobody has judged it."""
    source: str = attrs.field(metadata={"check": check_id})
    attributed_to: str | None = None
    """Whom the source quotes."""
    locator: str | None = None
    """The place in the source: page, paragraph, timestamp."""
    access: str = attrs.field(default="public", metadata={"check": one_of("access", ACCESS)})
    id: str = attrs.field(default="", metadata={"check": check_id})
    """Hash of what is said and by whom; our confidence and the access do not change it."""

    RULES = (_claim_rules,)

    def __attrs_post_init__(self) -> None:
        if self.id == "":
            parts = (
                self.subject,
                self.site,
                self.property,
                self.value,
                self.as_written,
                self.stance,
                self.source,
                self.attributed_to,
                self.locator,
            )
            object.__setattr__(self, "id", content_id("c", parts))
        check(self)

    @builtins.property  # the field above hides the plain name
    def reading(self) -> Reading | None:
        """What the value means: date, term, range or text."""
        return None if self.value is None else read_value(self.property, self.value)
