"""Tables of reporting, split by noun."""

from reporting.models.collection import (
    CalendarDay,
    Collection,
    DeadlineOverride,
    FixedDates,
    UnitReporting,
    reporting_levels,
)
from reporting.models.correction import CaseItem, CaseStep, CorrectionCase
from reporting.models.cycle import Cycle, period_label
from reporting.models.excuse import Excuse, ExcuseQuerySet
from reporting.models.feedback import BurdenFeedback
from reporting.models.form import Form, FormItem, FormVersion, Indicator, Section
from reporting.models.issue import Issue, IssueQuerySet, IssueStep
from reporting.models.paper import PaperDraft, PaperTemplate, PaperText
from reporting.models.question import SavedQuestion
from reporting.models.register import FormRegistration
from reporting.models.reminder import Reminder
from reporting.models.report import Cell, Figure, Report, ReportQuerySet, ReportStep, ReportVersion
from reporting.models.review import CellRemark, ChaseRecord, ReviewRound, SignOff
from reporting.models.stamped import StampedSheet
from reporting.models.subscription import Delivery, Subscription
from reporting.models.table import DefinitionChange, TableColumn
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
    "DefinitionChange",
    "Delivery",
    "Excuse",
    "ExcuseQuerySet",
    "Figure",
    "FixedDates",
    "Form",
    "FormItem",
    "FormRegistration",
    "FormVersion",
    "Indicator",
    "Issue",
    "IssueQuerySet",
    "IssueStep",
    "PaperDraft",
    "PaperTemplate",
    "PaperText",
    "Reminder",
    "Report",
    "ReportQuerySet",
    "ReportStep",
    "ReportVersion",
    "ReviewRound",
    "SavedQuestion",
    "Section",
    "SignOff",
    "StampedSheet",
    "Subscription",
    "TableColumn",
    "Target",
    "UnitReporting",
    "period_label",
    "reporting_levels",
]
