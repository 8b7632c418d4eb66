"""Reorganisations: who may see which, what they say, what became of a unit, and the life line of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from orgs.choices import EditionCause, ReorganisationState
from orgs.models import OrgUnit, Reorganisation, ReorganisationAct, Succession, UnitEdition
from orgs.permissions import DRAFT_REORGANISATION, VIEW_UNITS


def visible_reorganisations(user: Any) -> QuerySet[Reorganisation]:
    """Everything within the reach of who drafts; of the rest what was carried out on a unit in reach."""
    drafted = Reorganisation.objects.visible_to(user, DRAFT_REORGANISATION)
    touching = Reorganisation.objects.with_effect().touching(user, VIEW_UNITS)
    return Reorganisation.objects.filter(Q(pk__in=drafted.values("pk")) | Q(pk__in=touching.values("pk")))


def listed(user: Any) -> QuerySet[Reorganisation]:
    """The list, with the number of lines of each."""
    return visible_reorganisations(user).select_related("unit").annotate(lines=Count("acts"))


def narrowed(rows: QuerySet[Reorganisation], criteria: dict[str, Any]) -> QuerySet[Reorganisation]:
    """By ``q`` (title, 文号 or the name of a unit), ``state``, ``kind`` of a line, and the effective day ``since`` and
    ``until``."""
    if text := (criteria.get("q") or "").strip():
        acts = ReorganisationAct.objects.filter(
            Q(unit_label__contains=text) | Q(name__contains=text) | Q(into__display_name__contains=text)
        )
        rows = rows.filter(
            Q(title__contains=text) | Q(document__contains=text) | Q(pk__in=acts.values("reorganisation"))
        )
    if state := criteria.get("state"):
        rows = rows.filter(state=state)
    if kind := criteria.get("kind"):
        acts = ReorganisationAct.objects.filter(kind=kind)
        rows = rows.filter(pk__in=acts.values("reorganisation"))
    if since := criteria.get("since"):
        rows = rows.filter(effective_on__gte=since)
    if until := criteria.get("until"):
        rows = rows.filter(effective_on__lte=until)
    return rows


def acts_of(reorganisation: Reorganisation) -> list[ReorganisationAct]:
    """The lines with the units that they name."""
    rows = ReorganisationAct.objects.filter(reorganisation=reorganisation)
    return list(rows.select_related("unit", "into", "parent", "opens").order_by("order"))


def target_words(act: ReorganisationAct) -> str:
    """The successor or parent that a line names, in words."""
    if act.opens is not None:
        return f"{act.opens.name}（新设）"
    unit = act.into or act.parent
    return unit.display_name if unit is not None else ""


def carried_on_by(unit_ids: Iterable[int]) -> dict[int, int]:
    """Each of ``unit_ids`` with the open unit that carries on its work: itself while it lives, else the main successor of
    the last, else what stood above it."""
    asked = list(dict.fromkeys(unit_ids))
    found = {pk: pk for pk in asked}
    for _generation in range(20):
        closed = dict(
            OrgUnit.objects.filter(pk__in=set(found.values()), closed_on__isnull=False).values_list(
                "pk", "parent_id"
            )
        )
        if not closed:
            break
        links = Succession.objects.filter(predecessor__in=closed).order_by("-is_main", "successor_id")
        heirs: dict[int, int] = {}
        for predecessor, successor in links.values_list("predecessor_id", "successor_id"):
            heirs.setdefault(predecessor, successor)
        nexts = {pk: heirs.get(pk) or parent or pk for pk, parent in closed.items()}
        found = {pk: nexts.get(place, place) for pk, place in found.items()}
    return found


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One event of a unit's life: when, what, from what to what, by which document."""

    on: dt.date
    cause: EditionCause
    words: str
    basis: str
    recorded_by: str
    reorganisation: Reorganisation | None
    units: tuple[OrgUnit, ...] = ()


def life_line(
    unit: OrgUnit, editions: list[UnitEdition], origins: list[Succession], successions: list[Succession]
) -> list[LifeEvent]:
    """The life of ``unit`` out of what the unit page has read anyway, the latest first."""
    events = []
    ordered = sorted(editions, key=lambda edition: (edition.valid_from, edition.pk))
    for before, edition in zip([None, *ordered], ordered, strict=False):
        events.append(_edition_event(edition, before, origins))
    for on in sorted({link.on for link in origins} - {unit.opened_on}):
        events.append(_joined(on, [link for link in origins if link.on == on]))
    for on in sorted({link.on for link in successions}):
        events.append(_became(unit, on, [link for link in successions if link.on == on]))
    if unit.closed_on is not None and not successions:
        events.append(_closed(unit))
    return sorted(events, key=lambda event: event.on, reverse=True)


def _edition_event(edition: UnitEdition, before: UnitEdition | None, origins: list[Succession]) -> LifeEvent:
    came_from = [link.predecessor for link in origins if link.on == edition.valid_from and before is None]
    return LifeEvent(
        on=edition.valid_from,
        cause=EditionCause(edition.cause),
        words=_difference(edition, before, came_from),
        basis=edition.basis,
        recorded_by=edition.recorded_by,
        reorganisation=edition.reorganisation,
        units=tuple(came_from),
    )


def _difference(edition: UnitEdition, before: UnitEdition | None, came_from: list[OrgUnit]) -> str:
    if before is None:
        names = "、".join(str(unit) for unit in came_from)
        return f"由{names}{'合并' if len(came_from) > 1 else '分设'}设立" if names else "建档"
    parts = [
        (before.display_name, edition.display_name, "名称"),
        (before.division_code, edition.division_code, "代码"),
        (before.get_level_display(), edition.get_level_display(), "层级"),
        (_name(before.parent), _name(edition.parent), "隶属"),
        (_expected(before), _expected(edition), ""),
    ]
    said = [f"{label}{old} → {new}" for old, new, label in parts if old != new]
    return "；".join(said) or "上级区划变动"


def _name(unit: OrgUnit | None) -> str:
    return unit.name if unit is not None else ""


def _expected(edition: UnitEdition) -> str:
    return "应建" if edition.is_expected else "不计应建"


def _joined(on: dt.date, links: list[Succession]) -> LifeEvent:
    names = "、".join(str(link.predecessor) for link in links)
    return _of_links(on, links, f"{names}并入", tuple(link.predecessor for link in links))


def _became(unit: OrgUnit, on: dt.date, links: list[Succession]) -> LifeEvent:
    names = "、".join(str(link.successor) for link in links)
    verb = "撤销，并入" if links[0].cause == EditionCause.MERGED else "分设为"
    if unit.closed_on is None:
        verb = "析出"
    return _of_links(on, links, f"{verb}{names}", tuple(link.successor for link in links))


def _of_links(on: dt.date, links: list[Succession], words: str, units: tuple[OrgUnit, ...]) -> LifeEvent:
    first = links[0]
    by = first.reorganisation.applied_by if first.reorganisation is not None else ""
    return LifeEvent(on, EditionCause(first.cause), words, first.basis, by, first.reorganisation, units)


def _closed(unit: OrgUnit) -> LifeEvent:
    """A closing without successor; the one question more is asked of closed units alone."""
    act = (
        ReorganisationAct.objects.filter(
            unit=unit, kind="close", reorganisation__state=ReorganisationState.APPLIED
        )
        .select_related("reorganisation")
        .first()
    )
    reorganisation = act.reorganisation if act is not None else None
    basis = f"{reorganisation.document}{reorganisation.title}" if reorganisation is not None else ""
    by = reorganisation.applied_by if reorganisation is not None else ""
    day = unit.closed_on or unit.opened_on
    return LifeEvent(day, EditionCause.CLOSED, "撤销，无承接单位", basis, by, reorganisation)


def fate_words(unit: OrgUnit, successions: list[Succession]) -> str:
    """已撤销，并入…: what a closed unit's page says first."""
    links = [link for link in successions if link.on == unit.closed_on]
    if unit.closed_on is None:
        return ""
    if not links:
        return "已撤销，没有承接单位。"
    names = "、".join(str(link.successor) for link in links)
    return f"已撤销，{'并入' if links[0].cause == EditionCause.MERGED else '分设为'}{names}。"
