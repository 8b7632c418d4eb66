"""Finding the row a page is about, in the scope of the person who asks: outside it is absent."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from core.access import SignedInRequest
from core.keys import number_in
from orgs.models import OrgUnit
from reporting.models import Cycle, Report
from reporting.permissions import VIEW_REPORTS

RELATED = (
    "cycle",
    "cycle__form_version",
    "cycle__collection",
    "unit",
    "custodian",
    "reviewer",
    "last_version",
    "live_version",
)


def report_in_scope(request: SignedInRequest, pk: int) -> Report:
    """The report, if the person may see it at all."""
    return get_object_or_404(
        Report.objects.visible_to(request.user, VIEW_REPORTS).select_related(*RELATED), pk=pk
    )


def report_to_act_on(request: SignedInRequest, pk: int) -> Report:
    """The same for an act, its key alone: the service reads the rest when it has locked the row."""
    return get_object_or_404(Report.objects.visible_to(request.user, VIEW_REPORTS).only("pk"), pk=pk)


def cycle_in_scope(request: SignedInRequest, pk: int | None) -> Cycle:
    """A cycle of the person's province; without a key the newest open one, of the principal collection if it has one."""
    unit = own_unit(request)
    cycles = Cycle.objects.select_related("collection", "form_version").filter(
        collection__owner=unit.province_id or unit.pk
    )
    if pk is not None:
        return get_object_or_404(cycles, pk=pk)
    found = cycles.open().order_by("-collection__is_principal", "-period").first()
    if found is None:
        raise Http404
    return found


def own_unit(request: SignedInRequest) -> OrgUnit:
    """The unit of the posting in use; guards have seen to it that there is one."""
    return request.user.unit


def revision_seen(request: SignedInRequest) -> int | None:
    """The revision of the report that the page was made from; ``None`` where none, or nonsense, was sent."""
    return number_in(request.POST.get("revision", ""))
