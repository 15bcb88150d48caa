"""A page to what is said before it: what it may load, and in which other forms it can be had."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

_OWN = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
)
_HOST = re.compile(r"(\{s\}|[a-z0-9-]+)(\.[a-z0-9-]+)*(:[0-9]+)?")


def policy(tile_url: str | None = None) -> str:
    """The Content-Security-Policy of a page.

    Scripts, styles and data come from this server alone, and none of them
    stands in the page itself. Pictures may come from the tile server that
    the configuration names.

    >>> policy("https://{s}.tiles.example/{z}/{x}/{y}.png").split("; ")[-1]
    "img-src 'self' data: https://*.tiles.example"
    """
    pictures = " ".join(["img-src 'self' data:", *_origin(tile_url)])
    return "; ".join([*_OWN, pictures])


def _origin(url: str | None) -> list[str]:
    """The origin of a tile server as a policy names it; none for what is no plain host."""
    parts = urlsplit(url or "")
    host = parts.netloc.casefold()
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return []
    return [f"{parts.scheme}://{host.replace('{s}', '*')}"]


def links(canonical: str | None, alternates: Iterable[Mapping[str, str]]) -> str:
    """The value of a Link header, as RFC 8288 writes it.

    Args:
        canonical: The permanent address of the page, where it has one.
        alternates: Other forms, each with its `href` and its `type`.
    """
    found = [f'<{canonical}>; rel="canonical"'] if canonical else []
    found += [f'<{each["href"]}>; rel="alternate"; type="{each["type"]}"' for each in alternates]
    return ", ".join(found)


def secured(tile_url: str | None = None) -> dict[str, str]:
    """The headers that every page is sent with."""
    return {
        "content-security-policy": policy(tile_url),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
    }
