"""The audit trail as a sheet; it stands here because ``audit`` is the floor below."""

from __future__ import annotations

from typing import Any

from audit.filters import AuditFilter
from audit.permissions import VIEW_AUDIT
from audit.selectors import within
from audit.tables import SHEET, sheet_row
from core import clock, formats
from core.errors import DomainError
from core.xlsx import XLSX, write_rows
from files.registry import Built, Exporter, Progress

ROWS = 1_000_000


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    found = AuditFilter(params, queryset=within(user, VIEW_AUDIT))
    total = found.qs.count()
    if total > ROWS:
        raise DomainError.of(
            "too_many_rows", f"符合条件的记录有 {total:,} 条，超过一张表的上限，请缩小时间范围。"
        )
    moment = formats.moment(clock.now())
    write_rows(
        path,
        SHEET,
        (sheet_row(event) for event in found.qs.order_by("-pk").iterator(chunk_size=2000)),
        sheet="审计记录",
        title="审计记录",
        note=f"截至 {moment}，制表：{user.actor_label}",
        total=total,
        progress=progress,
    )
    return Built(f"审计记录-{clock.today():%Y%m%d}.xlsx", {"数据截至": moment, "行数": total})


AUDIT_EVENTS = Exporter(
    kind="audit.events",
    title=lambda params: "审计记录",
    allowed=lambda user, params: user.can_anywhere(VIEW_AUDIT),
    build=_build,
    content_type=XLSX,
)
