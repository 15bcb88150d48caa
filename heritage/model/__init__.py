"""The records: what the registry keeps, as frozen values that check themselves.

No record knows of tables, JSON or files. The list is closed: `RECORDS`.
"""

from __future__ import annotations

from heritage.model.actor import Actor
from heritage.model.claim import CONFIDENCES, STANCES, Claim
from heritage.model.event import Event
from heritage.model.evidence import Custody, Evidence
from heritage.model.geometry import Geometry
from heritage.model.intervention import Intervention
from heritage.model.listing import CRITERIA, IN_DANGER, WORLD_HERITAGE, Listing, category_of
from heritage.model.observation import STATES, Extent, Observation
from heritage.model.properties import PROPERTIES, Property, Reading, read_value
from heritage.model.review import DECISIONS, Review
from heritage.model.site import ACCESS, CATEGORIES, Identifier, Location, Name, Site
from heritage.model.source import Source

__all__ = [
    "ACCESS",
    "CATEGORIES",
    "CONFIDENCES",
    "CRITERIA",
    "DECISIONS",
    "IN_DANGER",
    "PROPERTIES",
    "RECORDS",
    "STANCES",
    "STATES",
    "WORLD_HERITAGE",
    "Actor",
    "Claim",
    "Custody",
    "Event",
    "Evidence",
    "Extent",
    "Geometry",
    "Identifier",
    "Intervention",
    "Listing",
    "Location",
    "Name",
    "Observation",
    "Property",
    "Reading",
    "Record",
    "Review",
    "Site",
    "Source",
    "category_of",
    "read_value",
]

Record = (
    Source | Actor | Site | Listing | Event | Claim | Observation | Intervention | Evidence | Review
)
"""Any record."""

RECORDS: dict[str, type[Record]] = {
    "source": Source,
    "actor": Actor,
    "site": Site,
    "listing": Listing,
    "event": Event,
    "claim": Claim,
    "observation": Observation,
    "intervention": Intervention,
    "evidence": Evidence,
    "review": Review,
}
"""Every kind of record, each after those it may refer to."""
