"""六有 and 四缺 of a past day carried to the units of today: what merged counts once and has what one of them had."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, UnitEdition
from orgs.selectors.confirmations import MODELS, facts_of_item
from orgs.selectors.items import ItemRow, ItemTable, item_table
from orgs.selectors.lineage import Lineage, Standing

_ANCESTORS = tuple(f"{name}_id" for name in ANCESTOR_FIELD.values())


def table_of(within: OrgUnit, level: Level, day: dt.date, *, is_carried: bool) -> ItemTable:
    """The coverage of ``day`` by its own tree, or carried to the units of today."""
    return CarriedItems(within, level, day).table() if is_carried else item_table(within, level, day)


@dataclass(slots=True)
class CarriedHolder:
    """A place of today behind a number: a unit, or a group of what was divided (with a negative key)."""

    unit_id: int
    display_name: str
    division_code: str
    since: dt.date | None = None
    note: str = ""
    file_count: int | None = None


class CarriedItems:
    """The expected units of ``level`` on ``day`` with their places of today inside ``within``; six queries for a table,
    whatever the size."""

    def __init__(self, within: OrgUnit, level: Level, day: dt.date) -> None:
        self.within, self.level, self.day = within, level, day
        self.today = clock.today()
        self._lineage = Lineage(self.today)
        #: By unit of that day, where it has come to.
        self.places = self._read_places()

    def _read_places(self) -> dict[int, Standing]:
        then = UnitEdition.objects.on(self.day).filter(
            level=self.level, is_expected=True, province=self.within.province_id
        )
        moved = self._lineage.standings(self.day)
        found = {pk: moved[pk] for pk in then.values_list("unit_id", flat=True) if pk in moved}
        stays = UnitEdition.objects.on(self.today).filter(unit__in=then.values("unit")).order_by()
        for pk, level, *above in stays.values_list("unit_id", "level", *_ANCESTORS):
            if pk not in found:
                found[pk] = Standing(pk, level, False, *above)
        return {pk: place for pk, place in found.items() if self._is_inside(place)}

    def _is_inside(self, place: Standing) -> bool:
        return place.level == self.level and self.within.pk in (place.unit_id, *place[3:])

    def _child(self, place: Standing) -> int | None:
        """The unit directly below ``within`` to which a place belongs."""
        columns = place[2 + self.within.level + 1 :]
        return next((pk for pk in columns if pk is not None), place.unit_id if columns else None)

    def holding(self) -> dict[str, set[int]]:
        """By item, the places whose units of that day had it."""
        found: dict[str, set[int]] = defaultdict(set)
        for kind, model in MODELS.items():
            rows = model.objects.on(self.day).filter(unit__in=list(self.places)).order_by()
            for pk, item in rows.values_list("unit_id", "item"):
                found[f"{kind}.{item}"].add(self.places[pk].unit_id)
        return found

    def table(self) -> ItemTable:
        """The same rows as :func:`orgs.selectors.items.item_table`, of today's units."""
        standings = {place.unit_id: place for place in self.places.values()}
        whole = ItemRow(self.within.pk, self.within.display_name, Level(self.within.level), len(standings))
        rows: dict[int, ItemRow] = {}
        child_of = {pk: self._child(place) for pk, place in standings.items()}
        names = self._names({pk for pk in child_of.values() if pk is not None})
        for pk in child_of.values():
            if pk is not None:
                row = rows.setdefault(pk, ItemRow(pk, names[pk][0], self.level))
                row.expected += 1
        for key, holders in self.holding().items():
            whole.counts[key] = len(holders)
            for holder in holders:
                if (child := child_of[holder]) is not None:
                    rows[child].counts[key] = rows[child].count(key) + 1
        ordered = sorted(rows.values(), key=lambda row: (names[row.unit_id][1], row.unit_id))
        return ItemTable(self.within, self.level, self.day, whole, ordered)

    def holders(self, key: str, *, holds: bool, text: str = "") -> list[CarriedHolder]:
        """The places behind a number, or the others, in code order; what is on record is that of a unit of that day."""
        having = self.holding().get(key, set())
        wanted = {place.unit_id for place in self.places.values()}
        wanted = wanted & having if holds else wanted - having
        names = self._names(wanted)
        words = text.split()
        rows = [
            CarriedHolder(pk, *names[pk])
            for pk in wanted
            if all(word in names[pk][0] or names[pk][1].startswith(word) for word in words)
        ]
        return sorted(rows, key=lambda row: (row.division_code, row.unit_id))

    def tell(self, rows: list[CarriedHolder], key: str) -> list[CarriedHolder]:
        """``rows`` with since when, in which words and with how many files the item was on record."""
        facts: dict[int, Any] = {}
        for pk, fact in facts_of_item(list(self.places), key, self.day).items():
            facts.setdefault(self.places[pk].unit_id, fact)
        for row in rows:
            if fact := facts.get(row.unit_id):
                row.since, row.note, row.file_count = fact.valid_from, fact.note, fact.file_count
        return rows

    def _names(self, places: set[int]) -> dict[int, tuple[str, str]]:
        editions = UnitEdition.objects.on(self.today).filter(unit__in=places).order_by()
        found = {
            pk: (name, code)
            for pk, name, code in editions.values_list("unit_id", "display_name", "division_code")
        }
        groups = self._lineage.groups
        found |= {pk: (groups[pk].name, groups[pk].code) for pk in places if pk in groups}
        ended = self._lineage.ended_names(places - found.keys())
        return found | {pk: (ended.get(pk, ""), "") for pk in places - found.keys()}
