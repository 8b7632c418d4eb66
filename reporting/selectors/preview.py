"""A version as a unit of a level will see it, with nothing filled in yet."""

from __future__ import annotations

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import FormVersion, Report
from reporting.selectors.layout import layout_of
from reporting.selectors.paper import Paper
from reporting.selectors.sheet import blank_paper


def preview_of(version: FormVersion, level: Level) -> Paper:
    """The form of an imaginary unit; nothing of it is stored."""
    report = Report(pk=0, level=level, unit_name="某单位", unit=OrgUnit(pk=0, name="某单位", level=level))
    return blank_paper(report, layout_of(version))
