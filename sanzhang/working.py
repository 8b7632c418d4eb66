"""What duty records and the support ledger tell the other floors at start: files, messages, the life of a person."""

from __future__ import annotations

from files.registry import register_exporter
from sanzhang.exporters.duty import ACTIVITIES_FILE, DUTY_FILE, EXEMPLARS_FILE, SUPPORTS_FILE
from sanzhang.notifying.duty import subscribe
from sanzhang.selectors.duty_life import work_events
from sanzhang.selectors.life import register_life_source


def declare_work() -> None:
    """Called once at start."""
    for exporter in (ACTIVITIES_FILE, DUTY_FILE, EXEMPLARS_FILE, SUPPORTS_FILE):
        register_exporter(exporter)
    subscribe()
    register_life_source(work_events)
