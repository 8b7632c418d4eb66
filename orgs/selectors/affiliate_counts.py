"""Counting affiliates: kinds by unit as of any day, who works with whom, and the figures of the monthly form."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce

from core import clock
from orgs.choices import ANCESTOR_FIELD, KindGroup, Level, PartnerKind, Standing
from orgs.leading import leaders
from orgs.models import (
    Affiliate,
    AffiliateKind,
    AffiliateMembers,
    AffiliatePartner,
    AffiliateState,
    OrgUnit,
    OrgUnitQuerySet,
    UnitEdition,
)
from orgs.permissions import VIEW_UNITS
from orgs.selectors.affiliates import visible_affiliates
from orgs.selectors.guidance import guided_by, passed_on_since
from orgs.selectors.past import call_as_they_were, edition_on
from orgs.selectors.units import visible_units

#: Figures of the monthly form that affiliates make up; the rest of ``COUNTED`` are the kinds' own indicators.
LED, MEMBERS = "societies_led", "members"
SOCIETIES = "societies"
COUNTED = (
    *(SOCIETIES, LED, "agri_associations", "enterprise_associations", "park_associations"),
    *("university_associations", "transformed_orgs", MEMBERS),
)


@dataclass(slots=True)
class OverviewRow:
    """One unit (with all below it), or the asked unit's own affiliates: how many of each kind."""

    unit: OrgUnit
    is_own: bool
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Overview:
    """Kinds × units right below, as of ``day``."""

    unit: OrgUnit
    day: dt.date
    kinds: list[AffiliateKind]
    rows: list[OverviewRow]
    totals: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.totals.values())


def overview(unit: OrgUnit, on: dt.date | None = None, *, user: Any = None) -> Overview:
    """How many affiliates of each kind stand on ``on`` under ``unit``: its own, and those of each unit right below with
    all that is under it; three queries.

    A past day counts by its tree, and only what ``user`` may see today: what has left one's reach is not shown.
    """
    day = on or clock.today()
    if day < clock.today():
        counted, children = _counted_on(unit, day, user), _children_on(unit, day, user)
    else:
        counted, children = _counted_now(unit, day), list(_children(unit).in_code_order())
    own = OverviewRow(unit, is_own=True)
    rows = {child.pk: OverviewRow(child, is_own=False) for child in children}
    totals: dict[int, int] = defaultdict(int)
    for place, kind, count in counted:
        row = own if place in (None, unit.pk) else rows.get(place, own)
        row.counts[kind] += count
        totals[kind] += count
    kinds = [kind for kind in AffiliateKind.objects.all() if kind.pk in totals]
    return Overview(unit, day, kinds, [own, *rows.values()], dict(totals))


def _children(unit: OrgUnit) -> OrgUnitQuerySet:
    return OrgUnit.objects.open().filter(parent=unit)


def _branch(level: int, prefix: str = "") -> Any:
    """The unit right below one of ``level`` that a row belongs to; its own unit where there is none."""
    columns = [f"{prefix}{column}" for at, column in ANCESTOR_FIELD.items() if at > level]
    return Coalesce(*columns) if len(columns) > 1 else F(columns[0]) if columns else F("unit")


def _counted_now(unit: OrgUnit, day: dt.date) -> Iterable[tuple[int | None, int, int]]:
    return (
        Affiliate.objects.within(unit)
        .standing_on(day)
        .order_by()
        .annotate(place=_branch(unit.level, "unit__"))
        .values_list("place", "kind")
        .annotate(count=Count("pk"))
    )


def _counted_on(unit: OrgUnit, day: dt.date, user: Any) -> Iterable[tuple[int | None, int, int]]:
    """The same by the tree of ``day``, each affiliate at the unit that guided it then."""
    former = passed_on_since(day)
    seen = (Affiliate.objects.all() if user is None else visible_affiliates(user)).standing_on(day).order_by()
    counted: Counter[tuple[int, int]] = Counter()
    kept = seen.exclude(pk__in=list(former)).values_list("unit", "kind").annotate(count=Count("pk"))
    for guide, kind, count in kept:
        counted[guide, kind] += count
    for pk, kind in seen.filter(pk__in=list(former)).values_list("pk", "kind"):
        counted[former[pk], kind] += 1
    then = edition_on(unit, day)
    if then is None:
        return []
    scope = ANCESTOR_FIELD.get(Level(then.level), "unit")
    editions = UnitEdition.objects.on(day).filter(
        **{scope: unit.pk}, unit__in={guide for guide, _kind in counted}
    )
    places = dict(editions.order_by().annotate(place=_branch(then.level)).values_list("unit", "place"))
    return [(places[guide], kind, count) for (guide, kind), count in counted.items() if guide in places]


def _children_on(unit: OrgUnit, day: dt.date, user: Any) -> list[OrgUnit]:
    """The units right below ``unit`` on ``day``, called and placed as they were, in code order."""
    visible = OrgUnit.objects.all() if user is None else visible_units(user)
    below = UnitEdition.objects.on(day).filter(parent=unit).order_by().values("unit")
    found = list(visible.filter(pk__in=below))
    call_as_they_were(found, day)
    return sorted(found, key=lambda child: child.division_code)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One affiliate: with which of the columns it works."""

    affiliate: Affiliate
    partners: dict[Any, AffiliatePartner]

    @property
    def total(self) -> int:
        return len(self.partners)


@dataclass(frozen=True, slots=True)
class WorkMatrix:
    """Who works with whom: affiliates × partners; a column is its key and label."""

    unit: OrgUnit
    day: dt.date
    columns: list[tuple[Any, str]]
    rows: list[MatrixRow]

    @property
    def totals(self) -> list[int]:
        """For each column, how many affiliates work with it."""
        return [sum(key in row.partners for row in self.rows) for key, _label in self.columns]

    @property
    def unserved(self) -> list[str]:
        """The labels of the columns with which nobody works (“三会”服务覆盖所有镇（街）, Yinzhou 四)."""
        return [label for (_key, label), count in zip(self.columns, self.totals, strict=True) if not count]


def work_matrix(
    unit: OrgUnit,
    *,
    group: str = KindGroup.SOCIETY,
    partner_kind: str = PartnerKind.UNIT,
    on: dt.date | None = None,
    user: Any = None,
) -> WorkMatrix:
    """The affiliates of ``group`` that ``unit`` guides × its townships, or × the enterprises, universities … by name, as
    of ``on``; three queries.

    A past day has the affiliates that it guided and the townships that it had then, of those that ``user`` may see today.
    """
    day = on or clock.today()
    is_past = day < clock.today()
    affiliates = Affiliate.objects.filter(unit=unit)
    if is_past:
        seen = Affiliate.objects.all() if user is None else visible_affiliates(user)
        affiliates = guided_by(seen, UnitEdition.objects.on(day).filter(unit=unit), day)
    affiliates = affiliates.filter(kind__group=group).standing_on(day)
    partners = list(
        AffiliatePartner.objects.on(day)
        .filter(affiliate__in=affiliates, kind=partner_kind)
        .select_related("partner_unit")
        .order_by("partner_unit__division_code", "name", "pk")
    )
    found: dict[int, dict[Any, AffiliatePartner]] = defaultdict(dict)
    columns: dict[Any, str] = {}
    if partner_kind == PartnerKind.UNIT:
        below = _children_on(unit, day, user) if is_past else _children(unit).in_code_order()
        columns = {child.pk: child.name for child in below if child.level >= Level.TOWNSHIP}
    if is_past:
        call_as_they_were([partner.partner_unit for partner in partners if partner.partner_unit], day)
    for partner in partners:
        key = partner.partner_unit_id or partner.name
        columns.setdefault(key, partner.label)
        found[partner.affiliate_id][key] = partner
    rows = [MatrixRow(affiliate, found[affiliate.pk]) for affiliate in affiliates.order_by("pinyin", "pk")]
    return WorkMatrix(unit, day, list(columns.items()), rows)


def counts_as_known(
    units: Iterable[OrgUnit], day: dt.date, instant: dt.datetime
) -> dict[int, dict[str, int]]:
    """The monthly form's figures of affiliates, by unit and indicator, as of ``day`` by what had been recorded before
    ``instant``; every unit asked for has every key of ``COUNTED``.

    A county's figure counts its own affiliates and those that its townships and villages guide, a township's likewise;
    a city and the province count only their own, because the form sums from below. Queries do not grow with units.
    """
    asked = list(units)
    figures = {unit.pk: dict.fromkeys(COUNTED, 0) for unit in asked}
    by_level: dict[int, list[int]] = defaultdict(list)
    for unit in asked:
        by_level[unit.level].append(unit.pk)
    for level, keys in by_level.items():
        column = (
            f"unit__{ANCESTOR_FIELD[Level(level)]}" if Level.COUNTY <= level <= Level.TOWNSHIP else "unit"
        )
        _count(figures, column, keys, day, instant)
    return figures


def _count(
    figures: dict[int, dict[str, int]], column: str, keys: list[int], day: dt.date, instant: dt.datetime
) -> None:
    standing = AffiliateState.objects.as_known(day, instant).exclude(state=Standing.EXITED)
    affiliates = Affiliate.objects.filter(**{f"{column}__in": keys}, pk__in=standing.values("affiliate"))
    kinds = affiliates.exclude(kind__indicator="").order_by().values_list(column, "kind__indicator")
    for unit, indicator, count in kinds.annotate(count=Count("pk")):
        figures[unit][indicator] = figures[unit].get(indicator, 0) + count
    members = AffiliateMembers.objects.as_known(day, instant).filter(affiliate__in=affiliates)
    path = f"affiliate__{column}"
    for unit, count in members.order_by().values_list(path).annotate(count=Sum("personal")):
        figures[unit][MEMBERS] = count
    source = leaders()
    if source is None:
        return
    led = affiliates.filter(kind__indicator=SOCIETIES, pk__in=source.led(day, instant))
    for unit, count in led.order_by().values_list(column).annotate(count=Count("pk")):
        figures[unit][LED] = count


def units_with_partners(user: Any, limit: int = 200) -> list[OrgUnit]:
    """Units in reach whose affiliates work with somebody: the reader's own first, then by code."""
    present = AffiliatePartner.objects.open_ended().values("affiliate__unit")
    units = OrgUnit.objects.visible_to(user, VIEW_UNITS).open().filter(pk__in=present)
    found = list(units.in_code_order()[:limit])
    own = getattr(user.unit, "pk", None)
    return sorted(found, key=lambda unit: unit.pk != own)


def distinct_labels(columns: Iterable[tuple[Any, str]]) -> list[str]:
    """The labels of columns, equal ones told apart by a number."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for _key, label in columns:
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label}（{seen[label]}）")
    return found
