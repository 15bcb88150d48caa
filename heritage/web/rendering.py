"""Templates and what a page found to HTML.

Datasette renders asynchronously and asks every plugin for its variables, which
costs more than the page itself. These templates stand alone, so they are
rendered here; a folder of templates that Datasette was given still overrides them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from datasette.app import Datasette
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
)


@cache
def _environment(folder: str | None) -> Environment:
    loaders: list[BaseLoader] = [FileSystemLoader(folder)] if folder else []
    loaders.append(PackageLoader("heritage.web"))
    # Strict, so that a slip in a template is an error and no empty cell.
    return Environment(loader=ChoiceLoader(loaders), autoescape=True, undefined=StrictUndefined)


def rendered(datasette: Datasette, template: str, context: Mapping[str, Any]) -> str:
    """A template of ours, by its name without folder and ending, as HTML."""
    environment = _environment(datasette.template_dir)
    return environment.get_template(f"heritage/{template}.html").render(context)
