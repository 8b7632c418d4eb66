"""报表准入: a form on the register, and off it; who asked, on what basis, whose name stands under it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import DomainError, Problem, check
from reporting.choices import FormKind
from reporting.models import Collection, Form, FormRegistration
from reporting.rules.forms import extra_is_small, extra_leaves_time, is_registered
from reporting.selectors.days_off import working_days
from reporting.selectors.designing import draft_of, items_of
from reporting.services.designing import demand_design


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    kind: str
    asked_by: str
    basis: str
    person: str
    purpose: str = ""


@transaction.atomic
def register_form(*, form: Form, facts: RegisterFacts, by: Actor) -> FormRegistration:
    """列入准入清单, or change what stands there; a form that was off it comes back.

    Raises:
        DomainError: who asked, the basis or the name is missing; an extra question with more than five cells.
    """
    fresh = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
    demand_design(fresh.owner, by)
    row = FormRegistration.objects.filter(form=fresh).first() or FormRegistration(form=fresh)
    before = {name: getattr(row, name) for name in ("kind", "asked_by", "basis", "person", "purpose")}
    row.kind = FormKind(facts.kind) if facts.kind in FormKind.values else FormKind.REGULAR
    row.asked_by, row.basis = facts.asked_by.strip()[:80], facts.basis.strip()[:200]
    row.person, row.purpose = facts.person.strip()[:60], facts.purpose.strip()[:200]
    check(_problems(fresh, row))
    row.registered_by, row.removed_at, row.removed_reason = by.actor_label, None, ""
    row.save()
    record(
        kind="form.registered",
        by=by,
        unit=fresh.owner,
        obj=row,
        summary=f"报表准入：{fresh}（{row.get_kind_display()}）",
        data={"before": before, "after": {name: getattr(row, name) for name in before}},
    )
    return row


def _problems(form: Form, row: FormRegistration) -> list[Problem]:
    wanted = [
        ("asked_by", row.asked_by, "请写明提出部门。"),
        ("basis", row.basis, "请写明依据（文件名称、文号或条款）。"),
        ("person", row.person, "请写明责任人姓名。"),
    ]
    found = [Problem("wanted", words, name) for name, value, words in wanted if not value]
    version = draft_of(form) or form.versions.order_by("-number").first()
    if version is not None:
        found += [Problem(one.code, one.message, "kind") for one in extra_is_small(row, items_of(version))]
    return found


@transaction.atomic
def remove_from_register(*, form: Form, reason: str, by: Actor) -> FormRegistration:
    """退出清单: nothing more is collected by it. Raises :class:`DomainError` without a reason, or while it is collected."""
    fresh = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
    demand_design(fresh.owner, by)
    row = FormRegistration.objects.filter(form=fresh, removed_at__isnull=True).first()
    if row is None:
        raise DomainError.of("not_registered", "本表不在准入清单上。")
    if not reason.strip():
        raise DomainError.of("reason_wanted", "请写明退出原因。", "reason")
    if fresh.collections.filter(is_active=True).exists():
        raise DomainError.of("still_collected", "还有启用的填报任务使用本表，请先停用任务。")
    row.removed_at, row.removed_reason = clock.now(), reason.strip()[:200]
    row.save()
    record(
        kind="form.unregistered",
        by=by,
        unit=fresh.owner,
        obj=row,
        summary=f"退出准入清单：{fresh}",
        data={"reason": row.removed_reason},
    )
    return row


def demand_place_on_register(collection: Collection, first_due: dt.date) -> None:
    """Raise where a form left the register, or where an extra question leaves less than three working days from today to
    ``first_due``."""
    row = FormRegistration.objects.filter(form=collection.form_id).first()
    if row is None:
        return
    check([*is_registered(row), *extra_leaves_time(row, working_days(clock.today(), first_due))])


def own_day_problems(collection: Collection, opens: dt.date, due: dt.date) -> list[Problem]:
    """What keeps ``due`` from being a city's own earlier day of what opens on ``opens``: an extra question leaves its
    counties and townships three working days too."""
    row = FormRegistration.objects.filter(form=collection.form_id).first()
    return list(extra_leaves_time(row, working_days(opens, due))) if row is not None else []
