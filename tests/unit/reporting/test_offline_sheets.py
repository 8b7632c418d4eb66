"""Reports as sheets that go out, are filled without a network, and come back cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import User
from core import clock
from core.actor import SYSTEM
from core.errors import DomainError, Forbidden
from core.roundtrip import Field, Layout, write_book
from core.roundtrip.layouts import KEY_LABEL
from core.xlsx_read import COLUMNS
from files.models import ExportJob, ImportJob
from files.services import confirm_import, request_export, request_import, run_export, run_import
from reporting.choices import ValueKind
from reporting.importing.offline import REPORT, TOWNSHIPS
from reporting.models import Cell, Figure, FormItem, FormVersion, Indicator, Report, ReportVersion
from reporting.rules.forms import MOST_ITEMS
from reporting.services import designing
from reporting.services.filling import CellChange, save_cells
from tests.compound import compound
from tests.factories import Tree
from tests.forms import census, census_cycle, draft, item
from tests.month import PERIOD, Month, desk, fill

HEALTH, REACHED, AGRI = "健康讲堂、义诊、防癌体检场次", "健康讲堂、义诊、防癌体检服务人次", "农技培训期数"


def sent_out(kind: str, user: User, path: Path, **params: Any) -> Workbook:
    job = request_export(kind=kind, params=params, unit=user.unit, by=user)
    run_export(job_id=job.pk)
    done = ExportJob.objects.get(pk=job.pk)
    assert done.file, done.error
    path.write_bytes(done.file.read())
    return load_workbook(path)


def brought_back(kind: str, user: User, path: Path, name: str = "填报表.xlsx") -> ImportJob:
    upload = SimpleUploadedFile(name, path.read_bytes())
    job = request_import(kind=kind, params={}, upload=upload, unit=user.unit, by=user)
    run_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def taken(job: ImportJob, user: User) -> ImportJob:
    confirm_import(job=job, digest=job.digest, by=user)
    run_import(job_id=job.pk)
    job.refresh_from_db()
    return job


def head_of(sheet: Any) -> dict[str, int]:
    row = next(row for row in sheet.iter_rows() if row[0].value == KEY_LABEL)
    return {cell.value: cell.column for cell in row if cell.value}


def write(book: Workbook, sheet_name: str, named: str, path: Path, **values: Any) -> None:
    """Into the row in which ``named`` stands, by the labels of columns."""
    sheet = book[sheet_name]
    columns = head_of(sheet)
    row = next(row for row in sheet.iter_rows() if any(cell.value == named for cell in row))[0].row
    for label, value in values.items():
        sheet.cell(row, columns[label]).value = value
    book.save(path)


def typed(report: Report, key: str) -> Any:
    cell = Cell.objects.filter(report=report, indicator__key=key).first()
    return cell and (cell.value if cell.value is not None else cell.text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "填报表.xlsx"


def test_report_goes_out_prefilled_and_protected(month: Month, path: Path) -> None:
    fill(month.county_report, 7)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    sheet = book["填报表"]
    columns = head_of(sheet)
    assert sheet.protection.sheet
    row = next(row for row in sheet.iter_rows() if any(cell.value == HEALTH for cell in row))
    assert row[columns["本期填报"] - 1].value == 7
    assert not row[columns["本期填报"] - 1].protection.locked and row[columns["指标"] - 1].protection.locked
    assert "内容校验码" in str(sheet["A2"].value or sheet["B2"].value)


def test_filled_report_comes_back_with_its_differences_before_it_is_taken(month: Month, path: Path) -> None:
    report = month.county_report
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=12, 说明="科普日集中开展")
    write(book, "填报表", REACHED, path, 本期填报="1,200")
    write(book, "填报表", "存在的问题", path, 本期填报="经费不足\n人手不够")
    job = brought_back(REPORT, month.clerk, path)
    assert job.problems == [], job.problems
    assert len(job.preview) == 3 and typed(report, "health_events") == 0
    job = taken(job, month.clerk)
    assert job.state == "applied", job.message
    assert (typed(report, "health_events"), typed(report, "health_reached")) == (12, 1200)
    assert typed(report, "problems") == "经费不足\n人手不够"
    assert Cell.objects.get(report=report, indicator__key="health_events").explanation == "科普日集中开展"


def test_every_wrong_cell_is_named_and_nothing_taken(month: Month, path: Path) -> None:
    fill(month.county_report, 0)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", HEALTH, path, 本期填报="十二")
    write(book, "填报表", REACHED, path, 本期填报=1.5)
    write(book, "填报表", AGRI, path, 本期填报=-3)
    job = brought_back(REPORT, month.clerk, path)
    found = {(column, message.split("：")[0]) for _sheet, _row, column, message in job.problems}
    assert {name for _column, name in found} == {HEALTH, REACHED, AGRI}, job.problems
    assert {column for column, _name in found} == {"本期填报"} and job.state == "faulty"


def test_cell_changed_meanwhile_is_a_conflict_with_both_values(month: Month, path: Path) -> None:
    report = month.county_report
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=12)
    write(book, "填报表", AGRI, path, 本期填报=5)
    for key, value in (("health_events", "9"), ("health_reached", "90")):
        revision = Cell.objects.get(report=report, indicator__key=key).revision
        save_cells(reports=[report], changes=[CellChange(report.pk, key, value, revision)], by=month.clerk)
    job = brought_back(REPORT, month.clerk, path)
    [(_sheet, _row, column, message)] = job.problems
    assert column == "本期填报" and "改为“12”" in message and "他人改为“9”" in message


def test_sheet_of_an_exempt_report_is_refused(month: Month, path: Path) -> None:
    fill(month.county_report, 0)
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=0, 说明="改一改")
    Report.objects.filter(pk=month.county_report.pk).update(
        exempted_at=month.cycle.opened_at, exempted_reason="撤并"
    )
    job = brought_back(REPORT, month.clerk, path)
    assert "免报" in job.problems[0][3]


def test_foreign_desk_gets_no_sheet_and_gets_none_in(month: Month, path: Path) -> None:
    fill(month.county_report, 0)
    stranger = desk(month.tree["370112"])
    with pytest.raises(Forbidden):
        request_export(
            kind=REPORT, params={"report": month.county_report.pk}, unit=stranger.unit, by=stranger
        )
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=3)
    job = brought_back(REPORT, stranger, path)
    assert job.problems and "不在您的管辖范围" in job.problems[0][3]
    assert typed(month.county_report, "health_events") == 0


def test_all_townships_stand_on_one_sheet_and_come_back(month: Month, path: Path) -> None:
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    sheet = book["乡镇数据"]
    columns = head_of(sheet)
    assert "解放路街道" in {cell.value for cell in sheet[columns["乡镇（街道）"] and "C"]}
    label = next(name for name in columns if str(name).startswith(HEALTH))
    reached = next(name for name in columns if str(name).startswith(REACHED))
    for place, name in enumerate(("解放路街道", "千佛山街道"), start=1):
        write(book, "乡镇数据", name, path, **{label: place, reached: place * 50})
    job = brought_back(TOWNSHIPS, month.clerk, path)
    assert job.problems == [] and len(job.preview) == 2
    job = taken(job, month.clerk)
    assert job.message == "已填入2份报表的4格。请在填报页核对后上报。"
    assert typed(month.report("370102001"), "health_events") == Decimal(1)
    assert typed(month.report("370102002"), "health_reached") == Decimal(100)
    assert typed(month.report("370102003"), "health_events") is None


def test_error_on_the_townships_sheet_is_named_by_row_and_column(month: Month, path: Path) -> None:
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    columns = head_of(book["乡镇数据"])
    label = next(name for name in columns if str(name).startswith(HEALTH))
    reached = next(name for name in columns if str(name).startswith(REACHED))
    write(book, "乡镇数据", "解放路街道", path, **{label: "三"})
    write(book, "乡镇数据", "千佛山街道", path, **{label: 0, reached: 50})
    job = brought_back(TOWNSHIPS, month.clerk, path)
    assert sorted(column for _sheet, _row, column, _message in job.problems) == [label, label]
    assert any("解放路街道" in message and "不是数字" in message for *_place, message in job.problems)
    assert any("千佛山街道" in message and "场次" in message for *_place, message in job.problems), (
        job.problems
    )


def test_unusual_figure_of_a_township_is_explained_on_the_sheet(month: Month, path: Path) -> None:
    before = month.report("370102001")
    past = month.next(PERIOD.replace(month=10))
    earlier = Report.objects.get(cycle=past, unit=before.unit)
    frozen = ReportVersion.objects.create(report=earlier, number=1, frozen_at=clock.now())
    Report.objects.filter(pk=earlier.pk).update(live_version=frozen)
    Figure.objects.create(
        version=frozen, indicator=Indicator.objects.get(key="health_events"), value=Decimal(2)
    )
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    columns = list(head_of(book["乡镇数据"]))
    label = next(name for name in columns if str(name).startswith(HEALTH))
    reached = next(name for name in columns if str(name).startswith(REACHED))
    why = f"说明：{HEALTH}"
    assert columns.index(why) > max(columns.index(label), columns.index(reached))
    write(book, "乡镇数据", "解放路街道", path, **{label: 90, reached: 900})
    job = brought_back(TOWNSHIPS, month.clerk, path)
    assert [note for note in job.notes if "解放路街道" in note and "3倍" in note], job.notes
    write(book, "乡镇数据", "解放路街道", path, **{why: "科普日集中开展"})
    job = brought_back(TOWNSHIPS, month.clerk, path)
    assert not [note for note in job.notes if "3倍" in note]
    taken(job, month.clerk)
    cell = Cell.objects.get(report=before, indicator__key="health_events")
    assert (cell.value, cell.explanation) == (90, "科普日集中开展")
    again = sent_out(TOWNSHIPS, month.clerk, path, cycle=month.cycle.pk)
    write(again, "乡镇数据", "解放路街道", path, **{why: "长" * 301})
    [(_sheet, _row, column, message)] = brought_back(TOWNSHIPS, month.clerk, path).problems
    assert column == why and "最多 300 个字" in message
    write(again, "乡镇数据", "解放路街道", path, **{why: "市级主场活动"})
    taken(brought_back(TOWNSHIPS, month.clerk, path), month.clerk)
    cell.refresh_from_db()
    assert (cell.value, cell.explanation) == (90, "市级主场活动")


def test_error_at_a_cell_that_the_sheet_leaves_alone_is_told_and_stops_nothing(
    month: Month, path: Path
) -> None:
    report = month.county_report
    fill(report, 0)
    book = sent_out(REPORT, month.clerk, path, report=report.pk)
    write(book, "填报表", AGRI, path, 本期填报=5)
    job = brought_back(REPORT, month.clerk, path)
    assert job.problems == [] and any("上报前还要改正" in note for note in job.notes), job.notes
    taken(job, month.clerk)
    assert typed(report, "agri_events") == 5


def test_what_formulas_give_stands_on_a_sheet_of_its_own(tree: Tree, path: Path) -> None:
    cycle = census_cycle(tree, census(tree))
    clerk = desk(tree["370102"])
    report = Report.objects.select_related("cycle__form_version").get(cycle=cycle, unit=tree["370102"])
    fill(report, 0, staff=5, staff_full=2)
    Cell.objects.filter(report=report, indicator__key="staff").update(value=5)
    sheet = sent_out(REPORT, clerk, path, report=report.pk)["自动计算"]
    lines = {row[1].value: row for row in sheet.iter_rows(min_row=3)}
    assert set(lines) == {"兼职", "专职占比"} and sheet.protection.sheet
    assert lines["专职占比"][3].value == "「专职」 ÷ 「工作人员」"
    assert lines["专职占比"][4].value.startswith("=IF(OR('填报表'!$H$")
    shown = load_workbook(path, data_only=True)["自动计算"]
    assert [row[4].value for row in shown.iter_rows(min_row=3)] == [3, 40]
    Cell.objects.filter(report=report, indicator__key="staff").delete()
    sent_out(REPORT, clerk, path, report=report.pk)
    shown = load_workbook(path, data_only=True)["自动计算"]
    assert [row[4].value for row in shown.iter_rows(min_row=3)] == ["—", "—"]
    job = brought_back(REPORT, clerk, path)
    assert (job.problems, job.preview) == ([], [])


def test_choices_are_offered_in_their_own_cell(month: Month, path: Path) -> None:
    layout = Layout(
        sheet="表",
        fields=(
            Field(key="name", label="项", is_editable=False),
            Field(key="value", label="值", kind="mixed", words_of=lambda row: row.words),
        ),
        key=lambda row: row.name,
        name=lambda row: row.name,
    )

    class Row:
        def __init__(self, name: str, *words: str) -> None:
            self.name, self.words, self.value = name, words, None

    write_book(
        path, layout, [Row("甲"), Row("乙", "是", "否"), Row("丙", *("很长的选项" * 20 for _ in range(9)))]
    )
    sheet = load_workbook(path)["表"]
    [offered] = sheet.data_validations.dataValidation
    row = next(row for row in sheet.iter_rows() if row[1].value == "乙")[0].row
    assert (str(offered.sqref), offered.formula1) == (f"C{row}", '"是,否"')


def test_pages_lead_to_the_sheet_and_back(month: Month, client_of: Callable[[User], Client]) -> None:
    client = client_of(month.clerk)
    page = client.get(reverse("reporting:fill", args=[month.county_report.pk])).content.decode()
    assert f"files/new/{REPORT}/?report={month.county_report.pk}" in page
    assert reverse("files:new_import", args=[REPORT]) in page
    grid = client.get(reverse("reporting:grid")).content.decode()
    assert f"files/new/{TOWNSHIPS}/?cycle={month.cycle.pk}" in grid
    assert client.get(reverse("files:new_import", args=[TOWNSHIPS])).status_code == 200


def widest_form(tree: Tree, count: int) -> FormVersion:
    """A form of ``count`` figures with keys as long as they may be, each name twice."""
    version = draft(tree, "宽表")
    model = item(version, "w" * 36 + "0000", ValueKind.COUNT, name="人数0", owed_by=[4])
    kept = Indicator.objects.get(pk=model.indicator_id)
    more = [copied(kept, key=f"{'w' * 36}{place:04d}", name=f"人数{place // 2}") for place in range(1, count)]
    made = Indicator.objects.bulk_create(more)
    FormItem.objects.bulk_create(
        copied(model, indicator=indicator, order=place) for place, indicator in enumerate(made, start=2)
    )
    return designing.publish(version=version, note="", by=SYSTEM)


def copied(row: Any, **changed: Any) -> Any:
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    made = type(row)(**fields | {"id": None})
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def test_the_widest_form_comes_back_on_the_townships_sheet(month: Month, path: Path) -> None:
    cycle = census_cycle(month.tree, widest_form(month.tree, MOST_ITEMS))
    book = sent_out(TOWNSHIPS, month.clerk, path, cycle=cycle.pk)
    columns = head_of(book["乡镇数据"])
    assert 2 * MOST_ITEMS + 5 == len(columns) == max(columns.values()) <= COLUMNS
    section = cycle.form_version.sections.get().name
    first, last = f"{section}：人数0（第1项）", f"{section}：人数{MOST_ITEMS // 2 - 1}（第{MOST_ITEMS}项）"
    filled = {first: 7, last: 9, f"说明：{last}": "末列说明"}
    write(book, "乡镇数据", "解放路街道", path, **filled)
    job = taken(brought_back(TOWNSHIPS, month.clerk, path), month.clerk)
    assert job.message == "已填入1份报表的2格。请在填报页核对后上报。"
    report = Report.objects.get(cycle=cycle, unit__name="解放路街道")
    cells = report.cells.select_related("indicator")
    told = {cell.indicator.key[-4:]: (cell.value, cell.explanation) for cell in cells}
    assert told == {"0000": (Decimal(7), ""), f"{MOST_ITEMS - 1:04d}": (Decimal(9), "末列说明")}


def test_et_of_the_new_kind_is_read_and_a_forged_one_refused(month: Month, path: Path) -> None:
    book = sent_out(REPORT, month.clerk, path, report=month.county_report.pk)
    write(book, "填报表", HEALTH, path, 本期填报=12)
    job = brought_back(REPORT, month.clerk, path, "填报表.et")
    assert (job.problems, len(job.preview)) == ([], 1)
    for content in (compound("WordDocument"), compound("安装程序")):
        path.write_bytes(content)
        with pytest.raises(DomainError, match=r"与扩展名 \.et 不符"):
            brought_back(REPORT, month.clerk, path, "填报表.et")
