"""Questions that people bring to a registry, each with the SQL that answers it.

Datasette gives each a page of its own, with its SQL to be read and edited.
"""

from __future__ import annotations

from typing import Any

import attrs
from datasette.app import Datasette

from heritage.web import compat
from heritage.web.attached import registry_of
from heritage.web.queries.of_danger import IN_DANGER_IDS

ROWS = 500
"""Rows of an answer."""


@attrs.frozen(kw_only=True)
class Question:
    """A question with its answer in SQL; `:names` are asked from the reader."""

    name: str
    title: str
    about: str
    sql: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        name="destroyed_in",
        title="What was destroyed in a year?",
        about="Sites whose severity is concluded to be destroyed, by events that may have"
        " happened in the year.",
        sql=f"""SELECT s.id AS site, s.name, s.countries, e.id AS event, e.label,
    d.value AS date, d.status AS date_status, v.status AS severity_status, v.sentence
FROM conclusions v
JOIN events e ON e.id = v.subject
JOIN sites s ON s.id = v.site
JOIN conclusions d ON d.subject = e.id AND d.site = '' AND d.property = 'date'
WHERE v.property = 'severity' AND v.value = 'destroyed'
    AND d.earliest <= printf('%04d-12-31', :year) AND d.latest >= printf('%04d-01-01', :year)
ORDER BY d.earliest, s.name LIMIT {ROWS}""",
    ),
    Question(
        name="disputed_dates",
        title="Which dates are disputed?",
        about="Events on whose date sources disagree, those with the narrowest margin first.",
        sql=f"""SELECT c.subject AS event, e.label, c.value AS date, c.status, c.weight, c.margin,
    json_extract(c.runner_up, '$.value') AS next_best, c.sentence
FROM conclusions c JOIN events e ON e.id = c.subject
WHERE c.status IN ('disputed', 'undecided') AND c.property = 'date' AND c.site = ''
ORDER BY c.margin, c.subject LIMIT {ROWS}""",
    ),
    Question(
        name="danger_by_country",
        title="How many sites are in danger, by country?",
        about="World Heritage in danger now, in the newest edition known.",
        sql=f"""SELECT c.country, count(*) AS sites, group_concat(s.name, '; ') AS names
FROM sites s JOIN _site_countries c ON c.site = s.id
WHERE s.id IN ({IN_DANGER_IDS})
GROUP BY c.country ORDER BY sites DESC, c.country LIMIT {ROWS}""",
    ),
    Question(
        name="repeated_sources",
        title="Which sources repeat others?",
        about="Sources that rely on others speak with one voice with them: what they rely on"
        " counts, once.",
        sql=f"""SELECT r.source, o.title, o.publisher, o.tier, r.relies_on,
    root.title AS root_title, root.tier AS root_tier,
    (SELECT count(*) FROM claims c WHERE c.source = r.source) AS claims
FROM source_relies_on r JOIN sources o ON o.id = r.source JOIN sources root ON root.id = r.relies_on
ORDER BY r.relies_on, r.source LIMIT {ROWS}""",
    ),
    Question(
        name="unconfirmed",
        title="What has no independent confirmation?",
        about="Events of which one root alone says how badly, when or by what: no other source"
        " that stands on its own agrees.",
        sql=f"""SELECT e.id AS event, e.label, c.site, c.property, c.value, c.weight, c.sentence
FROM conclusions c JOIN events e ON e.id = c.subject
WHERE c.value IS NOT NULL AND c.property IN ('date', 'cause', 'severity', 'occurred')
    AND (SELECT count(DISTINCT p.source) FROM claims p
        WHERE p.subject = c.subject AND p.property = c.property
        AND p.stance NOT IN ('denies', 'cannot_determine')
        AND NOT EXISTS (SELECT 1 FROM source_relies_on r JOIN claims q ON q.source = r.relies_on
            AND q.subject = p.subject AND q.property = p.property
            WHERE r.source = p.source)) <= 1
ORDER BY e.id, c.property LIMIT {ROWS}""",
    ),
    Question(
        name="undated_events",
        title="Which events does no source date?",
        about="Events without any claim on their date.",
        sql=f"""SELECT e.id AS event, e.label,
    (SELECT group_concat(s.name, '; ') FROM event_sites x JOIN sites s ON s.id = x.site
        WHERE x.event = e.id) AS sites
FROM events e WHERE NOT EXISTS (SELECT 1 FROM claims c
    WHERE c.subject = e.id AND c.property = 'date' AND c.date IS NOT NULL)
ORDER BY e.id LIMIT {ROWS}""",
    ),
    Question(
        name="seen_whole",
        title="What was seen whole, and when last?",
        about="The last look that found a site intact, and the first after it that did not.",
        sql=f"""SELECT s.id AS site, s.name, max(o.observed) AS last_intact,
    (SELECT min(b.observed) FROM observations b WHERE b.site = s.id
        AND b.state IN ('damaged', 'destroyed', 'partly_visible')) AS first_damaged
FROM observations o JOIN sites s ON s.id = o.site
WHERE o.state = 'intact' GROUP BY s.id ORDER BY last_intact DESC LIMIT {ROWS}""",
    ),
    Question(
        name="alleged_perpetrators",
        title="Who is alleged to have done it?",
        about="What sources claim of the actor, with each source's own hedge. An allegation is"
        " no finding.",
        sql=f"""SELECT c.subject AS event, e.label, c.value AS actor, c.stance, o.title AS source,
    o.tier, c.as_written
FROM claims c JOIN sources o ON o.id = c.source JOIN events e ON e.id = c.subject
WHERE c.property = 'actor' ORDER BY c.subject, o.tier DESC LIMIT {ROWS}""",
    ),
)
"""Every question, in the order in which they are shown."""


def canned(datasette: Datasette, database: str) -> dict[str, dict[str, Any]]:
    """The questions as the 0.65 line takes them."""
    registry = registry_of(datasette)
    if registry is None or registry.name != database:
        return {}
    return {
        each.name: {"sql": each.sql, "title": each.title, "description": each.about}
        for each in QUESTIONS
    }


async def store(datasette: Datasette) -> None:
    """Give the questions to the 1.0 line, which keeps them in a database of its own."""
    registry = registry_of(datasette)
    if registry is not None and compat.IS_V1:
        for each in QUESTIONS:
            await datasette.add_query(
                registry.name, each.name, each.sql, title=each.title, description=each.about,
                source="heritage", is_trusted=True,
            )  # fmt: skip
