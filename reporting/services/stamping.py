"""Stamped sheets come back as scans: each is tied to what stood on it, one of another version is noticed."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import DomainError, Problem
from core.qr_reading import read_codes
from files.services import attach
from reporting.choices import SheetReading
from reporting.models import Report, StampedSheet
from reporting.selectors.stamped import StampPaper, StampSheet, codes_in, read_stamp_paper
from reporting.services.submission import demand_complete, record_scan
from reporting.services.transition import demand, lock
from reporting.workflow import UPLOAD_SCAN

SCAN = "scan"


@transaction.atomic
def upload_stamped(
    *, report: Report, upload: UploadedFile | None, typed_codes: str, by: Actor, revision: int | None = None
) -> Report:
    """上传盖章扫描件: the sheets on the scan are told by their codes, typed or read out of the QR codes on it.

    Once every sheet is there as the form stands, the report is signed. Without a file, sheets that were stamped before
    and still say the same are taken as they are.

    Raises:
        DomainError: a code of another version (which sheet must be printed anew), none at all, sheets still missing.
        Conflict, Forbidden: out of order, or not this person's desk.
    """
    fresh = lock(report, revision=revision)
    demand(UPLOAD_SCAN, report=fresh, by=by)
    demand_complete(fresh)
    paper = read_stamp_paper(fresh)
    if upload is not None:
        _take(fresh, paper, upload, typed_codes, by)
        paper = read_stamp_paper(fresh)
    elif paper.missing:
        raise DomainError.of("file_wanted", "请选择盖章扫描件（图片、PDF 或 OFD）。", "file")
    if paper.missing:
        return fresh
    newest = max((sheet.scan for sheet in paper.sheets if sheet.scan), key=lambda scan: (scan.at, scan.pk))
    return record_scan(report=fresh, attachment_id=newest.attachment_id, by=by)


def _take(report: Report, paper: StampPaper, upload: UploadedFile, typed_codes: str, by: Actor) -> None:
    codes, reading = codes_in(typed_codes), SheetReading.TYPED
    if typed_codes.strip() and not codes:
        raise DomainError.of("bad_code", "没有认出编号，请照页首写，如 1-3F9A01，几页的用逗号隔开。", "codes")
    if not codes:
        codes, reading = codes_in(" ".join(read_codes(upload, str(upload.name)))), SheetReading.QR
    if not codes:
        raise DomainError.of("code_wanted", "没有从扫描件上识别出二维码，请照页首填写编号。", "codes")
    sheets = _sheets_of(paper, codes)
    scan = attach(owner=report, unit=report.unit, upload=upload, kind=SCAN, by=by)
    StampedSheet.objects.bulk_create(
        StampedSheet(
            report=report,
            sheet=sheet.key,
            digest=sheet.digest,
            code=sheet.code,
            attachment_id=scan.pk,
            reading=reading,
            by_id=by.pk,
            by=by.actor_label,
        )
        for sheet in sheets
    )
    record(
        kind="report.stamped_sheets",
        by=by,
        unit=report.unit,
        obj=report,
        summary=f"上传盖章扫描件：{report.unit_name}{report.cycle.title}（{'、'.join(codes)}）",
        data={"codes": codes, "reading": reading, "file": str(scan.pk)},
    )


def _sheets_of(paper: StampPaper, codes: Sequence[str]) -> list[StampSheet]:
    """The sheets of these codes; everything that is of another version is named at once."""
    found, problems = [], []
    numbers = {sheet.number: sheet for sheet in paper.sheets}
    for code in codes:
        sheet = paper.by_code(code)
        if sheet is not None:
            found.append(sheet)
            continue
        meant = numbers.get(int(code.split("-")[0]))
        problems.append(Problem("other_version", _stale_words(code, meant), "codes"))
    if problems:
        raise DomainError(problems)
    return found


def _stale_words(code: str, sheet: StampSheet | None) -> str:
    if sheet is None:
        return f"编号 {code} 不是这份报表的，请核对是否拿错了单位或期次的扫描件。"
    return (
        f"编号 {code} 不是现在的第{sheet.number}页“{sheet.name}”（现为 {sheet.code}）："
        "打印之后数据改过，或是别的单位、期次的。请只重新打印这一页盖章，其他页不用重盖。"
    )
