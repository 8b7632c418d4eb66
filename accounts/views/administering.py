"""A unit administrator's pages: accounts of the unit and below."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import secrets_once
from accounts.access import SignedInRequest, requires
from accounts.filters import AccountFilter
from accounts.forms import AccountForm, BulkForm, EndPostingForm, GrantForm
from accounts.models import User
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.roles import Role
from accounts.rules import may_assign, may_manage
from accounts.selectors import accounts_in_charge, postings_in_charge, units_to_staff
from accounts.services.accounts import (
    Opened,
    close_account,
    open_account,
    open_accounts,
    plan_accounts,
    reopen_account,
)
from accounts.services.passwords import reset_password
from accounts.services.postings import end_posting, grant_posting
from accounts.tables import ACCOUNT_COLUMNS, SECRET_SHEET
from core import clock
from core.listing import listing, opens_with_default
from core.refusals import problems_in, refusals_shown
from core.xlsx import XLSX, write_rows
from files.answers import download

administers = requires(MANAGE_ACCOUNTS, MANAGE_SECURITY)
CRUMB = ("账号管理", "/accounts/")


def _account(request: SignedInRequest, pk: int) -> User:
    return get_object_or_404(accounts_in_charge(request.user), pk=pk)


@administers
@require_GET
@opens_with_default("accounts:list")
def account_list(request: SignedInRequest) -> HttpResponse:
    """Accounts in charge, filtered, a page at a time."""
    found = AccountFilter(request.GET, queryset=accounts_in_charge(request.user))
    shown = listing(request, "accounts:list", ACCOUNT_COLUMNS, default="username")
    page = shown.page(found.qs.order_by(shown.order, "pk"))
    table = shown.table(
        page.object_list,
        caption="账号",
        empty="没有符合条件的账号",
        empty_hint="可放宽筛选条件，或为下级单位开通账号。",
    )
    context = {"filter": found, "listing": shown, "page": page, "table": table}
    return render(request, "accounts/list.html", context)


@administers
@never_cache
def create(request: SignedInRequest) -> HttpResponse:
    """One account; its password is shown once, on the answer."""
    form = AccountForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            opened = open_account(**form.cleaned_data, by=request.user)
            return _show_passwords(request, [opened], title="账号已开通")
    context = {"form": form, "crumbs": [CRUMB], "units": _suggested_units(request.user)}
    return render(request, "accounts/create.html", context, status=422 if form.errors else 200)


def _suggested_units(user: User) -> list[Any]:
    """The units just below, for the list that helps typing a code."""
    tops = [posting.unit_id for posting in user.postings_now]
    near = units_to_staff(user).filter(pk__in=tops) | units_to_staff(user).filter(parent_id__in=tops)
    return list(near.only("division_code", "display_name")[:300])


def _show_passwords(request: SignedInRequest, opened: list[Opened], *, title: str) -> HttpResponse:
    rows = [_secret_row(one) for one in opened]
    ticket = secrets_once.keep(rows=rows, by=request.user)
    context = {
        "title": title,
        "rows": rows,
        "ticket": ticket,
        "crumbs": [CRUMB],
        "minutes": secrets_once.MINUTES,
    }
    return render(request, "accounts/passwords.html", context)


def _secret_row(opened: Opened) -> list[str]:
    desk = opened.user.desk
    unit, roles = (str(desk.unit), desk.role_label) if desk else ("", "")
    return [unit, roles, opened.user.username, opened.user.name, opened.password]


@administers
@require_POST
def first_passwords(request: SignedInRequest) -> FileResponse:
    """The sheet of first passwords: once, within ten minutes, to who made them."""
    rows = secrets_once.take(ticket=request.POST.get("ticket", ""), by=request.user)
    made = io.BytesIO()
    write_rows(made, SECRET_SHEET, rows, sheet="初始密码", title="初始密码（分发后请删除本文件）")
    made.seek(0)
    return download(made, name=f"初始密码-{clock.today():%Y%m%d}.xlsx", content_type=XLSX)


@administers
@never_cache
def bulk(request: SignedInRequest) -> HttpResponse:
    """Accounts for a whole level: first what would be made, then made."""
    form = BulkForm(request.POST or None, by=request.user)
    plans = None
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            if "confirm" in request.POST:
                opened = open_accounts(**form.cleaned_data, by=request.user)
                return _show_passwords(request, opened, title=f"已开通 {len(opened)} 个账号")
            plans = plan_accounts(**form.cleaned_data, by=request.user)
    context = {
        "form": form,
        "crumbs": [CRUMB],
        "units": _suggested_units(request.user),
        "plans": plans,
        "to_make": [plan for plan in plans or [] if not plan.skipped],
    }
    return render(request, "accounts/bulk.html", context, status=422 if form.errors else 200)


@administers
@require_GET
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One account: its postings over time, and what can be done with it."""
    account = _account(request, pk)
    today = clock.today()
    postings = [
        {
            "posting": posting,
            "anchor": f"end-{posting.pk}",
            "is_open": posting.ends_on is None or posting.ends_on >= today,
            "may_end": may_assign(request.user, posting.role, posting.unit) and account.pk != request.user.pk,
            "end_form": EndPostingForm(initial={"ends_on": today}, auto_id=f"id_%s_{posting.pk}"),
        }
        for posting in account.postings.select_related("unit").order_by("-starts_on", "-pk")
    ]
    context = {
        "account": account,
        "postings": postings,
        "may_manage": may_manage(request.user, account),
        "grant_form": GrantForm(by=request.user),
        "units": _suggested_units(request.user),
        "crumbs": [CRUMB],
    }
    return render(request, "accounts/detail.html", context)


@administers
@never_cache
@require_POST
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    password = reset_password(user=account, by=request.user)
    return _show_passwords(request, [Opened(account, password)], title="密码已重置")


@administers
@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    account = close_account(
        user=_account(request, pk), by=request.user, reason=request.POST.get("reason", "")[:200]
    )
    messages.success(request, f"账号“{account.username}”已停用，其登录已全部退出。")
    return redirect("accounts:detail", pk=pk)


@administers
@require_POST
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    account = reopen_account(user=_account(request, pk), by=request.user)
    messages.success(request, f"账号“{account.username}”已恢复，请重新授权并重置密码。")
    return redirect("accounts:detail", pk=pk)


@administers
@require_POST
def grant(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    form = GrantForm(request.POST, by=request.user)
    if form.is_valid():
        posting = grant_posting(user=account, **form.cleaned_data, by=request.user)
        messages.success(request, f"已授予{posting.unit}{Role(posting.role).label}。")
    else:
        messages.error(request, "；".join(problems_in(form)))
    return redirect("accounts:detail", pk=pk)


@administers
@require_POST
def end(request: SignedInRequest, posting_id: int) -> HttpResponse:
    posting = get_object_or_404(postings_in_charge(request.user), pk=posting_id)
    form = EndPostingForm(request.POST)
    if form.is_valid():
        end_posting(posting=posting, by=request.user, ends_on=form.cleaned_data["ends_on"])
        messages.success(request, "授权已终止。")
    else:
        messages.error(request, "请填写最后一天的日期。")
    return redirect("accounts:detail", pk=posting.user_id)
