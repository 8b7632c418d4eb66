"""Accounts opened, posted, handed over, closed: by whom they may be, and what is left on record."""

import datetime as dt
from string import ascii_lowercase

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from accounts.models import Posting, User
from accounts.roles import Role
from accounts.rules import may_assign, may_manage
from accounts.selectors import accounts_in_charge
from accounts.services.accounts import (
    close_account,
    open_account,
    open_accounts,
    plan_accounts,
    reopen_account,
)
from accounts.services.passwords import reset_password
from accounts.services.postings import end_posting, grant_posting
from accounts.services.tokens import issue_token, revoke_token
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, DomainError, Forbidden
from orgs.choices import Level
from tests.factories import PASSWORD, PostingFactory, UserFactory, user_at


@pytest.fixture
def security_admin(tree):
    return user_at(tree.province, Role.SECURITY_ADMIN)


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        (Role.REPORTER, "city", True),
        (Role.LEADER, "county", True),
        (Role.UNIT_ADMIN, "county", True),
        (Role.UNIT_ADMIN, "city", False),
        (Role.REPORTER, "other_county", False),
        (Role.REPORTER, "province", False),
        (Role.AUDIT_ADMIN, "county", False),
        (Role.SECURITY_ADMIN, "city", False),
    ],
)
def test_may_assign_as_unit_administrator_of_the_city(tree, unit_admin, role, unit, expected):
    assert may_assign(unit_admin, role, getattr(tree, unit)) is expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.UNIT_ADMIN, True),
        (Role.SYSTEM_ADMIN, True),
        (Role.AUDIT_ADMIN, True),
        (Role.SECURITY_ADMIN, False),
        (Role.REPORTER, False),
    ],
)
def test_may_assign_as_security_administrator(tree, security_admin, role, expected):
    assert may_assign(security_admin, role, tree.province) is expected


def test_may_manage_neither_oneself_nor_officers_nor_who_sits_elsewhere_too(tree, unit_admin, clerk):
    province_admin = user_at(tree.province, Role.UNIT_ADMIN)
    assert may_manage(unit_admin, clerk)
    assert not may_manage(unit_admin, unit_admin)
    assert not may_manage(province_admin, user_at(tree.province, Role.SECURITY_ADMIN))
    PostingFactory(user=clerk, unit=tree.other_county)
    clerk.forget_postings()
    assert not may_manage(unit_admin, clerk)
    assert may_manage(province_admin, clerk)


def test_open_account_shows_a_password_that_must_be_changed(tree, unit_admin):
    opened = open_account(unit=tree.county, roles=[Role.REPORTER, Role.LEADER], name="王芳", by=unit_admin)
    assert opened.user.username == "370102-01"
    assert opened.user.check_password(opened.password) and opened.user.must_change_password
    assert set(opened.user.postings.values_list("role", flat=True)) == {"reporter", "leader"}
    assert AuditEvent.objects.filter(kind="accounts.opened", unit_id=tree.county.pk).exists()
    second = open_account(unit=tree.county, roles=[Role.REPORTER], name="李强", by=unit_admin)
    assert second.user.username == "370102-01b"
    assert opened.password not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize(
    ("unit", "roles", "username", "error"),
    [
        ("other_county", [Role.REPORTER], "", Forbidden),
        ("county", [Role.REPORTER, Role.AUDIT_ADMIN], "", Forbidden),
        ("county", [], "", DomainError),
        ("county", [Role.REPORTER], "taken", DomainError),
    ],
)
def test_open_account_refused_leaves_nothing(tree, unit_admin, unit, roles, username, error):
    UserFactory(username="taken")
    before = User.objects.count()
    with pytest.raises(error):
        open_account(unit=getattr(tree, unit), roles=roles, name="王芳", username=username, by=unit_admin)
    assert User.objects.count() == before


def test_open_accounts_for_all_townships_skips_who_has_one(tree, unit_admin):
    user_at(tree.township, Role.REPORTER)
    plans = plan_accounts(unit=tree.county, level=Level.TOWNSHIP, roles=[Role.REPORTER], by=unit_admin)
    assert [(plan.unit.division_code, bool(plan.skipped)) for plan in plans] == [
        ("370102001", True),
        ("370102002", False),
        ("370102003", False),
    ]
    opened = open_accounts(unit=tree.county, level=Level.TOWNSHIP, roles=[Role.REPORTER], by=unit_admin)
    assert [one.user.username for one in opened] == ["370102002-01", "370102003-01"]
    assert all(one.user.check_password(one.password) and one.user.must_change_password for one in opened)
    assert AuditEvent.objects.filter(kind="accounts.opened").count() == 2
    with pytest.raises(DomainError, match="无需开通"):
        open_accounts(unit=tree.county, level=Level.TOWNSHIP, roles=[Role.REPORTER], by=unit_admin)


def test_open_accounts_outside_the_reach_makes_none(tree, unit_admin):
    with pytest.raises(DomainError):
        open_accounts(unit=tree.other_county, level=Level.TOWNSHIP, roles=[Role.REPORTER], by=unit_admin)
    assert not Posting.objects.filter(unit__county=tree.other_county).exists()


def test_reset_password_ends_sessions_and_tokens(tree, unit_admin, clerk):
    client = Client()
    client.post(reverse("accounts:sign_in"), {"username": clerk.username, "password": PASSWORD})
    issue_token(user=clerk)
    password = reset_password(user=clerk, by=unit_admin)
    clerk.refresh_from_db()
    assert clerk.check_password(password) and clerk.must_change_password
    assert client.get(reverse("accounts:own")).status_code == 302
    assert not Token.objects.filter(user=clerk).exists()


def test_reset_password_by_who_may_not(clerk, other_clerk, tree):
    with pytest.raises(Forbidden):
        reset_password(user=clerk, by=other_clerk)
    with pytest.raises(Forbidden):
        reset_password(user=clerk, by=user_at(tree.other_city, Role.UNIT_ADMIN))
    clerk.refresh_from_db()
    assert clerk.check_password(PASSWORD)


def test_grant_posting_of_an_excluding_role_is_told_in_words(tree, security_admin):
    officer = user_at(tree.province, Role.AUDIT_ADMIN)
    with pytest.raises(DomainError, match="三员互斥"):
        grant_posting(user=officer, role=Role.SYSTEM_ADMIN, unit=tree.province, by=security_admin)


def test_grant_posting_twice(tree, unit_admin, clerk):
    with pytest.raises(DomainError, match="已有填报员授权"):
        grant_posting(user=clerk, role=Role.REPORTER, unit=tree.county, by=unit_admin)


def test_grant_posting_ends_before_it_starts(tree, unit_admin, clerk):
    with pytest.raises(DomainError, match="不能早于"):
        grant_posting(
            user=clerk,
            role=Role.LEADER,
            unit=tree.county,
            by=unit_admin,
            starts_on=clock.today(),
            ends_on=clock.today() - dt.timedelta(days=1),
        )


def test_end_posting_takes_the_reach_away_after_the_last_day(tree, unit_admin, clerk):
    posting = clerk.postings.get()
    end_posting(posting=posting, by=unit_admin, ends_on=clock.today() - dt.timedelta(days=1))
    clerk.forget_postings()
    assert clerk.unit is None
    with pytest.raises(Conflict):
        end_posting(posting=posting, by=unit_admin)


def test_end_posting_of_ones_own_or_elsewhere(tree, unit_admin, other_clerk):
    for posting in (unit_admin.postings.get(), other_clerk.postings.get()):
        with pytest.raises(Forbidden):
            end_posting(posting=posting, by=unit_admin)


def test_close_and_reopen_account(unit_admin, clerk):
    close_account(user=clerk, by=unit_admin, reason="调离")
    clerk.refresh_from_db()
    clerk.forget_postings()
    assert not clerk.is_active and clerk.closed_at and clerk.unit is None
    with pytest.raises(Conflict):
        close_account(user=clerk, by=unit_admin)
    with pytest.raises(DomainError, match="已停用"):
        reset_password(user=clerk, by=unit_admin)
    reopen_account(user=clerk, by=unit_admin)
    clerk.refresh_from_db()
    assert clerk.is_active and clerk.closed_at is None


def test_posting_to_come_does_not_begin_at_a_reopened_account(tree, unit_admin, clerk):
    tomorrow = clock.today() + dt.timedelta(days=1)
    grant_posting(user=clerk, role=Role.LEADER, unit=tree.county, by=unit_admin, starts_on=tomorrow)
    close_account(user=clerk, by=unit_admin)
    assert not clerk.postings.filter(starts_on=tomorrow).exists()
    assert clerk.postings.get().ends_on == clock.today()


def test_account_names_of_a_desk_that_are_used_up_are_told(tree, unit_admin):
    stem = f"{tree.county.division_code}-01"
    for letter in ("", *ascii_lowercase[1:]):
        UserFactory(username=f"{stem}{letter}")
    with pytest.raises(DomainError, match="已用完"):
        open_account(unit=tree.county, roles=[Role.REPORTER], name="张三", by=unit_admin)


def test_accounts_in_charge(tree, unit_admin, clerk, other_clerk, security_admin):
    assert set(accounts_in_charge(unit_admin)) == {unit_admin, clerk}
    auditor = user_at(tree.province, Role.AUDIT_ADMIN)
    assert set(accounts_in_charge(security_admin)) == {unit_admin, auditor}


def test_tokens_are_issued_anew_and_revoked(clerk):
    first = issue_token(user=clerk)
    second = issue_token(user=clerk)
    assert first != second
    assert Token.objects.get(user=clerk).key == second
    revoke_token(user=clerk)
    with pytest.raises(Conflict):
        revoke_token(user=clerk)
