"""The list of kinds of affiliates: the shipped default, and what a province makes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from audit.services import record
from core.access import ensure_anywhere
from core.actor import Actor
from core.errors import Problem, check
from orgs.choices import Level
from orgs.models import Affiliate, AffiliateKind
from orgs.permissions import EDIT_AFFILIATE_KINDS

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "affiliate_kinds.json"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


@transaction.atomic
def load_defaults(*, by: Actor) -> int:
    """Create the default kinds that are missing by key, and say how many; those present stay as they are."""
    rows = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    present = AffiliateKind.objects.values_list("key", "name")
    keys, names = {key for key, _name in present}, {name for _key, name in present}
    made = AffiliateKind.objects.bulk_create(
        AffiliateKind(**row | {"levels": [Level[level.upper()].value for level in row["levels"]]})
        for row in rows
        if row["key"] not in keys and row["name"] not in names
    )
    if made:
        record(kind="orgs.affiliate_kinds_loaded", by=by, summary=f"载入默认所属组织类别{len(made)}项")
    return len(made)


@transaction.atomic
def save_kind(
    *,
    name: str,
    group: str,
    levels: Sequence[int],
    parts: Sequence[str],
    by: Actor,
    key: str = "",
    indicator: str = "",
    order: int = 500,
    is_active: bool = True,
    kind: AffiliateKind | None = None,
) -> AffiliateKind:
    """Write one kind. A new one is given its ``key``, which stays; affiliates on record are not touched by narrower
    levels or parts."""
    ensure_anywhere(by, EDIT_AFFILIATE_KINDS)
    held = AffiliateKind() if kind is None else AffiliateKind.objects.select_for_update().get(pk=kind.pk)
    name = name.strip()
    if kind is None:
        held.key = key.strip()
    check([*_problems(held, name, levels, indicator), *_counted_before(held, indicator)])
    held.name, held.group, held.order, held.is_active = name, group, order, is_active
    held.levels, held.parts, held.indicator = sorted(levels), list(parts), indicator
    held.save()
    record(
        kind="orgs.affiliate_kind_saved",
        by=by,
        summary=f"{'修改' if kind else '新增'}所属组织类别“{held.name}”",
        obj=held,
        data={
            "group": group,
            "levels": held.levels,
            "parts": held.parts,
            "indicator": indicator,
            "is_active": is_active,
        },
    )
    return held


def _problems(held: AffiliateKind, name: str, levels: Sequence[int], indicator: str) -> list[Problem]:
    found = []
    others = AffiliateKind.objects.exclude(pk=held.pk)
    if not name:
        found.append(Problem("no_name", "请填写类别名称。", "name"))
    elif others.filter(name=name).exists():
        found.append(Problem("name_taken", f"“{name}”已在列表中。", "name"))
    if held.pk is None and not _KEY.fullmatch(held.key):
        found.append(Problem("bad_key", "代号由小写字母、数字和下划线组成，以字母开头。", "key"))
    elif held.pk is None and others.filter(key=held.key).exists():
        found.append(Problem("key_taken", f"代号“{held.key}”已有类别使用。", "key"))
    if not levels:
        found.append(Problem("no_levels", "请至少勾选一个指导单位层级。", "levels"))
    if indicator and not _KEY.fullmatch(indicator):
        found.append(Problem("bad_indicator", "请从列表中选择月报指标。", "indicator"))
    return found


def _counted_before(held: AffiliateKind, indicator: str) -> list[Problem]:
    """What a kind counts to is changed only while nothing of it is on record: the monthly series must not break."""
    if held.pk is None or held.indicator == indicator:
        return []
    if not Affiliate.objects.filter(kind=held).exists():
        return []
    return [
        Problem(
            "indicator_in_use",
            "该类别已有组织登记，计入的月报指标不能修改；请停用本类别，另设新类别。",
            "indicator",
        )
    ]
