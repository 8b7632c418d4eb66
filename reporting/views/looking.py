"""What a dashboard looks at: a unit in sight and a cycle of its province."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core.access import SignedInRequest
from files.permissions import EXPORT
from files.registry import exporter_of
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.permissions import VIEW_REPORTS
from reporting.views.lookup import own_unit

CYCLES_OFFERED = 36


@dataclass(frozen=True, slots=True)
class Look:
    """The unit in view, the cycle, and the cycles one may choose from, newest first."""

    unit: OrgUnit
    cycle: Cycle
    cycles: list[Cycle]

    def address(self, name: str, *args: Any, **query: Any) -> str:
        """The page ``name`` with this unit and cycle; ``query`` overrides, ``None`` leaves out."""
        asked = {"cycle": self.cycle.pk, "unit": self.unit.pk} | query
        found = {key: value for key, value in asked.items() if value not in (None, "")}
        return f"{reverse(name, args=args)}?{urlencode(found)}"


LookView = Callable[..., HttpResponse]


def with_look(view: LookView) -> LookView:
    """Hand the view what ``?unit=`` and ``?cycle=`` ask for; one's own unit and the newest open cycle otherwise.

    Units out of sight and unknown cycles are absent (404). Before the first cycle is opened the page says so.
    """

    @wraps(view)
    def looking(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        unit = _unit(request)
        cycles = list(
            Cycle.objects.filter(collection__owner=unit.province_id or unit.pk)
            .select_related("collection", "form_version")
            .order_by("-period", "pk")[:CYCLES_OFFERED]
        )
        if not cycles:
            return render(request, "reporting/dash/empty.html", {"unit": unit})
        return view(request, Look(unit, _cycle(request, cycles), cycles), *args, **kwargs)

    return looking


def _number(raw: str) -> int:
    if not raw.isdigit() or len(raw) > 18:
        raise Http404
    return int(raw)


def _unit(request: SignedInRequest) -> OrgUnit:
    raw = request.GET.get("unit", "")
    if not raw:
        return own_unit(request)
    return get_object_or_404(OrgUnit.objects.visible_to(request.user, VIEW_REPORTS), pk=_number(raw))


def _cycle(request: SignedInRequest, cycles: list[Cycle]) -> Cycle:
    raw = request.GET.get("cycle", "")
    if not raw:
        return next((cycle for cycle in cycles if not cycle.is_locked), cycles[0])
    found = [cycle for cycle in cycles if cycle.pk == _number(raw)]
    if not found:
        raise Http404
    return found[0]


def may_export(request: SignedInRequest, kind: str) -> bool:
    """Whether the page offers the file of ``kind``."""
    return request.user.can_anywhere(EXPORT) and exporter_of(kind) is not None


def crumbs_to(request: SignedInRequest, look: Look, name: str, *args: Any) -> list[tuple[str, str]]:
    """The units above the one in view, as far as one may see, each with its own page ``name``."""
    ids = [pk for pk in look.unit.ancestor_ids() if pk != look.unit.pk]
    if not ids:
        return []
    above = OrgUnit.objects.visible_to(request.user, VIEW_REPORTS).filter(pk__in=ids).order_by("level")
    return [(unit.name, look.address(name, *args, unit=unit.pk)) for unit in above]


def may_drill(level: int) -> bool:
    """Whether a unit of ``level`` has others that report below it."""
    return level < Level.TOWNSHIP
