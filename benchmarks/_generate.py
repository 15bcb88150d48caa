"""A number to that many events, with their sources and sites, as JSON Lines.

Run with `python benchmarks/_generate.py COUNT FILE [argued]`. The same count
gives the same bytes everywhere; argued, each event has claims on its date,
cause and severity, which disagree now and then. Nothing in it is about a real
place: names are made of syllables in Latin with its marks, Arabic with its
vowels, and Cyrillic.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SITES = 1_000
SOURCES = 200
A_CAMPAIGN_EVERY = 50

LATIN = "qal ʿat ḥuṣn tad mur al- bāb šar qī nim rud dur a Eu ro pos Ħal sa sfi é lou vre ö".split()
ARABIC = "قل عة تَد مُر الحِ صن باب شر قي نم رود حل ب مسج د سوق خان قص ر آث ار أُم إ دلب ؤة".split()
CYRILLIC = "хер со нес ки їв чер ні гів одё са льв ів май дан со бор цер ква га лич ъе ся".split()
ENGLISH = (
    "the of and a in to was by after on with from wall roof minaret dome library market tower"
    " gate north south east west part collapsed burnt shelled looted excavated cracked intact"
    " destroyed damaged reported seen imagery satellite witness video shows says strike fire"
    " flood earthquake bulldozer trench military position near beside historic old city temple"
    " church mosque museum archive cemetery bridge house palace fort column arch façade mosaic"
    " fresco manuscript storeroom during night morning fighting again several partly entirely"
).split()
CONTEXTS = ("armed_conflict", "natural_hazard", "illicit_excavation", None)
CAUSES = ("air_strike", "missile", "artillery", "explosives", "fire", "bulldozing", "clearance")
SEVERITIES = ("destroyed", "severe", "moderate", "slight", "possible", "none_visible")
COUNTRIES = ("SY", "IQ", "UA", "YE", "LY", "SD", "ML", "AF")

REGISTERS = ("world-heritage", "national", "local")

Plain = dict[str, object]


def _name(chance: random.Random, syllables: list[str]) -> str:
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(2)]
    return " ".join(words)


def _names(count: int) -> list[tuple[str, str, str]]:
    """Latin, Arabic and Cyrillic names of places."""
    chance = random.Random(count)
    return [
        (_name(chance, LATIN).title(), _name(chance, ARABIC), _name(chance, CYRILLIC).title())
        for _ in range(count)
    ]


def _sources() -> Iterator[Plain]:
    for number in range(SOURCES):
        yield {
            "id": f"report-{number}",
            "title": f"Report {number} on damage to monuments",
            "published": f"20{number % 20:02}-03",
            "language": "en",
            "tier": number % 4,
        }


def _sites(names: list[tuple[str, str, str]]) -> Iterator[Plain]:
    chance = random.Random(1)
    for number, (latin, arabic, cyrillic) in enumerate(names):
        site: Plain = {
            "id": f"site-{number}",
            "names": [
                {"text": latin, "language": "en"},
                {"text": arabic, "language": "ar"},
                {"text": cyrillic, "language": "uk"},
            ],
        }
        if number % 10:
            site["part_of"] = f"site-{number // 10 * 10}"
        site["countries"] = [COUNTRIES[number // 10 % len(COUNTRIES)]]
        site["identifiers"] = [{"scheme": "survey", "value": str(number)}]
        site["location"] = {
            "longitude": round(chance.uniform(20, 70), 5),
            "latitude": round(chance.uniform(5, 60), 5),
        }
        site["source"] = f"report-{number % SOURCES}"
        yield site


def _events(count: int, names: list[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    chance = random.Random(2)
    more = _names(5 * SITES)
    campaign = ""
    for number in range(count):
        places = chance.sample(range(SITES), chance.choice((1, 1, 1, 2, 3)))
        latin, arabic, cyrillic = names[places[0]]
        local = arabic if places[0] % 3 else cyrillic
        district = more[chance.randrange(len(more))]
        text = " ".join(chance.choices(ENGLISH, k=chance.randint(8, 26)))
        year = 2010 + number * 15 // count
        day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        event: dict[str, Any] = {
            "id": f"{places[0]}-{day}-{number}",
            "label": f"{latin} ({local}), {day}: {text}; {district[0]} {district[number % 2 + 1]}",
            "sites": sorted(f"site-{place}" for place in places),
        }
        if number % A_CAMPAIGN_EVERY == 0:
            campaign = str(event["id"])
        elif number % 3 == 0:
            event["part_of"] = campaign
        context = CONTEXTS[number % len(CONTEXTS)]
        if context is not None:
            event["context"] = context
        yield event


def _listings() -> Iterator[Plain]:
    for number in range(0, SITES, 10):
        yield {
            "site": f"site-{number}",
            "register": REGISTERS[number // 10 % len(REGISTERS)],
            "status": "inscribed" if number % 100 else "in-danger",
            "begin": f"{1980 + number % 40}",
            "source": f"report-{number % SOURCES}",
        }


def _claims(chance: random.Random, event: dict[str, Any]) -> Iterator[Plain]:
    """What sources say of an event: two of three know the day, one in ten another month."""
    day = str(event["id"]).split("-", 1)[1][:10]
    hurt = chance.choice(SEVERITIES)
    values: list[tuple[str, str, str | None]] = [
        ("date", day if chance.random() < 0.7 else day[:7], None),
        ("cause", chance.choice(CAUSES), None),
        *(("severity", hurt, site) for site in event["sites"]),
    ]
    if chance.random() < 0.1:
        values.append(("date", f"{day[:4]}-{chance.randint(1, 12):02}", None))
    for property, value, site in values:
        claim: Plain = {"subject": event["id"], "property": property, "value": value}
        yield (
            claim
            | ({"site": site} if site else {})
            | {"source": f"report-{chance.randrange(SOURCES)}"}
        )


def records(count: int, *, argued: bool = False) -> Iterator[tuple[str, Plain]]:
    """Sources, sites and `count` events, each with its kind; `argued`, with listings and claims."""
    names = _names(SITES)
    yield from (("source", source) for source in _sources())
    yield from (("site", site) for site in _sites(names))
    if argued:
        yield from (("listing", listing) for listing in _listings())
    chance = random.Random(3)
    for event in _events(count, names):
        yield "event", event
        if argued:
            yield from (("claim", claim) for claim in _claims(chance, event))


def main(count: int, path: Path, *, argued: bool = False) -> None:
    """Write them, one on each line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for kind, record in records(count, argued=argued):
            file.write(json.dumps({"kind": kind, "record": record}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), argued="argued" in sys.argv[3:])
