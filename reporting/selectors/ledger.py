"""台账数: what the ledgers know of a report's own doings, so that nobody types it again.

A record counts once, in the cycle for which it came in time: it ended by the window's last day and was on record when
the report was handed in. What was entered later is 补录 of the next cycle, and what a report has counted never moves:
a version keeps the number that it froze. While a report is at its desk the number follows the ledger.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from string import Template
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from core import clock
from orgs.choices import Standing
from orgs.leading import leaders
from orgs.models import Affiliate, AffiliateMembers, AffiliateState, OrgUnit
from orgs.selectors.affiliate_counts import COUNTED, LED, MEMBERS, SOCIETIES, counts_as_known
from reporting.choices import CycleState, ReportState, Source
from reporting.models import Report
from reporting.selectors.layout import Layout
from sanzhang.choices import EVENTS

#: Reports out of their desk's hands; their part of the ledger is closed at the instant they were handed in.
HANDED_IN = (ReportState.SUBMITTED, ReportState.ACCEPTED)

#: What of the ledgers falls to each report: from where the report before it stopped until it was handed in (or now).
CUTS = Template("""
cuts AS MATERIALIZED (
    SELECT r.id AS report_id, r.unit_id, c.window_first, c.window_last,
           CASE WHEN r.state = ANY(%(handed_in)s) THEN r.submitted_at ELSE 'infinity'::timestamptz END AS until,
           COALESCE(before.window_last, c.window_first - 1) AS before_last,
           CASE WHEN p.state = ANY(%(handed_in)s) THEN p.submitted_at
                WHEN p.id IS NOT NULL AND p.exempted_at IS NULL AND before.state = %(open)s
                    THEN 'infinity'::timestamptz
                ELSE (COALESCE(before.window_last, c.window_first - 1) + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
           END AS before_until
    FROM reporting_report r
    JOIN reporting_cycle c ON c.id = r.cycle_id
    LEFT JOIN LATERAL (
        SELECT e.* FROM reporting_cycle e
        WHERE e.collection_id = c.collection_id AND e.period < c.period ORDER BY e.period DESC LIMIT 1
    ) before ON true
    LEFT JOIN reporting_report p ON p.cycle_id = before.id AND p.unit_id = r.unit_id
    WHERE $scope
)""")

#: Whether a record that ended on ``$day`` falls to the report.
FALLS = Template(
    "$row.voided_at IS NULL AND NOT $row.was_reported AND $row.$day <= k.window_last AND $row.recorded_at <= k.until"
    " AND NOT ($row.$day <= k.before_last AND $row.recorded_at <= k.before_until)"
)

ACTIVITIES = Template("""
activities AS (
    SELECT k.report_id, d.counts_as, count(*) AS events, sum(a.reached) AS reached, sum(a.adopted) AS adopted,
           count(*) FILTER (WHERE d.counts_as = ANY(%(events)s) AND EXISTS (
               SELECT 1 FROM sanzhang_activitypart t WHERE t.activity_id = a.id AND t.removed_at IS NULL
           )) AS led,
           count(*) FILTER (WHERE a.is_volunteer OR d.counts_as = 'volunteer') AS volunteer,
           count(*) FILTER (WHERE a.ended_on < k.window_first) AS late
    FROM cuts k JOIN sanzhang_activity a ON a.unit_id = k.unit_id
    JOIN sanzhang_activitykind d ON d.id = a.kind_id
    WHERE $falls GROUP BY k.report_id, d.counts_as
)""").substitute(falls=FALLS.substitute(row="a", day="ended_on"))

SUPPORTS = Template("""
supports AS (
    SELECT k.report_id, s.kind, count(*) AS events, sum(s.heads) AS heads, sum(s.amount) AS amount,
           count(s.amount) AS paid, count(*) FILTER (WHERE s.given_on < k.window_first) AS late
    FROM cuts k JOIN sanzhang_support s ON s.giver_id = k.unit_id
    WHERE s.is_own AND $falls GROUP BY k.report_id, s.kind
)""").substitute(falls=FALLS.substitute(row="s", day="given_on"))

#: One row a report and key: ``(report_id, key, number, late)``.
FIGURES = """
SELECT report_id, counts_as || '_events', events::numeric, late FROM activities WHERE counts_as = ANY(%(events)s)
UNION ALL
SELECT report_id, counts_as || '_reached', reached, late FROM activities WHERE counts_as = ANY(%(events)s)
UNION ALL
SELECT report_id, 'agri_adopted', sum(adopted), sum(late) FILTER (WHERE adopted > 0) FROM activities
GROUP BY report_id HAVING sum(adopted) > 0
UNION ALL
SELECT report_id, 'led_events', sum(led), 0 FROM activities WHERE counts_as = ANY(%(events)s) GROUP BY report_id
UNION ALL
SELECT report_id, 'volunteer_events', sum(volunteer), 0 FROM activities GROUP BY report_id HAVING sum(volunteer) > 0
UNION ALL
SELECT s.report_id, f.key, f.number, s.late FROM supports s CROSS JOIN LATERAL (VALUES
    ('support_projects', CASE WHEN s.kind = 'project' THEN s.events END),
    ('support_awards', CASE WHEN s.kind = 'award' THEN s.heads END),
    ('support_talent', CASE WHEN s.kind = 'talent' THEN s.heads END),
    ('support_exchange', CASE WHEN s.kind = 'exchange' THEN s.heads END),
    ('support_training', CASE WHEN s.kind = 'training' THEN s.events END),
    ('support_trained', CASE WHEN s.kind = 'training' THEN s.heads END)
) f(key, number) WHERE f.number IS NOT NULL
UNION ALL
SELECT report_id, 'support_funds', sum(amount), sum(late) FROM supports WHERE paid > 0 GROUP BY report_id
"""

#: The records of one kind of ledger that fall to the reports.
RECORDS = {
    "activities": Template(
        "SELECT a.id FROM cuts k JOIN sanzhang_activity a ON a.unit_id = k.unit_id WHERE $falls"
    ).substitute(falls=FALLS.substitute(row="a", day="ended_on")),
    "supports": Template(
        "SELECT s.id FROM cuts k JOIN sanzhang_support s ON s.giver_id = k.unit_id WHERE s.is_own AND $falls"
    ).substitute(falls=FALLS.substitute(row="s", day="given_on")),
}


@dataclass(slots=True)
class Ledger:
    """台账数 by report and indicator key, only where the ledgers hold a record; ``late`` counts the 补录 among them."""

    numbers: dict[int, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    late: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, report_id: int) -> Mapping[str, Decimal]:
        return self.numbers.get(report_id, {})

    def late_of(self, report_id: int) -> Mapping[str, int]:
        return self.late.get(report_id, {})


def ledger_of(reports: Iterable[Report], layout: Layout) -> Ledger:
    """What the ledgers know of ``reports`` of one cycle, of what each types itself; the number of queries does not
    grow with them."""
    rows = {report.pk: report for report in reports}
    owed = {level: _kept_by_ledgers(layout, level) for level in {report.level for report in rows.values()}}
    found = Ledger()
    if any(owed.values()):
        _read_work(rows, owed, found)
        _read_affiliates(rows, owed, found)
    return found


def _read_work(rows: Mapping[int, Report], owed: Mapping[int, set[str]], found: Ledger) -> None:
    """Activities and supports: flows, by the cut of each report."""
    parts = ",".join([CUTS.substitute(scope="r.id = ANY(%(reports)s)"), ACTIVITIES, SUPPORTS])
    with connection.cursor() as cursor:
        sql = Template("WITH $parts $figures").substitute(parts=parts, figures=FIGURES)
        cursor.execute(sql, _constants() | {"reports": list(rows)})
        for report_id, key, number, late in cursor.fetchall():
            if key in owed[rows[report_id].level]:
                found.numbers[report_id][key] = Decimal(number)
                if late:
                    found.late[report_id][key] = int(late)


def _read_affiliates(rows: Mapping[int, Report], owed: Mapping[int, set[str]], found: Ledger) -> None:
    """组织体系: states as of the window's last day, where any affiliate is on record at all."""
    asked = [report for report in rows.values() if owed[report.level] & set(COUNTED)]
    if not asked or not Affiliate.objects.filter(_guided(asked)).exists():
        return
    moments: dict[dt.datetime, list[Report]] = defaultdict(list)
    for report in asked:
        moments[_until(report)].append(report)
    for instant, group in moments.items():
        units = list(OrgUnit.objects.filter(pk__in=[report.unit_id for report in group]))
        counts = counts_as_known(units, group[0].cycle.window_last, instant)
        for report in group:
            found.numbers[report.pk] |= {
                key: Decimal(number)
                for key, number in _stated(counts.get(report.unit_id, {})).items()
                if key in owed[report.level]
            }


def _stated(counts: Mapping[str, int]) -> dict[str, int]:
    """Only what is on record: of a kind without an affiliate the ledger says nothing, of the societies also how many
    are led."""
    return {key: number for key, number in counts.items() if number or (key == LED and counts.get(SOCIETIES))}


def _until(report: Report) -> dt.datetime:
    """The instant before which a record of an affiliate counts: just after the report was handed in, else after now."""
    is_closed = report.state in HANDED_IN
    last = report.submitted_at if is_closed and report.submitted_at else clock.now()
    return last + dt.timedelta(microseconds=1)


def _guided(reports: Collection[Report]) -> Q:
    """Affiliates that the reports' units guide, or the townships of counties."""
    units = [report.unit_id for report in reports]
    return Q(unit__in=units) | Q(unit__county__in=units) | Q(unit__township__in=units)


def affiliates_counted(report: Report, key: str) -> dict[int, int]:
    """What each affiliate on record adds to one of the figures of 组织体系."""
    day, instant = report.cycle.window_last, _until(report)
    standing = AffiliateState.objects.as_known(day, instant).exclude(state=Standing.EXITED)
    affiliates = Affiliate.objects.filter(_guided([report]), pk__in=standing.values("affiliate"))
    if key == MEMBERS:
        members = AffiliateMembers.objects.as_known(day, instant).filter(affiliate__in=affiliates)
        return dict(members.exclude(personal=0).values_list("affiliate_id", "personal"))
    source = leaders()
    if key == LED:
        led = source.led(day, instant) if source else []
        affiliates = affiliates.filter(kind__indicator=SOCIETIES, pk__in=led)
    else:
        affiliates = affiliates.filter(kind__indicator=key)
    return dict.fromkeys(affiliates.values_list("pk", flat=True), 1)


def _constants() -> dict[str, Any]:
    return {
        "handed_in": [str(state) for state in HANDED_IN],
        "open": str(CycleState.OPEN),
        "events": [str(kind) for kind in EVENTS],
    }


def records_of(report: Report, ledger: str) -> list[int]:
    """The keys of the records of a ledger (``activities`` or ``supports``) that fall to ``report``."""
    sql = Template("WITH $cuts $records").substitute(
        cuts=CUTS.substitute(scope="r.id = %(report)s"), records=RECORDS[ledger]
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _constants() | {"report": report.pk})
        return [row[0] for row in cursor.fetchall()]


def _kept_by_ledgers(layout: Layout, level: int) -> set[str]:
    """The keys that a unit of ``level`` types until a ledger knows them."""
    return {
        item.indicator.key
        for item in layout.numeric_owed_at(level)
        if item.indicator.source == Source.TYPED_UNTIL_RECORDED
    }


def ledger_url(report: Report, key: str) -> str:
    """The records behind a report's 台账数 of one indicator."""
    return reverse("reporting:ledger", args=[report.pk, key])
