"""What a unit types in a month: figures with size, season and growth, that keep the rules of the form."""

from __future__ import annotations

import datetime as dt
import random
from collections import deque
from decimal import Decimal

from kexie_portal.demo import narratives
from kexie_portal.demo.world import Place, World
from orgs.choices import Level
from reporting.choices import ValueKind
from reporting.models import Indicator
from reporting.rules.filling import HISTORY_CYCLES, UNUSUAL_FACTOR, UNUSUAL_FLOOR, Entry
from reporting.selectors.layout import Layout

#: January to December: little around the Spring Festival, much in the science week of May and on the day in September.
SEASONS = {
    "health": (0.8, 0.4, 1.0, 1.1, 1.1, 1.0, 0.9, 0.9, 1.2, 1.1, 1.0, 0.9),
    "contest": (0.5, 0.3, 1.1, 1.2, 1.4, 1.0, 0.5, 0.5, 1.6, 1.2, 1.2, 1.0),
    "agri": (0.9, 0.5, 1.5, 1.4, 1.0, 0.9, 0.8, 0.9, 1.2, 1.4, 1.1, 1.0),
    "popularisation": (0.8, 0.6, 1.0, 1.1, 1.6, 1.1, 1.0, 1.0, 2.3, 1.2, 1.0, 0.9),
}
#: Events a month of a township and of a county of ordinary size, and who comes to one.
EVENTS = {
    "health": (1.9, 3.2, 44),
    "contest": (1.2, 3.0, 88),
    "agri": (1.8, 2.6, 37),
    "popularisation": (2.2, 4.5, 72),
}
FLOWS = {
    "agri_adopted": (0.5, 2.2),
    "volunteer_events": (2.0, 6.0),
    "support_projects": (0.0, 1.1),
    "support_awards": (0.0, 0.9),
    "support_talent": (0.0, 0.8),
    "support_exchange": (0.0, 0.3),
    "support_training": (0.0, 1.2),
    "inspections": (0.0, 1.6),
    "documents_issued": (0.0, 0.07),
}
#: A county's organisations: from, to, and how many come in a year.
STATES = {
    "societies": (9, 26, 1.5),
    "agri_associations": (8, 45, 3.0),
    "enterprise_associations": (4, 32, 4.0),
    "park_associations": (0, 3, 0.5),
    "university_associations": (0, 3, 0.2),
    "transformed_orgs": (1, 9, 1.5),
    "members": (700, 5200, 160.0),
}
GROWTH_A_MONTH = 0.016


class Figures:
    """The doings of all units, month by month; remembers what was accepted, as the rules compare with it."""

    def __init__(self, world: World, layout: Layout) -> None:
        self.world = world
        self.indicators: dict[str, Indicator] = {item.indicator.key: item.indicator for item in layout.items}
        self._kinds = {
            level: {
                item.indicator.key: ValueKind(item.indicator.value_kind) for item in layout.owed_at(level)
            }
            for level in Level
        }
        self._accepted: dict[int, deque[tuple[int, dict[str, Entry]]]] = {}
        self._size: dict[int, float] = {}

    def remember(self, place: Place, month: int, entries: dict[str, Entry]) -> None:
        """``entries`` were accepted in the ``month``-th cycle."""
        self._accepted.setdefault(place.pk, deque(maxlen=HISTORY_CYCLES + 1)).append((month, entries))

    def typed(self, place: Place, month: int, period: dt.date, *, is_nil: bool = False) -> dict[str, Entry]:
        """A full form of ``place``."""
        chance = self.world.chance(f"{place.code}/{period}")
        kinds = self._kinds[Level(place.level)]
        values = self._values(place, month, period, chance)
        entries: dict[str, Entry] = {}
        for key, kind in kinds.items():
            if kind in (ValueKind.COUNT, ValueKind.MONEY):
                value = Decimal(0) if is_nil else Decimal(values.get(key, 0))
                entries[key] = Entry(
                    value=value, explanation=self._explanation(place, month, key, value, chance)
                )
            elif kind == ValueKind.TEXT and not is_nil:
                text = narratives.text(key, place=place, period=period, values=values, chance=chance)
                if text:
                    entries[key] = Entry(text=text)
        return entries

    def _values(
        self, place: Place, month: int, period: dt.date, chance: random.Random
    ) -> dict[str, int | Decimal]:
        size = self._size_of(place)
        growth = 1 + GROWTH_A_MONTH * month
        is_county = place.level <= Level.COUNTY
        scale = 2.4 if place.level == Level.CITY else 1.0
        values: dict[str, int | Decimal] = {}
        for kind, (township, county, audience) in EVENTS.items():
            base = county if is_county else township
            if kind == "agri" and place.is_urban:
                base *= 0.45
            events = _about(chance, base * size * growth * SEASONS[kind][period.month - 1])
            values[f"{kind}_events"] = events
            values[f"{kind}_reached"] = sum(
                round(audience * chance.uniform(0.55, 1.5)) for _ in range(events)
            )
        total = sum(int(values[f"{kind}_events"]) for kind in EVENTS)
        values["led_events"] = int(total * min(0.9, chance.uniform(0.3, 0.55) + 0.012 * month))
        for key, means in FLOWS.items():
            values[key] = _about(chance, means[is_county] * size * scale)
        values["support_trained"] = sum(
            chance.randint(28, 75) for _ in range(int(values["support_training"]))
        )
        values["support_funds"] = Decimal(chance.randint(50, 1600) * int(values["support_projects"])) / 100
        if place.level == Level.COUNTY:
            values |= self._states(place, month)
        return values

    def _states(self, place: Place, month: int) -> dict[str, int | Decimal]:
        """Organisations grow slowly; the same in every month for the same county."""
        chance = self.world.chance(f"{place.code}/organisations")
        found: dict[str, int | Decimal] = {}
        for key, (least, most, in_year) in STATES.items():
            base = chance.randint(least, most)
            found[key] = base + int(in_year * chance.uniform(0.2, 1.6) * month / 12)
        found["societies_led"] = int(
            int(found["societies"]) * min(0.75, chance.uniform(0.18, 0.45) + 0.012 * month)
        )
        return found

    def _size_of(self, place: Place) -> float:
        if place.pk not in self._size:
            chance = self.world.chance(f"{place.code}/size")
            self._size[place.pk] = min(2.6, max(0.45, chance.lognormvariate(0.0, 0.3)))
        return self._size[place.pk]

    def _explanation(self, place: Place, month: int, key: str, value: Decimal, chance: random.Random) -> str:
        """A line where the figure is unusually high by the rule of the form, else nothing."""
        if value <= UNUSUAL_FLOOR or self.indicators[key].is_flow is False:
            return ""
        past = [
            entries[key].value or Decimal(0)
            for cycle, entries in self._accepted.get(place.pk, ())
            if month - HISTORY_CYCLES <= cycle < month and key in entries
        ]
        if not past or value <= UNUSUAL_FACTOR * (sum(past, Decimal(0)) / len(past)):
            return ""
        return chance.choice(narratives.EXPLANATIONS)


def _about(chance: random.Random, mean: float) -> int:
    """A count around ``mean``: close to it where it is large, now and then one where it is small."""
    spread = mean * chance.uniform(0.6, 1.4)
    whole = int(spread)
    return whole + (chance.random() < spread - whole)
