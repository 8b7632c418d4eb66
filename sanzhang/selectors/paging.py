"""A province's people a page at a time: the keys are sorted alone, whole rows are read of the page shown, and the total
is remembered until something is done anywhere."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from audit.selectors import stamp_of_acts

KEPT_SECONDS = 600


def total_of(rows: QuerySet) -> int:
    """How many ``rows`` there are; counted anew as soon as an act was recorded."""
    stamp = stamp_of_acts()
    if stamp is None:
        return rows.count()
    asked = rows.order_by().values("pk").query.sql_with_params()
    key = f"total:{hashlib.sha256(repr((asked, stamp)).encode()).hexdigest()}"
    found: int | None = cache.get(key)
    if found is None:
        found = rows.count()
        cache.set(key, found, KEPT_SECONDS)
    return found


class KeyPaginator(Paginator):
    """Pages of ``rows`` in their order; ``whole`` are the same records with all that a page shows of them."""

    def __init__(self, rows: QuerySet, per_page: int, *, whole: QuerySet) -> None:
        super().__init__(rows, per_page)
        self.whole = whole

    @cached_property
    def count(self) -> int:
        return total_of(self.object_list)  # type: ignore[arg-type]

    def _get_page(self, *args: Any, **kwargs: Any) -> Page:
        rows, *rest = args
        keys = list(rows.values_list("pk", flat=True))
        records = self.whole.in_bulk(keys)
        return super()._get_page([records[key] for key in keys], *rest, **kwargs)  # type: ignore[misc]
