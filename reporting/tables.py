"""Lists of the pages that look on, as tables: their columns, their order and where a cell leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core import formats
from core.tables import Column
from orgs.choices import EstablishmentState, Level
from orgs.models import BlankSpot
from reporting.choices import CaseState, ReportState, Timeliness
from reporting.selectors.below import STATE_TONES
from reporting.selectors.completeness import CompletenessRow, Counts, StateRow
from reporting.selectors.coverage import CoverageRow

Address = Callable[[int], str | None]

TIMELINESS_TONES = {
    Timeliness.PENDING: ("neutral", "clock"),
    Timeliness.ON_TIME: ("success", "check-circle-fill"),
    Timeliness.LATE: ("warning", "exclamation-triangle-fill"),
    Timeliness.MISSING: ("danger", "x-octagon"),
    Timeliness.EXEMPT: ("neutral", "slash-circle"),
}
CASE_TONES = {
    CaseState.OPEN: ("info", "hourglass-split"),
    CaseState.CONFIRMED: ("success", "check-circle-fill"),
    CaseState.REFUSED: ("danger", "x-octagon"),
    CaseState.WITHDRAWN: ("neutral", "reply"),
}
