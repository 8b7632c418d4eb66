"""Freezing what stands in the cells into a version with its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from core.actor import Actor
from reporting.models import Figure, Indicator, Report, ReportVersion
from reporting.rules import Entry


def digest_of(entries: Mapping[str, Entry]) -> str:
    """SHA-256 over keys, values, texts and explanations in key order: equal content, equal digest."""
    content = [
        [key, "" if entry.value is None else f"{entry.value:.2f}", entry.text, entry.explanation]
        for key, entry in sorted(entries.items())
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def freeze(
    *,
    report: Report,
    entries: Mapping[str, Entry],
    indicators: Mapping[str, Indicator],
    by: Actor,
    missing_below: Sequence[Mapping[str, Any]] = (),
) -> ReportVersion:
    """A new version of the locked ``report`` holding ``entries``; the caller decides what it counts for."""
    last = report.versions.aggregate(last=Max("number"))["last"] or 0
    version = ReportVersion.objects.create(
        report=report,
        number=last + 1,
        frozen_by_id=by.pk,
        frozen_by=by.actor_label,
        is_nil=report.is_nil,
        missing_below=list(missing_below),
        digest=digest_of(entries),
    )
    Figure.objects.bulk_create(
        Figure(
            version=version,
            indicator=indicators[key],
            value=entry.value,
            text=entry.text,
            explanation=entry.explanation,
        )
        for key, entry in entries.items()
    )
    report.last_version = version
    return version
