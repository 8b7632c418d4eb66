"""The audit trail as a sheet; it stands here because ``audit`` is the floor below."""

from __future__ import annotations

from audit.filters import AuditFilter
from audit.permissions import VIEW_AUDIT
from audit.selectors import within
from audit.tables import SHEET, sheet_row
from files.lists import each, list_file

AUDIT_EVENTS = list_file(
    kind="audit.events",
    title="审计记录",
    columns=SHEET,
    rows=lambda user, query: AuditFilter(query, queryset=within(user, VIEW_AUDIT)).qs.order_by("-pk"),
    lines=each(sheet_row),
    allowed=lambda user, params: user.can_anywhere(VIEW_AUDIT),
)
