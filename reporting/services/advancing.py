"""What the clock does by itself: open cycles, take the registry figures at the window's end, remind who owes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from accounts.roles import Role
from audit.services import record
from core import clock
from core.actor import SYSTEM
from notices.services import tell
from orgs.choices import Level
from reporting.choices import EntryMode, ReportState
from reporting.models import Cycle, Report
from reporting.selectors.holders import people_by_unit
from reporting.services.cycles import open_due_cycles
from reporting.services.facts import compute_facts

#: Reminders go out two days and one day before, on the day, and one and three days after.
STAGES = {-2: "还有2天截止", -1: "明天截止", 0: "今天截止", 1: "已逾期1天", 3: "已逾期3天"}


@dataclass(slots=True)
class Advanced:
    """What one run did, for the log."""

    opened: int = 0
    facts: int = 0


def advance(*, at: dt.datetime) -> Advanced:
    """Open what is due and compute the facts of every window that has ended; safe to run at any time, any number
    of times."""
    done = Advanced(opened=len(open_due_cycles(at=at, by=SYSTEM)))
    for cycle in Cycle.objects.open().filter(facts_at__isnull=True, window_last__lt=clock.local_day(at)):
        compute_facts(cycle=cycle, by=SYSTEM)
        done.facts += 1
    return done


def _stage(deadline: dt.datetime, today: dt.date) -> int:
    """Days since the last day on time: 0 on it, negative before."""
    last_day = clock.local_day(deadline - dt.timedelta(microseconds=1))
    return (today - last_day).days


def remind(*, at: dt.datetime) -> int:
    """Tell every desk that owes, once per cycle and stage, in one message; returned reports are chased by their own
    term. Reviewers are told once who is missing when the day has passed. Returns how many messages were new."""
    today = clock.local_day(at)
    owing: dict[tuple[int, int, str], list[Report]] = defaultdict(list)
    missing: dict[tuple[int, int], list[Report]] = defaultdict(list)
    outstanding = (
        Report.objects.outstanding()
        .filter(cycle__in=Cycle.objects.open(), level__gt=Level.PROVINCE)
        .select_related("cycle", "cycle__collection")
        .order_by("unit__division_code")
    )
    for report in outstanding:
        own_term = report.correction_due_at if report.state == ReportState.RETURNED else None
        is_returned = own_term is not None
        stage = _stage(own_term or report.deadline, today)
        if stage in STAGES:
            kind = "returned" if is_returned else "due"
            owing[(report.cycle_id, report.custodian_id, f"{kind}:{stage}")].append(report)
        if stage >= 1 and not is_returned and report.entry_mode == EntryMode.SELF:
            missing[(report.cycle_id, report.reviewer_id)].append(report)
    return _tell_owing(owing) + _tell_reviewers(missing)


def _tell_owing(owing: dict[tuple[int, int, str], list[Report]]) -> int:
    people = people_by_unit({custodian for _cycle, custodian, _stage in owing}, [Role.REPORTER])
    told = 0
    for (cycle_id, custodian_id, stage), reports in owing.items():
        kind, days = stage.split(":")
        cycle = reports[0].cycle
        own = [report for report in reports if report.unit_id == custodian_id]
        townships = len(reports) - len(own)
        what = "退回修改的月报" if kind == "returned" else "月报"
        title = f"{cycle.label}{what}{STAGES[int(days)]}"
        told += tell(
            users=people.get(custodian_id, []),
            key=f"remind:{cycle_id}:{custodian_id}:{stage}",
            kind="reminder",
            title=title,
            body=_owing_body(own, townships),
            link=reverse("reporting:desk"),
        )
    return told


def _owing_body(own: list[Report], townships: int) -> str:
    parts = []
    if own:
        parts.append("本单位月报尚未上报。")
    if townships:
        parts.append(f"由本单位代填的乡镇（街道）还有{townships}个没有填报。")
    return "".join(parts)


def _tell_reviewers(missing: dict[tuple[int, int], list[Report]]) -> int:
    people = people_by_unit({reviewer for _cycle, reviewer in missing}, [Role.REVIEWER])
    told = 0
    for (cycle_id, reviewer_id), reports in missing.items():
        names = "、".join(report.unit_name for report in reports[:20])
        new = tell(
            users=people.get(reviewer_id, []),
            key=f"missing:{cycle_id}:{reviewer_id}",
            kind="missing",
            title=f"{reports[0].cycle.label}月报有{len(reports)}个单位逾期未报",
            body=f"{names}{'等' if len(reports) > 20 else ''}。可在“催报”页登记催报情况。",
            link=reverse("reporting:chase"),
        )
        told += new
        if new:
            record(
                kind="report.missing",
                by=SYSTEM,
                unit=reports[0].reviewer,
                summary=f"{reports[0].cycle.label}月报逾期未报{len(reports)}个单位",
                data={"units": [report.unit_id for report in reports]},
            )
    return told
