"""Documents, images, witnesses and datasets that speak, and on whom they rely."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from heritage.dates import FuzzyDate
from heritage.model.fields import between, check, check_id, in_order, one_of, to_date
from heritage.model.site import ACCESS


def _url_fault(value: str) -> str | None:
    scheme, colon, rest = value.partition("://")
    if colon and scheme in ("http", "https") and rest and not any(c.isspace() for c in value):
        return None
    return f"{value!r} is not an http or https address"


def _source_rules(source: Source) -> Iterator[str]:
    if source.id in source.relies_on:
        yield "relies_on: a source cannot rely on itself"


@attrs.frozen(kw_only=True)
class Source:
    """Something that speaks."""

    id: str = attrs.field(metadata={"check": check_id})
    title: str
    publisher: str | None = None
    author: str | None = None
    published: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    accessed: FuzzyDate | None = attrs.field(default=None, converter=to_date)
    url: str | None = attrs.field(default=None, metadata={"check": _url_fault})
    archived_url: str | None = attrs.field(default=None, metadata={"check": _url_fault})
    language: str | None = None
    kind: str | None = None
    """A term of the vocabulary `source_kind`."""
    tier: int | None = attrs.field(default=None, metadata={"check": between(0, 3)})
    """Weight of the method: 3 direct technical observation, 2 first-hand or official,
    1 secondary, 0 a copy or unsourced; None where nobody has weighed it."""
    relies_on: tuple[str, ...] = attrs.field(
        default=(), converter=in_order, metadata={"check": check_id}
    )
    note: str | None = None
    access: str = attrs.field(default="public", metadata={"check": one_of("access", ACCESS)})

    RULES = (_source_rules,)

    def __attrs_post_init__(self) -> None:
        check(self)
