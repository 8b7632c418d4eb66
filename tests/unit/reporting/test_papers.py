"""Workbook and bulletin: names and versions, words and marks, hostile text, layout, who may have them."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import time_machine
from docx import Document
from openpyxl import Workbook, load_workbook

from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import Forbidden
from files.registry import exporter_of
from files.services import request_export
from orgs.choices import EstablishmentState
from orgs.models import Cohort, CohortMember, Establishment
from reporting.models import Report, ReportVersion
from reporting.papers.book import book_of
from reporting.papers.bulletin import draft
from reporting.papers.bulletin.docx import write_docx
from reporting.papers.bulletin.heads import TYPE_WIDTH, heads_of, widths_of
from reporting.papers.bulletin.pdf import laid_out, write_pdf
from reporting.papers.bulletin.wording import MOST_NAMED, Wording
from reporting.papers.bulletin.wordlist import PLACEHOLDERS
from reporting.papers.edition import edition_of
from reporting.papers.official import Paragraph, Section
from reporting.papers.quality_tables import deadline_words
from reporting.papers.summary_table import summary
from reporting.papers.tables import NOT_COUNTED, Cell, Column, Line, PaperTable, ranks, shown
from reporting.papers.workbook import write_workbook
from reporting.papers.workbook.sheet import TableSheet, broken_head, rows_of
from reporting.services.cycles import lock_cycle, reopen_cycle
from reporting.services.facts import compute_facts
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import Tree, user_at
from tests.month import Month, fill

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "<script>alert(1)</script>", "换\n行“引号”&amp;")
MM = 96 / 25.4


def quiet(done: int, total: int, step: str = "") -> None:
    """Progress that nobody watches."""


def establish(tree: Tree, *codes: str) -> None:
    for code in codes:
        Establishment.objects.create(
            unit=tree[code],
            state=EstablishmentState.ESTABLISHED,
            valid_from=dt.date(2020, 1, 1),
            recorded_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
            recorded_by="测试",
        )


def workbook(month: Month, path: Path, unit: Any = None) -> Any:
    book = book_of(month.cycle, unit or month.tree.province)
    write_workbook(book, path, made_by="测试", progress=quiet)
    return book


def test_shown_writes_figures_as_people_read_them():
    number, money, rate = Column("数"), Column("额", "money"), Column("率", "percent")
    assert shown(Cell(1234567), number) == "1,234,567"
    assert shown(Cell(Decimal("12.5"), mark="*"), money) == "12.50*"
    assert shown(Cell(Fraction(2, 3)), rate) == "66.7%"
    assert shown(Cell(None), rate) == "—"
    assert shown(Cell(NOT_COUNTED, "text"), number) == NOT_COUNTED
    assert shown(Cell(Fraction(-1, 40), "change"), number) == "−2.5%"
    assert shown(Cell(Fraction(3, 10), "points"), number) == "+0.3"


def test_ranks_share_a_place_and_skip_the_next():
    assert ranks([Fraction(1, 2), Fraction(1), Fraction(1), None, Fraction(1, 3)]) == [3, 1, 1, None, 4]


def test_deadline_that_ends_a_day_is_its_24th_hour():
    midnight = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
    assert deadline_words(midnight) == "2026年11月22日24时"
    assert deadline_words(midnight + dt.timedelta(hours=12)) == "2026年11月23日 12:00"


def test_file_name_of_an_open_month_says_live(month: Month):
    name = edition_of(month.cycle, month.tree.province).file_name("“3+1”工作月报", "xlsx")
    assert name == "2026年11月“3+1”工作月报（统计截至11月19日，实时版）.xlsx"
    city = edition_of(month.cycle, month.tree.city).file_name("“3+1”工作月报", "xlsx")
    assert city.startswith("济南市2026年11月")


def test_version_counts_each_lock(month: Month):
    compute_facts(cycle=month.cycle, by=SYSTEM)
    locked = lock_cycle(cycle=month.cycle, by=month.province)
    assert edition_of(locked, month.tree.province).standing == "统计截至11月19日，审定版V1"
    reopened = reopen_cycle(cycle=locked, reason="补充审核", by=month.province)
    assert edition_of(reopened, month.tree.province).version == "实时版"
    again = lock_cycle(cycle=reopened, by=month.province)
    assert edition_of(again, month.tree.province).version == "审定版V2"


def test_city_without_accepted_reports_is_not_counted(month: Month):
    accepted(month, "370102001", health_events=4, health_reached=40)
    book = book_of(month.cycle, month.tree.province)
    rows = {row[1]: row for row in book.table("表4作用发挥").rows()}
    assert rows["济南市"][2] == "4"
    assert rows["青岛市"][2] == NOT_COUNTED
    assert rows["全省合计"][2] == "4"


def test_state_of_an_earlier_month_is_kept_and_starred(month: Month):
    accepted(month, "370102", societies=7)
    with time_machine.travel(dt.datetime(2026, 12, 20, 1, tzinfo=dt.UTC), tick=False):
        december = month.next(dt.date(2026, 12, 1))
        book = book_of(december, month.tree.province)
    rows = {row[1]: row for row in book.table("表5组织体系").rows()}
    assert rows["济南市"][2] == "7*"
    assert rows["青岛市"][2] == "—"


def accepted(month: Month, code: str, **values: Any) -> Report:
    """A report whose figures count at once: version and live version as the services would leave them."""
    report = month.report(code)
    fill(report, 0, **values)
    version = ReportVersion.objects.create(report=report, number=1, frozen_by="测试", digest="x")
    for cell in report.cells.all():
        version.figures.create(indicator=cell.indicator, value=cell.value, text=cell.text)
    report.live_version = version
    report.save()
    return report


def test_nothing_expected_has_neither_rate_nor_rank(month: Month):
    book = book_of(month.cycle, month.tree.city)
    zone = next(row for row in book.table("表2组织覆盖").rows() if row[1] == "济南高新技术产业开发区")
    assert zone[9:12] == ["0", "0", "—"]


def test_zones_stand_last_under_their_own_head(month: Month):
    table = book_of(month.cycle, month.tree.city).table("表2组织覆盖")
    roles = [line.role for line in table.lines]
    assert roles == ["whole", "part", "part", "band", "zone"]


def test_workbook_holds_every_sheet_with_page_setup(month: Month, tmp_path: Path):
    path = tmp_path / "book.xlsx"
    workbook(month, path)
    book = load_workbook(path)
    assert book.sheetnames == [
        "封面与口径",
        "表1全省汇总",
        "表2组织覆盖",
        "表3三长吸纳",
        "表4作用发挥",
        "表5组织体系",
        "表6指导与支持",
        "表7报送质量",
        "表8县级明细",
        "表9空白点名单",
        "表10问题建议",
        "表11未报迟报名单",
    ]
    sheet = book["表2组织覆盖"]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$4:$5"
    assert "C4:E4" in {str(found) for found in sheet.merged_cells.ranges}
    assert sheet["C6"].number_format == "#,##0"
    assert sheet["E6"].number_format == "0.0%"
    foot = [cell.value for cell in sheet["A"] if cell.value and "单位负责人" in str(cell.value)]
    assert len(foot) == 1


def heads(table: PaperTable) -> list[str]:
    """The columns as people name them: 县级应建, 序号."""
    return [f"{column.group}{column.label}" for column in table.columns]


def test_tables_have_the_columns_that_were_agreed(month: Month):
    book = book_of(month.cycle, month.tree.province)
    assert heads(book.table("表1全省汇总")) == (
        ["指标", "单位", "本月", "本年累计", "上月", "环比", "上年同期", "同比", "目标", "完成率"]
    )
    assert heads(book.table("表2组织覆盖")) == [
        *("序号", "市", "县级应建", "县级已建", "县级率"),
        *("乡镇（街道）应建", "乡镇（街道）已建", "乡镇（街道）率", "乡镇（街道）位次"),
        *("村（社区）应建", "村（社区）已建", "村（社区）率", "空白点", "六有达标"),
    ]
    assert heads(book.table("表7报送质量"))[2:] == (
        ["应报", "免报", "按时", "迟报", "未报", "零报告", "退回", "一次通过率", "按时率", "位次"]
    )
    assert heads(book.table("表9空白点名单")) == (
        ["市", "县（市、区）", "乡镇（街道）", "未建原因", "计划建成时间", "责任人"]
    )


def test_whole_stands_first_in_every_table_of_units(month: Month):
    book = book_of(month.cycle, month.tree.province)
    for name in ("表2组织覆盖", "表3三长吸纳", "表4作用发挥", "表5组织体系", "表6指导与支持", "表7报送质量"):
        assert book.table(name).lines[0].cells[1].value == "全省合计"
    assert book.table("表8县级明细").lines[0].cells[1].value == "全省合计"
    city = book_of(month.cycle, month.tree.city)
    assert city.table("表8县级明细").lines[0].cells[1].value == "全市合计"
    assert city.tables[0].name == "表1全市汇总"


def test_pilots_are_ranked_apart(month: Month):
    establish(month.tree, "370102001", "370202002", "370202003")
    together = ranked(month)
    assert together == [("part", "济南市", "2"), ("part", "青岛市", "1"), ("part", "直管县", "1")]
    make_pilot(month.tree)
    assert ranked(month) == [
        ("part", "青岛市", "1"),
        ("part", "直管县", "1"),
        ("band", "试点（单列）", ""),
        ("pilot", "济南市", "1"),
    ]


def make_pilot(tree: Tree) -> None:
    """The city becomes a pilot."""
    CohortMember.objects.create(
        cohort=Cohort.objects.create(owner=tree.province, name="试点市", is_pilot=True),
        unit=tree.city,
        valid_from=dt.date(2020, 1, 1),
        recorded_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        recorded_by="测试",
    )


def ranked(month: Month) -> list[tuple[str, str, str]]:
    """Role, name and rank of the cities in 表2."""
    table = book_of(month.cycle, month.tree.province).table("表2组织覆盖")
    found = []
    for line in table.lines[1:]:
        row = [shown(cell, column) for cell, column in zip(line.cells, table.columns, strict=True)]
        found.append((line.role, row[0] if line.role == "band" else row[1], row[8]))
    return found


def test_target_and_attainment_stand_in_the_summary(month: Month):
    accepted(month, "370102", societies=6)
    figures = book_of(month.cycle, month.tree.province).figures
    figures.targets = {"societies": Decimal(8)}
    rows = {row[0]: row for row in summary(figures).rows()}
    assert rows["县级学会数"][8:] == ["8", "75.0%"]
    assert rows["农技协数"][8:] == ["—", "—"]


@pytest.mark.parametrize("text", HOSTILE)
def test_workbook_keeps_hostile_text_inert(month: Month, tmp_path: Path, text: str):
    accepted(month, "370102", problems=text)
    path = tmp_path / "book.xlsx"
    workbook(month, path)
    sheet = load_workbook(path)["表10问题建议"]
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_bulletin_escapes_hostile_names(month: Month):
    type(month.tree.city).objects.filter(pk=month.tree.city.pk).update(display_name="<b>济南</b>&市")
    month.tree.city.editions.update(name="<b>济南</b>&市", display_name="<b>济南</b>&市")
    bulletin = draft(book_of(month.cycle, month.tree.province))
    document = laid_out(bulletin)
    assert "<b>济南</b>&市" in text_of(document)


def text_of(document: Any) -> str:
    """The text of a laid-out document in reading order, without page numbers."""
    return "".join(
        box.text
        for page in document.pages
        for area in page._page_box.children
        if type(area).__name__ != "MarginBox"
        for box in area.descendants()
        if hasattr(box, "text")
    )


def test_bulletin_follows_the_standard_page(month: Month):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    document = laid_out(bulletin)
    page = document.pages[1]._page_box
    assert (round(page.margin_width() / MM), round(page.margin_height() / MM)) == (210, 297)
    assert round(page.width / MM) == 156
    assert round(page.height / MM) == 225
    assert round(page.margin_top / MM) == 37
    assert round(page.margin_left / MM) == 28
    lines = {round(box.position_y, 1) for box in page.descendants() if type(box).__name__ == "LineBox"}
    tops = sorted(top for top in lines if top < page.margin_top + page.height)
    steps = {round((later - earlier) / MM, 2) for earlier, later in itertools.pairwise(tops)}
    assert min(steps) == pytest.approx(10.227, abs=0.03)
    assert page.height / MM / 10.227 == pytest.approx(22, abs=0.01)


def test_bulletin_sets_28_characters_in_a_line(month: Month):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    bulletin.opening = "国" * 200
    page = laid_out(bulletin).pages[0]._page_box
    runs = [box.text for box in page.descendants() if hasattr(box, "text") and set(box.text) == {"国"}]
    assert len(runs[0]) == 26
    assert len(runs[1]) == 28


def test_page_with_the_signature_begins_with_two_lines_of_text(month: Month):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    bulletin.annexes = []
    found = []
    for lines in range(22, 28):
        bulletin.sections = [Section("一、总体进展", [Paragraph("", "国" * (28 * lines - 2))])]
        pages = [page._page_box for page in laid_out(bulletin).pages]
        signed = next(page for page in pages if bulletin.date in text_of_page(page))
        runs = [box for box in signed.descendants() if hasattr(box, "text") and set(box.text) == {"国"}]
        found.append(len(runs))
    assert min(found) == 2


def text_of_page(page: Any) -> str:
    return "".join(box.text for box in page.descendants() if hasattr(box, "text"))


@pytest.mark.parametrize("annexes", [1, 2, 3])
def test_bulletin_ends_on_an_even_page_with_one_imprint(month: Month, tmp_path: Path, annexes: int):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    bulletin.annexes = bulletin.annexes[:annexes]
    path = tmp_path / "bulletin.pdf"
    pages = write_pdf(bulletin, path, progress=quiet)
    assert pages % 2 == 0
    if shutil.which("pdftotext"):
        told = subprocess.run(
            ["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True
        )
        sheets = told.stdout.split("\f")[:pages]
        assert [("印发" in sheet and "抄送" in sheet) for sheet in sheets] == [False] * (pages - 1) + [True]
        assert f"— {pages} —" in sheets[-1]


def test_bulletin_of_an_open_month_is_marked_as_a_draft(month: Month):
    book = book_of(month.cycle, month.tree.province)
    bulletin = draft(book)
    assert bulletin.draft_note
    assert bulletin.title == "关于2026年11月全省基层科协组织力“3+1”工作进展情况的通报"
    assert bulletin.recipients == "各市科协："
    assert bulletin.number == "〔2026〕　号"
    assert [section.heading for section in bulletin.sections] == [
        "一、总体进展",
        "二、做法成效",
        "三、存在问题",
        "四、下步要求",
    ]


def test_bulletin_names_no_township_and_few_units(month: Month):
    establish(month.tree, "370102001", "370202002")
    bulletin = draft(book_of(month.cycle, month.tree.province))
    words = bulletin.plain_text
    assert not [name for name in ("解放路街道", "香港中路街道", "城关镇") if name in words]


def test_names_stop_at_the_limit(month: Month):
    wording = Wording(book_of(month.cycle, month.tree.province))
    assert wording.names(["甲市", "乙市", "丙市"], 2) == "甲市、乙市等3市"
    assert wording.names(["丙市", "丁市", "戊市"], 3) == "丙市、丁市、戊市"
    assert len(wording.named) == MOST_NAMED
    assert wording.names(["己市"], 2) == ""
    assert wording.names(["甲市"], 2) == "甲市"


def test_bulletin_counts_coverage_in_words(month: Month):
    establish(month.tree, "370102", "370102001", "370102002", "370202002")
    words = draft(book_of(month.cycle, month.tree.province)).plain_text
    assert "应建乡镇（街道）科协10个，已建3个，覆盖率30.0%" in words


def test_spread_of_the_ranked_says_that_pilots_are_left_out(month: Month):
    establish(month.tree, "370202002", "370202003")
    phrase = PLACEHOLDERS["覆盖率差距"].value
    assert "试点" not in phrase(Wording(book_of(month.cycle, month.tree.province)))
    make_pilot(month.tree)
    words = phrase(Wording(book_of(month.cycle, month.tree.province)))
    assert words.startswith("各市（试点单列，不计在内）乡镇（街道）科协覆盖率最高与最低相差")


def test_docx_and_pdf_say_the_same(month: Month, tmp_path: Path):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    path = tmp_path / "bulletin.docx"
    write_docx(bulletin, path)
    document = Document(str(path))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert bulletin.plain_text.split("\n")[1:] == [
        line for line in words.split("\n") if line in bulletin.plain_text.split("\n")[1:]
    ]
    laid = text_of(laid_out(bulletin)).replace(" ", "").replace("\xa0", "")
    for section in bulletin.sections:
        for paragraph in section.paragraphs:
            assert paragraph.whole.replace(" ", "") in laid


def test_docx_has_the_standard_page_and_repeats_heads(month: Month, tmp_path: Path):
    path = tmp_path / "bulletin.docx"
    write_docx(draft(book_of(month.cycle, month.tree.province)), path)
    document = Document(str(path))
    section = document.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    assert [
        round(length.mm)
        for length in (section.top_margin, section.right_margin, section.bottom_margin, section.left_margin)
    ] == [37, 26, 35, 28]
    assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
    assert 'w:eastAsia="仿宋_GB2312"' in document.styles["Normal"].element.xml


def test_annex_widths_fill_the_type_area(month: Month):
    bulletin = draft(book_of(month.cycle, month.tree.province))
    for table in bulletin.annexes:
        assert sum(widths_of(table)) == TYPE_WIDTH
        rows = heads_of(table)
        assert sum(head.across for head in rows[0]) == len(table.columns)


def test_papers_are_for_province_and_cities_within_scope(month: Month):
    params = {"cycle": month.cycle.pk, "unit": month.tree.city.pk}
    workbook_exporter = exporter_of("reporting.workbook")
    assert workbook_exporter.allowed(month.city, params)
    assert workbook_exporter.allowed(month.province, params)
    assert not workbook_exporter.allowed(month.clerk, params)
    assert not workbook_exporter.allowed(month.city, params | {"unit": month.tree.other_city.pk})
    assert not workbook_exporter.allowed(month.clerk, params | {"unit": month.tree.county.pk})
    assert exporter_of("reporting.completeness").allowed(month.clerk, params | {"unit": month.tree.county.pk})
    assert not workbook_exporter.allowed(month.city, {"cycle": "x", "unit": "10" * 40})


def test_request_for_another_citys_workbook_is_refused(month: Month):
    params = {"cycle": month.cycle.pk, "unit": month.tree.other_city.pk}
    with pytest.raises(Forbidden):
        request_export(kind="reporting.workbook", params=params, unit=month.tree.city, by=month.city)


@pytest.mark.parametrize(
    "kind",
    [
        "reporting.workbook",
        "reporting.bulletin_pdf",
        "reporting.bulletin_docx",
        "reporting.completeness",
        "reporting.blank_spots",
        "reporting.figures",
    ],
)
def test_every_exporter_builds_and_records_its_basis(month: Month, tmp_path: Path, kind: str):
    accepted(month, "370102", societies=7)
    params = {"cycle": str(month.cycle.pk), "unit": str(month.tree.province.pk)}
    exporter = exporter_of(kind)
    steps: list[str] = []
    path = tmp_path / "file"
    built = exporter.build(month.province, params, str(path), lambda done, total, step="": steps.append(step))
    assert path.stat().st_size > 1000
    assert built.basis["口径"] == "实时"
    assert built.basis["期"] == "2026年11月"
    assert "2026年11月" in built.file_name
    assert "2026年11月" in exporter.title(params)


def test_page_offers_papers_to_a_city_and_lists_to_a_county(month: Month, client_of):
    city = client_of(month.city).get("/reports/papers/")
    assert city.status_code == 200
    assert "工作通报（PDF）" in city.content.decode()
    county = client_of(month.clerk).get("/reports/papers/")
    assert county.status_code == 200
    assert "工作通报（PDF）" not in county.content.decode()
    assert "月报报送明细" in county.content.decode()


def test_page_of_another_city_is_absent(month: Month, client_of):
    answer = client_of(month.city).get(f"/reports/papers/?unit={month.tree.other_city.pk}")
    assert answer.status_code == 404


def test_page_is_closed_to_whoever_sees_no_reports(month: Month, client_of):
    admin = user_at(month.tree.city, Role.UNIT_ADMIN)
    assert client_of(admin).get("/reports/papers/").status_code == 403


def test_workbook_of_a_settled_month_holds_accepted_figures(month: Month, tmp_path: Path):
    report = month.county_report
    fill(report, 0, societies=9)
    for code in ("370102001", "370102002", "370102003"):
        fill(month.report(code), 0)
        submit(report=month.report(code), by=month.clerk)
    submit(report=report, by=month.clerk)
    accept(report=month.county_report, by=month.city)
    book = book_of(month.cycle, month.tree.city)
    rows = {row[1]: row for row in book.table("表5组织体系").rows()}
    assert rows["历下区"][2] == "9"


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("change", Fraction(-1, 10_000), 0),
        ("change", Fraction(-6, 10_000), -0.0006),
        ("points", Fraction(-4, 100), 0),
        ("points", Fraction(-5, 100), -0.05),
        ("percent", Fraction(1, 10_000), 0.0001),
    ],
)
def test_workbook_keeps_no_sign_before_a_change_too_small_to_be_seen(
    kind: Any, value: Fraction, kept: float
) -> None:
    column = Column("变化", kind)
    table = PaperTable(
        "表1", "表1", [Column("指标", "text"), column], [Line("unit", (Cell("场次"), Cell(value)))]
    )
    sheet = TableSheet(Workbook(), table, "", "")
    assert sheet.sheet.cell(sheet.first, 2).value == kept
    assert shown(Cell(value), column).startswith("−") == (kept < 0)


def test_rows_of_the_workbook_are_as_high_as_their_texts():
    assert [rows_of(text, 20) for text in ("短", "建议一\n建议二", "长" * 20)] == [1, 2, 3]
    column = Column("意见建议", "long", width=20)
    lines = [Line("part", (Cell("长" * 20),)), Line("part", (Cell("短"),))]
    sheet = TableSheet(Workbook(), PaperTable("表10", "表10", [column], lines), "", "")
    high, low = (sheet.sheet.row_dimensions[sheet.first + place].height for place in (0, 1))
    assert (high, low) == (45.0, 18.0)


def test_head_too_long_for_a_row_keeps_its_unit_together():
    assert broken_head("农技培训（人次）", 11) == "农技培训\n（人次）"
    assert broken_head("农技培训（人次）", 20) == "农技培训（人次）"
    assert broken_head("乡镇（街道）科协", 8) == "乡镇（街道）科协"


def test_differences_of_ratios_are_told_in_points():
    column = Column("环比", "change", width=14)
    lines = [Line("part", (Cell(Fraction(7, 10), "points"),))]
    sheet = TableSheet(Workbook(), PaperTable("表1", "表1", [column], lines), "", "")
    assert sheet.sheet.cell(sheet.first, 1).number_format.split(";")[0] == '+0.0"个百分点"'
