"""Lists of facts as files: contact roster, missing facts, coverage of items, members of a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import QueryDict

from audit.services import record
from core import clock
from core.chunks import in_chunks, streamed
from core.errors import DomainError
from core.formats import day
from core.keys import key_in
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book
from files.inspection import CONTENT_TYPES
from files.lists import Caption, Listing, listing_file, with_export, write_listing
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


_allowed = with_export(VIEW_UNITS)


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


def _then(on: dt.date | None) -> tuple[str, ...]:
    """What is said of a list of a past day: by whose tree it stands."""
    return ("按当时的区划",) if on else ()


def _roster_of(user: Any, query: Mapping[str, Any]) -> tuple[_Counted, Listing]:
    """The lines asked for, and what the sheet of them holds."""
    criteria = RosterNarrowing(query, user=user).criteria
    found = roster(user, criteria).order_by("unit__division_code", "place", "pk")
    is_whole, on = bool(query.get("whole")), criteria.get("on")
    counted = _Counted(roster_lines(found, user, whole=is_whole, on=on))
    listing = Listing(
        title="科协系统联络表",
        sheet="联络表",
        columns=ROSTER_SHEET,
        rows=map(_roster_cells, counted),
        total=found.count(),
        counted="人",
        on=on,
        remarks=(
            *_then(on),
            "本人管理的单位显示完整电话，其他隐去中间数字" if is_whole else "电话已隐去中间数字",
        ),
    )
    return counted, listing


def _roster_cells(line: RosterLine) -> list[Any]:
    facts = (line.unit, line.code, line.level, line.role, line.name, line.post)
    return [*facts, "是" if line.is_chair else "", line.phone]


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
    counted, listing = _roster_of(user, params)
    built = write_listing(listing, path, by=user, progress=progress)
    _trace(user, counted, listing.total, "Excel")
    return built


def _build_roster_docx(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    counted, listing = _roster_of(user, params)
    total = listing.total
    if total > WORD_LINES:
        raise DomainError.of(
            "too_long", f"共 {total:,} 人，超过 Word 表 {WORD_LINES:,} 人的上限，请缩小范围或改为下载 Excel。"
        )
    write_roster(
        path,
        counted,
        title=listing.title,
        note=listing.note(user),
        tick=lambda done: progress(done, total, "写入联络表"),
    )
    _trace(user, counted, total, "Word")
    return listing.built(total, "docx")


def _find_missing(user: Any, query: QueryDict) -> Listing:
    criteria = MissingNarrowing(query, user=user).criteria
    units = incomplete_units(user, criteria).order_by("division_code")
    on = criteria.get("on")
    return Listing(
        title="基础信息缺项名单",
        sheet="缺项",
        columns=MISSING_SHEET,
        rows=map(_missing_cells, streamed(units)),
        total=units.count(),
        counted="个单位",
        on=on,
        remarks=_then(on),
    )


def _missing_cells(unit: Any) -> list[Any]:
    return [
        *(unit.association, unit.division_code, unit.get_level_display()),
        "、".join(str(fact.label) for fact in missing_of(unit)),
        *("已超期" if unit.is_overdue else "", unit.planned_on, unit.responsible),
    ]


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
    caption = Caption(
        title=f"{unit.display_name}六有四缺覆盖情况",
        total=len(found.rows),
        counted="行",
        on=on,
        remarks=(f"{level.label}应建单位", "按现行区划" if is_carried else ""),
    )
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
        title=caption.title,
        notes=[caption.note(user)],
        totals=_coverage_row(found.whole),
    )
    if since := criteria.get("since"):
        _add_changes(book, table_of(unit, level, since, is_carried=is_carried), found)
    progress(1, 2, "写入表格")
    book.save(path)
    return caption.built(caption.total)


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


def _find_cohort(user: Any, query: QueryDict) -> Listing:
    cohort = known_cohorts(user).filter(pk=key_in(query.get("cohort"))).first()
    if cohort is None:
        raise DomainError.of("no_cohort", "没有找到该单位集。")
    on = DayForm(query).day
    members = members_of(cohort, user, on=on, past=bool(query.get("past")))
    return Listing(
        title=cohort.name,
        sheet="成员",
        columns=MEMBER_SHEET,
        rows=map(_member_cells, _as_then(members, on)),
        total=members.count(),
        counted="个单位",
        on=on,
        remarks=_then(on),
    )


def _member_cells(member: Any) -> list[Any]:
    unit = member.unit
    return [
        *(unit.division_code, unit.display_name, unit.get_level_display()),
        *(member.valid_from, member.valid_to, member.recorded_by),
    ]


def _as_then(members: Any, on: dt.date | None) -> Iterator[Any]:
    """Members of a set, their units called as on ``on``."""
    for chunk in in_chunks(members):
        if on is not None:
            call_as_they_were([member.unit for member in chunk], on)
        yield from chunk


FACT_EXPORTERS = [
    Exporter("orgs.roster", lambda params: "联络表（Excel）", _roster_allowed, _build_roster, XLSX),
    Exporter(
        "orgs.roster_docx",
        lambda params: "联络表（Word）",
        _roster_allowed,
        _build_roster_docx,
        CONTENT_TYPES["docx"],
    ),
    listing_file(kind="orgs.missing", title="基础信息缺项名单", allowed=_allowed, find=_find_missing),
    Exporter("orgs.item_coverage", lambda params: "六有四缺覆盖情况", _allowed, _build_coverage, XLSX),
    listing_file(kind="orgs.cohort", title="单位集名单", allowed=_allowed, find=_find_cohort),
]
