"""Taking a sheet in: uploaded, looked through, confirmed or given up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from core.jobs import enqueue
from core.xlsx_read import UNPACKED
from files.inspection import inspect, sha256_of
from files.models import ImportJob, ImportState
from files.registry import Importer, importer_of

TASK = "files.tasks.run_import"
SHEETS = (".xlsx", ".xls", ".et")
#: How many sheets one person may have waiting at once.
UNFINISHED_LIMIT = 3


@transaction.atomic
def request_import(
    *, kind: str, params: dict[str, Any], upload: UploadedFile, unit: Any, by: Any
) -> ImportJob:
    """Keep ``upload`` and have a worker look through it; nothing is changed before :func:`confirm_import`.

    Raises :class:`DomainError` with field ``file`` for a file that is not taken, :class:`Forbidden` where the importer
    does not allow it.
    """
    importer = allowed_importer(kind, params, by)
    size = upload.size or 0
    limit = limit_of(importer)
    inspected = inspect(upload, name=upload.name or "", size=size, limit=limit, unpacked=UNPACKED)
    if not inspected.name.lower().endswith(SHEETS):
        message = "请上传表格（xlsx、xls、et）：用 WPS 或 Excel 打开后另存为“.xlsx”。"
        raise DomainError.of("file_kind", message, "file")
    if ImportJob.objects.of(by).unfinished().count() >= UNFINISHED_LIMIT:
        raise DomainError.of("too_many_imports", "您已有多个表格正在核对或导入，请等其中一个完成。", "file")
    job = ImportJob(
        kind=kind,
        title=importer.title,
        params=params,
        requested_by_id=by.pk,
        requested_by_label=by.actor_label[:120],
        unit_id=getattr(unit, "pk", unit),
        file_name=inspected.name,
        size=size,
        sha256=sha256_of(upload),
    )
    job.file.save(inspected.name, upload, save=False)
    job.save()
    record(
        kind="files.import_uploaded",
        by=by,
        unit_id=job.unit_id,
        obj=job,
        summary=f"上传“{job.file_name}”核对（{importer.title}）",
        data={"kind": kind, "sha256": job.sha256},
    )
    enqueue(TASK, str(job.pk))
    return job


def limit_of(importer: Importer) -> int:
    """The most bytes that a sheet of the kind may have."""
    return importer.most_bytes or settings.UPLOAD_MAX_BYTES


def allowed_importer(kind: str, params: dict[str, Any], by: Any) -> Importer:
    """The importer of ``kind``, if ``by`` may use it."""
    importer = importer_of(kind)
    if importer is None:
        raise DomainError.of("unknown_import", "没有这种导入，请刷新页面后重试。")
    if not importer.allowed(by, params):
        raise Forbidden.for_action(f"导入{importer.title}")
    return importer


@transaction.atomic
def confirm_import(*, job: ImportJob, digest: str, by: Any) -> ImportJob:
    """Have a worker apply what was previewed; ``digest`` names the preview that was seen."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state != ImportState.READY:
        raise Conflict.of("import_not_ready", f"该表格{job.get_state_display()}，不能确认导入。")
    if digest != job.digest:
        raise Conflict.of("import_moved", "数据在您核对之后又有变化，请按新的预览重新确认。")
    allowed_importer(job.kind, job.params, by)
    job.state, job.attempts, job.done, job.total = ImportState.CONFIRMED, 0, 0, 0
    job.message, job.heartbeat_at = "", None
    job.save(update_fields=["state", "attempts", "done", "total", "message", "heartbeat_at"])
    record(
        kind="files.import_confirmed",
        by=by,
        unit_id=job.unit_id,
        obj=job,
        summary=f"确认导入“{job.file_name}”（{job.title}）",
        data={"counts": job.counts, "digest": job.digest},
    )
    enqueue(TASK, str(job.pk))
    return job


@transaction.atomic
def discard_import(*, job: ImportJob, by: Any) -> ImportJob:
    """Give the sheet up; one that is being applied runs to its end."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.is_over or job.state == ImportState.APPLYING:
        raise Conflict.of("import_over", f"该表格{job.get_state_display()}，不能放弃。")
    job.state, job.finished_at = ImportState.DISCARDED, clock.now()
    job.save(update_fields=["state", "finished_at"])
    record(
        kind="files.import_discarded",
        by=by,
        unit_id=job.unit_id,
        obj=job,
        summary=f"放弃导入“{job.file_name}”",
    )
    return job
