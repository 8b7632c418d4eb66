"""三员互斥, by the database."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import BUSINESS_ROLES, OFFICER_ROLES
from tests.factories import PostingFactory, UserFactory

PAIRS = [(a, b) for a in sorted(OFFICER_ROLES) for b in sorted(OFFICER_ROLES | BUSINESS_ROLES) if a != b]


@pytest.mark.parametrize(("first", "second"), PAIRS + [(b, a) for a, b in PAIRS if b in BUSINESS_ROLES])
def test_officers_exclude_every_other_role(tree, first, second):
    user = UserFactory()
    PostingFactory(user=user, unit=tree.province, role=first)
    with pytest.raises(IntegrityError, match="officers exclude"), transaction.atomic():
        PostingFactory(user=user, unit=tree.province, role=second)


def test_officers_may_follow_each_other(tree):
    user = UserFactory()
    first = PostingFactory(user=user, unit=tree.province, role="audit_admin", ends_on=dt.date(2026, 6, 30))
    PostingFactory(user=user, unit=tree.province, role="reviewer", starts_on=dt.date(2026, 7, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        first.ends_on = None
        first.save()


def test_business_roles_go_together(tree):
    user = UserFactory()
    for role in sorted(BUSINESS_ROLES):
        PostingFactory(user=user, unit=tree.county, role=role)
