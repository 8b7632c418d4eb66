"""The list of accounts as a sheet."""

from __future__ import annotations

from typing import Any

from accounts.filters import AccountFilter
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.selectors import accounts_in_charge
from accounts.tables import ACCOUNT_SHEET, account_row
from core import clock, formats
from core.xlsx import XLSX, write_rows
from files.registry import Built, Exporter, Progress


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(MANAGE_ACCOUNTS) or user.can_anywhere(MANAGE_SECURITY)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    accounts = AccountFilter(params, queryset=accounts_in_charge(user)).qs.order_by("username")
    moment = formats.moment(clock.now())
    count = write_rows(
        path,
        ACCOUNT_SHEET,
        (account_row(one) for one in accounts.iterator(chunk_size=500)),
        sheet="账号",
        title="账号名册",
        note=f"截至 {moment}，制表：{user.actor_label}",
        total=accounts.count(),
        progress=progress,
    )
    return Built(f"账号名册-{clock.today():%Y%m%d}.xlsx", {"数据截至": moment, "行数": count})


EXPORTER = Exporter(
    kind="accounts.list", title=lambda params: "账号名册", allowed=_allowed, build=_build, content_type=XLSX
)
