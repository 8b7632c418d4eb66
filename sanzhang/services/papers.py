"""The one paper of a step or of a meeting."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from core.actor import Actor
from files.models import Attachment
from files.services import attach
from orgs.models import OrgUnit

#: How many files a step or a meeting may hold.
MOST = 5


def keep_paper(*, owner: Any, unit: OrgUnit, upload: UploadedFile, by: Actor) -> Attachment:
    """Keep the paper of a step or meeting. Raises ``DomainError`` for a file that is not taken, field ``file``."""
    return attach(owner=owner, unit=unit, upload=upload, kind="paper", by=by, most=MOST)
