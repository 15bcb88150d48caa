"""A registry and an id to a page: what is asked, and how it is put together."""

from __future__ import annotations

from heritage.web.pages.about import about
from heritage.web.pages.actor import actor
from heritage.web.pages.changes import change, changes
from heritage.web.pages.event import event
from heritage.web.pages.home import home
from heritage.web.pages.results import results
from heritage.web.pages.search import search
from heritage.web.pages.site import site
from heritage.web.pages.source import source
from heritage.web.pages.terms import term, terms, vocabularies

__all__ = [
    "about",
    "actor",
    "change",
    "changes",
    "event",
    "home",
    "results",
    "search",
    "site",
    "source",
    "term",
    "terms",
    "vocabularies",
]
