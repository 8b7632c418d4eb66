"""Who sits at the desks: the people to be told, by unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from accounts.models import Posting, User
from accounts.roles import Role
from core import clock


def people_by_unit(unit_ids: Iterable[int], roles: Iterable[Role]) -> dict[int, list[User]]:
    """Active people holding one of ``roles`` today, by unit, each once; one query."""
    found: dict[int, dict[int, User]] = defaultdict(dict)
    postings = (
        Posting.objects.on(clock.today())
        .filter(unit_id__in=set(unit_ids), role__in=list(roles), user__is_active=True)
        .select_related("user")
    )
    for posting in postings:
        found[posting.unit_id][posting.user_id] = posting.user
    return {unit_id: list(users.values()) for unit_id, users in found.items()}
