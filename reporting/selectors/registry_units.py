"""The units behind a registry figure of units: which of those that should meet it do, and which do not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.rollup import THEN, Lens
from reporting.selectors.carried import read_facts

MET, UNMET = "yes", "no"


@dataclass(frozen=True, slots=True)
class Naming:
    """Which level is counted, and what a unit is called that is counted, and one that is not. ``is_lack``: to be counted
    is the trouble."""

    level: Level
    met: str
    unmet: str
    is_lack: bool = False

    @property
    def expected_key(self) -> str:
        return "units_expected_county" if self.level == Level.COUNTY else "units_expected_township"

    @property
    def people_key(self) -> str:
        """Whom a unit is covered by: those in the bodies of its own level."""
        return "key_people_county" if self.level == Level.COUNTY else "key_people_township"


#: By the key of the count.
NAMED = {
    "counties_covered": Naming(Level.COUNTY, "已吸纳", "未吸纳"),
    "townships_covered": Naming(Level.TOWNSHIP, "已吸纳", "未吸纳"),
    "townships_three_fields": Naming(Level.TOWNSHIP, "三个领域齐全", "不齐全"),
    "six_haves_units": Naming(Level.TOWNSHIP, "达标", "未达标"),
    "leader_in_charge_units": Naming(Level.TOWNSHIP, "已明确", "未明确"),
    "chair_by_leader_units": Naming(Level.TOWNSHIP, "已兼任", "未兼任"),
    "liaison_units": Naming(Level.TOWNSHIP, "已明确", "未明确"),
    "terms_overdue_county": Naming(Level.COUNTY, "应换届未换届", "没有逾期", is_lack=True),
    "terms_overdue_township": Naming(Level.TOWNSHIP, "应换届未换届", "没有逾期", is_lack=True),
    "units_established_county": Naming(Level.COUNTY, "已建", "未建"),
    "units_established_township": Naming(Level.TOWNSHIP, "已建", "未建"),
}
#: Figures of both levels, by those of each.
SUM_OF = {"terms_overdue": ("terms_overdue_county", "terms_overdue_township")}
#: Ratios, by what they count.
COUNT_OF = {"county_coverage_rate": "counties_covered", "township_coverage_rate": "townships_covered"}


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit that should meet the figure; a group of what was divided since stands for several and has a negative key."""

    unit_id: int
    name: str
    code: str
    place: str
    naming: Naming
    met: int
    expected: int
    people: int

    @property
    def is_group(self) -> bool:
        return self.unit_id < 0

    @property
    def words(self) -> str:
        """达标 or 未达标; of a group how many of how many."""
        if self.expected > 1:
            return f"{self.naming.met}{self.met}个，共{self.expected}个"
        return self.naming.met if self.met else self.naming.unmet

    def is_among(self, meets: str) -> bool:
        """Those that meet the figure, those that do not, or (empty) all."""
        return not meets or (self.met > 0 if meets == MET else self.met < self.expected)


@dataclass(frozen=True, slots=True)
class NamedUnits:
    """All that are counted, in code order; ``met`` is the figure."""

    naming: Naming
    as_of: dt.date
    units: list[NamedUnit]

    @property
    def expected(self) -> int:
        return sum(one.expected for one in self.units)

    @property
    def met(self) -> int:
        return sum(one.met for one in self.units)

    @property
    def unmet(self) -> int:
        return self.expected - self.met

    def chosen(self, meets: str = "", text: str = "") -> list[NamedUnit]:
        """Narrowed by whether they meet it, and by name, place or code."""
        return [
            one
            for one in self.units
            if one.is_among(meets)
            and (not text or text in f"{one.place}{one.name}" or one.code.startswith(text))
        ]


def naming_of(key: str) -> Naming | None:
    """How the units behind a figure are called; ``None`` where it is not of units."""
    return NAMED.get(SUM_OF[key][-1] if key in SUM_OF else key)


def units_behind(
    key: str, cycle: Cycle, unit: OrgUnit, *, lens: Lens = THEN, on: dt.date | None = None
) -> NamedUnits:
    """The units that the figure ``key`` of ``unit`` is counted over, by the facts that it is counted from."""
    if key in SUM_OF:
        parts = [units_behind(part, cycle, unit, lens=lens, on=on) for part in SUM_OF[key]]
        both = sorted((one for part in parts for one in part.units), key=lambda one: one.code)
        return NamedUnits(parts[-1].naming, parts[-1].as_of, both)
    naming = NAMED[key]
    wanted = (key, naming.expected_key, naming.people_key)
    reading = read_facts(cycle, unit, naming.level, tree_of=lens.day, on=on, keys=wanted)
    facts = reading.facts
    shown = [
        place
        for place in reading.shown.values()
        if place.level == naming.level
        and (facts.number(place.unit_id, naming.expected_key) or facts.number(place.unit_id, key))
    ]
    places = _places([place.unit_id for place in shown])
    units = [
        NamedUnit(
            unit_id=place.unit_id,
            name=place.name,
            code=place.code,
            place=places.get(place.unit_id, ""),
            naming=naming,
            met=facts.number(place.unit_id, key),
            expected=max(facts.number(place.unit_id, naming.expected_key), facts.number(place.unit_id, key)),
            people=facts.number(place.unit_id, naming.people_key),
        )
        for place in sorted(shown, key=lambda place: place.code)
    ]
    return NamedUnits(naming, facts.as_of, units)


def _places(units: Iterable[int]) -> dict[int, str]:
    """The city and county of each unit, as they are called today."""
    found = OrgUnit.objects.filter(pk__in=units)
    return {
        pk: "".join(name for name in (city, county if level > Level.COUNTY else "") if name)
        for pk, level, city, county in found.values_list("pk", "level", "city__name", "county__name")
    }
