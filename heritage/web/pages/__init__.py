"""A registry and an id to a page: what is asked, and how it is put together."""

from __future__ import annotations

from heritage.web.pages.about import about
from heritage.web.pages.event import event
from heritage.web.pages.home import home
from heritage.web.pages.results import results
from heritage.web.pages.search import search
from heritage.web.pages.site import site
from heritage.web.pages.source import source

__all__ = ["about", "event", "home", "results", "search", "site", "source"]
