"""Which figures a paper holds: cycle, unit, basis, version and the instant of their taking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from audit.models import AuditEvent
from core import clock
from core.formats import day, moment, short_day
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import CaseState
from reporting.models import CorrectionCase, Cycle
from reporting.rollup import Basis, basis_for

WORKBOOK_TITLE = "“3+1”工作月报"
BULLETIN_TITLE = "“3+1”工作进展情况通报"
#: What all units of a province, or of a city, are called together.
WHOLE = {Level.PROVINCE: "全省", Level.CITY: "全市", Level.COUNTY: "全县（市、区）"}


@dataclass(frozen=True, slots=True)
class Edition:
    """``number`` counts the settled states of a cycle: the first lock is V1, each lock or correction after it one more."""

    cycle: Cycle
    unit: OrgUnit
    basis: Basis
    number: int
    made_at: dt.datetime

    @property
    def whole(self) -> str:
        """全省 or 全市."""
        return WHOLE[Level(self.unit.level)]

    @property
    def version(self) -> str:
        """审定版V1, or 实时版."""
        return f"审定版V{self.number}" if self.basis == Basis.OFFICIAL else "实时版"

    @property
    def standing(self) -> str:
        """统计截至11月19日，审定版V1."""
        return f"统计截至{short_day(self.cycle.window_last)}，{self.version}"

    @property
    def basis_line(self) -> str:
        """The line under each title that says which figures these are."""
        return (
            f"统计期：{day(self.cycle.window_first)}至{day(self.cycle.window_last)}　　"
            f"口径：{self.basis.label}（{self.version}）　　取数时间：{moment(self.made_at)}"
        )

    def file_name(self, what: str, suffix: str) -> str:
        """2026年11月“3+1”工作月报（统计截至11月19日，审定版V1）.xlsx."""
        return f"{self.named(what)}（{self.standing}）.{suffix}"

    def named(self, what: str) -> str:
        """2026年11月“3+1”工作月报; of a city with its name before."""
        owner = "" if self.unit.level == Level.PROVINCE else self.unit.display_name
        return f"{owner}{self.cycle.label}{what}"

    def record(self, digest: str) -> dict[str, Any]:
        """The basis as an export job keeps it."""
        return {
            "期": self.cycle.label,
            "单位": self.unit.display_name,
            "口径": self.basis.label,
            "版本": self.version,
            "统计截至": day(self.cycle.window_last),
            "取数时间": moment(self.made_at),
            "数据校验码": digest,
        }


def edition_of(cycle: Cycle, unit: OrgUnit) -> Edition:
    """The figures of ``unit`` in ``cycle`` as they stand now."""
    return Edition(cycle, unit, basis_for(cycle), _number(cycle), clock.now())


def _number(cycle: Cycle) -> int:
    if cycle.locked_at is None:
        return 0
    locks = AuditEvent.objects.about("reporting.cycle", cycle.pk).filter(kind="cycle.lock")
    first = locks.order_by("id").values_list("at", flat=True).first() or cycle.locked_at
    corrected = CorrectionCase.objects.filter(
        report__cycle=cycle, state=CaseState.CONFIRMED, closed_at__gt=first
    ).count()
    return max(locks.count(), 1) + corrected
