"""The lists of activity kinds and campaign days: the shipped defaults, and what a province makes of them."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from audit.services import record
from core.access import ensure_anywhere
from core.actor import Actor
from core.errors import Problem, check
from sanzhang.models import ActivityKind, CampaignDay
from sanzhang.permissions import SET_STANDARD

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "activity_kinds.json"


def load_defaults(*, by: Actor) -> int:
    """Create the default kinds and campaign days that are missing by name, and say how many; the others stay."""
    shipped = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    with transaction.atomic():
        present = set(ActivityKind.objects.values_list("name", flat=True))
        made = ActivityKind.objects.bulk_create(
            ActivityKind(order=10 * place, **row)
            for place, row in enumerate(shipped["kinds"], start=1)
            if row["name"] not in present
        )
        kinds = {kind.name: kind for kind in ActivityKind.objects.all()}
        known = set(CampaignDay.objects.values_list("name", flat=True))
        days = CampaignDay.objects.bulk_create(
            CampaignDay(**row | {"kind": kinds[row["kind"]]})
            for row in shipped["days"]
            if row["name"] not in known
        )
        if made or days:
            record(
                kind="sanzhang.activity_kinds_loaded",
                by=by,
                summary=f"载入默认活动类别{len(made)}项、主题宣传日{len(days)}项",
            )
    return len(made) + len(days)


def save_kind(
    *,
    name: str,
    counts_as: str,
    duty: str,
    asks_adopted: bool,
    order: int,
    is_active: bool,
    by: Actor,
    kind: ActivityKind | None = None,
) -> ActivityKind:
    """Write one kind. What it counts as can no longer change once activities stand under it."""
    ensure_anywhere(by, SET_STANDARD)
    name = name.strip()
    with transaction.atomic():
        held = ActivityKind() if kind is None else ActivityKind.objects.select_for_update().get(pk=kind.pk)
        problems = [] if name else [Problem("name_missing", "请填写类别名称。", "name")]
        if ActivityKind.objects.filter(name=name).exclude(pk=held.pk).exists():
            problems.append(Problem("name_taken", f"“{name}”已在列表中。", "name"))
        is_used = held.pk is not None and held.activities.exists()
        if is_used and (held.counts_as, held.duty) != (counts_as, duty):
            message = "已有活动登记在此类别下，口径不能再改；请停用后新建一个类别。"
            problems.append(Problem("kind_in_use", message, "counts_as"))
        check(problems)
        held.name, held.counts_as, held.duty = name, counts_as, duty
        held.asks_adopted, held.order, held.is_active = asks_adopted, order, is_active
        held.save()
        record(
            kind="sanzhang.activity_kind_saved",
            by=by,
            summary=f"{'修改' if kind else '新增'}活动类别“{held.name}”",
            obj=held,
            data={"counts_as": counts_as, "duty": duty, "is_active": is_active},
        )
    return held
