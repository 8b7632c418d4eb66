"""What units have and lack, as it was confirmed year by year, and who still owes the word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from core import clock
from files.models import Attachment
from orgs.choices import ConfirmationState, HavesItem, LacksItem, Level
from orgs.models import FourLacks, OrgUnit, OrgUnitQuerySet, SixHaves, YearlyConfirmation
from orgs.permissions import CHECK_FACTS, EDIT_FACTS, VIEW_UNITS
from orgs.selectors.units import items_on

#: What the list may be narrowed to besides the states of :class:`ConfirmationState`.
UNCONFIRMED = "unconfirmed"
#: 六有 and 四缺 are kept from the township up; villages are no associations of their own.
LOWEST = Level.TOWNSHIP
ITEMS: list[tuple[str, Any]] = [("haves", HavesItem), ("lacks", LacksItem)]
MODELS: dict[str, Any] = {"haves": SixHaves, "lacks": FourLacks}


def item_label(key: str) -> str:
    """``haves.premises`` → 有固定场所."""
    kind, _, item = key.partition(".")
    return str(dict(ITEMS)[kind](item).label)


def snapshots_of(unit_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What is on record of each unit today, with since when, in which words and by how many files; four queries."""
    found: dict[int, dict[str, Any]] = {pk: {"haves": {}, "lacks": {}} for pk in unit_ids}
    for kind, model in MODELS.items():
        facts = list(model.objects.open_ended().filter(unit__in=unit_ids).order_by("item"))
        files = evidence_counts(model, [fact.pk for fact in facts])
        for fact in facts:
            found[fact.unit_id][kind][fact.item] = {
                "since": fact.valid_from.isoformat(),
                "note": fact.note,
                "files": files.get(fact.pk, 0),
            }
    return found


def evidence_counts(model: Any, keys: Sequence[int]) -> dict[int, int]:
    """How many files stand behind each fact of ``model``."""
    rows = (
        Attachment.objects.filter(
            owner_label=model._meta.label_lower,
            owner_id__in=[str(pk) for pk in keys],
            removed_at__isnull=True,
        )
        .order_by()
        .values_list("owner_id")
        .annotate(count=Count("pk"))
    )
    return {int(owner): count for owner, count in rows}


def evidence_of(facts: Sequence[Any]) -> dict[tuple[str, int], list[Attachment]]:
    """The files behind ``facts`` of both kinds by model label and key; one query."""
    found: dict[tuple[str, int], list[Attachment]] = {}
    labels = {fact._meta.label_lower for fact in facts}
    wanted = Q(pk__in=[])
    for label in labels:
        keys = [str(fact.pk) for fact in facts if fact._meta.label_lower == label]
        wanted |= Q(owner_label=label, owner_id__in=keys)
    for attachment in Attachment.objects.filter(wanted, removed_at__isnull=True):
        found.setdefault((attachment.owner_label, int(attachment.owner_id)), []).append(attachment)
    return found


def owing_units(user: Any) -> OrgUnitQuerySet:
    """Open expected units whose facts ``user`` keeps: whoever confirms for them."""
    return OrgUnit.objects.visible_to(user, EDIT_FACTS).open().filter(is_expected=True, level__lte=LOWEST)


def unconfirmed_units(user: Any, year: int) -> OrgUnitQuerySet:
    """Those of :func:`owing_units` that have said nothing for ``year``."""
    said = YearlyConfirmation.objects.filter(unit=OuterRef("pk"), year=year)
    return owing_units(user).filter(~Exists(said))


def units_by_confirmation(user: Any, criteria: dict[str, Any]) -> OrgUnitQuerySet:
    """Expected units in view with the word of ``year``: ``said`` (state or ``None``), ``said_pk``, ``said_at``,
    ``said_by``, ``has_changed`` is left to the page. Criteria: ``year``, ``q``, ``level``, ``city``, ``county``,
    ``state``."""
    year = criteria.get("year") or clock.today().year
    word = YearlyConfirmation.objects.filter(unit=OuterRef("pk"), year=year)
    units = (
        OrgUnit.objects.visible_to(user, VIEW_UNITS)
        .open()
        .filter(is_expected=True, level__lte=LOWEST)
        .annotate(
            said=Subquery(word.values("state")[:1]),
            said_pk=Subquery(word.values("pk")[:1]),
            said_at=Subquery(word.values("confirmed_at")[:1]),
            said_by=Subquery(word.values("confirmed_by")[:1]),
            checked_at=Subquery(word.values("checked_at")[:1]),
        )
    )
    if text := (criteria.get("q") or "").strip():
        units = units.search(text)
    for name in ("level", "city", "county"):
        if criteria.get(name):
            units = units.filter(**{name: criteria[name]})
    if state := criteria.get("state"):
        units = units.filter(said__isnull=True) if state == UNCONFIRMED else units.filter(said=state)
    return units


def state_counts(units: OrgUnitQuerySet) -> dict[str, int]:
    """How many of :func:`units_by_confirmation` stand where; keys are states and ``unconfirmed``."""
    rows = units.order_by().values_list("said").annotate(count=Count("pk"))
    counts = {state or UNCONFIRMED: count for state, count in rows}
    return {state: counts.get(state, 0) for state in (UNCONFIRMED, *ConfirmationState.values)}


def confirmations_to_check(user: Any) -> QuerySet[YearlyConfirmation]:
    """Words that wait for ``user``: given by units whose superior ``user`` checks for."""
    above = OrgUnit.objects.visible_to(user, CHECK_FACTS).values("pk")
    return YearlyConfirmation.objects.to_check().filter(unit__parent__in=above, unit__closed_on__isnull=True)


def returned_to(user: Any) -> QuerySet[YearlyConfirmation]:
    """Words sent back to units whose facts ``user`` keeps."""
    words = YearlyConfirmation.objects.visible_to(user, EDIT_FACTS).returned()
    return words.filter(unit__closed_on__isnull=True).select_related("unit")


def confirmations_of(unit: OrgUnit, most: int = 6) -> list[YearlyConfirmation]:
    return list(YearlyConfirmation.objects.filter(unit=unit).order_by("-year")[:most])


def has_changed(confirmation: YearlyConfirmation, snapshot: dict[str, Any]) -> bool:
    """Whether what was confirmed is no longer what is on record."""
    return bool(confirmation.snapshot != snapshot)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of one unit: as confirmed, as it is, its evidence, and what the level above remarked."""

    key: str
    label: str
    is_have: bool
    said: dict[str, Any] | None
    now: dict[str, Any] | None
    files: list[Attachment]
    remark: str
    box: Any
    was_said: bool

    @property
    def has_changed(self) -> bool:
        return self.was_said and self.said != self.now


def lines_of(
    unit: OrgUnit, word: YearlyConfirmation | None, now: dict[str, Any], form: Any = None
) -> list[ItemLine]:
    """The ten items of ``unit`` with ``word`` beside ``now``; ``form`` has a box of remarks for each. Three queries."""
    held = items_on(unit, clock.today())
    files = evidence_of([fact for facts in held.values() for fact in facts.values()])
    lines = []
    for kind, items in ITEMS:
        for item in items:
            fact = held[kind].get(item.value)
            key = f"{kind}.{item.value}"
            lines.append(
                ItemLine(
                    key=key,
                    label=str(item.label),
                    is_have=kind == "haves",
                    said=(word.snapshot.get(kind) or {}).get(item.value) if word else None,
                    now=now[kind].get(item.value),
                    files=files.get((fact._meta.label_lower, fact.pk), []) if fact else [],
                    remark=word.item_remarks.get(key, "") if word else "",
                    box=form[f"item_{kind}_{item.value}"] if form is not None else None,
                    was_said=word is not None,
                )
            )
    return lines


def own_items_on(unit: OrgUnit, first: dt.date, second: dt.date) -> list[dict[str, Any]]:
    """前后对比 of one unit: its items on two days; two queries."""
    before, after = items_on(unit, first), items_on(unit, second)
    return [
        {
            "label": item.label,
            "is_have": kind == "haves",
            "before": before[kind].get(item.value),
            "after": after[kind].get(item.value),
        }
        for kind, items in ITEMS
        for item in items
    ]


def facts_of_item(unit_ids: Sequence[int], key: str, day: dt.date) -> dict[int, Any]:
    """The rows behind the item ``key`` of ``unit_ids`` on ``day``, by unit, with ``file_count``; two queries."""
    kind, _, item = key.partition(".")
    model = MODELS[kind]
    facts = list(model.objects.on(day).filter(unit__in=unit_ids, item=item))
    files = evidence_counts(model, [fact.pk for fact in facts])
    for fact in facts:
        fact.file_count = files.get(fact.pk, 0)
    return {fact.unit_id: fact for fact in facts}


def fact_with_file(unit: OrgUnit, file_id: UUID) -> tuple[Any, Attachment] | None:
    """The item of ``unit`` behind which a file stands, and the file; ``None`` where there is none."""
    for model in MODELS.values():
        label = model._meta.label_lower
        attachment = Attachment.objects.filter(pk=file_id, owner_label=label, removed_at=None).first()
        if attachment is not None:
            fact = model.objects.filter(pk=int(attachment.owner_id), unit=unit).select_related("unit").first()
            return (fact, attachment) if fact is not None else None
    return None
