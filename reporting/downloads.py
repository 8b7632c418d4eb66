"""Every file that reporting makes, and every sheet that it takes back."""

from __future__ import annotations

from files.registry import register_exporter, register_importer
from reporting.exporters.cases import CASES_FILE
from reporting.exporters.chase import CHASES_FILE, REMINDERS_FILE
from reporting.exporters.collections import COLLECTIONS_FILE
from reporting.exporters.counted import COUNTED_FILE
from reporting.exporters.excuses import EXCUSES_FILE
from reporting.exporters.forms import FEEDBACK_FILE, FORMS_FILE
from reporting.exporters.heads import HEADS_LIST
from reporting.exporters.issues import ISSUES_FILE
from reporting.exporters.named_units import NAMED_UNITS
from reporting.exporters.papers import DETAIL_LISTS, PAPERS
from reporting.exporters.quality import QUALITY_TABLE
from reporting.exporters.queue import QUEUE_FILE
from reporting.exporters.recorded import RECORDED_LIST
from reporting.exporters.standing import STANDING_SHEET
from reporting.importing.offline import OFFLINE_IMPORTERS, OFFLINE_SHEETS
from reporting.importing.targets import TARGET_IMPORTER, TARGET_SHEET
from reporting.papers.stamped import STAMPED_PAPERS
from reporting.papers.words import WORDS_PAPER
from reporting.pivot.sheet import PIVOT_SHEET

EXPORTERS = (
    *(CASES_FILE, CHASES_FILE, COLLECTIONS_FILE, COUNTED_FILE, EXCUSES_FILE, FEEDBACK_FILE, FORMS_FILE),
    *(HEADS_LIST, ISSUES_FILE, NAMED_UNITS, QUEUE_FILE, RECORDED_LIST, REMINDERS_FILE),
    *(PIVOT_SHEET, QUALITY_TABLE, STANDING_SHEET, TARGET_SHEET),
    *(*DETAIL_LISTS, *OFFLINE_SHEETS, *PAPERS, *STAMPED_PAPERS, WORDS_PAPER),
)


def register_files() -> None:
    """Called once at start."""
    for exporter in EXPORTERS:
        register_exporter(exporter)
    for importer in (TARGET_IMPORTER, *OFFLINE_IMPORTERS):
        register_importer(importer)
