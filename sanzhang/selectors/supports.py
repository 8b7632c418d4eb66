"""The support ledger summed: by kind and year, given and received."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.urls import reverse

from orgs.models import OrgUnit
from sanzhang.choices import SupportKind
from sanzhang.models import Support

#: So many years stand side by side.
YEARS = 3


@dataclass(frozen=True, slots=True)
class SupportSum:
    """What was given of one kind in one year, with the way to the rows."""

    count: int = 0
    amount: Decimal | None = None
    heads: int | None = None
    url: str = ""

    @property
    def words(self) -> str:
        """3 项，12.50 万元，8 人."""
        parts = [f"{self.count}项"]
        if self.amount:
            parts.append(f"{self.amount:,.2f}万元")
        if self.heads:
            parts.append(f"{self.heads:,}人")
        return "，".join(parts)


@dataclass(slots=True)
class SumTable:
    """Kinds × years of one side."""

    title: str
    side: str
    years: list[int]
    rows: list[tuple[str, list[SupportSum | None]]] = field(default_factory=list)


def sums_of(rows: QuerySet[Support], unit: OrgUnit, this_year: int) -> list[SumTable]:
    """What ``unit`` and those below it gave, and what they received, by kind and year. Two queries."""
    supports: Any = rows
    years = [this_year - back for back in range(YEARS)]
    return [
        _table("给予", "given", supports.given_within(unit), unit, years),
        _table("收到", "received", supports.received_within(unit), unit, years),
    ]


def _table(title: str, side: str, rows: Any, unit: OrgUnit, years: list[int]) -> SumTable:
    found = {
        (row["kind"], row["year"]): row
        for row in rows.standing()
        .annotate(year=ExtractYear("given_on"))
        .filter(year__in=years)
        .order_by()
        .values("kind", "year")
        .annotate(count=Count("pk"), amount=Sum("amount"), heads=Sum("heads"))
    }
    table = SumTable(title, side, years)
    for kind in SupportKind:
        cells = [_cell(found.get((kind.value, year)), side, kind.value, year, unit) for year in years]
        table.rows.append((kind.label, cells))
    return table


def _cell(row: dict[str, Any] | None, side: str, kind: str, year: int, unit: OrgUnit) -> SupportSum | None:
    if row is None:
        return None
    query = urlencode({"side": side, "unit": unit.pk, "kind": kind, "year": year})
    return SupportSum(row["count"], row["amount"], row["heads"], f"{reverse('duty:supports')}?{query}")


def waiting_for(unit: OrgUnit) -> int:
    """How many supports wait for ``unit``'s word that they arrived."""
    return Support.objects.standing().filter(receiver=unit, confirmed_at__isnull=True).count()
