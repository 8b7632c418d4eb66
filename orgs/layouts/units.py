"""The list of units as a sheet that goes out and comes back: its columns, and which of them the list's columns stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from core.roundtrip import BadCell, Field, Layout
from orgs.choices import (
    BlankReason,
    EstablishmentState,
    HavesItem,
    LacksItem,
    Level,
    OfficerRole,
    UnitKind,
)

SHEET = "单位名册"


def _stated(name: str) -> Callable[[Any], Any]:
    return lambda unit: getattr(unit.stated, name) if unit.stated is not None else None


def _officer(role: OfficerRole, name: str) -> Callable[[Any], Any]:
    return lambda unit: getattr(unit.officers_now[role], name) if role in unit.officers_now else None


def _above(name: str) -> Callable[[Any], Any]:
    return lambda unit: unit.above(name)


def _holds(kind: str, item: Any) -> Callable[[Any], Any]:
    return lambda unit: item.value in getattr(unit, kind)


def _state_given(value: Any) -> Any:
    if value is None:
        raise BadCell("不能为空，请填：已建、筹建、未建")
    return value


def _yes_or_no(key: str, label: str, read: Callable[[Any], Any], width: float = 11.0) -> Field:
    return Field(key=key, label=label, kind="flag", read=read, is_required=True, width=width)


def _chair(unit: Any) -> bool:
    officer = unit.officers_now.get(OfficerRole.LEADER_IN_CHARGE)
    return officer is not None and officer.is_chair


LEADER, LIAISON = OfficerRole.LEADER_IN_CHARGE, OfficerRole.LIAISON

FIELDS = (
    Field(key="division_code", label="行政区划代码", is_editable=False, width=15),
    Field(key="display_name", label="单位", is_editable=False, is_required=True, width=30),
    Field(key="level", label="层级", kind="choice", choices=tuple(Level.choices), is_editable=False, width=9),
    Field(
        key="kind", label="类别", kind="choice", choices=tuple(UnitKind.choices), is_editable=False, width=10
    ),
    Field(key="city", label="市", read=_above("city"), is_editable=False, width=10),
    Field(key="county", label="县（市、区）", read=_above("county"), is_editable=False, width=12),
    Field(key="township", label="乡镇（街道）", read=_above("township"), is_editable=False, width=14),
    _yes_or_no("is_expected", "应建", lambda unit: unit.is_expected, 8),
    Field(
        key="state",
        label="建立情况",
        kind="choice",
        choices=tuple(EstablishmentState.choices),
        clean=_state_given,
        is_required=True,
        width=10,
    ),
    Field(
        key="since",
        label="自何日起",
        kind="day",
        read=_stated("valid_from"),
        width=12,
        hint="已建的填成立日期。",
    ),
    Field(key="basis", label="成立文件", read=_stated("basis"), longest=200, width=22),
    Field(
        key="reason_code",
        label="未建原因类别",
        kind="choice",
        choices=tuple(BlankReason.choices),
        read=_stated("reason_code"),
        width=20,
    ),
    Field(key="reason", label="未建原因", read=_stated("reason"), longest=200, width=24, hint="未建的必填。"),
    Field(key="planned_on", label="计划建成日期", kind="day", read=_stated("planned_on"), width=12),
    Field(key="responsible", label="责任人", read=_stated("responsible"), longest=60, width=12),
    *(_yes_or_no(f"has_{item.value}", str(item.label), _holds("haves_now", item), 12) for item in HavesItem),
    *(_yes_or_no(f"lack_{item.value}", str(item.label), _holds("lacks_now", item), 12) for item in LacksItem),
    Field(key="leader_name", label="分管领导", read=_officer(LEADER, "name"), longest=40, width=11),
    Field(key="leader_post", label="分管领导职务", read=_officer(LEADER, "post"), longest=80, width=18),
    _yes_or_no("leader_chair", "分管领导兼任主席", _chair, 12),
    Field(key="liaison_name", label="联络员", read=_officer(LIAISON, "name"), longest=40, width=11),
    Field(key="liaison_post", label="联络员职务", read=_officer(LIAISON, "post"), longest=80, width=18),
    Field(
        key="liaison_phone",
        label="联络员电话",
        read=_officer(LIAISON, "phone_masked"),
        is_masked=True,
        longest=20,
        width=15,
    ),
    Field(
        key="cohorts",
        label="所在单位集",
        read=lambda unit: "、".join(unit.cohort_names),
        is_editable=False,
        width=18,
    ),
    Field(key="opened_on", label="设立日期", kind="day", is_editable=False, width=12),
    Field(key="closed_on", label="撤销日期", kind="day", is_editable=False, width=12),
)

#: What a column of the list stands for in the sheet, where it is not the column of the same key.
STANDS_FOR: dict[str, tuple[str, ...]] = {
    "state": ("state", "since", "reason_code", "reason"),
    "haves": tuple(f"has_{item.value}" for item in HavesItem),
    "lacks": tuple(f"lack_{item.value}" for item in LacksItem),
    "leader": ("leader_name", "leader_post", "leader_chair"),
    "liaison": ("liaison_name", "liaison_post", "liaison_phone"),
}

LAYOUT = Layout(
    sheet=SHEET,
    fields=FIELDS,
    key=lambda unit: str(unit.pk),
    name=lambda unit: unit.display_name,
    natural="division_code",
)


def layout_for(columns: Iterable[str]) -> Layout:
    """The sheet with the columns that were chosen in the list; all of them where none were."""
    keys = [key for column in columns for key in STANDS_FOR.get(column, (column,))]
    return LAYOUT.only(keys)
