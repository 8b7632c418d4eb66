"""Who is still owed, whom to call about it, and the words for the group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.roles import Role
from core import clock, formats
from orgs.choices import Level, OfficerRole
from orgs.models import OrgUnit, UnitOfficer
from reporting.choices import ReportState
from reporting.models import ChaseRecord, Cycle
from reporting.selectors.below import BelowRow, rows_below
from reporting.selectors.deadline import due_day
from reporting.selectors.holders import people_by_unit


@dataclass(slots=True)
class CallRow:
    """One unit that is owed: who holds it now, its liaison and leader in charge, and what was done about it."""

    below: BelowRow
    holders: list[str] = field(default_factory=list)
    officers: list[UnitOfficer] = field(default_factory=list)
    chases: list[ChaseRecord] = field(default_factory=list)

    @property
    def liaison(self) -> UnitOfficer | None:
        found = [officer for officer in self.officers if officer.role == OfficerRole.LIAISON]
        return found[0] if found else None


@dataclass(slots=True)
class ChaseList:
    """The desk's list and the words that go to the group."""

    cycle: Cycle
    unit: OrgUnit
    rows: list[BelowRow]
    calls: list[CallRow]
    text: str

    @property
    def in_count(self) -> int:
        return sum(1 for row in self.rows if row.is_in)


def chase_list(cycle: Cycle, unit: OrgUnit) -> ChaseList:
    """Everybody below ``unit`` in ``cycle``, and the call list of those not in; a constant number of queries."""
    rows = [row for row in rows_below(cycle, unit.pk) if not row.report.is_exempt]
    outstanding = [row for row in rows if not row.is_in]
    calls = {row.report.unit_id: CallRow(row) for row in outstanding}
    officers = UnitOfficer.objects.current().filter(
        unit__in=calls, role__in=[OfficerRole.LIAISON, OfficerRole.LEADER_IN_CHARGE]
    )
    for officer in officers.order_by("-role"):
        calls[officer.unit_id].officers.append(officer)
    for record in ChaseRecord.objects.filter(report__in=[row.report for row in outstanding]).select_related(
        "report"
    ):
        calls[record.report.unit_id].chases.append(record)
    _find_holders(calls.values())
    return ChaseList(cycle, unit, rows, list(calls.values()), chase_text(cycle, unit, rows))


def open_cycles(unit: OrgUnit) -> QuerySet[Cycle]:
    """The cycles of the unit's province that are being reported now, the principal collection's first."""
    found = Cycle.objects.open().filter(collection__owner=unit.province_id or unit.pk)
    return found.select_related("collection").order_by("-collection__is_principal", "-period", "pk")


def _find_holders(calls: Iterable[CallRow]) -> None:
    """The people at whose desk each report lies: the leader's while it is being signed, the clerk's else."""
    by_role: dict[Role, list[CallRow]] = {Role.REPORTER: [], Role.LEADER: []}
    for call in calls:
        is_signing = call.below.report.state == ReportState.SIGNING
        by_role[Role.LEADER if is_signing else Role.REPORTER].append(call)
    for role, rows in by_role.items():
        people = people_by_unit({call.below.report.custodian_id for call in rows}, [role])
        for call in rows:
            call.holders = [user.name for user in people.get(call.below.report.custodian_id, [])]


def chase_text(cycle: Cycle, unit: OrgUnit, rows: list[BelowRow]) -> str:
    """The reminder for the group: who is in, who is not, until when. In code order, no ranking."""
    done = [row.name for row in rows if row.is_in]
    open_rows = [row for row in rows if not row.is_in]
    now = clock.now().astimezone(clock.SHANGHAI)
    lines = [f"【{_what(cycle)}】截至{formats.short_day(now)}{now.hour}时："]
    if done:
        lines.append(f"已报{len(done)}个：{'、'.join(done)}。感谢支持！")
    if not open_rows:
        lines.append("各单位均已报送，谢谢大家。")
        return "\n".join(lines)
    lines.append(f"尚未报送{len(open_rows)}个：{'、'.join(row.name for row in open_rows)}。")
    lines += [*_by_when(open_rows), _how(unit)]
    lines.append(f"{unit.association}")
    return "\n".join(lines)


def _by_when(rows: list[BelowRow]) -> list[str]:
    """Until when each is asked for; who is late is asked for now, who was granted more time by their own day."""
    now = clock.now()
    asked: dict[tuple[dt.date, bool], list[str]] = {}
    for row in rows:
        due = row.report.due_now
        asked.setdefault((due_day(due), now >= due), []).append(row.name)
    lines = []
    for (day, is_late), names in sorted(asked.items()):
        who = "" if len(asked) == 1 else f"{'、'.join(names)}："
        until = formats.short_day(day)
        words = f"{until}的报送期限已过，请尽快报送" if is_late else f"请于{until}前报送"
        lines.append(f"{who}{words}。")
    return lines


def _what(cycle: Cycle) -> str:
    return f"{cycle.label}“3+1”工作{cycle.noun}" if cycle.collection.is_principal else cycle.title


def _how(unit: OrgUnit) -> str:
    if unit.level == Level.COUNTY:
        return "没有发生的填0即可，照片不作要求；不方便上网的，打电话或发微信报数，由我们代填。"
    return "没有发生的填0即可，照片不作要求；如有困难请及时联系。"
