"""Who may open the files that hang on steps and meetings: whoever may see the row they hang on."""

from __future__ import annotations

from typing import Any

from files.models import Attachment
from files.registry import register_door
from sanzhang.models import CandidacyStep, FilingBatch, Meeting
from sanzhang.permissions import VIEW_PEOPLE


def may_open_step_paper(user: Any, attachment: Attachment) -> bool:
    """The step itself is asked, so that the scope is the one the candidacy's page has."""
    return CandidacyStep.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()


def may_open_meeting_paper(user: Any, attachment: Attachment) -> bool:
    return Meeting.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()


def may_open_filing_paper(user: Any, attachment: Attachment) -> bool:
    return FilingBatch.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()


def open_doors() -> None:
    """Called once at start."""
    register_door("sanzhang.candidacystep", may_open_step_paper)
    register_door("sanzhang.meeting", may_open_meeting_paper)
    register_door("sanzhang.filingbatch", may_open_filing_paper)
