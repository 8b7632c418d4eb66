"""封面与口径: what the book is, as of when, what is in it, and what each figure means."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from core.formats import day, moment
from reporting.papers.book import Book
from reporting.papers.edition import WORKBOOK_TITLE
from reporting.papers.workbook import styles
from reporting.papers.workbook.sheet import put_text

NAME = "封面与口径"
WIDTHS = (8, 40, 10, 22, 70)
RULES = (
    "台账数由平台按统计期末已登记的情况自动计算，不由基层重复填报；填报数由承办单位填报一次，逐级汇总。",
    "实时：初审已通过的全部月报；审定：逐级审核通过并由省级锁定的月报。锁定后的更正逐级确认，版本号随之递增。",
    "比率均以分子之和除以分母之和，不作平均；分母为 0 的记“—”，不排位；位次按未取整的比率，并列者位次相同（1、1、3）。",
    "“未计入*”为本月未审核通过、本月流量未计入；带“*”的期末数沿用最近一期已通过的数。",
)


def write_cover(book: Workbook, content: Book, made_by: str) -> None:
    """The first sheet of the workbook."""
    figures = content.figures
    edition = figures.edition
    sheet = book.create_sheet(NAME)
    for place, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDE"[place]].width = width
    put_text(sheet["A1"], edition.named(WORKBOOK_TITLE))
    sheet["A1"].font = Font(name=styles.HEI, size=22)
    sheet["A1"].alignment = styles.CENTRE
    sheet.merge_cells("A1:E1")
    sheet.row_dimensions[1].height = 54
    facts_at = edition.cycle.facts_at
    row = _pairs(
        sheet,
        3,
        [
            ("编报单位", edition.unit.display_name + "科学技术协会"),
            ("统计期", f"{day(edition.cycle.window_first)}至{day(edition.cycle.window_last)}"),
            ("数据口径", f"{edition.basis.label}（{edition.version}）"),
            (
                "台账取数",
                moment(facts_at) if facts_at else f"截至 {day(figures.coverage.as_of)}，统计期末尚未取数",
            ),
            ("生成时间", moment(edition.made_at)),
            ("生成人", made_by),
            ("数据校验码", content.digest),
        ],
    )
    row = _list(sheet, row + 1, "目　录", [table.name for table in content.tables], links=True)
    row = _list(sheet, row + 1, "统计口径", list(RULES))
    _definitions(sheet, row + 1, content)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False


def _pairs(sheet: Worksheet, row: int, pairs: list[tuple[str, str]]) -> int:
    for label, text in pairs:
        put_text(sheet.cell(row, 1), label)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        put_text(sheet.cell(row, 3), text)
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=5)
        for place in range(1, 6):
            sheet.cell(row, place).border = styles.GRID
        sheet.cell(row, 1).font, sheet.cell(row, 3).font = styles.HEAD, styles.BODY
        sheet.cell(row, 1).alignment, sheet.cell(row, 3).alignment = styles.CENTRE, styles.LEFT
        row += 1
    return row


def _list(sheet: Worksheet, row: int, head: str, texts: list[str], *, links: bool = False) -> int:
    put_text(sheet.cell(row, 1), head)
    sheet.cell(row, 1).font = Font(name=styles.HEI, size=12)
    for number, text in enumerate(texts, start=1):
        row += 1
        cell = sheet.cell(row, 2)
        sheet.cell(row, 1).value = number
        sheet.cell(row, 1).alignment = styles.CENTRE
        sheet.cell(row, 1).font = styles.BODY
        put_text(cell, text)
        cell.font, cell.alignment = styles.BODY, styles.PLAIN_LEFT
        if links:
            cell.hyperlink = f"#'{text}'!A1"
            cell.font = Font(name=styles.SONG, size=10, color="FF1F4E9E", underline="single")
    return row + 1


def _definitions(sheet: Worksheet, row: int, content: Book) -> None:
    put_text(sheet.cell(row, 1), "指标解释")
    sheet.cell(row, 1).font = Font(name=styles.HEI, size=12)
    row += 1
    for place, label in enumerate(("序号", "指标", "单位", "来源", "口径"), start=1):
        cell = sheet.cell(row, place)
        put_text(cell, label)
        cell.font, cell.fill, cell.border, cell.alignment = (
            styles.HEAD,
            styles.HEAD_FILL,
            styles.GRID,
            styles.CENTRE,
        )
    for number, indicator in enumerate(content.figures.indicators.values(), start=1):
        row += 1
        values = (
            str(number),
            indicator.name,
            indicator.unit_label,
            indicator.get_source_display(),
            indicator.definition,
        )
        for place, text in enumerate(values, start=1):
            cell = sheet.cell(row, place)
            put_text(cell, text)
            cell.font, cell.border, cell.alignment = styles.BODY, styles.GRID, styles.LEFT
