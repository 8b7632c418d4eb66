"""Files that go with a report: evidence and exemplars while it is filled, the signed scan that signs it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.actor import Actor
from core.errors import Conflict, DomainError
from files.models import Attachment
from files.services import attach, remove_attachment
from reporting.choices import SignOffDemand, ValueKind
from reporting.file_kinds import is_of_kinds, words_of_kinds
from reporting.models import CorrectionCase, FormItem, Report
from reporting.selectors.layout import layout_of
from reporting.services.corrections import open_case
from reporting.services.submission import record_scan
from reporting.services.transition import demand, lock
from reporting.workflow import OPEN_CASE, SAVE

SCAN = "scan"
CASE_EVIDENCE = "case"


@transaction.atomic
def attach_files(
    *, report: Report, kind: str, uploads: Sequence[UploadedFile], by: Actor
) -> list[Attachment]:
    """Put files to one of the form's heaps (佐证材料, 典型案例).

    Raises:
        Forbidden, Conflict: as for saving a cell. DomainError: no such heap, no file, or a file that is not taken.
    """
    fresh = lock(report)
    demand(SAVE, report=fresh, by=by)
    item = layout_of(fresh.cycle.form_version).item(kind)
    if item is None or item.indicator.value_kind != ValueKind.FILE or fresh.level not in item.owed_by:
        raise DomainError.of("unknown_heap", "没有这个附件项。", "file")
    if not uploads:
        raise DomainError.of("file_wanted", "请先选择文件。", "file")
    _demand_kinds(item, uploads)
    return [attach(owner=fresh, unit=fresh.unit, upload=upload, kind=kind, by=by) for upload in uploads]


def _demand_kinds(item: FormItem, uploads: Sequence[UploadedFile]) -> None:
    strangers = [str(upload.name) for upload in uploads if not is_of_kinds(str(upload.name), item.file_kinds)]
    if strangers:
        raise DomainError.of(
            "file_kind",
            f"“{item.indicator.name}”只收{words_of_kinds(item.file_kinds)}，“{'”“'.join(strangers)[:120]}”不是。",
            "file",
        )


@transaction.atomic
def remove_file(*, report: Report, attachment: Attachment, by: Actor) -> None:
    """Take a file off a report that is still being filled. Raises as for saving a cell."""
    fresh = lock(report)
    demand(SAVE, report=fresh, by=by)
    if attachment.kind == SCAN:
        raise Conflict.of("scan_stays", "签字扫描件随签批留存，不能移除；重新上传即可替换。")
    remove_attachment(attachment=attachment, by=by)


@transaction.atomic
def sign_by_scan(*, report: Report, upload: UploadedFile, by: Actor, revision: int | None = None) -> Report:
    """上传签字扫描件: keeps the file and signs the report off with it, both or neither."""
    fresh = lock(report, revision=revision)
    if fresh.cycle.sign_off == SignOffDemand.SCAN:
        raise Conflict.of(
            "stamped_sheets", "本任务要逐页盖章，请在“打印盖章”页上传，系统核对每页的版本编号。"
        )
    scan = attach(owner=fresh, unit=fresh.unit, upload=upload, kind=SCAN, by=by)
    return record_scan(report=fresh, attachment_id=scan.pk, by=by)


@transaction.atomic
def open_case_with_file(
    *,
    report: Report,
    changes: Mapping[str, str],
    reason: str,
    by: Actor,
    upload: UploadedFile | None = None,
) -> CorrectionCase:
    """提出更正 with an optional piece of evidence; raises as :func:`open_case` does, and keeps no file then."""
    evidence = None
    if upload is not None:
        demand(OPEN_CASE, report=lock(report), by=by)
        evidence = attach(owner=report, unit=report.unit, upload=upload, kind=CASE_EVIDENCE, by=by)
    return open_case(
        report=report, changes=changes, reason=reason, by=by, evidence_id=evidence.pk if evidence else None
    )
