"""Proofs of the tree as the page shows them: the runs, the kinds of fault of one, and what a repair would write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from orgs.choices import Level
from orgs.models import IntegrityFinding, IntegrityRun, OrgUnit
from orgs.rules.integrity import FAULTS, advice_of, label_of

#: What the columns that a repair writes are called.
_COLUMNS = {
    "lft": "树区间起",
    "rght": "树区间止",
    "depth": "深度",
    "tree_id": "树号",
    "province_id": "所属省",
    "city_id": "所属市",
    "county_id": "所属县",
    "township_id": "所属乡镇",
    "parent_id": "上级",
    "unit_id": "单位",
    "name": "名称",
    "display_name": "全称",
    "division_code": "代码",
    "level": "层级",
    "kind": "类别",
    "is_expected": "应建",
    "pinyin": "拼音",
    "pinyin_joined": "连写拼音",
    "initials": "首字母",
    "opened_on": "设立日期",
    "valid_from": "沿革自",
    "valid_to": "沿革至",
    "cause": "事由",
    "basis": "依据",
    "on": "承接日期",
}
_UNITS = ("province_id", "city_id", "county_id", "township_id", "parent_id", "unit_id")


@dataclass(frozen=True, slots=True)
class FaultCount:
    """One kind of fault of a run."""

    code: str
    label: str
    advice: str
    count: int
    to_repair: int
    repaired: int


def runs() -> QuerySet[IntegrityRun]:
    return IntegrityRun.objects.order_by("-started_at", "-pk")


def last_run() -> IntegrityRun | None:
    return runs().first()


def fault_counts(run: IntegrityRun) -> list[FaultCount]:
    """The kinds of fault that a run found, in the order of :data:`FAULTS`; one query."""
    rows = run.findings.order_by().values("code")
    rows = rows.annotate(
        count=Count("pk"),
        to_repair=Count("pk", filter=Q(repaired_at=None) & ~Q(repair=[])),
        repaired=Count("pk", filter=Q(repaired_at__isnull=False)),
    )
    order = list(FAULTS)
    found = [FaultCount(label=label_of(row["code"]), advice=advice_of(row["code"]), **row) for row in rows]
    return sorted(found, key=lambda row: order.index(row.code) if row.code in order else len(order))


def findings_of(run: IntegrityRun, code: str, text: str = "") -> QuerySet[IntegrityFinding]:
    rows = run.findings.select_related("unit").order_by("unit__division_code", "pk")
    rows = rows.filter(code=code) if code else rows
    return rows.filter(message__contains=text) if text else rows


def told(findings: Iterable[IntegrityFinding]) -> list[dict[str, Any]]:
    """Findings with what a repair writes, in words; one query for the names of units."""
    findings = list(findings)
    keys = {
        value
        for finding in findings
        for each in finding.repair
        for column in _UNITS
        for value in each["values"].get(column, ())
        if value is not None
    }
    names = dict(OrgUnit.objects.filter(pk__in=keys).values_list("pk", "display_name"))
    return [
        {
            "pk": finding.pk,
            "code": finding.code,
            "label": label_of(finding.code),
            "unit": finding.unit,
            "message": finding.message,
            "repair": [_words(each, names) for each in finding.repair],
            "repaired_at": finding.repaired_at,
            "repaired_by": finding.repaired_by,
            "advice": advice_of(finding.code),
        }
        for finding in findings
    ]


_TABLES = {"unit": "单位", "edition": "沿革记录", "succession": "承继关系"}


def _words(each: dict[str, Any], names: dict[int, str]) -> str:
    """单位：所属县 历城区 → 历下区；…"""
    parts = []
    for column, (old, new) in each["values"].items():
        before, after = _value(column, old, names), _value(column, new, names)
        change = after if each["pk"] is None else f"{before} → {after}"
        parts.append(f"{_COLUMNS.get(column, column)} {change}")
    verb = "新增" if each["pk"] is None else ""
    return f"{verb}{_TABLES[each['model']]}：{'，'.join(parts)}"


def _value(column: str, value: Any, names: dict[int, str]) -> str:
    if value is None or value == "":
        return "空"
    if column in _UNITS:
        return names.get(value, f"编号 {value}")
    if column == "level":
        return str(Level(value).label)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
