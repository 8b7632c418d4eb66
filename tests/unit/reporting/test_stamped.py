"""Stamped sheets: a code for exactly what stands on each, read off the scan, old versions noticed, one sheet anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw

from accounts.models import User
from core import qr
from core.errors import Conflict, DomainError, Forbidden
from core.leaflets import Mark, write
from core.qr_reading import found_on, read_codes
from files.services import request_export
from orgs.choices import Level
from reporting.choices import ReportState, SheetReading, SignOffDemand
from reporting.models import Report, StampedSheet
from reporting.papers.stamped import leaflet_of
from reporting.selectors.stamped import codes_in, read_stamp_paper
from reporting.services.attachments import sign_by_scan
from reporting.services.filling import CellChange, save_cells
from reporting.services.stamping import upload_stamped
from reporting.services.submission import reopen_draft, submit
from tests.collections_made import ask, make_task, opened
from tests.factories import Tree
from tests.month import desk
from tests.pages import page, pdf, post

SITES = '[{"kind": "base", "count": "3", "area": "120.5", "visitors": "900"}]'


@pytest.fixture
def clerk(tree: Tree) -> User:
    return desk(tree.county)


@pytest.fixture
def report(tree: Tree, clerk: User, clock_stopped: time_machine.Traveller) -> Report:
    """The county's census, filled, to be stamped."""
    province = desk(tree.province)
    census = ask(make_task(tree.province, province, sign_off=SignOffDemand.SCAN), province)
    cycle = opened(census, province)
    made = Report.objects.select_related("cycle", "unit", "custodian", "reviewer").get(
        cycle=cycle, unit=tree.county
    )
    answer(made, clerk, volunteers="40", volunteers_active="10", sites_kinds="base")
    answer(made, clerk, popular_science_sites=SITES)
    return made


def answer(report: Report, by: User, **values: str) -> None:
    changes = []
    for key, value in values.items():
        cell = report.cells.filter(indicator__key=key).first()
        changes.append(CellChange(report.pk, key, value, cell.revision if cell else 0))
    outcome = save_cells(reports=[report], changes=changes, by=by)
    assert not outcome.conflicts


def codes(report: Report) -> list[str]:
    return [sheet.code for sheet in read_stamp_paper(report).sheets]


def upload(report: Report, by: User, typed: str = "", file: SimpleUploadedFile | None = None) -> Report:
    return upload_stamped(report=report, upload=file or pdf(), typed_codes=typed, by=by)


def photo(*texts: str) -> SimpleUploadedFile:
    """A page with the QR codes of ``texts`` on it, a little askew as from a telephone."""
    sheet = Image.new("L", (1000, 420 * len(texts) + 200), 245)
    ImageDraw.Draw(sheet).text((60, 40), "stamped", fill=30)
    for place, text in enumerate(texts):
        sheet.paste(Image.open(qr.png(text)).convert("L"), (300, 120 + 420 * place))
    out = io.BytesIO()
    sheet.rotate(3, fillcolor=245).save(out, "JPEG", quality=70)
    return SimpleUploadedFile("照片.jpg", out.getvalue(), content_type="image/jpeg")


def test_every_section_is_a_sheet_and_a_change_touches_its_own_only(report: Report, clerk: User) -> None:
    before = codes(report)
    assert [code[:2] for code in before] == ["1-", "2-"]
    answer(report, clerk, volunteers="41")
    after = codes(report)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_sheets_of_two_units_differ_though_they_say_the_same(report: Report, tree: Tree, clerk: User) -> None:
    sister = Report.objects.select_related("cycle", "unit").get(cycle=report.cycle, unit=tree.sister_county)
    by = desk(tree.sister_county)
    answer(sister, by, volunteers="40", volunteers_active="10", sites_kinds="base")
    answer(sister, by, popular_science_sites=SITES)
    assert not set(codes(sister)) & set(codes(report))
    with pytest.raises(DomainError) as refusal:
        upload(report, clerk, codes(sister)[0])
    assert refusal.value.problems[0].code == "other_version"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1-3f9a01，2-00BEEF", ["1-3F9A01", "2-00BEEF"]),
        ("KEXIE 12 1-3F9A01 KEXIE 12 1-3F9A01", ["1-3F9A01"]),
        ("没有", []),
        ("1－3F9A01", ["1-3F9A01"]),
    ],
)
def test_codes_are_read_as_people_type_them(text: str, found: list[str]) -> None:
    assert codes_in(text) == found


def test_submission_waits_for_every_sheet(report: Report, clerk: User) -> None:
    first, second = codes(report)
    with pytest.raises(Conflict):
        submit(report=report, by=clerk)
    assert upload(report, clerk, first).state == ReportState.DRAFT
    assert [sheet.code for sheet in read_stamp_paper(report).missing] == [second]
    assert upload(report, clerk, second.lower()).state == ReportState.SIGNED
    assert submit(report=report, by=clerk).state == ReportState.SUBMITTED


def test_one_changed_figure_asks_for_a_new_sheet_not_for_a_new_whole(report: Report, clerk: User) -> None:
    old = codes(report)
    upload(report, clerk, ",".join(old))
    reopen_draft(report=report, by=clerk)
    answer(report, clerk, volunteers="55")
    paper = read_stamp_paper(report)
    assert [sheet.number for sheet in paper.missing] == [1]
    assert paper.sheets[0].outdated is not None
    with pytest.raises(DomainError) as refusal:
        upload(report, clerk, old[0])
    assert "只重新打印这一页" in refusal.value.problems[0].message
    assert upload(report, clerk, paper.sheets[0].code).state == ReportState.SIGNED


def test_what_was_changed_back_needs_no_new_stamp(report: Report, clerk: User) -> None:
    upload(report, clerk, ",".join(codes(report)))
    reopen_draft(report=report, by=clerk)
    answer(report, clerk, volunteers="41")
    answer(report, clerk, volunteers="40")
    again = upload_stamped(report=report, upload=None, typed_codes="", by=clerk)
    assert again.state == ReportState.SIGNED
    assert StampedSheet.objects.filter(report=report).count() == 2


def test_codes_are_read_off_the_qr_codes(report: Report, clerk: User) -> None:
    marks = [
        block.code
        for block in leaflet_of(read_stamp_paper(report), made_by="某").blocks
        if isinstance(block, Mark)
    ]
    signed = upload(report, clerk, file=photo(*marks))
    assert signed.state == ReportState.SIGNED
    assert set(StampedSheet.objects.filter(report=report).values_list("reading", flat=True)) == {
        SheetReading.QR
    }


@pytest.mark.parametrize(
    ("typed", "code"), [("", "code_wanted"), ("不认识", "bad_code"), ("9-ABCDEF", "other_version")]
)
def test_a_scan_that_cannot_be_told_is_refused_and_not_kept(
    report: Report, clerk: User, typed: str, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        upload(report, clerk, typed)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert not StampedSheet.objects.exists()


def test_an_incomplete_form_takes_no_stamp(report: Report, clerk: User) -> None:
    answer(report, clerk, volunteers="")
    with pytest.raises(DomainError) as refusal:
        upload(report, clerk, ",".join(codes(report)))
    assert refusal.value.problems[0].field == "volunteers"


def test_only_the_desk_stamps_and_a_whole_scan_is_not_enough(report: Report, tree: Tree, clerk: User) -> None:
    with pytest.raises(Forbidden):
        upload(report, desk(tree.city), codes(report)[0])
    with pytest.raises(Conflict):
        sign_by_scan(report=report, upload=pdf(), by=clerk)
    assert upload(report, clerk, ",".join(codes(report))).state == ReportState.SIGNED


def test_printed_pdf_carries_the_codes_that_come_back(report: Report, tmp_path: Path) -> None:
    leaflet = leaflet_of(read_stamp_paper(report), made_by="某")
    path = tmp_path / "paper.pdf"
    write(leaflet, "pdf", path)
    assert set(codes_in(" ".join(found_on(str(path))))) == set(codes(report))
    write(leaflet, "docx", tmp_path / "paper.docx")
    from docx import Document

    words = "\n".join(one.text for one in Document(str(tmp_path / "paper.docx")).paragraphs)
    assert all(code in words for code in codes(report))


def test_what_is_no_image_holds_no_codes(tmp_path: Path) -> None:
    assert read_codes(io.BytesIO(b"\x89PNG broken"), "坏.png") == []
    assert read_codes(io.BytesIO(b"x"), "文字.docx") == []


def test_page_shows_the_desk_its_sheets_and_hides_a_draft_from_above(
    report: Report, tree: Tree, clerk: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(clerk)
    assert codes(report)[0] in page(client, "stamped", report.pk).content.decode()
    wrong = post(client, "stamped", report.pk, file=pdf(), codes="1-000000", revision=report.revision)
    assert wrong.status_code == 422
    assert 'value="1-000000"' in wrong.content.decode()
    done = post(client, "stamped", report.pk, file=pdf(), codes=",".join(codes(report)))
    assert done.status_code == 302
    above = client_of(desk(tree.city))
    assert "还在填报" in page(above, "stamped", report.pk).content.decode()
    assert post(above, "stamped", report.pk, file=pdf(), codes="1-000000").status_code == 403
    report.refresh_from_db()
    submit(report=report, by=clerk)
    assert "与现内容一致" in page(above, "stamped", report.pk).content.decode()


def test_paper_of_a_draft_is_printed_at_its_own_desk_only(report: Report, tree: Tree, clerk: User) -> None:
    params = {"report": report.pk}
    job = request_export(kind="reporting.stamped_pdf", params=params, unit=tree.county, by=clerk)
    assert job.kind == "reporting.stamped_pdf"
    with pytest.raises(Forbidden):
        request_export(kind="reporting.stamped_pdf", params=params, unit=tree.city, by=desk(tree.city))
    assert report.level == Level.COUNTY
