"""Counts in the side bar of every page: remembered until one comes or goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.cache import cache
from django.db import transaction

from orgs.models import OrgUnit

#: How long a count may stand if a concurrent act slipped past its removal, in seconds.
KEPT = 60


def _key(what: str, unit_id: int) -> str:
    return f"{what}:{unit_id}"


def remembered(what: str, unit: OrgUnit, count: Callable[[], int]) -> int:
    """``count()`` of what waits for ``unit``, at most a minute old."""
    return int(cache.get_or_set(_key(what, unit.pk), count, KEPT) or 0)


def forget(what: str, unit_ids: Iterable[int]) -> None:
    """Count anew at these desks once the present transaction is committed."""
    keys = [_key(what, unit_id) for unit_id in unit_ids]
    transaction.on_commit(lambda: cache.delete_many(keys))
