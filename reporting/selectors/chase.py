"""Who is still owed, whom to call about it, and the words for the group."""

from __future__ import annotations

from dataclasses import dataclass, field

from core import clock, formats
from orgs.choices import Level, OfficerRole
from orgs.models import OrgUnit, UnitOfficer
from reporting.models import ChaseRecord, Cycle
from reporting.selectors.below import BelowRow, rows_below
from reporting.selectors.deadline import due_day


@dataclass(slots=True)
class CallRow:
    """One unit that is owed: its liaison and leader in charge, and what was done about it."""

    below: BelowRow
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
    """Everybody below ``unit`` in ``cycle``, and the call list of those not in; four queries."""
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
    return ChaseList(cycle, unit, rows, list(calls.values()), chase_text(cycle, unit, rows))


def chase_text(cycle: Cycle, unit: OrgUnit, rows: list[BelowRow]) -> str:
    """The reminder for the group: who is in, who is not, until when. In code order, no ranking."""
    done = [row.name for row in rows if row.is_in]
    open_rows = [row for row in rows if not row.is_in]
    now = clock.now().astimezone(clock.SHANGHAI)
    lines = [f"【{cycle.label}“3+1”工作月报】截至{formats.short_day(now)}{now.hour}时："]
    if done:
        lines.append(f"已报{len(done)}个：{'、'.join(done)}。感谢支持！")
    if not open_rows:
        lines.append("各单位均已报送，谢谢大家。")
        return "\n".join(lines)
    lines.append(f"尚未报送{len(open_rows)}个：{'、'.join(row.name for row in open_rows)}。")
    deadline = max(row.report.deadline for row in open_rows)
    day = formats.short_day(due_day(deadline))
    by_when = f"请于{day}前报送" if now < deadline else f"{day}的报送期限已过，请尽快报送"
    lines.append(f"{by_when}，{_how(unit)}")
    lines.append(f"{unit.association}")
    return "\n".join(lines)


def _how(unit: OrgUnit) -> str:
    if unit.level == Level.COUNTY:
        return "没有发生的填0即可，照片不作要求；不方便上网的，打电话或发微信报数，由我们代填。"
    return "没有发生的填0即可，照片不作要求；如有困难请及时联系。"
