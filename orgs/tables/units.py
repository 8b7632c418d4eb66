"""Lists of units as tables, and how a unit's state is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.urls import reverse

from core import clock
from core.formats import ABSENT, day, signed_points
from core.tables import Column
from orgs.choices import ConfirmationState, EstablishmentState, HavesItem, LacksItem, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from orgs.selectors.facts import missing_of
from orgs.selectors.items import KEYS, LABELS, ItemRow

WORD_TONES = {
    ConfirmationState.CONFIRMED: "info",
    ConfirmationState.CHECKED: "success",
    ConfirmationState.RETURNED: "danger",
}
STATE_TONES = {EstablishmentState.ESTABLISHED: "success", EstablishmentState.PREPARING: "warning"}


def state_pill(unit: Any) -> tuple[str, str]:
    """Words and tone of where a unit stands; ``unit`` carries ``state``."""
    if unit.closed_on is not None:
        return "已撤销", "neutral"
    state = EstablishmentState(unit.state)
    if state in STATE_TONES:
        return str(state.label), STATE_TONES[state]
    return ("空白点", "danger") if unit.is_expected else ("不计应建", "neutral")


def _expected(unit: Any) -> str:
    words = "应建" if unit.is_expected else "不计应建"
    return words if unit.is_expected or unit.expected_confirmed else f"{words}（待确认）"


def page_of(unit: OrgUnit | UnitEdition) -> str:
    return reverse("orgs:detail", args=[unit.unit_id if isinstance(unit, UnitEdition) else unit.pk])


def haves_of(unit: Any) -> str:
    """Townships are measured by them; of other levels only what is on record is told."""
    if not unit.haves and unit.level != Level.TOWNSHIP:
        return ABSENT
    return f"{unit.haves}/{len(HavesItem)}"


def _above(name: str) -> Callable[[Any], str]:
    return lambda unit: unit.above(name)


def _stated(name: str) -> Callable[[Any], Any]:
    return lambda unit: getattr(unit.stated, name) if unit.stated is not None else None


def _reason(unit: Any) -> str:
    return unit.stated.reason_words if unit.stated is not None else ""


def _plan(unit: Any) -> tuple[str, str]:
    """When the association shall stand; what is past is said to be."""
    if unit.stated is None or unit.stated.planned_on is None:
        return "", "neutral"
    late = unit.stated.is_overdue(unit.as_of or clock.today())
    return day(unit.stated.planned_on) + ("（已逾期）" if late else ""), "danger" if late else "neutral"


def _lacks(unit: Any) -> str:
    return "、".join(str(item.label) for item in LacksItem if item.value in unit.lacks_now)


def _missing_haves(unit: Any) -> str:
    if unit.level != Level.TOWNSHIP and not unit.haves_now:
        return ""
    return "、".join(str(item.label) for item in HavesItem if item.value not in unit.haves_now)


NAME = Column("display_name", "单位", "name", link=page_of, sort="pinyin", is_fixed=True)
CODE = Column("division_code", "代码", sort="division_code")
LEVEL = Column("level", "层级", value=lambda unit: Level(unit.level).label, sort="level")
KIND = Column("kind", "类别", value=lambda unit: UnitKind(unit.kind).label, sort="kind")
STATE = Column("state", "建立情况", "pill", value=state_pill, sort="state")
HAVES = Column("haves", "六有", value=haves_of, sort="haves", hint="六项中已具备的项数")
LEADER = Column("leader", "分管领导", sort="leader")
LIAISON = Column("liaison", "联络员", sort="liaison")

#: The list of units; its rows are filled by ``orgs.selectors.rows.filled``.
UNIT_COLUMNS = [
    NAME,
    CODE,
    LEVEL,
    KIND,
    Column("is_expected", "应建", value=_expected, sort="is_expected", is_extra=True),
    STATE,
    Column("since", "自何日起", "day", value=_stated("valid_from"), sort="since", is_extra=True),
    Column("basis", "成立文件", value=_stated("basis"), sort="basis", is_extra=True),
    Column("reason_code", "未建原因", value=_reason, sort="reason_code", is_extra=True),
    Column("planned_on", "计划建成", "pill", value=_plan, sort="planned_on", is_extra=True),
    Column("responsible", "责任人", value=_stated("responsible"), sort="responsible", is_extra=True),
    HAVES,
    Column("missing", "六有缺项", value=_missing_haves, sort="haves", is_extra=True),
    Column("lacks", "四缺", value=_lacks, sort="lacks", is_extra=True),
    LEADER,
    LIAISON,
    Column("city", "市", value=_above("city"), sort="city", is_extra=True),
    Column("county", "县（市、区）", value=_above("county"), sort="county", is_extra=True),
    Column("township", "乡镇（街道）", value=_above("township"), sort="township", is_extra=True),
    Column("cohorts", "单位集", value=lambda unit: "、".join(unit.cohort_names), is_extra=True),
    Column("opened_on", "设立日期", "day", sort="opened_on", is_extra=True),
    Column("closed_on", "撤销日期", "day", sort="closed_on", is_extra=True),
]

#: What was searched for, and the units below one: with their facts, without columns to choose.
FOUND_COLUMNS = [
    Column("display_name", "单位", "name", link=page_of),
    *(replace(each, sort=None) for each in (CODE, LEVEL, KIND, STATE, HAVES, LEADER, LIAISON)),
]
CHILD_COLUMNS = [Column("name", "单位", "name", link=page_of), *FOUND_COLUMNS[1:]]


def _until(edition: UnitEdition) -> str:
    return day(edition.valid_to) if edition.valid_to else "至今"


EDITION_COLUMNS = [
    Column("valid_from", "自", "day"),
    Column("valid_to", "至", value=_until),
    Column("get_cause_display", "事由"),
    Column("display_name", "名称"),
    Column("division_code", "代码"),
    Column("parent", "隶属"),
    Column("is_expected", "应建", value=lambda edition: "应建" if edition.is_expected else "不计应建"),
    Column("basis", "依据"),
    Column("recorded_by", "登记人"),
]

LEVEL_COLUMNS = [
    Column("level.label", "层级", "name"),
    Column("units", "单位数", "number"),
    Column("expected", "应建", "number"),
    Column("established", "已建", "number"),
    Column("blank", "空白点", "number"),
    Column("rate", "覆盖率", "percent"),
]


ROSTER_COLUMNS = [
    Column("unit.association", "单位", "name", sort="unit__division_code"),
    Column("get_role_display", "身份", sort="place"),
    Column("name", "姓名", sort="name"),
    Column("post", "职务"),
    Column("phone_masked", "联系电话"),
    Column("valid_from", "自何日起", "day", sort="valid_from"),
]

MISSING_COLUMNS = [
    Column("display_name", "单位", "name", link=page_of, sort="division_code"),
    Column("get_level_display", "层级", sort="level"),
    Column("missing", "缺少", value=lambda unit: "、".join(str(fact.label) for fact in missing_of(unit))),
    Column(
        "is_overdue",
        "建立计划",
        "pill",
        value=lambda unit: ("已超期", "danger") if unit.is_overdue else None,
    ),
    Column("planned_on", "计划建成", "day"),
    Column("responsible", "责任人"),
]


HISTORY_COLUMNS = [
    Column("kind", "事项", "name"),
    Column("words", "内容"),
    Column("basis", "依据或说明"),
    Column("valid_from", "自", "day"),
    Column("valid_to", "至", value=lambda fact: day(fact.valid_to) if fact.valid_to else "至今"),
    Column("recorded_by", "登记人"),
    Column("recorded_at", "登记时间", "moment"),
    Column("is_void", "效力", "pill", value=lambda fact: ("已作废", "neutral") if fact.is_void else None),
]

HOLDER_COLUMNS = [
    Column(
        "display_name",
        "单位",
        "name",
        link=lambda row: reverse("orgs:detail", args=[row.unit_id]) if row.unit_id > 0 else None,
    ),
    Column("division_code", "代码"),
    Column("since", "自何日起", "day"),
    Column("note", "说明"),
    Column("file_count", "凭证", "number"),
]


def item_columns(holders: Callable[[ItemRow, str], str], child: Callable[[ItemRow], str]) -> list[Column]:
    """Unit, expected units, and a column for each item: how many, and what share."""

    def of_item(key: str) -> Column:
        return Column(
            key,
            LABELS[key].removeprefix("有") if key.startswith("haves") else LABELS[key],
            "number",
            value=lambda row: row.count(key),
            link=lambda row: holders(row, key) if row.count(key) and row.unit_id > 0 else None,
        )

    return [
        Column("name", "单位", "name", link=lambda row: child(row) or None),
        Column("expected", "应建", "number"),
        *(of_item(key) for key in KEYS),
    ]


def change_columns() -> list[Column]:
    return [
        Column("label", "项目", "name"),
        Column("count_before", "此前", "number"),
        Column("rate_before", "占比", "percent"),
        Column("count_after", "现在", "number"),
        Column("rate_after", "占比", "percent"),
        Column("change", "变化", value=lambda row: signed_points(row.change)),
    ]


COHORT_COLUMNS = [
    Column("name", "名称", "name", link=lambda cohort: reverse("orgs:cohort", args=[cohort.pk]), sort="name"),
    Column("is_pilot", "试点", "pill", value=lambda cohort: ("试点", "primary") if cohort.is_pilot else None),
    Column("size", "现有单位", "number", sort="size"),
    Column("owner.display_name", "设定单位"),
    Column("opened_on", "设立日期", "day", sort="opened_on"),
    Column("closed_on", "停用日期", "day", sort="closed_on"),
    Column("note", "说明"),
]
