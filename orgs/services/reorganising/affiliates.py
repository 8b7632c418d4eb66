"""What becomes of affiliates: their guidance, and the work with a unit, pass to its successor."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import F

from core.actor import Actor
from orgs.models import Affiliate, AffiliatePartner, OrgUnit
from orgs.registry import Choice, Consequence, Dependent, Journal, Undoing
from orgs.rules.reorganising import Plan
from orgs.services.reorganising.dated import copy_of, end_rows, erase_rows, reopen_rows, write_rows

KEY = "affiliates"
CARRY, LEAVE = "carry", "leave"


def _guided(plan: Plan) -> list[tuple[int, int]]:
    rows = Affiliate.objects.filter(unit__in=plan.main_heirs).order_by("pk")
    return list(rows.values_list("pk", "unit_id"))


def _is_carried(plan: Plan) -> bool:
    return plan.choice(KEY, CARRY) == CARRY


def consequences(plan: Plan) -> list[Consequence]:
    heirs = plan.main_heirs
    verb = "改由{}指导" if _is_carried(plan) else "保留在原单位名下，待{}另行登记"
    rows = [
        Consequence(
            unit_id, "所属组织", f"指导 {count:,} 个", verb.format(plan.name_of(heirs[unit_id])), count
        )
        for unit_id, count in Counter(unit_id for _pk, unit_id in _guided(plan)).items()
    ]
    partners = AffiliatePartner.objects.open_ended().filter(partner_unit__in=plan.closed)
    for unit_id, count in Counter(partners.values_list("partner_unit_id", flat=True)).items():
        heir = heirs.get(unit_id)
        after = f"改为对接{plan.name_of(heir)}" if heir is not None else "随单位终止"
        rows.append(Consequence(unit_id, "对口服务", f"{count:,} 项", after, count))
    return rows


def carry(plan: Plan, by: Actor) -> Journal:
    heirs = plan.main_heirs
    guided = _guided(plan) if _is_carried(plan) else []
    for unit_id in {unit_id for _pk, unit_id in guided}:
        Affiliate.objects.filter(unit=unit_id).update(unit=heirs[unit_id], revision=F("revision") + 1)
    partners = AffiliatePartner.objects.open_ended().filter(partner_unit__in=plan.closed)
    known = set(
        AffiliatePartner.objects.open_ended()
        .filter(partner_unit__in=heirs.values())
        .values_list("affiliate_id", "partner_unit_id")
    )
    fresh: list[Any] = []
    for row in partners.order_by("pk"):
        heir = heirs.get(row.partner_unit_id or 0)
        if heir is not None and (row.affiliate_id, heir) not in known:
            known.add((row.affiliate_id, heir))
            fresh.append(copy_of(row, plan.on, by, partner_unit_id=heir))
    return {
        "guided": guided,
        "ended": end_rows(partners, plan.on),
        "written": write_rows(fresh),
    }


def undo(journal: Journal, by: Actor) -> None:
    erase_rows(AffiliatePartner, journal.get("written", ()))
    reopen_rows(AffiliatePartner, journal.get("ended", ()))
    units = {unit_id for _pk, unit_id in journal.get("guided", ())}
    for former in units:
        keys = [pk for pk, unit_id in journal["guided"] if unit_id == former]
        Affiliate.objects.filter(pk__in=keys).update(unit=former, revision=F("revision") + 1)


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Affiliates registered since at a unit that would be gone."""
    ours = [pk for pk, _unit in journal.get("guided", ())]
    fresh = Affiliate.objects.filter(unit__in=undoing.opened).exclude(pk__in=ours)
    names = OrgUnit.objects.names_of(fresh.values("unit"))
    return [f"{name}此后又登记了所属组织。" for name in names]


AFFILIATES = Dependent(
    key=KEY,
    label="所属组织",
    consequences=consequences,
    carry=carry,
    undo=undo,
    blocks_undo=blocks_undo,
    choices=(
        Choice(CARRY, "转由承接单位指导", "所属组织的指导单位改为（主要）承接单位"),
        Choice(LEAVE, "暂不变动", "留在已撤销单位名下，以后逐个登记去向"),
    ),
    order=40,
)
