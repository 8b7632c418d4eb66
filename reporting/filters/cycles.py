"""Which cycles a list can be narrowed to."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from reporting.models import Cycle


def cycles_offered(request: Any) -> QuerySet[Cycle]:
    """Those of the province of whoever asks, newest first; none without a desk."""
    unit = request.user.unit if request is not None else None
    if unit is None:
        return Cycle.objects.none()
    owner = unit.province_id or unit.pk
    return (
        Cycle.objects.filter(collection__owner=owner).select_related("collection").order_by("-period", "pk")
    )
