"""Freezing what stands in the cells into a version with its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from core.actor import Actor
from core.copying import copy_rows
from reporting.models import Figure, Indicator, Report, ReportVersion
from reporting.rules.filling import Entry

FIGURE_COLUMNS = ("version_id", "indicator_id", "value", "recorded", "text", "explanation")


def digest_of(entries: Mapping[str, Entry]) -> str:
    """SHA-256 over keys, values, texts and explanations in key order: equal content, equal digest."""
    content = [
        [key, "" if entry.value is None else f"{entry.value:.2f}", entry.text, entry.explanation]
        for key, entry in sorted(entries.items())
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be frozen of one locked report: the entries whose key is among ``indicators``. ``missing_below`` names
    who was missing (带缺上报)."""

    report: Report
    entries: Mapping[str, Entry]
    indicators: Mapping[str, Indicator]
    missing_below: Sequence[Mapping[str, Any]] = ()


def freeze(
    *, report: Report, entries: Mapping[str, Entry], indicators: Mapping[str, Indicator], by: Actor
) -> ReportVersion:
    """A new version of the locked ``report`` holding ``entries``; the caller decides what it counts for."""
    [version] = freeze_many(contents=[Content(report, entries, indicators)], by=by)
    return version


def freeze_many(*, contents: Sequence[Content], by: Actor) -> list[ReportVersion]:
    """New versions of many locked reports in three statements, in the order given; each becomes ``last_version``."""
    numbers = _last_numbers([content.report for content in contents if content.report.first_submitted_at])
    versions = ReportVersion.objects.bulk_create(
        ReportVersion(
            report=content.report,
            number=numbers.get(content.report.pk, 0) + 1,
            frozen_by_id=by.pk,
            frozen_by=by.actor_label,
            is_nil=content.report.is_nil,
            missing_below=list(content.missing_below),
            digest=digest_of(content.entries),
        )
        for content in contents
    )
    copy_rows(
        Figure,
        FIGURE_COLUMNS,
        (
            (
                *(version.pk, content.indicators[key].pk),
                *(entry.value, entry.recorded or 0, entry.text, entry.explanation),
            )
            for version, content in zip(versions, contents, strict=True)
            for key, entry in content.entries.items()
            if key in content.indicators
        ),
    )
    for version, content in zip(versions, contents, strict=True):
        content.report.last_version = version
    return versions


def _last_numbers(reports: Sequence[Report]) -> dict[int, int]:
    """The number of the last version of each, by primary key of the report."""
    if not reports:
        return {}
    versions = ReportVersion.objects.filter(report__in=[report.pk for report in reports])
    return dict(versions.values("report_id").annotate(last=Max("number")).values_list("report_id", "last"))
