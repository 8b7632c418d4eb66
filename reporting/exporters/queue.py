"""What waits for review as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from files.conditions import Asker, query_of
from files.lists import each, list_file
from files.permissions import EXPORT
from reporting.filters.queue import QueueFilter
from reporting.permissions import REVIEW
from reporting.selectors.queue import waiting_reports
from reporting.tables.queue import QUEUE_SHEET, queue_row


def queue_asked_for(user: Any, query: Mapping[str, Any]) -> QueueFilter:
    """The filter over what waits for the desk in use."""
    return QueueFilter(query_of(query), waiting_reports(user.unit), request=Asker(user))


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.unit is not None and bool(user.can(REVIEW, user.unit) and user.can(EXPORT, user.unit))


QUEUE_FILE = list_file(
    kind="reporting.queue",
    title="待审核报表",
    heading=lambda user: f"{user.unit.association}待审核报表",
    columns=QUEUE_SHEET,
    rows=lambda user, query: queue_asked_for(user, query).qs,
    lines=each(queue_row),
    allowed=_allowed,
    counted="份",
)
