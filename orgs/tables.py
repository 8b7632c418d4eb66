"""Lists of units as tables, and how a unit's state is shown."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.formats import ABSENT, day
from core.tables import Column
from orgs.choices import EstablishmentState, HavesItem, Level
from orgs.models import OrgUnit, UnitEdition

STATE_TONES = {EstablishmentState.ESTABLISHED: "success", EstablishmentState.PREPARING: "warning"}


def state_pill(unit: Any) -> tuple[str, str]:
    """Words and tone of where a unit stands; ``unit`` carries ``state``."""
    if unit.closed_on is not None:
        return "已撤销", "neutral"
    state = EstablishmentState(unit.state)
    if state in STATE_TONES:
        return str(state.label), STATE_TONES[state]
    return ("空白点", "danger") if unit.is_expected else ("不计应建", "neutral")


def page_of(unit: OrgUnit) -> str:
    return reverse("orgs:detail", args=[unit.pk])


def haves_of(unit: Any) -> str:
    """Townships are measured by them; of other levels only what is on record is told."""
    if not unit.haves and unit.level != Level.TOWNSHIP:
        return ABSENT
    return f"{unit.haves}/{len(HavesItem)}"


UNIT_COLUMNS = [
    Column("display_name", "单位", "name", link=page_of, sort="pinyin"),
    Column("division_code", "代码", sort="division_code"),
    Column("get_level_display", "层级", sort="level"),
    Column("get_kind_display", "类别"),
    Column("state", "建立情况", "pill", value=state_pill),
    Column("haves", "六有", value=haves_of, hint="六项中已具备的项数"),
    Column("leader", "分管领导"),
    Column("liaison", "联络员"),
]

CHILD_COLUMNS = [Column("name", "单位", "name", link=page_of), *UNIT_COLUMNS[1:]]


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
