"""Photos of an activity, never compulsory; and who may open them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.actor import Actor
from core.errors import Conflict, DomainError
from files.models import Attachment
from files.registry import register_door
from files.services import attach, remove_attachment
from sanzhang.models import Activity, Support
from sanzhang.permissions import RECORD_WORK, VIEW_PEOPLE
from sanzhang.services.guards import ensure

PHOTO, PAPER = "photo", "paper"


@transaction.atomic
def add_photos(*, activity: Activity, uploads: Sequence[UploadedFile], by: Actor) -> list[Attachment]:
    """Keep files with an activity. Raises ``DomainError`` without one, or for a kind that is not taken."""
    ensure(by, RECORD_WORK, activity.unit)
    if activity.voided_at is not None:
        raise Conflict.of("voided", "这条记录已作废，不能再改。")
    if not uploads:
        raise DomainError.of("file_wanted", "请先选择文件。", "file")
    return [attach(owner=activity, unit=activity.unit, upload=one, kind=PHOTO, by=by) for one in uploads]


@transaction.atomic
def remove_photo(*, activity: Activity, photo: Attachment, by: Actor) -> None:
    ensure(by, RECORD_WORK, activity.unit)
    remove_attachment(attachment=photo, by=by)


@transaction.atomic
def add_paper(*, support: Support, upload: UploadedFile, by: Actor) -> Attachment:
    """The paper behind a support."""
    ensure(by, RECORD_WORK, support.giver)
    return attach(owner=support, unit=support.giver, upload=upload, kind=PAPER, by=by)


def _sees_activity(user: Any, attachment: Attachment) -> bool:
    return Activity.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()


def _sees_support(user: Any, attachment: Attachment) -> bool:
    return Support.objects.visible_to(user, VIEW_PEOPLE).filter(pk=attachment.owner_id).exists()


def open_doors() -> None:
    """Called once at start: whoever sees the row may open its files."""
    register_door("sanzhang.activity", _sees_activity)
    register_door("sanzhang.support", _sees_support)
