"""The lists of accounts, handovers and delegations as sheets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.delegating import delegations_shown
from accounts.filters import AccountFilter, HandoverFilter
from accounts.permissions import DELEGATE, MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.selectors import accounts_in_charge, handovers_seen_by
from accounts.tables import (
    ACCOUNT_SHEET,
    DELEGATION_SHEET,
    HANDOVER_SHEET,
    account_row,
    delegation_row,
    handover_row,
)
from core import clock, formats
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress


def _listed(
    user: Any,
    rows: QuerySet[Any],
    columns: list[SheetColumn],
    cells: Callable[[Any], Sequence[Any]],
    path: str,
    progress: Progress,
    *,
    title: str,
    sheet: str,
) -> Built:
    """Write a list as it stands now, ``cells`` of each of its ``rows``."""
    moment = formats.moment(clock.now())
    count = write_rows(
        path,
        columns,
        (cells(row) for row in rows.iterator(chunk_size=500)),
        sheet=sheet,
        title=title,
        note=f"截至 {moment}，制表：{user.actor_label}",
        total=rows.count(),
        progress=progress,
    )
    return Built(f"{title}-{clock.today():%Y%m%d}.xlsx", {"数据截至": moment, "行数": count})


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(MANAGE_ACCOUNTS) or user.can_anywhere(MANAGE_SECURITY)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    rows = AccountFilter(params, queryset=accounts_in_charge(user)).qs.order_by("username")
    return _listed(user, rows, ACCOUNT_SHEET, account_row, path, progress, title="账号名册", sheet="账号")


EXPORTER = Exporter(
    kind="accounts.list", title=lambda params: "账号名册", allowed=_allowed, build=_build, content_type=XLSX
)


def _build_handovers(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    rows = HandoverFilter(params, queryset=handovers_seen_by(user)).qs.order_by("-opened_at", "-pk")
    return _listed(
        user, rows, HANDOVER_SHEET, handover_row, path, progress, title="岗位交接记录", sheet="岗位交接"
    )


HANDOVERS = Exporter(
    kind="accounts.handovers",
    title=lambda params: "岗位交接记录",
    allowed=lambda user, params: user.is_authenticated,
    build=_build_handovers,
    content_type=XLSX,
)


def _build_delegations(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    show = query_of(params).get("show", "")
    rows = delegations_shown(user, str(show)).order_by("-starts_on", "-pk")
    return _listed(
        user, rows, DELEGATION_SHEET, delegation_row, path, progress, title="外出委托记录", sheet="委托"
    )


DELEGATIONS = Exporter(
    kind="accounts.delegations",
    title=lambda params: "外出委托记录",
    allowed=lambda user, params: user.can_anywhere(DELEGATE) and user.can_anywhere(EXPORT),
    build=_build_delegations,
    content_type=XLSX,
)
