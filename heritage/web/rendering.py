"""Templates and what a page found to HTML.

Datasette renders asynchronously and asks every plugin for its variables, which
costs more than the page itself. These templates stand alone, so they are
rendered here; a folder of templates that Datasette was given still overrides them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from datasette.app import Datasette
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
)
from jinja2.runtime import Context

from heritage.web.words import Words

_OURS = (Words, MethodType, FunctionType)
"""What templates call, beside macros and what is Jinja's own."""


class _Context(Context):
    """Functions of ours called at once: none wants to know what surrounds it, as Jinja asks."""

    def call(self, called: Any, /, *args: Any, **values: Any) -> Any:  # noqa: ANN401
        """What a function of ours returns, or a macro."""
        if type(called) in _OURS:
            values.pop("_block_vars", None)
            values.pop("_loop_vars", None)
            return called(*args, **values)
        return super().call(called, *args, **values)


class _Environment(Environment):
    """Templates in which `row.name` is a column of a row before it is a method of `dict`.

    Most of what templates name is rows, and asking each for an attribute first,
    as Jinja does, fails and costs more than what is asked for.
    """

    context_class = _Context

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - whatever a page found
        """The column or attribute of that name."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


@cache
def _environment(folder: str | None) -> Environment:
    loaders: list[BaseLoader] = [FileSystemLoader(folder)] if folder else []
    loaders.append(PackageLoader("heritage.web"))
    # Strict, so that a slip in a template is an error and no empty cell.
    # Ours stay as they are; whether others changed is asked for each page.
    return _Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=folder is not None,
    )


def names(datasette: Datasette) -> list[str]:
    """The names of the templates of whole pages."""
    found = _environment(datasette.template_dir).list_templates(
        filter_func=lambda name: name.startswith("heritage/") and name.endswith(".html")
    )
    return [name.removeprefix("heritage/").removesuffix(".html") for name in found]


def template(datasette: Datasette, name: str) -> Template:
    """A template of ours, by its name without folder and ending."""
    return _environment(datasette.template_dir).get_template(f"heritage/{name}.html")


def rendered(datasette: Datasette, name: str, context: Mapping[str, Any]) -> str:
    """A template of ours as HTML."""
    return template(datasette, name).render(context)
