"""The way down from a report's 台账数 of one indicator to the records that it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from orgs.models import Affiliate
from orgs.selectors.affiliate_counts import COUNTED
from reporting.models import Figure, Indicator, Report
from reporting.selectors.layout import layout_of
from reporting.selectors.ledger import HANDED_IN, affiliates_counted, ledger_of, records_of
from sanzhang.choices import EVENTS, CountsAs, SupportKind
from sanzhang.models import Activity, ActivityPart, Support


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One record: what it adds to the number, and whether it is 补录."""

    title: str
    kind: str
    day: Any
    note: str
    number: Decimal
    url: str
    is_late: bool


@dataclass(slots=True)
class LedgerPage:
    """The records of one number. ``counted`` is what the version that was handed in froze, ``None`` before."""

    indicator: Indicator
    lines: list[LedgerLine] = field(default_factory=list)
    number: Decimal = Decimal(0)
    counted: Decimal | None = None

    @property
    def drift(self) -> Decimal | None:
        """By how much the ledger has moved since the report was handed in."""
        return None if self.counted is None or self.counted == self.number else self.number - self.counted


def ledger_page(report: Report, key: str) -> LedgerPage | None:
    """The records behind one indicator of ``report``; ``None`` where no ledger knows the indicator."""
    item = layout_of(report.cycle.form_version).item(key)
    read = _READERS.get(key)
    if item is None or read is None:
        return None
    lines = read(report)
    known = ledger_of([report], layout_of(report.cycle.form_version)).of(report.pk)
    page = LedgerPage(item.indicator, lines, known.get(key, Decimal(0)))
    if report.state in HANDED_IN:
        frozen = Figure.objects.filter(version=report.last_version_id, indicator=item.indicator).first()
        page.counted = frozen.recorded if frozen else Decimal(0)
    return page


def _activities(condition: Q, number: Callable[[Activity], int]) -> Callable[[Report], list[LedgerLine]]:
    def read(report: Report) -> list[LedgerLine]:
        parts = ActivityPart.objects.filter(activity=OuterRef("pk"), removed_at__isnull=True)
        rows = (
            Activity.objects.filter(pk__in=records_of(report, "activities"))
            .annotate(has_people=Exists(parts))
            .filter(condition)
            .select_related("kind")
            .order_by("ended_on", "pk")
        )
        return [
            LedgerLine(
                title=row.title,
                kind=row.kind.name,
                day=row.ended_on,
                note=row.place,
                number=Decimal(number(row)),
                url=row.get_absolute_url(),
                is_late=row.ended_on < report.cycle.window_first,
            )
            for row in rows
        ]

    return read


def _supports(condition: Q, number: Callable[[Support], Any]) -> Callable[[Report], list[LedgerLine]]:
    def read(report: Report) -> list[LedgerLine]:
        rows = Support.objects.filter(condition, pk__in=records_of(report, "supports"))
        return [
            LedgerLine(
                title=row.title,
                kind=row.get_kind_display(),
                day=row.given_on,
                note=row.receiver_name,
                number=Decimal(number(row) or 0),
                url=row.get_absolute_url(),
                is_late=row.given_on < report.cycle.window_first,
            )
            for row in rows.select_related("receiver").order_by("given_on", "pk")
        ]

    return read


def _affiliates(key: str) -> Callable[[Report], list[LedgerLine]]:
    def read(report: Report) -> list[LedgerLine]:
        counted = affiliates_counted(report, key)
        rows = Affiliate.objects.filter(pk__in=counted).select_related("kind").order_by("pinyin", "pk")
        return [
            LedgerLine(
                title=row.name,
                kind=row.kind.name,
                day=row.founded_on,
                note=row.sector,
                number=Decimal(counted[row.pk]),
                url=row.get_absolute_url(),
                is_late=False,
            )
            for row in rows
        ]

    return read


def _events(kind: str) -> Q:
    return Q(kind__counts_as=kind)


_READERS: dict[str, Callable[[Report], list[LedgerLine]]] = {
    **{f"{kind}_events": _activities(_events(kind), lambda row: 1) for kind in EVENTS},
    **{f"{kind}_reached": _activities(_events(kind), lambda row: row.reached) for kind in EVENTS},
    "agri_adopted": _activities(Q(adopted__gt=0), lambda row: row.adopted),
    "led_events": _activities(Q(has_people=True, kind__counts_as__in=EVENTS), lambda row: 1),
    "volunteer_events": _activities(
        Q(is_volunteer=True) | Q(kind__counts_as=CountsAs.VOLUNTEER), lambda row: 1
    ),
    "support_projects": _supports(Q(kind=SupportKind.PROJECT), lambda row: 1),
    "support_funds": _supports(Q(amount__isnull=False), lambda row: row.amount),
    "support_awards": _supports(Q(kind=SupportKind.AWARD), lambda row: row.heads),
    "support_talent": _supports(Q(kind=SupportKind.TALENT), lambda row: row.heads),
    "support_exchange": _supports(Q(kind=SupportKind.EXCHANGE), lambda row: row.heads),
    "support_training": _supports(Q(kind=SupportKind.TRAINING), lambda row: 1),
    "support_trained": _supports(Q(kind=SupportKind.TRAINING), lambda row: row.heads),
    **{key: _affiliates(key) for key in COUNTED},
}
