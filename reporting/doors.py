"""Who may open the files that hang on reports: whoever may see the report."""

from __future__ import annotations

from typing import Any

from files.models import Attachment
from files.registry import register_door
from reporting.models import Report
from reporting.permissions import VIEW_REPORTS


def may_open_report_file(user: Any, attachment: Attachment) -> bool:
    """The report itself is asked, so that the scope is the one its pages have."""
    return Report.objects.visible_to(user, VIEW_REPORTS).filter(pk=attachment.owner_id).exists()


def open_doors() -> None:
    """Called once at start."""
    register_door("reporting.report", may_open_report_file)
