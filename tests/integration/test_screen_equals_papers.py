"""Figure for figure: what pages read = workbook = docx = PDF = API, on random provinces and reports."""

from __future__ import annotations

import datetime as dt
import html
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from docx import Document
from openpyxl import load_workbook

from accounts.roles import Role
from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit, UnitEdition
from reporting.choices import PaperKind
from reporting.models import Cycle, Figure, Indicator, PaperDraft, Report, ReportVersion
from reporting.papers.book import Book, book_of
from reporting.papers.briefing.docx import write_docx as write_briefing_docx
from reporting.papers.briefing.paper import briefing_of
from reporting.papers.briefing.pdf import write_pdf as write_briefing_pdf
from reporting.papers.briefing.sources import sources_for
from reporting.papers.bulletin import Bulletin, draft
from reporting.papers.bulletin.docx import write_docx
from reporting.papers.bulletin.pdf import write_pdf
from reporting.papers.drafts import bulletin_of, drafted, drawn_now, drawn_of, summary_of
from reporting.papers.edition import edition_of
from reporting.papers.summary.docx import write_docx as write_summary_docx
from reporting.papers.summary.pdf import write_pdf as write_summary_pdf
from reporting.papers.summary.year import EVENTS
from reporting.papers.tables import NOT_COUNTED, PaperTable, decimal_of, shown
from reporting.papers.workbook import write_workbook
from reporting.rollup import basis_for, cycle_totals, store_totals
from reporting.selectors.completeness import completeness
from reporting.selectors.coverage import coverage_table
from reporting.selectors.facts import facts_of
from reporting.selectors.targets import targetable, unit_progress
from reporting.services import paper_drafts
from reporting.services.facts import compute_facts
from reporting.services.filling import CellChange
from reporting.services.forms import load_collection, load_monthly_form
from reporting.services.paper_drafts import Draft
from reporting.services.targets import TargetChange, set_targets
from tests.factories import Tree, user_at
from tests.integration.registry_history import random_past, random_tree
from tests.integration.report_history import make_cycle, make_reports

pytestmark = pytest.mark.django_db

Year = tuple[Tree, list[Cycle]]


def quiet(done: int, total: int, step: str = "") -> None:
    """Progress that nobody watches."""


@pytest.fixture(params=[(0, False), (1, True), (2, False), (3, True)], ids=str)
def year(request: pytest.FixtureRequest, db: None) -> Year:
    """Two months: random registry, random reports; the last one locked or not."""
    seed, locked = request.param
    rng = random.Random(seed)
    tree = random_tree(rng)
    load_monthly_form(owner=tree.province, by=SYSTEM)
    random_past(tree, rng)
    collection = load_collection(owner=tree.province, by=SYSTEM)
    cycles = [make_cycle(collection, month, locked=locked) for month in (3, 4)]
    for cycle in cycles:
        make_reports(cycle, tree, rng)
        whole_counts(cycle)
        if cycle.is_locked:
            store_totals(cycle)
    return tree, cycles


def whole_counts(cycle: Cycle) -> None:
    """Counts are whole numbers, as the form demands; money keeps its decimals."""
    for report in Report.objects.filter(cycle=cycle):
        for version in report.versions.all():
            for figure in version.figures.exclude(indicator__value_kind="money").exclude(value=None):
                figure.value = int(figure.value)
                figure.save()


def units_of(tree: Tree) -> list[OrgUnit]:
    """Those whose papers are made: the province and its cities."""
    return [tree.province, *tree.at(Level.CITY)]


def sheet_rows(path: Path, table: PaperTable) -> Iterator[tuple[Any, dict[int, Any]]]:
    """Each line of a table with the values of its sheet by column."""
    sheet = load_workbook(path, data_only=True)[table.name]
    first = 6 if table.has_groups else 5
    for row, line in enumerate(table.lines, start=first):
        yield line, {place: sheet.cell(row, place + 1).value for place in range(len(table.columns))}


def test_workbook_holds_what_the_pages_read(year: Year, tmp_path: Path):
    tree, cycles = year
    path = tmp_path / "book.xlsx"
    for unit in units_of(tree):
        book = book_of(cycles[-1], unit)
        write_workbook(book, path, made_by="测试", progress=quiet)
        for table in book.tables:
            for line, values in sheet_rows(path, table):
                for place, cell in enumerate(line.cells):
                    number = decimal_of(cell.value)
                    if number is not None:
                        assert Decimal(str(values[place])) == pytest.approx(number), (
                            table.name,
                            line.role,
                            place,
                        )


def test_totals_of_the_workbook_are_formulas_that_agree(year: Year, tmp_path: Path):
    tree, cycles = year
    path = tmp_path / "book.xlsx"
    seen = 0
    for unit in units_of(tree):
        write_workbook(book_of(cycles[-1], unit), path, made_by="测试", progress=quiet)
        formulas, values = load_workbook(path), load_workbook(path, data_only=True)
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        seen += 1
                        assert values[sheet.title][cell.coordinate].value == pytest.approx(
                            recalculated(values[sheet.title], cell.value)
                        )
    assert seen > 20


def recalculated(sheet: Any, formula: str) -> float:
    """SUM over one column, as a spreadsheet does it: texts count nothing."""
    column, first, last = re.fullmatch(r"=SUM\(([A-Z]+)(\d+):\1(\d+)\)", formula).groups()
    cells = (sheet[f"{column}{row}"].value for row in range(int(first), int(last) + 1))
    return sum(value for value in cells if isinstance(value, int | float))


def column_of(table: PaperTable, label: str, group: str = "") -> int:
    return next(
        place for place, column in enumerate(table.columns) if column.label == label and column.group == group
    )


def test_typed_figures_are_those_of_the_rollup(year: Year):
    tree, cycles = year
    cycle = cycles[-1]
    for unit in units_of(tree):
        book = book_of(cycle, unit)
        totals = cycle_totals(cycle, basis=basis_for(cycle), within=unit)
        table = book.table("表4作用发挥")
        place = column_of(table, "健康讲堂义诊（场）", "本月")
        lines = {str(line.cells[1].value): line for line in table.lines if line.role in ("part", "zone")}
        for part in book.figures.parts:
            found, value = totals.total(part.unit_id, "health_events"), lines[part.name].cells[place].value
            assert value == found or (found is None and value in (None, NOT_COUNTED))
        whole = table.lines[0].cells[place].value
        assert whole == totals.total(unit.pk, "health_events")


def test_registry_figures_are_those_of_the_coverage_page(year: Year):
    tree, cycles = year
    cycle = cycles[-1]
    for unit in units_of(tree):
        below = Level(unit.level + 1)
        table = book_of(cycle, unit).table("表2组织覆盖")
        page = coverage_table(cycle, unit, below)
        rows = {line.cells[1].value: line for line in table.lines}
        place = column_of(table, "应建", "乡镇（街道）")
        names = dict(UnitEdition.objects.on(page.as_of).filter(level=below).values_list("unit_id", "name"))
        assert page.rows
        for row in page.rows:
            measure = row.measures["townships_established"]
            counts = [measure.denominator, measure.numerator, measure.rate, measure.rank]
            cells = rows[names[row.unit_id]].cells
            assert [cell.value for cell in cells[place : place + 4]] == counts


def test_quality_is_that_of_the_completeness_page(year: Year):
    tree, cycles = year
    cycle = cycles[-1]
    compared = 0
    for unit in units_of(tree):
        book = book_of(cycle, unit)
        page = {row.unit_id: row for row in completeness(cycle, within=unit)}
        lines = {line.cells[1].value: line for line in book.table("表7报送质量").lines}
        for part in book.figures.parts:
            counts = page[part.unit_id].charged if part.unit_id in page else None
            if counts is not None:
                values = [cell.value for cell in lines[part.name].cells[2:7]]
                assert values == [counts.expected, counts.exempt, counts.on_time, counts.late, counts.missing]
                compared += unit.level == Level.CITY
    assert compared


def bulletins(tree: Tree, cycle: Cycle) -> Iterator[tuple[Book, Bulletin]]:
    for unit in units_of(tree):
        book = book_of(cycle, unit)
        yield book, draft(book)


def test_docx_holds_the_annexes_cell_by_cell(year: Year, tmp_path: Path):
    tree, cycles = year
    for _book, bulletin in bulletins(tree, cycles[-1]):
        path = tmp_path / "bulletin.docx"
        write_docx(bulletin, path)
        tables = Document(str(path)).tables[: len(bulletin.annexes)]
        for table, annex in zip(tables, bulletin.annexes, strict=True):
            heads = 2 if annex.has_groups else 1
            for row, line in zip(table.rows[heads:], annex.lines, strict=True):
                if line.role != "band":
                    wanted = [
                        shown(cell, column) for cell, column in zip(line.cells, annex.columns, strict=True)
                    ]
                    assert [cell.text for cell in row.cells] == wanted


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils 读出 PDF 文字")
def test_pdf_holds_the_annexes_figure_by_figure(year: Year, tmp_path: Path):
    tree, cycles = year
    _book, bulletin = next(bulletins(tree, cycles[-1]))
    path = tmp_path / "bulletin.pdf"
    write_pdf(bulletin, path, progress=quiet)
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    words = re.sub(r"\s", "", done.stdout)
    for annex in bulletin.annexes:
        for line, row in zip(annex.lines, annex.rows(), strict=True):
            if line.role == "part":
                assert "".join(row).replace(" ", "") in words
    for section in bulletin.sections:
        for paragraph in section.paragraphs:
            for number in re.findall(r"[\d,.]+%?", paragraph.text):
                assert number.strip(",.") in words


def test_api_answers_the_same_totals(year: Year, api_of: Callable[..., Any]):
    tree, cycles = year
    cycle = cycles[-1]
    for unit in units_of(tree):
        answer = api_of(user_at(unit, Role.REPORTER, Role.REVIEWER)).get(f"/api/v1/rollups/?cycle={cycle.pk}")
        assert answer.status_code == 200
        figures = book_of(cycle, unit).figures
        told = {(row["unit"], row["key"]): row for row in answer.json()["totals"]}
        for part in [figures.whole, *figures.parts]:
            for key in ("health_events", "health_reached", "support_funds"):
                row = told.get((part.unit_id, key))
                value = figures.typed(part, key).value
                assert decimal_of(value) == (Decimal(str(row["total"])) if row else None)


def test_digest_tells_equal_papers_from_changed_ones(year: Year):
    tree, cycles = year
    first = book_of(cycles[-1], tree.province)
    assert book_of(cycles[-1], tree.province).table("表2组织覆盖").lines == first.table("表2组织覆盖").lines
    line = first.table("表7报送质量").lines[0]
    before = first.digest
    first.table("表7报送质量").lines[0] = type(line)(line.role, line.cells[:-1])
    assert first.digest != before


def with_targets(tree: Tree, units: list[OrgUnit]) -> None:
    """Targets known since before the year's cycles: ratios, counts and a sum over the year."""
    values = {"coverage_rate_township": 87, "key_people_total": 31, "health_events": 4321, "blank_spots": 3}
    with time_machine.travel(dt.datetime(2026, 1, 5, 9, tzinfo=clock.SHANGHAI), tick=False):
        set_targets(
            setter=tree.province,
            due_on=dt.date(2026, 12, 31),
            changes=[
                TargetChange(unit.pk, key, Decimal(value)) for unit in units for key, value in values.items()
            ],
            by=user_at(tree.province, Role.REPORTER, Role.REVIEWER),
        )


@pytest.mark.parametrize("year", [(0, False), (1, True)], indirect=True, ids=str)
def test_targets_are_those_of_the_page_and_the_interface(
    year: Year, tmp_path: Path, api_of: Callable[..., Any]
):
    tree, cycles = year
    cycle, path = cycles[-1], tmp_path / "book.xlsx"
    with_targets(tree, units_of(tree))
    names = {one.name: one.key for one in targetable()}
    api = api_of(user_at(tree.province, Role.REPORTER, Role.REVIEWER))
    for unit in units_of(tree):
        page = {key: each for (_unit, key), each in unit_progress(cycle, unit, [unit.pk]).items()}
        assert len(page) == 4
        answer = api.get(f"/api/v1/targets/?cycle={cycle.pk}&unit={unit.pk}").json()
        told = {row["key"]: row for row in answer if row["unit"] == unit.pk}
        book = book_of(cycle, unit)
        table = book.tables[0]
        target, attained = column_of(table, "目标"), column_of(table, "完成率")
        write_workbook(book, path, made_by="测试", progress=quiet)
        met = set()
        for line, values in sheet_rows(path, table):
            each = page.get(names.get(str(line.cells[0].value), ""))
            if line.role == "band" or each is None:
                assert line.role == "band" or line.cells[target].value is None
                continue
            key = each.goal.key
            met.add(key)
            whole = Decimal(100) if each.goal.is_ratio else Decimal(1)
            assert Decimal(str(values[target])) == each.goal.value / whole
            assert Decimal(told[key]["target"]) == each.goal.value
            share = line.cells[attained].value
            assert share == pytest.approx(each.completion)
            assert told[key]["completion"] == pytest.approx(each.completion)
        assert met == set(page)


def docx_words(path: Path) -> str:
    return re.sub(r"\s", "", "".join(one.text for one in Document(str(path)).paragraphs))


def pdf_words(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True)
    return re.sub(r"— \d+ —\s*\f|\s", "", done.stdout)


def page_words(row: PaperDraft, client: Any) -> str:
    return re.sub(r"\s", "", html.unescape(client.get(row.get_absolute_url()).content.decode()))


@pytest.mark.parametrize("year", [(2, False)], indirect=True, ids=str)
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils 读出 PDF 文字")
def test_edited_bulletin_reads_alike_everywhere(year: Year, tmp_path: Path, client_of: Callable[..., Any]):
    tree, cycles = year
    cycle, by = cycles[-1], user_at(tree.province, Role.REPORTER, Role.REVIEWER)
    drawn = drawn_of(drafted(book_of(cycle, tree.province)))
    row = paper_drafts.start_draft(
        cycle=cycle, unit=tree.province, paper=PaperKind.BULLETIN, drawn=drawn, by=by
    )
    words = "经核对，截至统计期末已建1,234个，占56.7%。"
    change = CellChange(row.pk, "coverage", words, 0)
    assert paper_drafts.save_texts(draft=row, changes=[change], by=by).saved
    bulletin = bulletin_of(cycle, tree.province)
    write_docx(bulletin, tmp_path / "bulletin.docx")
    write_pdf(bulletin, tmp_path / "bulletin.pdf", progress=quiet)
    docx, pdf = docx_words(tmp_path / "bulletin.docx"), pdf_words(tmp_path / "bulletin.pdf")
    page = page_words(row, client_of(by))
    paragraphs = [bulletin.opening, *(one.text for part in bulletin.sections for one in part.paragraphs)]
    assert words in paragraphs
    for paragraph in paragraphs:
        sought = re.sub(r"\s", "", paragraph)
        assert sought in docx
        assert sought in page
        for number in re.findall(r"[\d,.]+%?", sought):
            assert number.strip(",.") in pdf
    assert bulletin.digest == book_of(cycle, tree.province).digest
    assert [list(annex.rows()) for annex in bulletin.annexes] == [
        list(annex.rows()) for annex in draft(book_of(cycle, tree.province)).annexes
    ]


@pytest.mark.parametrize("year", [(3, False)], indirect=True, ids=str)
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils 读出 PDF 文字")
def test_summary_holds_the_figures_of_its_months_everywhere(
    year: Year, tmp_path: Path, client_of: Callable[..., Any]
):
    """Text and annex of province and city: those of each month's pages and book, alike in draft, docx and PDF."""
    tree, cycles = year
    cycle = cycles[-1]
    for one in cycles:
        compute_facts(cycle=one, by=SYSTEM)
    for unit in (tree.province, tree.at(Level.CITY)[0]):
        by = user_at(unit, Role.REPORTER, Role.REVIEWER)
        drawn = drawn_now(PaperKind.SUMMARY, cycle, unit)
        row = paper_drafts.start_draft(cycle=cycle, unit=unit, paper=PaperKind.SUMMARY, drawn=drawn, by=by)
        summary = summary_of(cycle, unit)
        [months] = summary.annexes
        for one, line in zip(cycles, months.rows(), strict=True):
            totals, facts = cycle_totals(one, basis=basis_for(one), within=unit), facts_of(one)
            said = [totals.total(unit.pk, key) for key in EVENTS]
            events = sum((value for value in said if value is not None), Decimal(0))
            assert line[4] == (f"{events:,.0f}" if any(value is not None for value in said) else "—")
            assert line[2] == f"{facts.number(unit.pk, 'key_people_total'):,}"
        coverage = book_of(cycle, unit).table("表2组织覆盖")
        whole, township = next(coverage.rows()), column_of(coverage, "率", "乡镇（街道）")
        assert f"覆盖率{whole[township]}" in summary.plain_text
        write_summary_docx(summary, tmp_path / "summary.docx")
        write_summary_pdf(summary, tmp_path / "summary.pdf")
        document = Document(str(tmp_path / "summary.docx"))
        docx, page = docx_words(tmp_path / "summary.docx"), page_words(row, client_of(by))
        pdf = pdf_words(tmp_path / "summary.pdf")
        assert [[cell.text for cell in line.cells] for line in document.tables[0].rows[1:]] == list(
            months.rows()
        )
        for line in months.rows():
            assert "".join(line) in pdf
        for paragraph in [
            summary.opening,
            *(one.text for part in summary.sections for one in part.paragraphs),
        ]:
            sought = re.sub(r"\s", "", paragraph)
            assert sought in docx
            assert sought in page
            assert sought in pdf


@pytest.mark.parametrize("year", [(3, True)], indirect=True, ids=str)
@pytest.mark.parametrize("level", [Level.PROVINCE, Level.CITY], ids=str)
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="需要 poppler-utils 读出 PDF 文字")
def test_briefing_reads_alike_everywhere(
    year: Year, level: Level, tmp_path: Path, client_of: Callable[..., Any]
):
    tree, cycles = year
    cycle = cycles[-1]
    progress = Indicator.objects.get(key="progress")
    versions = ReportVersion.objects.filter(report__cycle=cycle, report__level=Level.COUNTY)
    Figure.objects.bulk_create(
        Figure(
            version=one, indicator=progress, text=f"本月开展活动{one.pk * 37:,}场，覆盖率{one.pk / 7:.1f}%。"
        )
        for one in versions
    )
    unit, sources = next((one, found) for one in tree.at(level) if (found := sources_for(cycle, one)))
    by = user_at(unit, Role.REPORTER, Role.REVIEWER)
    drawn = Draft(edition_of(cycle, unit).standing, "", clock.now(), [])
    row = paper_drafts.start_draft(cycle=cycle, unit=unit, paper=PaperKind.BRIEFING, drawn=drawn, by=by)
    paper_drafts.choose_sources(draft=row, chosen=[one.drawn() for one in sources], by=by)
    briefing = briefing_of(row)
    write_briefing_docx(briefing, tmp_path / "briefing.docx")
    write_briefing_pdf(briefing, tmp_path / "briefing.pdf")
    docx, pdf = docx_words(tmp_path / "briefing.docx"), pdf_words(tmp_path / "briefing.pdf")
    page = page_words(row, client_of(by))
    for source in sources:
        for where in (docx, pdf, page):
            assert re.sub(r"\s", "", source.text) in where
            assert source.title in where
