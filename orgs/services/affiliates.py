"""Registering affiliates and keeping their record current; their dated facts are in ``affiliate_facts``."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from orgs.choices import DetailPart, Organ, Standing
from orgs.models import Affiliate, AffiliateKind, AffiliateOrgan, AffiliateState, OrgUnit
from orgs.permissions import MANAGE_AFFILIATES
from orgs.rules import affiliates as rules
from orgs.rules.facts import phone_is_a_phone, unit_is_open
from orgs.rules.names import search_keys
from orgs.selectors.affiliates import namesakes


@dataclasses.dataclass(frozen=True, slots=True)
class OrganFacts:
    """One body of an affiliate's government."""

    organ: str
    since: dt.date | None = None
    size: int | None = None
    renews_on: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class AffiliateFacts:
    """What is typed about an affiliate. ``phone`` ``None`` leaves the stored number as it is, ``""`` removes it."""

    name: str
    kind: AffiliateKind
    founded_on: dt.date
    sector: str = ""
    formation: str = ""
    host: str = ""
    registered_number: str = ""
    address: str = ""
    has_party_group: bool = False
    party_group_since: dt.date | None = None
    contact_name: str = ""
    contact_post: str = ""
    phone: str | None = None
    organs: tuple[OrganFacts, ...] = ()

    def tidied(self) -> AffiliateFacts:
        """Blanks around words taken away, blanks inside the name closed up."""
        texts = ("sector", "host", "registered_number", "address", "contact_name", "contact_post")
        return dataclasses.replace(
            self,
            name="".join(self.name.split()),
            phone=None if self.phone is None else self.phone.strip(),
            **{field: getattr(self, field).strip() for field in texts},
        )


#: The facts that are columns of their own; telephone and organs are kept apart.
COLUMNS = tuple(
    field.name for field in dataclasses.fields(AffiliateFacts) if field.name not in ("phone", "organs")
)


@transaction.atomic
def register(
    *,
    unit: OrgUnit,
    facts: AffiliateFacts,
    by: Actor,
    confirmed: bool = False,
    state: str = Standing.NORMAL,
    reason: str = "",
) -> Affiliate:
    """A new affiliate guided by ``unit``, standing since its founding.

    A namesake one line up or down passes once ``confirmed``. Raises ``DomainError`` with every problem at once.
    """
    unit = OrgUnit.objects.select_for_update().get(pk=unit.pk)
    _permit(by, unit)
    facts = facts.tidied()
    _settle(
        [
            *unit_is_open(unit),
            *_problems(facts, unit),
            *rules.state_says_why(state, reason, present=Standing.NORMAL),
            *rules.name_is_new(namesakes(unit, facts.name), unit),
        ],
        confirmed=confirmed,
    )
    affiliate = Affiliate(unit=unit, recorded_by=by.actor_label[:120])
    _write(affiliate, facts)
    affiliate.save()
    _write_organs(affiliate, facts.organs)
    AffiliateState.objects.create(
        affiliate=affiliate,
        state=Standing(state),
        reason=reason.strip(),
        valid_from=facts.founded_on,
        recorded_by=by.actor_label[:80],
    )
    record(
        kind="orgs.affiliate_registered",
        by=by,
        unit=unit,
        obj=affiliate,
        summary=f"{unit}：登记{facts.kind}“{affiliate}”",
        data={"kind": facts.kind.key, "founded_on": facts.founded_on, "state": state},
    )
    return affiliate


@transaction.atomic
def update(
    *, affiliate: Affiliate, revision: int, facts: AffiliateFacts, by: Actor, confirmed: bool = False
) -> Affiliate:
    """New facts, unless somebody else changed the record since ``revision`` was read (``Conflict``)."""
    held = locked(affiliate, by, revision=revision)
    unit = held.unit
    facts = facts.tidied()
    first = AffiliateState.objects.filter(affiliate=held, voided_at=None).earliest("valid_from", "pk")
    found = [*unit_is_open(unit), *_problems(facts, unit, held=held)]
    found += rules.has_not_exited(present_state(held))
    found += rules.founding_precedes_history(facts.founded_on, until=first.valid_to)
    if facts.name != held.name:
        found += rules.name_is_new(namesakes(unit, facts.name, leave_out=held), unit)
    _settle(found, confirmed=confirmed)
    before = _readable(held)
    _write(held, facts)
    if first.valid_from != facts.founded_on:
        _begin_state_on(first, facts.founded_on, by)
    held.revision += 1
    held.save()
    AffiliateOrgan.objects.filter(affiliate=held).delete()
    _write_organs(held, facts.organs)
    after = _readable(held)
    record(
        kind="orgs.affiliate_updated",
        by=by,
        unit=unit,
        obj=held,
        summary=f"{unit}：修改{held.kind}“{held}”的信息",
        data={"changes": _changes(before, after)},
    )
    return held


@transaction.atomic
def reveal_phone(*, affiliate: Affiliate, by: Actor) -> str:
    """The secretariat's number in full, for who manages the affiliate; every look is on record."""
    _permit(by, affiliate.unit)
    record(
        kind="orgs.affiliate_phone_revealed",
        by=by,
        unit=affiliate.unit,
        obj=affiliate,
        summary=f"查看“{affiliate}”联系人{affiliate.contact_name}的电话号码",
    )
    return affiliate.phone


def locked(affiliate: Affiliate, by: Actor, *, revision: int | None = None) -> Affiliate:
    """The row for the rest of the transaction, to who may write it; ``Conflict`` when ``revision`` has passed."""
    held = (
        Affiliate.objects.select_for_update(of=("self",)).select_related("unit", "kind").get(pk=affiliate.pk)
    )
    _permit(by, held.unit)
    if revision is not None and held.revision != revision:
        raise Conflict.of(
            "changed_meanwhile", f"“{held}”刚被他人修改，请刷新后核对再保存；您填写的内容未保存。"
        )
    return held


def present_state(affiliate: Affiliate) -> str:
    """The latest word on where it stands."""
    stated = AffiliateState.objects.open_ended().filter(affiliate=affiliate).first()
    return str(stated.state) if stated else Standing.EXITED


def _permit(by: Actor, unit: OrgUnit) -> None:
    if not by.can(MANAGE_AFFILIATES, unit):
        raise Forbidden.for_action(MANAGE_AFFILIATES.label)


def _settle(problems: Sequence[Problem], *, confirmed: bool) -> None:
    """Refuse on any error, and on warnings that nobody has confirmed."""
    check(problems)
    if problems and not confirmed:
        raise DomainError(problems)


def _problems(facts: AffiliateFacts, unit: OrgUnit, held: Affiliate | None = None) -> list[Problem]:
    today = clock.today()
    founded = facts.founded_on
    named = {
        DetailPart.FORMATION: (facts.formation, "formation"),
        DetailPart.REGISTRATION: (facts.registered_number, "registered_number"),
        DetailPart.PARTY: (facts.has_party_group, "has_party_group"),
        DetailPart.GOVERNANCE: (facts.organs, "has_council"),
    }
    filled = {part: field for part, (value, field) in named.items() if value}
    phone = facts.phone if facts.phone is not None or held is None else held.phone_mask
    return [
        *rules.name_is_a_name(facts.name),
        *rules.kind_fits(facts.kind, unit, was=held.kind_id if held else None),
        *rules.parts_fit(facts.kind, filled),
        *rules.day_is_possible(founded, today=today, field="founded_on", label="成立日期"),
        *rules.hosted_names_its_host(facts.formation, facts.host),
        *rules.registered_number_is_one(facts.registered_number),
        *rules.party_group_is_whole(facts.has_party_group, facts.party_group_since),
        *rules.day_is_possible(
            facts.party_group_since, today=today, field="party_group_since", label="党组织成立日期"
        ),
        *phone_is_a_phone(facts.phone or ""),
        *rules.phone_has_an_owner(phone or "", facts.contact_name),
        *(
            problem
            for organ in facts.organs
            for problem in rules.organ_is_possible(
                organ.organ,
                str(Organ(organ.organ).label),
                since=organ.since,
                size=organ.size,
                renews_on=organ.renews_on,
                founded_on=founded,
                today=today,
            )
        ),
    ]


def _write(affiliate: Affiliate, facts: AffiliateFacts) -> None:
    for column in COLUMNS:
        setattr(affiliate, column, getattr(facts, column))
    affiliate.pinyin, affiliate.pinyin_joined, affiliate.initials = search_keys(facts.name)
    if facts.phone is not None:
        affiliate.seal_phone(facts.phone)


def _write_organs(affiliate: Affiliate, organs: Sequence[OrganFacts]) -> None:
    AffiliateOrgan.objects.bulk_create(
        AffiliateOrgan(affiliate=affiliate, **dataclasses.asdict(organ)) for organ in organs
    )


def _begin_state_on(first: AffiliateState, day: dt.date, by: Actor) -> None:
    """The founding was another day: the first state is written anew, what was known before stays known as it was."""
    first.voided_at = clock.now()
    first.save(update_fields=["voided_at"])
    AffiliateState.objects.create(
        affiliate_id=first.affiliate_id,
        state=first.state,
        reason=first.reason,
        basis=first.basis,
        valid_from=day,
        valid_to=first.valid_to,
        end_recorded_at=first.end_recorded_at,
        recorded_by=by.actor_label[:80],
    )


def _readable(affiliate: Affiliate) -> dict[str, Any]:
    """The facts as the audit trail may hold them: the telephone only as changed or not."""
    facts = {column: getattr(affiliate, column) for column in COLUMNS}
    organs = [
        (organ.organ, organ.since, organ.size, organ.renews_on)
        for organ in AffiliateOrgan.objects.filter(affiliate=affiliate).order_by("pk")
    ]
    return facts | {"kind": affiliate.kind.name, "phone": affiliate.phone_digest, "organs": organs}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        name: ["（已隐去）", "（已隐去）"] if name == "phone" else [before[name], after[name]]
        for name in before
        if before[name] != after[name]
    }
