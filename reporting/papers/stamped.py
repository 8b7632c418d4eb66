"""The report to be stamped, as PDF and Word: each sheet begins with its code and the QR code of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core import clock, formats
from core.errors import DomainError
from core.keys import key_in
from core.leaflets import DOCX, PDF, Block, Box, Form, Leaflet, Listing, Mark, write
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress
from reporting.answers import Row, rows_of, written_answer, written_cell
from reporting.choices import ReportState, ValueKind
from reporting.models import FormItem, Report
from reporting.permissions import FILL, VIEW_REPORTS
from reporting.rules.filling import Entry
from reporting.selectors.layout import display_value, shape_of
from reporting.selectors.stamped import StampPaper, StampSheet, read_stamp_paper
from reporting.workflow import EDITABLE

KIND = "reporting.stamped"
#: What is still at its own desk is printed there only.
AT_THE_DESK = (*EDITABLE, ReportState.SIGNING, ReportState.SIGNED)
#: Columns of township figures that fit side by side.
COLUMNS = 6
#: Room for the seal and the signature at the end of each sheet.
SEAL = Form(
    [
        [
            Box("填报单位\n（盖章）", is_label=True),
            Box("", lines=4),
            Box("负责人\n（签字）", is_label=True),
            Box("", lines=4),
        ],
        [Box("日期", is_label=True), Box("　　　　年　　月　　日", across=3)],
    ],
    [2, 5, 2, 4],
)


def leaflet_of(paper: StampPaper, *, made_by: str) -> Leaflet:
    """Every sheet with its code at its head and room for the seal at its end."""
    report = paper.report
    blocks: list[Block] = []
    for sheet in paper.sheets:
        blocks.append(_mark(paper, sheet))
        blocks += _townships(paper) if not sheet.items else _section(sheet)
        blocks.append(SEAL)
    return Leaflet(
        title=f"{report.unit.association}{report.cycle.title}",
        lead=f"统计期{formats.day(report.cycle.window_first)}至{formats.day(report.cycle.window_last)}",
        blocks=blocks,
        note="页首编号和二维码对应本页现在的内容；内容改动后，只需重新打印编号变了的那一页。",
        author=made_by,
    )


def _mark(paper: StampPaper, sheet: StampSheet) -> Mark:
    return Mark(
        code=f"KEXIE {paper.report.pk} {sheet.code}",
        lines=[
            f"第{sheet.number}页　{sheet.name}　（共{len(paper.sheets)}页）",
            f"版本编号：{sheet.code}",
            f"{paper.report.unit.display_name}　{paper.report.cycle.title}　打印于{formats.moment(clock.now())}",
        ],
        starts_page=sheet.number > 1,
    )


def _section(sheet: StampSheet) -> list[Block]:
    rows: list[list[str]] = []
    tables: list[Block] = []
    for item in sheet.items:
        kind = item.indicator.value_kind
        if kind == ValueKind.TABLE:
            tables.append(_table(item, sheet.entries.get(item.indicator.key)))
        elif kind == ValueKind.FILE:
            names = sheet.files.get(item.indicator.key, [])
            rows.append(
                [item.indicator.name, f"附件{len(names)}份：{'、'.join(names)}" if names else "无", ""]
            )
        else:
            rows.append(_line(item, sheet.entries.get(item.indicator.key)))
    listing = Listing(["指标", "填报内容", "说明"], [4, 5, 3], rows, left=frozenset({0, 1, 2}))
    return [*([listing] if rows else []), *tables]


def _line(item: FormItem, entry: Entry | None) -> list[str]:
    if entry is None:
        return [item.indicator.name, "", ""]
    if item.indicator.is_numeric:
        unit = item.indicator.unit_label
        value = display_value(item.indicator, entry.value)
        return [item.indicator.name, f"{value} {unit}".strip() if value else "", entry.explanation]
    return [item.indicator.name, written_answer(entry.text, shape_of(item)), entry.explanation]


def _table(item: FormItem, entry: Entry | None) -> Listing:
    columns = shape_of(item).columns
    rows: list[Row] = rows_of(entry.text) if entry and entry.text else []
    return Listing(
        [f"{column.name}{f'（{column.unit}）' if column.unit else ''}" for column in columns],
        [3 if column.is_key else 2 for column in columns],
        [[written_cell(row, column) for column in columns] for row in rows],
        heading=item.indicator.name,
        empty="没有填写",
    )


def _townships(paper: StampPaper) -> list[Block]:
    """What was typed for each township, a few indicators side by side."""
    items = [
        item
        for item in paper.layout.numeric_owed_at(paper.townships[0][0].level)
        if item.indicator.is_numeric
    ]
    return [
        Listing(
            ["乡镇（街道）", *[item.indicator.name for item in some]],
            [3, *[2] * len(some)],
            [_township_row(report, entries, some) for report, entries in paper.townships],
            left=frozenset({0}),
        )
        for some in _in_parts(items)
    ]


def _in_parts(items: Sequence[FormItem]) -> Iterator[Sequence[FormItem]]:
    for first in range(0, len(items), COLUMNS):
        yield items[first : first + COLUMNS]


def _township_row(report: Report, entries: dict[str, Entry], items: Sequence[FormItem]) -> list[str]:
    values = [entries.get(item.indicator.key, Entry()).value for item in items]
    return [
        report.unit.name,
        *(display_value(item.indicator, value) for item, value in zip(items, values, strict=True)),
    ]


def _report(user: Any, params: dict[str, Any]) -> Report | None:
    rows = Report.objects.visible_to(user, VIEW_REPORTS).select_related(
        "cycle", "cycle__form_version", "unit", "custodian"
    )
    return rows.filter(pk=key_in(params.get("report"))).first()


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    report = _report(user, params)
    if report is None or not user.can_anywhere(EXPORT):
        return False
    return report.state not in AT_THE_DESK or bool(user.can(FILL, report.custodian))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    report = _report(user, params)
    if report is None:
        raise DomainError.of("no_report", "没有找到这份报表，或不在您的管辖范围内。")
    form = "docx" if params.get("form") == "docx" else "pdf"
    paper = read_stamp_paper(report)
    progress(1, 2, "正在排版")
    write(leaflet_of(paper, made_by=user.actor_label), form, Path(path))
    codes = "、".join(sheet.code for sheet in paper.sheets)
    return Built(f"{report.unit.display_name}{report.cycle.title}（盖章）.{form}", {"版本编号": codes})


def _exporter(form: str, title: str, content_type: str) -> Exporter:
    return Exporter(
        kind=f"{KIND}_{form}",
        title=lambda params: f"盖章用报表（{title}）",
        allowed=_allowed,
        build=lambda user, params, path, progress: _build(user, params | {"form": form}, path, progress),
        content_type=content_type,
    )


STAMPED_PAPERS = (_exporter("pdf", "PDF", PDF), _exporter("docx", "Word", DOCX))
