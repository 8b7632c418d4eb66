"""Tables of reporting, split by noun."""

from reporting.models.correction import CaseItem, CaseStep, CorrectionCase
from reporting.models.cycle import CalendarDay, Collection, Cycle, DeadlineOverride, UnitReporting
from reporting.models.feedback import BurdenFeedback
from reporting.models.form import Form, FormItem, FormVersion, Indicator, Section
from reporting.models.paper import PaperDraft, PaperTemplate, PaperText
from reporting.models.report import Cell, Figure, Report, ReportQuerySet, ReportStep, ReportVersion
from reporting.models.review import CellRemark, ChaseRecord, ReviewRound, SignOff
from reporting.models.target import TARGETED_LEVELS, Target
from reporting.models.totals import CycleFact, CycleTotal

__all__ = [
    "TARGETED_LEVELS",
    "BurdenFeedback",
    "CalendarDay",
    "CaseItem",
    "CaseStep",
    "Cell",
    "CellRemark",
    "ChaseRecord",
    "Collection",
    "CorrectionCase",
    "Cycle",
    "CycleFact",
    "CycleTotal",
    "DeadlineOverride",
    "Figure",
    "Form",
    "FormItem",
    "FormVersion",
    "Indicator",
    "PaperDraft",
    "PaperTemplate",
    "PaperText",
    "Report",
    "ReportQuerySet",
    "ReportStep",
    "ReportVersion",
    "ReviewRound",
    "Section",
    "SignOff",
    "Target",
    "UnitReporting",
]
