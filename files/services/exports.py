"""Asking for a file, giving up on it, asking again."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from audit.services import record
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from core.jobs import enqueue
from core.locks import one_at_a_time
from files.models import ExportJob, ExportState
from files.registry import exporter_of

TASK = "files.tasks.run_export"
#: How many files one person may have waiting at once.
UNFINISHED_LIMIT = 5
PARAMS_LIMIT = 4000


@transaction.atomic
def request_export(*, kind: str, params: dict[str, Any], unit: Any, by: Any) -> ExportJob:
    """Queue a file for ``by``; the same file still unfinished is the same job.

    ``unit`` is the unit whose data it holds, or its number (``None``: none in particular). Raises :class:`DomainError` for an unknown
    kind or too many waiting, :class:`Forbidden` where the exporter does not allow it.
    """
    exporter = exporter_of(kind)
    if exporter is None:
        raise DomainError.of("unknown_export", "没有这种导出文件，请刷新页面后重试。")
    params = _storable(params)
    if not exporter.allowed(by, params):
        raise Forbidden.for_action("下载该文件")
    # A double click makes one job.
    one_at_a_time(f"files.export:{by.pk}")
    waiting = ExportJob.objects.of(by).unfinished().filter(cancel_requested=False)
    same = waiting.filter(kind=kind, params=params).first()
    if same is not None:
        return same
    if waiting.count() >= UNFINISHED_LIMIT:
        raise DomainError.of(
            "too_many_exports", f"您已有 {UNFINISHED_LIMIT} 个文件正在生成，请等其中一个完成或取消后再导出。"
        )
    unit_id = getattr(unit, "pk", unit)
    job = ExportJob.objects.create(
        kind=kind,
        title=exporter.title(params)[:200],
        params=params,
        requested_by_id=by.pk,
        requested_by_label=by.actor_label[:120],
        unit_id=unit_id,
    )
    record(
        kind="files.export_requested",
        by=by,
        unit_id=unit_id,
        obj=job,
        summary=f"申请导出“{job.title}”",
        data={"kind": kind, "params": params},
    )
    enqueue(TASK, str(job.pk))
    return job


def _storable(params: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(params, cls=DjangoJSONEncoder)
    if "\\u0000" in text or len(text) > PARAMS_LIMIT:
        raise DomainError.of("bad_params", "筛选条件过长或含有无效字符，请清除后重新筛选。")
    return json.loads(text)


@transaction.atomic
def cancel_export(*, job: ExportJob, by: Any) -> ExportJob:
    """Give up on an unfinished file; a running one stops at its next step."""
    job = ExportJob.objects.select_for_update().get(pk=job.pk)
    if job.is_finished:
        raise Conflict.of("export_finished", f"该文件{job.get_state_display()}，不能取消。")
    job.cancel_requested = True
    if job.state == ExportState.QUEUED:
        job.state = ExportState.CANCELLED
        job.finished_at = clock.now()
    job.save(update_fields=["cancel_requested", "state", "finished_at"])
    record(kind="files.export_cancelled", by=by, obj=job, summary=f"取消导出“{job.title}”")
    return job


def retry_export(*, job: ExportJob, by: Any) -> ExportJob:
    """Ask for the same file once more; the old job stays on record."""
    if not job.is_finished:
        raise Conflict.of("export_unfinished", "该文件正在生成，无需重新申请。")
    return request_export(kind=job.kind, params=job.params, unit=job.unit_id, by=by)
