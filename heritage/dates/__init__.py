"""EDTF text to fuzzy dates, their bounds, relations and wording."""

from __future__ import annotations

from heritage.dates.fuzzy import FuzzyDate, format, parse
from heritage.dates.humanize import humanize
from heritage.dates.parts import Kind, Part, Qualifiers, Reading, Run
from heritage.dates.relate import Comparison, Hardness, Relation, day_runs, during, relate

__all__ = [
    "Comparison",
    "FuzzyDate",
    "Hardness",
    "Kind",
    "Part",
    "Qualifiers",
    "Reading",
    "Relation",
    "Run",
    "day_runs",
    "during",
    "format",
    "humanize",
    "parse",
    "relate",
]
