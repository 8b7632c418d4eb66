"""Files that were asked for, as a list."""

from __future__ import annotations

from core import formats
from core.tables import Column
from files.cards import TONES
from files.models import ExportJob, ExportState


def _state(job: ExportJob) -> tuple[str, str]:
    return str(ExportState(job.state).label), TONES[ExportState(job.state)]


JOB_COLUMNS = [
    Column(
        "title", "文件", "name", value=lambda job: job.file_name or job.title, sort="title", is_fixed=True
    ),
    Column("requested_by_label", "申请人", sort="requested_by_label"),
    Column("created_at", "申请时间", "moment", sort="created_at"),
    Column("state", "状态", "pill", value=_state, sort="state"),
    Column("size", "大小", "amount", value=lambda job: formats.file_size(job.size or None), sort="size"),
    Column("downloads", "下载次数", "number", sort="downloads"),
    Column("expires_at", "保留至", "moment", sort="expires_at"),
    Column("error", "失败原因", is_extra=True),
    Column("sha256", "校验值（SHA-256）", is_extra=True),
]
