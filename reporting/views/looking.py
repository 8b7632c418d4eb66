"""What a dashboard looks at: a unit in sight and a cycle of its province."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from core import formats
from core.access import SignedInRequest
from core.keys import key_in
from files.permissions import EXPORT
from files.registry import exporter_of
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.filters.boards import NOW_WORDS, TreeForm
from reporting.models import Cycle
from reporting.models.cycle import CycleQuerySet
from reporting.permissions import MANAGE_CYCLES, VIEW_REPORTS
from reporting.rollup import THEN, Lens
from reporting.views.lookup import own_unit

CYCLES_OFFERED = 72


@dataclass(frozen=True, slots=True)
class Look:
    """The unit in view, the cycle, the cycles one may choose from, newest first, and the tree that is asked for.

    ``is_present`` is the cycle that is shown where none is asked for."""

    unit: OrgUnit
    cycle: Cycle
    cycles: list[Cycle]
    is_present: bool = True
    is_now: bool = False
    on: dt.date | None = None
    typed_on: str = ""
    back_url: str = ""

    @property
    def lens(self) -> Lens:
        """What places figures: today's tree, that of the day asked for, or none."""
        return Lens.now() if self.is_now else Lens(self.on)

    @property
    def facts_lens(self) -> Lens:
        """The same for registry figures, which are of the day asked for and so by its tree already."""
        return Lens.now() if self.is_now else THEN

    @property
    def asked(self) -> dict[str, Any]:
        """What the forms of dashboards are bound to: as typed, so that what is wrong is told by the field."""
        return {"cycle": self.cycle.pk, "unit": self.unit.pk, "lens": self._lens, "on": self.typed_on}

    @property
    def _lens(self) -> str:
        return "now" if self.is_now else ""

    @property
    def tree_label(self) -> str:
        return "按现行区划" if self.is_now else f"截至{formats.day(self.on)}"

    @property
    def tree_words(self) -> str:
        """By which tree the page counts, in one line; empty where each cycle stands in its own."""
        if self.is_now:
            return NOW_WORDS
        return f"单位和隶属关系按{formats.day(self.on)}的区划。" if self.on else ""

    def on_its_day(self) -> Look:
        """With the cycle whose window holds the day asked for, where one was."""
        if self.on is None:
            return self
        own = [cycle for cycle in self.cycles if cycle.collection_id == self.cycle.collection_id]
        later = [cycle for cycle in own if cycle.window_last >= self.on]
        return replace(self, cycle=later[-1] if later else own[0])

    def address(self, name: str, *args: Any, **query: Any) -> str:
        """The page ``name`` with this unit, cycle and tree; ``query`` overrides, ``None`` leaves out."""
        asked = self.asked | {"on": self.on.isoformat() if self.on else None} | query
        found = {key: value for key, value in asked.items() if value not in (None, "")}
        return f"{reverse(name, args=args)}?{urlencode(found)}"


LookView = Callable[..., HttpResponse]


def with_look(view: LookView) -> LookView:
    """Hand the view what ``?unit=`` and ``?cycle=`` ask for; one's own unit and the newest open cycle of the principal
    collection otherwise.

    Units out of sight and unknown cycles are absent (404). Before the first cycle is opened the page says so.
    """
    return _with_look(view, Cycle.objects.all())


def with_principal_look(view: LookView) -> LookView:
    """The same for pages that speak of the principal collection only: the wall chart, targets, bulletins."""
    return _with_look(view, Cycle.objects.principal())


def _with_look(view: LookView, offered: CycleQuerySet) -> LookView:
    @wraps(view)
    def looking(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        unit = _unit(request)
        cycles = list(
            offered.filter(collection__owner=unit.province_id or unit.pk)
            .select_related("collection", "form_version")
            .order_by("-collection__is_principal", "-period", "pk")[:CYCLES_OFFERED]
        )
        if not cycles:
            may_open = request.user.can(MANAGE_CYCLES, unit)
            return render(request, "reporting/dash/empty.html", {"unit": unit, "may_open": may_open})
        tree = TreeForm(request.GET)
        day = tree.day
        cycle, present = _cycle(request, cycles), _present(cycles)
        look = Look(
            unit,
            cycle,
            cycles,
            is_present=cycle.pk == present.pk,
            is_now=tree.cleaned_data.get("lens") == "now",
            on=day,
            typed_on=request.GET.get("on", "")[:20],
            back_url=_by_the_tree_of_the_time(request),
        )
        return view(request, look, *args, **kwargs)

    return looking


def _by_the_tree_of_the_time(request: SignedInRequest) -> str:
    kept = request.GET.copy()
    for name in ("lens", "on", "page"):
        kept.pop(name, None)
    return f"{request.path}?{kept.urlencode()}"


def _unit(request: SignedInRequest) -> OrgUnit:
    raw = request.GET.get("unit", "")
    if not raw:
        return own_unit(request)
    return get_object_or_404(OrgUnit.objects.visible_to(request.user, VIEW_REPORTS), pk=key_in(raw))


def _cycle(request: SignedInRequest, cycles: list[Cycle]) -> Cycle:
    raw = request.GET.get("cycle", "")
    if not raw:
        return _present(cycles)
    found = [cycle for cycle in cycles if cycle.pk == key_in(raw)]
    if not found:
        raise Http404
    return found[0]


def _present(cycles: list[Cycle]) -> Cycle:
    first = [cycle for cycle in cycles if cycle.collection_id == cycles[0].collection_id]
    return next((cycle for cycle in first if not cycle.is_locked), first[0])


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
