"""Queries that only papers ask: the year's registry flows, words and late reports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import QuerySet, Sum

from orgs.choices import Level
from orgs.models import Cohort, OrgUnit, UnitEdition
from orgs.selectors.cohorts import covered_ids
from reporting.choices import IssueKind, ReportState, Time, Timeliness
from reporting.models import Cycle, CycleFact, Figure, Indicator, Report
from reporting.rollup import Basis
from reporting.rollup.statements import VERSION_COLUMN
from reporting.selectors.coverage import CoverageRow


def registry_year(cycle: Cycle, unit: OrgUnit, now: CoverageRow | None) -> dict[str, int]:
    """The registry's flows from the year's first cycle up to this one, by indicator key; ``now`` stands for a cycle
    whose facts are not stored yet."""
    facts = CycleFact.objects.filter(
        cycle__in=Cycle.objects.of_year_until(cycle), unit=unit, indicator__time=Time.SUM
    ).values("indicator__key")
    sums = dict(facts.annotate(sum=Sum("numerator")).values_list("indicator__key", "sum"))
    if cycle.facts_at is None and now is not None:
        flows = Indicator.objects.filter(key__in=now.facts, time=Time.SUM).values_list("key", flat=True)
        sums |= {key: sums.get(key, 0) + (now.number(key) or 0) for key in flows}
    return sums


def pilots_among(unit: OrgUnit, day: dt.date) -> set[int]:
    """Units directly below ``unit`` that are pilots on ``day``, named so by the unit or one above it."""
    below = UnitEdition.objects.on(day).filter(parent=unit)
    named = Cohort.objects.filter(is_pilot=True, owner__in=unit.ancestor_ids()).exclude(closed_on__lte=day)
    return {pk for cohort in named for pk in covered_ids(cohort, day, below)}


@dataclass(frozen=True, slots=True)
class Words:
    """What one city or county wrote this month."""

    unit_name: str
    city_name: str
    level: Level
    texts: dict[str, str]
    report_id: int = 0


def words_of(cycle: Cycle, unit: OrgUnit, basis: Basis, keys: tuple[str, ...]) -> list[Words]:
    """The texts of cities and counties in the version that counts, in code order; units that wrote none are left out."""
    version = VERSION_COLUMN[basis].removesuffix("_id")
    reports = (
        Report.objects.filter(cycle=cycle, level__lte=Level.COUNTY, **{f"{version}__isnull": False})
        .within(unit)
        .select_related("city", "unit")
        .order_by("unit__division_code")
    )
    texts: dict[int, dict[str, str]] = {}
    for pk, key, text in Figure.objects.filter(
        version__in=reports.order_by().values(version), indicator__key__in=keys
    ).values_list("version_id", "indicator__key", "text"):
        if text.strip():
            texts.setdefault(pk, {})[key] = text.strip()
    return [
        Words(
            report.unit_name,
            report.city.name if report.city else "",
            Level(report.level),
            texts[version_pk],
            report.pk,
        )
        for report in reports
        if (version_pk := getattr(report, VERSION_COLUMN[basis])) in texts
    ]


def raised_words(cycle: Cycle, unit: OrgUnit, basis: Basis) -> list[Words]:
    """The texts that raise problems and suggestions, by sort: those of several narratives of one sort in one."""
    raising = dict(Indicator.objects.exclude(raises="").order_by("pk").values_list("key", "raises"))
    found = []
    for words in words_of(cycle, unit, basis, tuple(raising)):
        said = {
            kind.value: "\n".join(
                words.texts[key] for key, raises in raising.items() if raises == kind and key in words.texts
            )
            for kind in IssueKind
        }
        found.append(replace(words, texts={kind: text for kind, text in said.items() if text}))
    return found


@dataclass(frozen=True, slots=True)
class Tardy:
    """A city's, county's or zone's report that is late or missing; ``days`` begun since the deadline."""

    unit_id: int
    name: str
    city_name: str
    level: Level
    timeliness: Timeliness
    deadline: dt.datetime
    submitted_at: dt.datetime | None
    is_deferred: bool
    days: int
    state: ReportState


def owed_reports(cycle: Cycle, unit: OrgUnit) -> QuerySet[Report]:
    """The reports of ``unit``'s cities, counties and zones that lateness is charged to, in code order."""
    return (
        Report.objects.filter(cycle=cycle, level__in=[Level.CITY, Level.COUNTY])
        .owed()
        .within(unit)
        .select_related("city", "unit")
        .order_by("unit__division_code")
    )


def tardy_reports(cycle: Cycle, unit: OrgUnit, at: dt.datetime) -> list[Tardy]:
    """Who is late or missing as of ``at``."""
    found = []
    for report in owed_reports(cycle, unit):
        timeliness = report.timeliness(at)
        if timeliness in (Timeliness.LATE, Timeliness.MISSING):
            over = (report.first_submitted_at or at) - report.deadline
            found.append(
                Tardy(
                    unit_id=report.unit_id,
                    name=report.unit_name,
                    city_name=report.city.name if report.city else "",
                    level=Level(report.level),
                    timeliness=timeliness,
                    deadline=report.deadline,
                    submitted_at=report.first_submitted_at,
                    is_deferred=report.deferred_to is not None,
                    days=over.days + 1,
                    state=ReportState(report.state),
                )
            )
    return found
