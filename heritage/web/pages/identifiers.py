"""Identifiers of other systems to addresses of their pages."""

from __future__ import annotations

import re

from heritage.web.queries import Row

KNOWN = {
    "whc": ("UNESCO World Heritage", "https://whc.unesco.org/en/list/{}", r"[0-9]+"),
    "wikidata": ("Wikidata", "https://www.wikidata.org/wiki/{}", r"Q[0-9]+"),
    "pleiades": ("Pleiades", "https://pleiades.stoa.org/places/{}", r"[0-9]+"),
    "geonames": ("GeoNames", "https://www.geonames.org/{}", r"[0-9]+"),
    "tgn": ("Getty TGN", "https://vocab.getty.edu/tgn/{}", r"[0-9]+"),
    "osm": ("OpenStreetMap", "https://www.openstreetmap.org/{}", r"(node|way|relation)/[0-9]+"),
}
"""By scheme: the system, the address of one of its pages, and what its identifiers look like."""


def identifier_link(row: Row) -> Row:
    """Another system's page of a site; its `url` is None where the address is not known."""
    scheme, value = row["scheme"], row["value"]
    title, address, form = KNOWN.get(scheme, (scheme, "", "(?!)"))
    is_sound = re.fullmatch(form, value, re.ASCII) is not None
    return {**row, "title": title, "url": address.format(value) if is_sound else None}
