"""Keeping the text that goes to the leader in charge."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, Problem, check
from orgs.models import OrgUnit
from sanzhang.models import Briefing
from sanzhang.permissions import WRITE_BRIEFINGS
from sanzhang.services.guards import ensure

LONGEST = 20_000


def save_briefing(
    *,
    unit: OrgUnit,
    title: str,
    text: str,
    drafted_on: dt.date,
    by: Actor,
    briefing: Briefing | None = None,
    revision: int = 0,
) -> Briefing:
    """Keep a text of ``unit``: a new one, or the next state of ``briefing`` as it was read at ``revision``.

    Raises ``DomainError`` for an empty or overlong text, ``Conflict`` when somebody else saved it meanwhile.
    """
    ensure(by, WRITE_BRIEFINGS, unit)
    problems = [] if title.strip() else [Problem("title_missing", "请填写标题。", "title")]
    if not text.strip():
        problems.append(Problem("text_missing", "正文不能为空。", "text"))
    if len(text) > LONGEST:
        problems.append(Problem("text_long", f"正文最多{LONGEST}字。", "text"))
    check(problems)
    with transaction.atomic():
        held = Briefing(unit=unit, revision=0)
        if briefing is not None:
            held = Briefing.objects.select_for_update(of=("self",)).get(pk=briefing.pk, unit=unit)
            if held.revision != revision:
                raise Conflict.of(
                    "changed_meanwhile",
                    f"{held.written_by}刚刚保存过这份材料，请先复制您的文字，刷新后再改。",
                )
        held.title, held.text, held.drafted_on = title.strip()[:120], text.strip(), drafted_on
        held.revision += 1
        held.written_by, held.written_at = by.actor_label[:120], clock.now()
        held.save()
        record(
            kind="sanzhang.briefing_saved",
            by=by,
            summary=f"保存汇报材料“{held.title}”",
            unit=unit,
            obj=held,
        )
    return held
