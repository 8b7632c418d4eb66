"""Lists of facts as files: contact roster, missing facts, coverage of items, members of a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from audit.services import record
from core import clock
from core.errors import DomainError
from core.formats import day, moment
from core.keys import key_in
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book, write_rows
from files.inspection import CONTENT_TYPES
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from orgs.choices import Level
from orgs.filters.days import DayForm
from orgs.filters.facts import CARRIED, DayNarrowing, MissingNarrowing, RosterNarrowing
from orgs.papers import write_roster
from orgs.permissions import EDIT_FACTS, VIEW_UNITS
from orgs.selectors import items
from orgs.selectors.cohorts import known_cohorts, members_of
from orgs.selectors.facts import incomplete_units, missing_of
from orgs.selectors.items_carried import table_of
from orgs.selectors.past import call_as_they_were
from orgs.selectors.roster import RosterLine, roster, roster_lines
from orgs.selectors.rows import batched
from orgs.selectors.units import visible_units

#: A Word table of more lines is no use to anybody.
WORD_LINES = 3000

ROSTER_SHEET = [
    SheetColumn("单位", width=34),
    SheetColumn("行政区划代码", width=16),
    SheetColumn("层级", width=9),
    SheetColumn("身份", width=16),
    SheetColumn("姓名", width=12),
    SheetColumn("职务", width=26),
    SheetColumn("兼任科协主席", width=14),
    SheetColumn("联系电话", width=16),
]
MISSING_SHEET = [
    SheetColumn("单位", width=34),
    SheetColumn("行政区划代码", width=16),
    SheetColumn("层级", width=9),
    SheetColumn("缺少", width=40),
    SheetColumn("建立计划", width=10),
    SheetColumn("计划建成", "day", 14),
    SheetColumn("责任人", width=12),
]
MEMBER_SHEET = [
    SheetColumn("行政区划代码", width=16),
    SheetColumn("单位", width=34),
    SheetColumn("层级", width=9),
    SheetColumn("加入日期", "day", 14),
    SheetColumn("移出日期", "day", 14),
    SheetColumn("登记人", width=30),
]


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(VIEW_UNITS) and user.can_anywhere(EXPORT))


def _roster_allowed(user: Any, params: dict[str, Any]) -> bool:
    """Whole numbers are for who keeps them."""
    return _allowed(user, params) and (not params.get("whole") or user.can_anywhere(EDIT_FACTS))


class _Counted:
    """The lines of a roster, and how many whole numbers went out with them."""

    def __init__(self, lines: Iterator[RosterLine]) -> None:
        self.lines, self.whole = lines, 0

    def __iter__(self) -> Iterator[RosterLine]:
        for line in self.lines:
            self.whole += line.is_whole
            yield line


def _as_of(on: dt.date | None) -> str:
    """Now, or the past day by whose tree the list stands."""
    return moment(clock.now()) if on is None else f"{day(on)}（当时的区划）"


def _roster_of(user: Any, params: dict[str, Any]) -> tuple[_Counted, int, str]:
    """The lines asked for, how many, and the note above them."""
    criteria = RosterNarrowing(params, user=user).criteria
    rows = roster(user, criteria).order_by("unit__division_code", "place", "pk")
    total = rows.count()
    is_whole = bool(params.get("whole"))
    phones = "本人管理的单位显示完整电话，其他隐去中间数字" if is_whole else "电话已隐去中间数字"
    on = criteria.get("on")
    note = f"截至{_as_of(on)}，共 {total:,} 人；{phones}。导出人：{user.actor_label}"
    lines = roster_lines(rows, user, whole=is_whole, on=on)
    return _Counted(lines), total, note


def _trace(user: Any, counted: _Counted, total: int, form: str) -> None:
    """Whole numbers that leave the portal in bulk leave a trace (个人信息保护法)."""
    if counted.whole:
        record(
            kind="orgs.roster_phones",
            by=user,
            unit=user.unit,
            summary=f"导出联络表（{form}），含 {counted.whole:,} 个完整电话号码",
            data={"lines": total, "phones": counted.whole},
        )


def _build_roster(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    counted, total, note = _roster_of(user, params)
    rows = (
        (
            *(line.unit, line.code, line.level, line.role, line.name, line.post),
            *("是" if line.is_chair else "", line.phone),
        )
        for line in counted
    )
    write_rows(
        path,
        ROSTER_SHEET,
        rows,
        sheet="联络表",
        title="科协系统联络表",
        note=note,
        total=total,
        progress=progress,
    )
    _trace(user, counted, total, "Excel")
    return Built(f"科协系统联络表-{clock.today():%Y%m%d}.xlsx", {"人数": total, "截至": moment(clock.now())})


def _build_roster_docx(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    counted, total, note = _roster_of(user, params)
    if total > WORD_LINES:
        raise DomainError.of(
            "too_long", f"共 {total:,} 人，超过 Word 表 {WORD_LINES:,} 人的上限，请缩小范围或改为下载 Excel。"
        )
    write_roster(
        path,
        counted,
        title="科协系统联络表",
        note=note,
        tick=lambda done: progress(done, total, "写入联络表"),
    )
    _trace(user, counted, total, "Word")
    return Built(f"科协系统联络表-{clock.today():%Y%m%d}.docx", {"人数": total, "截至": moment(clock.now())})


def _build_missing(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    criteria = MissingNarrowing(params, user=user).criteria
    units = incomplete_units(user, criteria).order_by("division_code")
    total = units.count()
    rows = (
        (
            *(unit.association, unit.division_code, unit.get_level_display()),
            "、".join(str(fact.label) for fact in missing_of(unit)),
            *("已超期" if unit.is_overdue else "", unit.planned_on, unit.responsible),
        )
        for unit in units.iterator(chunk_size=2000)
    )
    as_of = _as_of(criteria.get("on"))
    note = f"截至{as_of}，共 {total:,} 个单位；导出人：{user.actor_label}"
    title = "基础信息缺项名单"
    write_rows(
        path, MISSING_SHEET, rows, sheet="缺项", title=title, note=note, total=total, progress=progress
    )
    return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"单位数": total, "截至": as_of})


def _build_coverage(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    unit = visible_units(user).filter(pk=params.get("unit") or 0).first()
    if unit is None:
        raise DomainError.of("no_unit", "没有找到该单位，可能已不在您的管辖范围内。")
    criteria = DayNarrowing(params, levels=items.levels_below(unit)).criteria
    level = Level(criteria.get("level") or Level.TOWNSHIP)
    on = criteria.get("on") or clock.today()
    progress(0, 2, "统计六有四缺")
    is_carried = criteria.get("lens") == CARRIED
    found = table_of(unit, level, on, is_carried=is_carried)
    book = new_book()
    title = f"{unit.display_name}六有四缺覆盖情况"
    tree = "，按现行区划" if is_carried else ""
    notes = [f"{level.label}应建单位，截至{day(on)}{tree}；导出人：{user.actor_label}"]
    columns = [SheetColumn("单位", width=28), SheetColumn("应建", "number", 8)]
    for key in items.KEYS:
        columns += [
            SheetColumn(items.LABELS[key], "number", 10),
            SheetColumn(f"{items.LABELS[key]}占比", "percent", 10),
        ]
    add_sheet(
        book,
        "六有四缺",
        columns,
        [_coverage_row(row) for row in found.rows],
        title=title,
        notes=notes,
        totals=_coverage_row(found.whole),
    )
    if since := criteria.get("since"):
        _add_changes(book, table_of(unit, level, since, is_carried=is_carried), found)
    progress(1, 2, "写入表格")
    book.save(path)
    return Built(f"{title}-{on:%Y%m%d}.xlsx", {"截至": day(on), "单位数": found.whole.expected})


def _coverage_row(row: items.ItemRow) -> list[Any]:
    cells: list[Any] = [row.name, row.expected]
    for key in items.KEYS:
        rate = row.rate(key)
        cells += [row.count(key), float(rate) if rate is not None else None]
    return cells


def _add_changes(book: Any, before: items.ItemTable, after: items.ItemTable) -> None:
    columns = [
        SheetColumn("项目", width=20),
        SheetColumn("此前", "number", 10),
        SheetColumn("此前占比", "percent", 12),
        SheetColumn("现在", "number", 10),
        SheetColumn("现在占比", "percent", 12),
    ]
    rows = [
        [
            change.label,
            change.count_before,
            float(change.rate_before) if change.rate_before is not None else None,
            change.count_after,
            float(change.rate_after) if change.rate_after is not None else None,
        ]
        for change in items.changes_between(before.whole, after.whole)
    ]
    note = f"此前为{day(before.day)}，现在为{day(after.day)}"
    add_sheet(book, "前后对比", columns, rows, title="前后对比", notes=[note])


def _build_cohort(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    cohort = known_cohorts(user).filter(pk=key_in(params.get("cohort"))).first()
    if cohort is None:
        raise DomainError.of("no_cohort", "没有找到该单位集。")
    on = DayForm(params).day
    members = members_of(cohort, user, on=on, past=bool(params.get("past")))
    total = members.count()
    rows = (
        (
            *(member.unit.division_code, member.unit.display_name, member.unit.get_level_display()),
            *(member.valid_from, member.valid_to, member.recorded_by),
        )
        for member in _as_then(members, on)
    )
    note = f"截至{_as_of(on)}，共 {total:,} 个单位；导出人：{user.actor_label}"
    write_rows(
        path, MEMBER_SHEET, rows, sheet="成员", title=cohort.name, note=note, total=total, progress=progress
    )
    return Built(f"{cohort.name}-{clock.today():%Y%m%d}.xlsx", {"单位数": total})


def _as_then(members: Any, on: dt.date | None) -> Iterator[Any]:
    """Members of a set, their units called as on ``on``."""
    for chunk in batched(members.iterator(chunk_size=2000), 2000):
        if on is not None:
            call_as_they_were([member.unit for member in chunk], on)
        yield from chunk


def _titled(title: str) -> Any:
    return lambda params: title


FACT_EXPORTERS = [
    Exporter("orgs.roster", _titled("联络表（Excel）"), _roster_allowed, _build_roster, XLSX),
    Exporter(
        "orgs.roster_docx",
        _titled("联络表（Word）"),
        _roster_allowed,
        _build_roster_docx,
        CONTENT_TYPES["docx"],
    ),
    Exporter("orgs.missing", _titled("基础信息缺项名单"), _allowed, _build_missing, XLSX),
    Exporter("orgs.item_coverage", _titled("六有四缺覆盖情况"), _allowed, _build_coverage, XLSX),
    Exporter("orgs.cohort", _titled("单位集名单"), _allowed, _build_cohort, XLSX),
]
