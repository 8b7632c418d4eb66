"""What a reorganisation does to reports: every obligation stays, and passes to the desk that carries it on.

``custodian`` becomes the (main) successor, ``reviewer`` the present parent; unit, name and ancestor columns stay those of
the opening, so that sums as they were never move.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from accounts.roles import Role
from accounts.selectors import people_at_many
from audit.models import AuditEvent
from audit.services import listen
from core.actor import Actor
from core.copying import set_columns
from core.errors import Problem
from core.formats import day
from notices.services import tell
from orgs.choices import Level
from orgs.models import OrgUnit, Reorganisation
from orgs.registry import Consequence, Dependent, Journal, Undoing, register_dependent
from orgs.rules.reorganising import Plan
from orgs.services.reorganising.facts import givers
from reporting.choices import CaseState, CycleState, EntryMode
from reporting.models import CaseStep, Cycle, DeadlineOverride, Report, ReportStep, UnitReporting
from reporting.selectors.queue import forget_waiting_count


class Desks:
    """Who carries on the desk of a unit, and what stands above it, after a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._closed = set(plan.closed)
        self._heirs = plan.main_heirs

    def of(self, unit_id: int) -> int:
        """The unit itself while it lives, else its successor, else what stands above it."""
        while unit_id in self._closed:
            above = self._plan.after[unit_id].parent_id
            unit_id = self._heirs.get(unit_id) or above or unit_id
        return unit_id

    def above(self, unit_id: int, otherwise: int) -> int:
        known = self._plan.after.get(unit_id)
        parent = known.parent_id if known is not None else None
        return self.of(parent) if parent is not None else self.of(otherwise)

    def is_moved(self, unit_id: int) -> bool:
        return unit_id in self._closed or unit_id in self._plan.rehung

    def route(self, report: Report) -> tuple[int, int]:
        """Custodian and reviewer of a report from now on."""
        custodian, reviewer = report.custodian_id, report.reviewer_id
        if report.unit_id == reviewer:
            return custodian, reviewer
        holder = self.of(report.unit_id if custodian == reviewer else custodian)
        subject = report.unit_id if custodian == reviewer else custodian
        if self.is_moved(subject) or reviewer in self._closed:
            reviewer = self.above(holder, reviewer)
        is_typed_above = custodian == report.reviewer_id and not self._reports_itself(holder)
        return (reviewer if is_typed_above else holder), reviewer

    def _reports_itself(self, unit_id: int) -> bool:
        """A township that was raised has nobody above to type for it."""
        known = self._plan.after.get(unit_id)
        return known is not None and known.level <= Level.COUNTY


def _concerned(plan: Plan) -> Any:
    """Every report at a desk that closes, and those not yet settled of units that hang elsewhere."""
    closed, moved = plan.closed, [*plan.rehung, *plan.closed]
    unsettled = Q(cycle__state=CycleState.OPEN) | Q(accepted_at__isnull=True)
    return Report.objects.filter(
        Q(custodian__in=closed)
        | Q(reviewer__in=closed)
        | unsettled & (Q(unit__in=moved) | Q(custodian__in=moved))
    ).order_by("pk")


#: What of a report is looked at here; a province has tens of thousands.
_READ = ("unit_id", "unit_name", "custodian_id", "reviewer_id", "cycle_id", "accepted_at")


def _routes(plan: Plan, reports: Iterable[Report]) -> list[tuple[Report, int, int]]:
    desks = Desks(plan)
    routed = [(report, *desks.route(report)) for report in reports]
    return [row for row in routed if (row[1], row[2]) != (row[0].custodian_id, row[0].reviewer_id)]


def _desk_names(plan: Plan, keys: Iterable[int]) -> dict[int, str]:
    names = dict(OrgUnit.objects.filter(pk__in=keys).values_list("pk", "display_name"))
    return names | {key: plan.name_of(key) for key in keys if plan.name_of(key)}


def consequences(plan: Plan) -> list[Consequence]:
    """Open and missing reports one by one; those of the past counted by unit."""
    routes = _routes(plan, _concerned(plan).only(*_READ))
    cycles = Cycle.objects.select_related("collection").in_bulk({report.cycle_id for report, *_ in routes})
    keys = {key for report, *desks in routes for key in (*desks, report.custodian_id, report.reviewer_id)}
    names = _desk_names(plan, keys)
    rows: list[Consequence] = []
    past: Counter[tuple[int, int]] = Counter()
    for report, custodian, reviewer in routes:
        cycle = cycles[report.cycle_id]
        if cycle.is_locked and report.accepted_at is not None:
            past[report.unit_id, custodian] += 1
            continue
        rows.append(
            Consequence(
                report.unit_id,
                "报表",
                f"{report.unit_name}{cycle.title}，{_words(report, report.custodian_id, report.reviewer_id, names)}",
                _words(report, custodian, reviewer, names),
            )
        )
    rows += [
        Consequence(
            unit_id, "往期报表", f"{count:,} 份", f"由{names.get(custodian, '')}保管，数据不变", count
        )
        for (unit_id, custodian), count in past.items()
    ]
    rows += [
        Consequence(heir, "填报设置", "", f"沿用{plan.former_name_of(giver)}的填报方式和签批方式")
        for heir, giver in _settings(plan)
    ]
    rows += [
        Consequence(heir, "市定截止日", "", f"沿用{plan.former_name_of(giver)}设定的截止日", len(found))
        for heir, (giver, found) in _overrides(plan).items()
    ]
    return rows


def _words(report: Report, custodian: int, reviewer: int, names: dict[int, str]) -> str:
    typed = "代填" if custodian == reviewer else "填报"
    return f"{names.get(custodian, '')}{typed}、{names.get(reviewer, '')}审核"


def _settings(plan: Plan) -> list[tuple[int, int]]:
    takers = givers(plan)
    known = set(UnitReporting.objects.filter(unit__in=takers.values()).values_list("unit_id", flat=True))
    return [(heir, giver) for heir, giver in takers.items() if giver in known]


def _overrides(plan: Plan) -> dict[int, tuple[int, list[DeadlineOverride]]]:
    """By unit newly set up: whose deadlines of its own it takes over, and these. One that stood before keeps its own."""
    takers = givers(plan)
    rows = DeadlineOverride.objects.filter(city__in=takers.values()).order_by("collection_id", "level")
    found: dict[int, list[DeadlineOverride]] = {}
    for row in rows:
        found.setdefault(row.city_id, []).append(row)
    return {heir: (giver, found[giver]) for heir, giver in takers.items() if giver in found}


def _carry_overrides(plan: Plan) -> list[int]:
    fresh = [
        DeadlineOverride(
            collection_id=row.collection_id, city_id=heir, level=row.level, day=row.day, on=row.on
        )
        for heir, (_giver, rows) in _overrides(plan).items()
        for row in rows
    ]
    return [row.pk for row in DeadlineOverride.objects.bulk_create(fresh)]


def refuses(plan: Plan) -> list[Problem]:
    """The registry's figures of a locked cycle were counted by the tree of its window: no tree is put before its end."""
    moves = plan.closed or plan.opened or plan.rehung
    provinces = [pk for pk, unit in plan.before.items() if unit.level == Level.PROVINCE]
    cycle = (
        Cycle.objects.filter(state=CycleState.LOCKED, collection__owner__in=provinces)
        .order_by("-window_last")
        .first()
    )
    if not moves or cycle is None or plan.on > cycle.window_last:
        return []
    return [
        Problem(
            "before_locked_cycle",
            f"{cycle.title}已锁定，其数据按{day(cycle.window_last)}以前的区划统计，不能改动。"
            f"请把生效日期定在{day(cycle.window_last)}之后，实际批准日期写入依据说明。",
            "effective_on",
        )
    ]


def carry(plan: Plan, by: Actor) -> Journal:
    """Reports are locked in the order of their keys, as everybody else locks them."""
    held = list(_concerned(plan).only(*_READ).select_for_update(of=("self",)))
    routes = _routes(plan, held)
    journal: Journal = {"reports": [[row.pk, row.custodian_id, row.reviewer_id] for row, *_desks in routes]}
    desks = set()
    for report, _custodian, reviewer in routes:
        desks |= {report.reviewer_id, reviewer}
    _write_desks([(report.pk, custodian, reviewer) for report, custodian, reviewer in routes])
    for unit_id in desks:
        forget_waiting_count(unit_id)
    journal["steps"] = _move_case_steps(plan)
    journal["settings"] = _carry_settings(plan)
    journal["overrides"] = _carry_overrides(plan)
    return journal


def _write_desks(rows: Sequence[tuple[int, int, int]]) -> None:
    """Custodian and reviewer of reports, in one statement."""
    set_columns(Report, ["custodian_id", "reviewer_id"], rows)


def _move_case_steps(plan: Plan) -> list[list[int]]:
    """Confirmations that a closed unit still owes are its successor's to give."""
    desks = Desks(plan)
    steps = CaseStep.objects.filter(
        unit__in=plan.closed, confirmed__isnull=True, case__state=CaseState.OPEN
    ).order_by("pk")
    held = list(steps.select_for_update(of=("self",)))
    journal = [[step.pk, step.unit_id] for step in held]
    for step in held:
        step.unit_id = desks.of(step.unit_id)
    CaseStep.objects.bulk_update(held, ["unit"])
    return journal


def _carry_settings(plan: Plan) -> list[int]:
    """A unit newly set up signs as its predecessor did; it reports itself only if the accounts came along."""
    stays = plan.choice("accounts", "carry") == "carry"
    former = {
        row.unit_id: row
        for row in UnitReporting.objects.filter(unit__in=[giver for _heir, giver in _settings(plan)])
    }
    rows = UnitReporting.objects.bulk_create(
        UnitReporting(
            unit_id=heir,
            entry_mode=former[giver].entry_mode if stays else EntryMode.ON_BEHALF,
            sign_off=former[giver].sign_off,
        )
        for heir, giver in _settings(plan)
    )
    return [row.pk for row in rows]


def undo(journal: Journal, by: Actor) -> None:
    former = {pk: (custodian, reviewer) for pk, custodian, reviewer in journal.get("reports", ())}
    held = Report.objects.select_for_update(of=("self",)).filter(pk__in=former).only("reviewer_id")
    for desk in {report.reviewer_id for report in held.order_by("pk")} | {row[1] for row in former.values()}:
        forget_waiting_count(desk)
    _write_desks([(pk, *desks) for pk, desks in former.items()])
    units = dict(journal.get("steps", ()))
    steps = list(CaseStep.objects.filter(pk__in=units))
    for step in steps:
        step.unit_id = units[step.pk]
    CaseStep.objects.bulk_update(steps, ["unit"])
    UnitReporting.objects.filter(pk__in=journal.get("settings", ())).delete()
    DeadlineOverride.objects.filter(pk__in=journal.get("overrides", ())).delete()


def blocks_undo(undoing: Undoing, journal: Journal) -> list[str]:
    """Reports that were dealt with since, and months that were opened or counted by the new tree."""
    since = undoing.reorganisation.applied_at
    moved = [pk for pk, *_desks in journal.get("reports", ())]
    steps = ReportStep.objects.filter(report__in=moved, at__gte=since).select_related("report__cycle")
    said = [
        f"{name}此后已有办理。"
        for name in sorted({f"{step.report.unit_name}{step.report.cycle.title}" for step in steps})[:10]
    ]
    opened = Cycle.objects.filter(opened_at__gte=since, reports__unit__in=undoing.touched).distinct()
    said += [f"{cycle.title}已按调整后的区划开放。" for cycle in opened]
    if undoing.closed or undoing.opened:
        owners = Reorganisation.objects.filter(pk=undoing.reorganisation.pk).values("unit__province")
        counted = Cycle.objects.filter(
            facts_at__gte=since,
            window_last__gte=undoing.reorganisation.effective_on,
            collection__owner__in=owners,
        )
        said += [f"{cycle.title}的台账数据已按调整后的区划算定。" for cycle in counted if cycle not in opened]
    steps_since = CaseStep.objects.filter(
        pk__in=[pk for pk, _unit in journal.get("steps", ())], at__gte=since
    ).exists()
    return [*said, *(["转来的更正此后已有确认。"] if steps_since else [])]


def on_reorganised(event: AuditEvent) -> None:
    """Desks that take over the work of a closed unit hear of it."""
    heirs = {heir for _former, heir in event.data.get("heirs", ())}
    tell(
        users=people_at_many(heirs, [Role.REPORTER, Role.REVIEWER]),
        key=f"event:{event.pk}",
        kind=event.kind,
        title="区划调整生效：有单位的工作转由本单位承接",
        body=event.summary,
        link=Reorganisation.objects.get(pk=event.object_id).get_absolute_url(),
    )


def on_failed(event: AuditEvent) -> None:
    """Who administers the province hears what kept a scheduled reorganisation from taking effect."""
    reorganisation = Reorganisation.objects.select_related("unit").get(pk=event.object_id)
    tell(
        users=people_at_many([reorganisation.unit.province_id or reorganisation.unit_id], [Role.UNIT_ADMIN]),
        key=f"event:{event.pk}",
        kind=event.kind,
        title=f"区划调整到日未能生效：{reorganisation.title}"[:120],
        body=event.summary,
        link=reorganisation.get_absolute_url(),
    )


def register() -> None:
    """Called once at start."""
    register_dependent(
        Dependent(
            key="reports",
            label="报表",
            consequences=consequences,
            carry=carry,
            undo=undo,
            blocks_undo=blocks_undo,
            refuses=refuses,
            order=50,
        )
    )
    listen("orgs.reorganised", on_reorganised)
    listen("orgs.reorganisation_failed", on_failed)
