"""Questions about accounts: who sits where, whom one administers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import DefaultView, Handover, Posting, SavedView, User
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY
from accounts.roles import BUSINESS_ROLES, Role
from core import clock
from orgs.models import OrgUnit


def people_at(unit: OrgUnit | int, roles: Iterable[str]) -> list[User]:
    """Active users posted today at exactly ``unit`` in one of ``roles``, in the order of their account names."""
    return people_at_many([unit if isinstance(unit, int) else unit.pk], roles)


def people_at_many(unit_ids: Iterable[int], roles: Iterable[str]) -> list[User]:
    """The same for several units at once, each user once."""
    places = {"units": list(unit_ids), "roles": [str(role) for role in roles], "today": clock.today()}
    return list(User.objects.raw(_PEOPLE_AT, places))


#: Every act that is told to a desk asks this, so that it is written out: building it anew took longer than the answer.
_PEOPLE_AT = """
SELECT * FROM accounts_user AS person
WHERE is_active AND EXISTS (
    SELECT 1 FROM accounts_posting
    WHERE user_id = person.id AND unit_id = ANY(%(units)s) AND role = ANY(%(roles)s)
      AND starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s)
)
ORDER BY username
"""


def postings_in_charge(actor: Any) -> QuerySet[Posting]:
    """Postings that an administrator sees: all roles but the officers' for a unit administrator, the unit
    administrators' and the other officers' for the security administrator."""
    business = Posting.objects.visible_to(actor, MANAGE_ACCOUNTS.code).filter(role__in=BUSINESS_ROLES)
    guarded = Posting.objects.visible_to(actor, MANAGE_SECURITY.code).filter(
        role__in=[Role.UNIT_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN]
    )
    return business | guarded


def accounts_in_charge(actor: Any) -> QuerySet[User]:
    """Accounts with a posting that ``actor`` administers, the actor's own among them."""
    held = postings_in_charge(actor).values("user_id")
    return User.objects.filter(pk__in=held).prefetch_related("postings__unit")


def search_accounts(accounts: QuerySet[User], text: str) -> QuerySet[User]:
    """By account name, person's name, or the name or code of a unit."""
    for word in text.split():
        at = Posting.objects.filter(user=OuterRef("pk")).filter(
            Q(unit__display_name__contains=word) | Q(unit__division_code__startswith=word)
        )
        accounts = accounts.filter(Q(username__icontains=word) | Q(name__contains=word) | Exists(at))
    return accounts


def units_to_staff(actor: Any) -> QuerySet[OrgUnit]:
    """Open units at which ``actor`` may give some role."""
    ours = OrgUnit.objects.visible_to(actor, MANAGE_ACCOUNTS.code) | OrgUnit.objects.visible_to(
        actor, MANAGE_SECURITY.code
    )
    return ours.open().in_code_order()


def handovers_seen_by(user: Any) -> QuerySet[Handover]:
    """Those in which ``user`` leaves or takes over, and those of the desks that ``user`` administers."""
    in_charge = Handover.objects.visible_to(user, MANAGE_ACCOUNTS.code) | Handover.objects.visible_to(
        user, MANAGE_SECURITY.code
    )
    seen = in_charge | Handover.objects.concerning(user)
    return seen.select_related("leaver", "successor", "unit")


def saved_views(user: Any, page: str) -> list[SavedView]:
    """The views of ``page`` that ``user`` may open, their own first, each knowing whether it is the default."""
    default = Exists(DefaultView.objects.filter(user=user, view=OuterRef("pk")))
    found = SavedView.objects.offered_to(user).filter(page=page).select_related("owner", "unit")
    return sorted(
        found.annotate(opens_page=default), key=lambda view: (view.owner_id != user.pk, view.name, view.pk)
    )


def default_query(user: Any, page: str) -> str | None:
    """The query that ``page`` opens with for ``user``, while that view is still offered."""
    view = SavedView.objects.offered_to(user).filter(page=page, defaults__user=user).first()
    return f"{view.query}&view={view.pk}".lstrip("&") if view else None
