"""Who acts for whom: read by the pages, and by those who write down an act done on behalf."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Delegation, DelegationQuerySet, Posting, User
from accounts.permissions import DELEGATE
from accounts.roles import BUSINESS_ROLES
from accounts.services.delegations import DELEGABLE, may_delegate
from core import clock
from orgs.models import OrgUnit

ALL = "all"


def delegations_in_sight(user: Any) -> DelegationQuerySet:
    """Those of the units whose work one may lend, and those given to oneself."""
    at_units = Delegation.objects.visible_to(user, DELEGATE)
    found = at_units | Delegation.objects.filter(Q(principal=user.pk) | Q(deputy=user.pk))
    return found.select_related("unit", "principal", "deputy").distinct()


def delegations_shown(user: Any, show: str) -> DelegationQuerySet:
    """Those in sight: with ``all`` every one, else what is in force or still to come."""
    found = delegations_in_sight(user)
    return found if show == ALL else found.unfinished()


def acting_for(user: Any, role: str, unit: OrgUnit) -> str:
    """“受张三委托” where ``user`` is ``role`` of ``unit`` today by delegation alone; else nothing."""
    if user.pk is None:
        return ""
    held = Posting.objects.on(clock.today()).filter(user=user.pk, role=role, unit=unit)
    names = list(held.values_list("delegation__principal__name", flat=True))
    return f"受{names[0]}委托" if names and None not in names else ""


def colleagues(unit: OrgUnit) -> QuerySet[User]:
    """Who works at the unit today."""
    today = Posting.objects.on(clock.today()).filter(unit=unit, role__in=BUSINESS_ROLES)
    return User.objects.filter(pk__in=today.values("user"), is_active=True).order_by("name", "username")


def principals(user: Any, unit: OrgUnit) -> QuerySet[User]:
    """Whose work ``user`` may lend: the own, or as administrator that of everybody of the unit."""
    own = Posting.objects.on(clock.today()).filter(unit=unit, role__in=DELEGABLE, delegation__isnull=True)
    people = User.objects.filter(pk__in=own.values("user"), is_active=True).order_by("name", "username")
    ids = [one.pk for one in people if may_delegate(user, one, unit)]
    return people.filter(pk__in=ids)
