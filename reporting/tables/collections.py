"""Collections in columns, and the days of their next periods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from core import formats, tables
from core.tables import Column, Table
from core.xlsx import SheetColumn
from orgs.choices import Level
from reporting.models import Collection
from reporting.selectors.collections import due_words, state_of, whom_words
from reporting.selectors.schedule import Schedule

COLLECTION_COLUMNS = [
    Column(
        "name",
        "任务",
        "name",
        sort="name",
        link=lambda row: reverse("reporting:collection", args=[row.pk]),
    ),
    Column("state", "状态", "pill", value=lambda row: state_of(row).pill),
    Column("rhythm", "周期", value=lambda row: row.get_rhythm_display(), sort="rhythm"),
    Column("whom", "谁来报", value=whom_words),
    Column("due", "截止", value=due_words),
    Column("sign_off", "签批", value=lambda row: row.get_sign_off_display()),
    Column("form", "报表", value=lambda row: row.form.name, sort="form__name"),
    Column("cycle_count", "已开放（期）", "number", sort="cycle_count"),
]

COLLECTION_SHEET = [
    SheetColumn("任务", width=34),
    SheetColumn("报表简称", width=12),
    SheetColumn("状态", width=9),
    SheetColumn("周期", width=9),
    SheetColumn("谁来报", width=34),
    SheetColumn("截止", width=34),
    SheetColumn("签批", width=18),
    SheetColumn("报表", width=30),
    SheetColumn("依据", width=34),
    SheetColumn("已开放期数", "number", 11),
]


def collection_row(row: Any) -> list[Any]:
    """One line of the sheet."""
    return [
        *(row.name, row.noun, str(state_of(row).label), row.get_rhythm_display()),
        *(whom_words(row), due_words(row), row.get_sign_off_display()),
        *(row.form.name, row.basis, row.cycle_count),
    ]


def overview_of(collection: Collection) -> list[tuple[str, str]]:
    """The collection in a few facts."""
    facts = [
        ("周期", collection.get_rhythm_display()),
        ("报表", collection.form.name),
        ("报表简称", collection.noun),
        ("谁来报", whom_words(collection)),
        ("截止", due_words(collection)),
        ("遇休息日", "乡镇、县级提前到前一个工作日" if collection.lower_forward else "不调整"),
        ("签批要求", collection.get_sign_off_display()),
    ]
    if collection.basis:
        facts.append(("布置依据", collection.basis))
    if collection.note:
        facts.append(("填报要求", collection.note))
    if collection.is_principal:
        facts.append(("用途", "挂图作战、目标和通报以本任务为准"))
    return facts


def schedule_table(schedules: Iterable[Schedule], collection: Collection) -> Table:
    """Every day of the next periods; levels that owe nothing are left out."""
    levels = [
        (level, label)
        for level, label in (
            (Level.TOWNSHIP, "乡镇截止"),
            (Level.COUNTY, "县级截止"),
            (Level.CITY, "市级截止"),
        )
        if level in collection.levels
    ]
    columns = [
        Column("label", "期", "name"),
        Column("opens_on", "开放填报", "day"),
        Column(
            "window",
            "统计期",
            value=lambda row: f"{formats.day(row.window.first)}至{formats.day(row.window.last)}",
        ),
        *(Column(label, label, "day", value=_due(level)) for level, label in levels),
        Column("settles_at", "省级审定", "moment"),
    ]
    return tables.build(schedules, columns, caption="后几期的日期", empty="没有下一期", layout="cards")


def _due(level: Level) -> Any:
    return lambda row: row.due_of(level)


OFFERED_COLUMNS = [
    Column("name", "单位", "name", value=lambda unit: unit.display_name),
    Column("division_code", "代码"),
    Column("level", "层级", value=lambda unit: unit.get_level_display()),
]
