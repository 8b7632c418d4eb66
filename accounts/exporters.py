"""The lists of accounts, handovers and delegations as sheets."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

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
from files.lists import each, list_file, with_export


def _accounts(user: Any, query: QueryDict) -> QuerySet[Any]:
    return AccountFilter(query, queryset=accounts_in_charge(user)).qs.order_by("username")


def _handovers(user: Any, query: QueryDict) -> QuerySet[Any]:
    return HandoverFilter(query, queryset=handovers_seen_by(user)).qs.order_by("-opened_at", "-pk")


def _delegations(user: Any, query: QueryDict) -> QuerySet[Any]:
    return delegations_shown(user, str(query.get("show", ""))).order_by("-starts_on", "-pk")


EXPORTERS = (
    list_file(
        kind="accounts.list",
        title="账号名册",
        columns=ACCOUNT_SHEET,
        rows=_accounts,
        lines=each(account_row),
        allowed=lambda user, params: user.can_anywhere(MANAGE_ACCOUNTS) or user.can_anywhere(MANAGE_SECURITY),
        counted="个",
    ),
    list_file(
        kind="accounts.handovers",
        title="岗位交接记录",
        columns=HANDOVER_SHEET,
        rows=_handovers,
        lines=each(handover_row),
        allowed=lambda user, params: user.is_authenticated,
    ),
    list_file(
        kind="accounts.delegations",
        title="外出委托记录",
        columns=DELEGATION_SHEET,
        rows=_delegations,
        lines=each(delegation_row),
        allowed=with_export(DELEGATE),
    ),
)
