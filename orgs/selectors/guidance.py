"""Who guided an affiliate on a past day: reorganisations since have passed some on to successors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q

from orgs.choices import ReorganisationState
from orgs.models import OrgUnit, Reorganisation
from orgs.models.affiliate import AffiliateQuerySet
from orgs.models.edition import EditionQuerySet
from orgs.selectors.past import call_as_they_were


def passed_on_since(day: dt.date) -> dict[int, int]:
    """The affiliates that have had another guiding unit since ``day``, with the one of that day; one query."""
    journals = (
        Reorganisation.objects.filter(state=ReorganisationState.APPLIED, effective_on__gt=day)
        .order_by("-effective_on", "-applied_at")
        .values_list("journal__dependents__affiliates__guided", flat=True)
    )
    return {affiliate: unit for guided in journals for affiliate, unit in guided or ()}


def guided_by(affiliates: AffiliateQuerySet, editions: EditionQuerySet, day: dt.date) -> AffiliateQuerySet:
    """Those of ``affiliates`` whose guiding unit of ``day`` is among ``editions``; two queries besides."""
    former = passed_on_since(day)
    among = set(editions.filter(unit__in=former.values()).values_list("unit_id", flat=True))
    then = [affiliate for affiliate, unit in former.items() if unit in among]
    return affiliates.filter(
        Q(unit__in=editions.order_by().values("unit")) & ~Q(pk__in=list(former)) | Q(pk__in=then)
    )


def name_guides_of(affiliates: list[Any], day: dt.date) -> list[Any]:
    """``affiliates`` with their guiding units of ``day``, called as they were then; three queries."""
    former = passed_on_since(day)
    then = OrgUnit.objects.in_bulk({former[row.pk] for row in affiliates if row.pk in former})
    for row in affiliates:
        if row.pk in former:
            row.unit = then[former[row.pk]]
    seen = {row.unit.pk: row.unit for row in affiliates}
    call_as_they_were(seen.values(), day)
    for row in affiliates:
        row.unit = seen[row.unit.pk]
    return affiliates
