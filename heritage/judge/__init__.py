"""Claims and observations to conclusions that explain themselves; pure functions."""

from __future__ import annotations

from heritage.judge.case import Case
from heritage.judge.concluding import conclude
from heritage.judge.conclusion import STATUSES, Conclusion, RunnerUp, Standing, Uncounted
from heritage.judge.condition import (
    SITE_STATES,
    Distribution,
    Fact,
    History,
    StateOn,
    condition_of_parts,
    fact_of_event,
    fact_of_look,
    fact_of_work,
    facts_of,
    history_from,
    history_of,
    state_alone,
    state_on,
)
from heritage.judge.control import Holding, holdings
from heritage.judge.flags import Flag, flags
from heritage.judge.gathering import (
    HAPPENING,
    Bundle,
    case_of,
    conclude_all,
    conclude_one,
    gather,
    questions,
)
from heritage.judge.library import KIND_TIERS, OTHER_TIER, Library, Tiers

__all__ = [
    "HAPPENING",
    "KIND_TIERS",
    "OTHER_TIER",
    "SITE_STATES",
    "STATUSES",
    "Bundle",
    "Case",
    "Conclusion",
    "Distribution",
    "Fact",
    "Flag",
    "History",
    "Holding",
    "Library",
    "RunnerUp",
    "Standing",
    "StateOn",
    "Tiers",
    "Uncounted",
    "case_of",
    "conclude",
    "conclude_all",
    "conclude_one",
    "condition_of_parts",
    "fact_of_event",
    "fact_of_look",
    "fact_of_work",
    "facts_of",
    "flags",
    "gather",
    "history_from",
    "history_of",
    "holdings",
    "questions",
    "state_alone",
    "state_on",
]
