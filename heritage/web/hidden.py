"""Tables that are machinery, kept out of Datasette's lists but not out of reach."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette

from heritage.web.attached import registry_of

MACHINERY = (
    "_concluded",
    "_context",
    "_counts",
    "_event_ancestors",
    "_event_bits",
    "_event_cells",
    "_event_facts",
    "_event_years",
    "_folds",
    "_positions",
    "_residue",
    "_site_ancestors",
    "_site_countries",
    "_site_counts",
    "_site_facts",
    "_site_lists",
    "_source_ancestors",
    "_sqlite_migrations",
    "places",
    "sites_fts",
    "events_fts",
    "claims_fts",
    "sources_fts",
    "actors_fts",
)
"""Tables of the schema that no reader looks for."""


def metadata(datasette: Datasette) -> dict[str, Any]:
    """What the 0.65 line is told of the registry's tables, under anything configured."""
    database = registry_of(datasette)
    if database is None:
        return {}
    tables = {name: {"hidden": True} for name in MACHINERY}
    return {"databases": {database.name: {"tables": tables}}}


def configure(datasette: Datasette) -> None:
    """Tell the 1.0 line the same; what its administrator configured stands."""
    database = registry_of(datasette)
    config = getattr(datasette, "config", None)
    if database is None or config is None:
        return
    databases = config.setdefault("databases", {})
    tables = databases.setdefault(database.name, {}).setdefault("tables", {})
    for name in MACHINERY:
        tables.setdefault(name, {}).setdefault("hidden", True)
