"""Who may open the files that hang on the registry's rows: whoever may see the row they hang on."""

from __future__ import annotations

from typing import Any

from files.models import Attachment
from files.registry import register_door
from sanzhang.models import Activity, CandidacyStep, FilingBatch, Meeting, Support
from sanzhang.permissions import VIEW_PEOPLE


def _register(model: Any) -> None:
    """The row itself is asked, so that the scope is the one its page has."""

    def may_open(user: Any, attachment: Attachment) -> bool:
        return model.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()

    register_door(model._meta.label_lower, may_open)


def open_doors() -> None:
    """Called once at start."""
    for model in (Activity, CandidacyStep, FilingBatch, Meeting, Support):
        _register(model)
