"""行政区划调整: drafted line by line, seen whole before it is done, done at once, taken back while nothing depends on it."""

from orgs.services.reorganising.applying import apply, apply_due, apply_scheduled
from orgs.services.reorganising.drafting import (
    add_lines,
    discard,
    dispose,
    draft,
    remove_line,
    schedule,
    set_basis,
    set_lines,
    unschedule,
)
from orgs.services.reorganising.previewing import Consequences, plan_of, preview
from orgs.services.reorganising.undoing import blocks, undo

__all__ = [
    "Consequences",
    "add_lines",
    "apply",
    "apply_due",
    "apply_scheduled",
    "blocks",
    "discard",
    "dispose",
    "draft",
    "plan_of",
    "preview",
    "remove_line",
    "schedule",
    "set_basis",
    "set_lines",
    "undo",
    "unschedule",
]
