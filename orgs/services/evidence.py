"""六有 and 四缺 with their evidence: ticked, explained and proven in one act; files are never compulsory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import DomainError
from files.models import Attachment
from files.services import attach, remove_attachment
from orgs.models import FourLacks, OrgUnit, SixHaves
from orgs.services.dated import Fact, hold_unit
from orgs.services.facts import set_items

EVIDENCE = "evidence"
#: Prefixes of the keys by which notes and files name an item: ``haves.premises``, ``lacks.posts``.
KINDS: dict[str, Any] = {"haves": SixHaves, "lacks": FourLacks}


@transaction.atomic
def record_items(
    *,
    unit: OrgUnit,
    haves: Sequence[str],
    lacks: Sequence[str],
    on: dt.date,
    by: Actor,
    notes: Mapping[str, str] | None = None,
    uploads: Mapping[str, Sequence[UploadedFile]] | None = None,
) -> int:
    """Make the items exactly these from ``on``, with their notes and evidence (Zhoukou 四(三)一); how many changed.

    Raises:
        DomainError: as for :func:`set_items`, and for a file that is not taken or belongs to an item not ticked.
    """
    changed = set_items(unit=unit, haves=haves, lacks=lacks, on=on, by=by)
    present = {
        f"{kind}.{fact.item}": fact
        for kind, model in KINDS.items()
        for fact in model.objects.open_ended().filter(unit=unit)
    }
    for key, words in (notes or {}).items():
        if key in present:
            explain_item(fact=present[key], note=words, by=by)
    for key, files in (uploads or {}).items():
        if files and key not in present:
            raise DomainError.of("not_held", "有凭证的项目请先勾选。", f"file_{key.replace('.', '_')}")
        for upload in files:
            attach_evidence(fact=present[key], upload=upload, by=by)
    return changed


@transaction.atomic
def explain_item(*, fact: Fact, note: str, by: Actor) -> Fact:
    """Say more about an item that is held or lacking; its days stay."""
    unit = hold_unit(fact.unit, by)
    note = note.strip()
    if note == fact.note:
        return fact
    before, fact.note = fact.note, note
    fact.save(update_fields=["note"])
    record(
        kind="orgs.item_explained",
        by=by,
        unit=unit,
        obj=fact,
        summary=f"{unit}：“{fact.get_item_display()}”说明",
        data={"before": before, "after": note},
    )
    return fact


@transaction.atomic
def attach_evidence(*, fact: Fact, upload: UploadedFile, by: Actor) -> Attachment:
    """Keep a file, or a photo where there is one, as evidence of an item."""
    unit = hold_unit(fact.unit, by)
    return attach(owner=fact, unit=unit, upload=upload, kind=EVIDENCE, by=by)


@transaction.atomic
def remove_evidence(*, fact: Fact, attachment: Attachment, by: Actor) -> None:
    """Take a file off an item; that it was there stays on record."""
    hold_unit(fact.unit, by)
    remove_attachment(attachment=attachment, by=by)
