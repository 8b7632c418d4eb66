"""Photos of an activity, never compulsory, and the paper of a support."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.actor import Actor
from core.errors import Conflict, DomainError
from files.models import Attachment
from files.services import attach, remove_attachment
from sanzhang.models import Activity, Support
from sanzhang.permissions import RECORD_WORK
from sanzhang.services import activities, supports
from sanzhang.services.guards import ensure

PHOTO, PAPER = "photo", "paper"


@transaction.atomic
def add_photos(*, activity: Activity, uploads: Sequence[UploadedFile], by: Actor) -> list[Attachment]:
    """Keep files with an activity. Raises ``DomainError`` without one, or for a kind that is not taken."""
    held = activities.locked(activity)
    ensure(by, RECORD_WORK, held.unit)
    _wanted(uploads)
    return [attach(owner=held, unit=held.unit, upload=one, kind=PHOTO, by=by) for one in uploads]


@transaction.atomic
def remove_photo(*, activity: Activity, photo: Attachment, by: Actor) -> None:
    """Take a photo of the activity off again; ``Conflict`` for one of something else, or once it was struck out."""
    held = activities.locked(activity)
    ensure(by, RECORD_WORK, held.unit)
    if not Attachment.objects.of(held).filter(pk=photo.pk).exists():
        raise Conflict.of("other_file", "该文件不属于这条记录，请刷新页面查看。")
    remove_attachment(attachment=photo, by=by)


@transaction.atomic
def add_paper(*, support: Support, uploads: Sequence[UploadedFile], by: Actor) -> Attachment:
    """The paper behind a support, the first of ``uploads``. Raises ``DomainError`` without one."""
    held = supports.locked(support)
    ensure(by, RECORD_WORK, held.giver)
    _wanted(uploads)
    return attach(owner=held, unit=held.giver, upload=uploads[0], kind=PAPER, by=by)


def _wanted(uploads: Sequence[UploadedFile]) -> None:
    if not uploads:
        raise DomainError.of("file_wanted", "请先选择文件。", "file")
