"""Where live and official totals differ, by how much and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q

from orgs.models import OrgUnit
from reporting.models import Cycle, Report
from reporting.rollup.basis import Basis
from reporting.rollup.lenses import THEN, Lens
from reporting.rollup.totals import cycle_totals

NOT_YET_OFFICIAL = "已通过初审，待上级审定"
CORRECTED = "更正待上级逐级确认"
WITHDRAWN = "已审定，现退回修改"


@dataclass(frozen=True, slots=True)
class DriftCause:
    """A report whose live and official versions differ."""

    report_id: int
    unit_id: int
    unit_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One total of one unit that is not the same on both bases; ``None`` where a basis has nothing."""

    unit_id: int
    key: str
    live: Decimal | None
    official: Decimal | None
    causes: tuple[DriftCause, ...]

    @property
    def difference(self) -> Decimal:
        """Live less official."""
        return (self.live or Decimal(0)) - (self.official or Decimal(0))


def drift(
    cycle: Cycle, within: OrgUnit | None = None, *, alone: bool = False, lens: Lens = THEN
) -> list[Drift]:
    """Every total of ``within`` and below, or of ``within`` ``alone``, where live and official differ, with the reports
    behind it."""
    live = cycle_totals(cycle, basis=Basis.LIVE, within=within, alone=alone, lens=lens)
    official = cycle_totals(cycle, basis=Basis.OFFICIAL, within=within, alone=alone, lens=lens)
    causes = _causes(cycle, within)
    keys = {(unit_id, key) for table in (live, official) for unit_id, key, _cell in table.rows()}
    return [
        Drift(
            unit_id,
            key,
            live.total(unit_id, key),
            official.total(unit_id, key),
            tuple(causes.get(unit_id, ())),
        )
        for unit_id, key in sorted(keys)
        if live.total(unit_id, key) != official.total(unit_id, key)
    ]


_READ = (
    *("unit", "unit_name", "county", "city", "province"),
    *("live_version", "official_version"),
)


def _causes(cycle: Cycle, within: OrgUnit | None) -> dict[int, list[DriftCause]]:
    reports = Report.objects.filter(cycle=cycle).filter(
        ~Q(live_version=F("official_version"))
        | Q(live_version__isnull=True, official_version__isnull=False)
        | Q(live_version__isnull=False, official_version__isnull=True)
    )
    reports = reports.exclude(live_version__isnull=True, official_version__isnull=True)
    if within is not None:
        reports = reports.within(within)
    found: dict[int, list[DriftCause]] = {}
    for report in reports.order_by("level", "unit_id").only(*_READ):
        cause = DriftCause(report.pk, report.unit_id, report.unit_name, _reason(report))
        above = (report.unit_id, report.county_id, report.city_id, report.province_id)
        for unit_id in {unit_id for unit_id in above if unit_id is not None}:
            found.setdefault(unit_id, []).append(cause)
    return found


def _reason(report: Report) -> str:
    if report.official_version_id is None:
        return NOT_YET_OFFICIAL
    return CORRECTED if report.live_version_id is not None else WITHDRAWN
