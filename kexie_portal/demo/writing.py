"""A book's rows into the tables: COPY for what is new, one UPDATE for the reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from audit.models import AuditEvent
from core.copying import copy_rows, new_keys, set_columns
from kexie_portal.demo.book import Book, Track
from reporting.models import (
    Cell,
    CellRemark,
    ChaseRecord,
    Excuse,
    Figure,
    Indicator,
    Report,
    ReportStep,
    ReportVersion,
    ReviewRound,
    SignOff,
)
from reporting.rules.filling import Entry

_BY = ("by_id", "by")
#: Columns of a report that its way through the desks sets.
_REPORT_COLUMNS = (
    "state",
    "revision",
    "deferred_to",
    "deferred_reason",
    "deferred_by",
    "exempted_at",
    "exempted_reason",
    "exempted_by",
    "is_nil",
    "told_by",
    "told_at",
    "first_submitted_at",
    "on_time",
    "submitted_at",
    "correction_due_at",
    "returns",
    "accepted_at",
)


def write(book: Book, indicators: dict[str, Indicator]) -> None:
    """Everything the book holds; the reports point to their versions afterwards."""
    keys = {key: indicator.pk for key, indicator in indicators.items()}
    versions = new_keys(ReportVersion, len(book.versions))
    copy_rows(
        ReportVersion,
        (
            *("id", "report_id", "number", "frozen_at", "frozen_by_id", "frozen_by"),
            *("is_nil", "missing_below", "digest"),
        ),
        ((pk, *row) for pk, row in zip(versions, book.versions, strict=True)),
    )
    copy_rows(
        Figure,
        ("version_id", "indicator_id", "value", "text", "explanation"),
        (
            (versions[index], keys[key], *_content(entry))
            for index, entries in book.figures
            for key, entry in entries.items()
        ),
    )
    copy_rows(
        Cell,
        (
            *("report_id", "indicator_id", "value", "text", "explanation", "revision"),
            *("updated_at", "updated_by_id", "updated_by"),
        ),
        (
            (report, keys[key], *_content(entry), 1, at, *by)
            for report, (entries, at, by) in book.cells.items()
            for key, entry in entries.items()
        ),
    )
    _write_ways(book, keys, versions)
    _update_reports(book, versions)


def _content(entry: Entry) -> tuple[Decimal | None, str, str]:
    return entry.value, entry.text, entry.explanation


def _write_ways(book: Book, keys: dict[str, int], versions: list[int]) -> None:
    """Steps, rounds, remarks, signatures, chases, and the audit trail of the past."""
    copy_rows(
        ReportStep,
        ("report_id", "action", "from_state", "to_state", "at", *_BY, "note"),
        sorted(book.steps, key=lambda row: row[4]),
    )
    rounds = new_keys(ReviewRound, len(book.rounds))
    copy_rows(
        ReviewRound,
        ("id", "report_id", "version_id", "decision", "reason", "remark", "correction_due_at", "at", *_BY),
        (
            (pk, report, versions[version], *rest)
            for pk, (report, version, *rest) in zip(rounds, book.rounds, strict=True)
        ),
    )
    copy_rows(
        CellRemark,
        ("round_id", "indicator_id", "text"),
        ((rounds[index], keys[key], text) for index, key, text in book.remarks),
    )
    copy_rows(
        SignOff,
        ("report_id", "mode", "agreed", "digest", "note", "attachment_id", "at", *_BY),
        book.sign_offs,
    )
    copy_rows(
        Excuse,
        (
            *("report_id", "kind", "reason", "until", "granted_at", "granted_by"),
            *("lifted_at", "lifted_by", "lifted_reason"),
        ),
        book.excuses,
    )
    copy_rows(ChaseRecord, ("report_id", "channel", "spoken_to", "answer", "note", "at", *_BY), book.chases)
    copy_rows(
        AuditEvent,
        (
            *("at", "kind", "actor_id", "actor_label", "unit_id", "unit_label"),
            *("object_label", "object_id", "summary", "data"),
        ),
        sorted(book.events, key=lambda row: row[0]),
    )


def _update_reports(book: Book, versions: list[int]) -> None:
    set_columns(
        Report, (*_REPORT_COLUMNS, "last_version_id", "live_version_id"), _report_rows(book, versions)
    )


def _report_rows(book: Book, versions: list[int]) -> Iterator[tuple[Any, ...]]:
    def key_of(index: int | None) -> int | None:
        return None if index is None else versions[index]

    for track in book.tracks.values():
        if _is_touched(track):
            own = (
                str(getattr(track, name)) if name == "state" else getattr(track, name)
                for name in _REPORT_COLUMNS
            )
            yield (track.pk, *own, key_of(track.last), key_of(track.live))


def _is_touched(track: Track) -> bool:
    return bool(track.revision or track.told_by or track.is_nil)
