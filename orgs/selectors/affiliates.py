"""Affiliates with their facts of a day: lists, one affiliate's page, a unit's section. Query counts never grow with rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level, PartnerKind, Standing
from orgs.leading import leaders
from orgs.models import (
    Affiliate,
    AffiliateKind,
    AffiliateMembers,
    AffiliateOrgan,
    AffiliatePartner,
    AffiliateState,
    MemberCount,
    OrgUnit,
    UnitEdition,
)
from orgs.models.affiliate import AffiliateQuerySet
from orgs.permissions import MANAGE_AFFILIATES, VIEW_UNITS
from orgs.selectors.guidance import guided_by

#: States of the list's filter besides those of :class:`Standing`.
STANDING, EVERY = "standing", "all"
#: Criteria that are one column's value.
_PATHS = {
    "kind": "kind",
    "kind_key": "kind__key",
    "group": "kind__group",
    "formation": "formation",
}
#: Criteria of the guiding unit.
_PLACES = ("level", "city", "county", "township")


def visible_affiliates(user: Any) -> AffiliateQuerySet:
    """The affiliates of the units that ``user`` may look at, those that have exited included."""
    return Affiliate.objects.visible_to(user, VIEW_UNITS)


def namesakes(unit: OrgUnit, name: str, leave_out: Affiliate | None = None) -> list[OrgUnit]:
    """Units that guide a standing affiliate of this name: ``unit`` itself, those above it, those below it."""
    line = Q(unit__in=unit.ancestor_ids())
    same = Affiliate.objects.filter(name=name) & (
        Affiliate.objects.filter(line) | Affiliate.objects.within(unit)
    )
    if leave_out is not None:
        same = same.exclude(pk=leave_out.pk)
    open_states = AffiliateState.objects.open_ended().exclude(state=Standing.EXITED)
    same = same.filter(pk__in=open_states.values("affiliate"))
    return list(OrgUnit.objects.filter(pk__in=same.values("unit")).in_code_order()[:5])


def with_facts(affiliates: AffiliateQuerySet, on: dt.date | None = None) -> AffiliateQuerySet:
    """``affiliates`` with what held on ``on`` (today): ``state``, ``state_since``, ``personal``, ``group_members``,
    ``members_on``, ``partner_count``, ``is_led``."""
    day = on or clock.today()
    mine = {"affiliate": OuterRef("pk")}
    states = AffiliateState.objects.on(day).filter(**mine).order_by("-valid_from", "-pk")
    members = AffiliateMembers.objects.on(day).filter(**mine).order_by("-valid_from", "-pk")
    partners = AffiliatePartner.objects.on(day).filter(**mine).order_by().values("affiliate")
    return affiliates.select_related("kind", "unit").annotate(
        state=Coalesce(Subquery(states.values("state")[:1]), Value("")),
        state_since=Subquery(states.values("valid_from")[:1]),
        personal=Subquery(members.values("personal")[:1]),
        group_members=Subquery(members.values("group")[:1]),
        members_on=Subquery(members.values("valid_from")[:1]),
        partner_count=Coalesce(
            Subquery(partners.annotate(count=Count("pk")).values("count"), output_field=IntegerField()),
            Value(0),
        ),
        is_led=led_on(day),
    )


def led_on(day: dt.date) -> Any:
    """Whether a key person leads the affiliate on ``day``, as an expression."""
    source = leaders()
    if source is None:
        return Value(False, output_field=BooleanField())
    return Exists(Affiliate.objects.filter(pk=OuterRef("pk"), pk__in=source.led(day, None)))


def narrowed(affiliates: AffiliateQuerySet, criteria: dict[str, Any]) -> AffiliateQuerySet:
    """``affiliates`` that meet every criterion given, as of ``on`` (today); where they are guided is asked of the tree of
    that day. Without ``state`` those that stand."""
    day = criteria.get("on") or clock.today()
    found = _in_state(affiliates, criteria.get("state") or STANDING, day)
    if text := (criteria.get("q") or "").strip():
        found = found.search(text)
    for name, path in _PATHS.items():
        if (value := criteria.get(name)) not in (None, ""):
            found = found.filter(**{path: value})
    return _by_facts(_by_place(found, criteria), criteria, day)


def _by_place(found: AffiliateQuerySet, criteria: dict[str, Any]) -> AffiliateQuerySet:
    """Those that a unit of the places asked for guides; ``unit`` itself (``own``), or it and every unit below it."""
    day = criteria.get("on")
    conditions = {name: criteria[name] for name in _PLACES if criteria.get(name) not in (None, "")}
    if (unit := criteria.get("unit")) is not None:
        asked = None if criteria.get("own") else OrgUnit.objects.filter(pk=unit).first()
        column = ANCESTOR_FIELD.get(Level(asked.level)) if asked is not None else None
        conditions[column or ("unit" if day else "pk")] = unit
    if not conditions:
        return found
    if day is None:
        return found.filter(**{f"unit__{column}": value for column, value in conditions.items()})
    return guided_by(found, UnitEdition.objects.on(day).filter(**conditions), day)


def _in_state(affiliates: AffiliateQuerySet, state: str, day: dt.date) -> AffiliateQuerySet:
    if state == EVERY:
        return affiliates
    if state == STANDING:
        return affiliates.standing_on(day)
    return affiliates.filter(pk__in=AffiliateState.objects.on(day).filter(state=state).values("affiliate"))


def _by_facts(found: AffiliateQuerySet, criteria: dict[str, Any], day: dt.date) -> AffiliateQuerySet:
    if (party := criteria.get("party")) is not None:
        found = found.filter(has_party_group=party)
    if (led := criteria.get("led")) is not None:
        found = found.filter(led_on(day)) if led else found.exclude(led_on(day))
    if (partner := criteria.get("partner")) is not None:
        found = found.filter(
            pk__in=AffiliatePartner.objects.on(day).filter(partner_unit=partner).values("affiliate")
        )
    if works_with := criteria.get("works_with"):
        found = found.filter(
            pk__in=AffiliatePartner.objects.on(day).filter(kind=works_with).values("affiliate")
        )
    if organ := criteria.get("organ"):
        found = found.filter(pk__in=AffiliateOrgan.objects.filter(organ=organ).values("affiliate"))
    if criteria.get("renewal_due"):
        overdue = AffiliateOrgan.objects.filter(renews_on__lt=day)
        found = found.filter(pk__in=overdue.values("affiliate"))
    return found


@dataclass(frozen=True, slots=True)
class AffiliateView:
    """All that the page of an affiliate shows."""

    affiliate: Affiliate
    state: AffiliateState | None
    states: list[AffiliateState]
    members: list[AffiliateMembers]
    by_occupation: list[MemberCount]
    partners: list[AffiliatePartner]
    organs: dict[str, AffiliateOrgan]

    @property
    def present_partners(self) -> list[AffiliatePartner]:
        return [partner for partner in self.partners if partner.is_open]

    @property
    def past_partners(self) -> list[AffiliatePartner]:
        return [partner for partner in self.partners if not partner.is_open]

    @property
    def has_exited(self) -> bool:
        return self.state is None or self.state.state == Standing.EXITED


def affiliate_view(affiliate: Affiliate) -> AffiliateView:
    """The facts of one affiliate with their history, newest first; five queries."""
    stood = {"affiliate": affiliate, "voided_at": None}
    states = list(AffiliateState.objects.filter(**stood).order_by("-valid_from", "-pk"))
    members = list(AffiliateMembers.objects.filter(**stood).order_by("-valid_from", "-pk"))
    partners = AffiliatePartner.objects.filter(**stood).select_related("partner_unit")
    return AffiliateView(
        affiliate=affiliate,
        state=next((state for state in states if state.is_open), None),
        states=states,
        members=members,
        by_occupation=list(MemberCount.objects.filter(members=members[0])) if members else [],
        partners=list(partners.order_by("kind", "partner_unit__division_code", "name", "pk")),
        organs={organ.organ: organ for organ in affiliate.organs.all()},
    )


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many affiliates of one kind a unit guides."""

    key: int
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ServingAffiliate:
    """An affiliate that works with a unit."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class UnitSection:
    """What the page of a unit says of affiliates."""

    kinds: list[KindCount]
    serving: list[ServingAffiliate]

    @property
    def total(self) -> int:
        return sum(kind.count for kind in self.kinds)


def unit_section(unit: OrgUnit, on: dt.date | None = None) -> UnitSection:
    """The affiliates that ``unit`` guides, by kind, and those that work with it (对口服务); one query."""
    day = on or clock.today()
    guided = (
        Affiliate.objects.filter(unit=unit)
        .standing_on(day)
        .order_by()
        .values(place=F("kind__order"), number=F("kind_id"), title=F("kind__name"))
        .annotate(count=Count("pk"))
        .values_list("place", "number", "title", "count")
    )
    serving = (
        AffiliatePartner.objects.on(day)
        .filter(partner_unit=unit)
        .order_by()
        .annotate(place=Value(-1), number=F("affiliate_id"), title=F("affiliate__name"), count=Value(1))
        .values_list("place", "number", "title", "count")
    )
    rows = sorted(guided.union(serving, all=True))
    return UnitSection(
        kinds=[KindCount(number, label, count) for place, number, label, count in rows if place >= 0],
        serving=[ServingAffiliate(number, label) for place, number, label, _count in rows if place < 0],
    )


def kinds_at(unit: OrgUnit) -> QuerySet[AffiliateKind]:
    """The kinds in use that ``unit`` may guide, in order."""
    return AffiliateKind.objects.filter(is_active=True, levels__contains=[unit.level])


def guiding_units_near(user: Any, unit: OrgUnit, limit: int = 60) -> list[OrgUnit]:
    """``unit``, the one above it and those right below, as far as ``user`` may register affiliates for them."""
    units = OrgUnit.objects.visible_to(user, MANAGE_AFFILIATES).open()
    near = units.filter(Q(pk=unit.pk) | Q(parent=unit) | Q(pk=unit.parent_id))
    return list(near.in_code_order()[:limit])


def partner_choices(affiliate: Affiliate) -> list[OrgUnit]:
    """The townships below a county, or the villages below a township, that the affiliate does not work with yet."""
    unit = affiliate.unit
    present = AffiliatePartner.objects.open_ended().filter(affiliate=affiliate, kind=PartnerKind.UNIT)
    units = OrgUnit.objects.open().filter(Q(parent=unit) | Q(pk=unit.pk), level__gte=4)
    return list(units.exclude(pk__in=present.values("partner_unit")).in_code_order())
