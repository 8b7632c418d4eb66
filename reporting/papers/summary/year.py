"""The year behind a month: its cycles, where it began, what its reports came to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, Q, Sum

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle, Report
from reporting.papers.book import Book, book_of
from reporting.papers.bulletin.wording import Wording, percent, points, share
from reporting.papers.bulletin.wordlist import EVENTS, REACHED
from reporting.rollup import Trend, trend
from reporting.selectors.facts import FactTable, facts_of

TREND_KEYS = ("coverage_rate_township", "key_people_total", "recruited", *EVENTS, *REACHED)


@dataclass(slots=True)
class Year:
    """``before`` is the cycle that the year is measured from: the last of the year before, else its own first."""

    cycles: list[Cycle]
    before: Cycle
    opening: FactTable
    trend: Trend
    expected: int
    on_time: int
    returns: int

    @property
    def number(self) -> int:
        return self.cycles[-1].period.year

    @property
    def is_whole(self) -> bool:
        return len(self.cycles) == 12

    @property
    def since(self) -> str:
        """年初, or the month that the record begins with."""
        return "年初" if self.before.period.year < self.number else f"{self.before.period.month}月"

    @property
    def on_time_rate(self) -> Fraction | None:
        return share(self.on_time, self.expected)

    def sums(self, keys: tuple[str, ...]) -> list[Decimal | None]:
        """Several series added month by month; ``None`` where none of them says anything."""
        rows = []
        for month in zip(*(self.trend.series[key] for key in keys), strict=True):
            known = [value for value in month if value is not None]
            rows.append(sum(known, Decimal(0)) if known else None)
        return rows


def year_of(cycle: Cycle, unit: OrgUnit) -> Year:
    """From the year's first cycle up to ``cycle``."""
    cycles = list(Cycle.objects.of_year_until(cycle).select_related("collection").order_by("period"))
    past = Cycle.objects.filter(
        collection=cycle.collection_id, period__lt=cycles[0].period, facts_at__isnull=False
    )
    before = past.order_by("-period").first() or cycles[0]
    owed = Report.objects.filter(cycle__in=cycles, level__in=[Level.CITY, Level.COUNTY]).owed().within(unit)
    counts = owed.aggregate(
        expected=Count("pk"), on_time=Count("pk", filter=Q(on_time=True)), returns=Sum("returns")
    )
    return Year(
        cycles=cycles,
        before=before,
        opening=facts_of(before, units=[unit.pk]),
        trend=trend(unit, TREND_KEYS, cycle, len(cycles)),
        expected=counts["expected"],
        on_time=counts["on_time"],
        returns=counts["returns"] or 0,
    )


class YearWording(Wording):
    """The month's phrases, and those of the year."""

    def __init__(self, book: Book, year: Year) -> None:
        super().__init__(book)
        self.year = year

    def opening(self, key: str) -> Decimal | None:
        fact = self.year.opening.fact(self.figures.whole.unit_id, key)
        return fact.value if fact else None

    def since_words(self, measure: str, key: str) -> str:
        """，比年初提高1.2个百分点; nothing where the beginning is not known."""
        now, past = self.rate(measure), self.opening(key)
        if now is None or past is None:
            return ""
        change = now - Fraction(past) / 100
        words = points(change)
        if words == "0.0":
            return f"，与{self.year.since}持平"
        return f"，比{self.year.since}{'提高' if change > 0 else '下降'}{words}个百分点"

    def growth_words(self, key: str) -> str:
        """，比年初净增120人."""
        past = self.opening(key)
        if past is None:
            return ""
        change = self.count(key) - past
        if not change:
            return f"，与{self.year.since}持平"
        return f"，比{self.year.since}净{'增' if change > 0 else '减'}{abs(change):,.0f}人"

    def flow(self, key: str) -> str:
        return f"{self.figures.registry_year.get(key, 0):,}"

    def busiest(self) -> str:
        """活动以9月最为集中，达512场（期）。; nothing where no month stands out."""
        events = [value or Decimal(0) for value in self.year.sums(EVENTS)]
        if len(events) < 2 or not max(events) or events.count(max(events)) > 1:
            return ""
        at = events.index(max(events))
        return f"活动以{self.year.trend.periods[at].month}月最为集中，达{max(events):,.0f}场（期）。"

    @property
    def on_time_words(self) -> str:
        return percent(self.year.on_time_rate)


def wording_of(cycle: Cycle, unit: OrgUnit) -> YearWording:
    return YearWording(book_of(cycle, unit), year_of(cycle, unit))
