"""A list as a sheet: what is a list's own is declared with the list, how every list is written stands here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from core import clock, formats
from core.chunks import streamed
from core.errors import DomainError
from core.permissions import Permission
from core.roundtrip import Layout, write_book
from core.xlsx import XLSX, SheetColumn, write_rows
from files.conditions import query_of
from files.permissions import EXPORT
from files.registry import Built, Exporter, Progress

#: What one sheet holds, its head not counted.
MOST = 1_000_000

Params = dict[str, Any]
Allowed = Callable[[Any, Params], bool]
Lines = Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What is said of a list beside its rows: above the sheet, in its file's name and as the basis of the export.

    ``counted`` is the word for one line, ``name`` that of the file up to its day, the title unless given. ``on`` is the
    past day that the list speaks of, ``remarks`` is what a reader must know of its rows.
    """

    title: str
    total: int
    counted: str = "条"
    name: str = ""
    on: dt.date | None = None
    remarks: Sequence[str] = ()
    basis: Mapping[str, Any] = field(default_factory=dict)
    at: dt.datetime = field(default_factory=clock.now)

    @property
    def as_of(self) -> str:
        """The moment of the making, or the past day."""
        today = clock.local_day(self.at)
        return formats.moment(self.at) if self.on in (None, today) else formats.day(self.on)

    def note(self, by: Any) -> str:
        """截至2026年11月22日 09:03，共12人，电话已隐去中间数字，制表：济南市科协填报员."""
        return note_of(by, f"截至{self.as_of}", f"共{self.total:,}{self.counted}", *self.remarks)

    def built(self, count: int, suffix: str = "xlsx") -> Built:
        """The finished file of ``count`` lines."""
        day = self.on or clock.local_day(self.at)
        basis = {**self.basis, "数据截至": self.as_of, "行数": count}
        return Built(f"{self.name or self.title}-{day:%Y%m%d}.{suffix}", basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Caption):
    """What a sheet holds: ``rows`` in the order of ``columns``, which are read while they are written."""

    columns: Sequence[SheetColumn]
    rows: Lines
    sheet: str = ""


def note_of(by: Any, *parts: str) -> str:
    """The line above a sheet: what it holds, and who had it made."""
    return "，".join([*filter(None, parts), f"制表：{by.actor_label}"])


def write_listing(listing: Listing, path: str, *, by: Any, progress: Progress) -> Built:
    """Write the sheet, line by line; raises :class:`DomainError` where one sheet cannot hold them."""
    if listing.total > MOST:
        raise DomainError.of(
            "too_many_rows",
            f"符合条件的有{listing.total:,}{listing.counted}，超过一张表的上限，请缩小范围后再下载。",
        )
    count = write_rows(
        path,
        listing.columns,
        listing.rows,
        sheet=(listing.sheet or listing.name or listing.title)[:31],
        title=listing.title,
        note=listing.note(by),
        total=listing.total,
        progress=progress,
    )
    return listing.built(count)


def write_editable(
    caption: Caption, layout: Layout, rows: Iterable[Any], path: str, *, by: Any, progress: Progress
) -> Built:
    """Write a sheet that may be edited and brought back (``docs/roundtrip.md``)."""
    count = write_book(
        path,
        layout,
        rows,
        title=caption.title,
        note=caption.note(by),
        total=caption.total,
        progress=progress,
    )
    return caption.built(count)


def listing_file(
    *,
    kind: str,
    title: str | Callable[[Params], str],
    allowed: Allowed,
    find: Callable[[Any, QueryDict], Listing],
) -> Exporter:
    """A kind of file; ``find`` says what it holds for a user and the conditions of the page that it is asked from."""

    def build(user: Any, params: Params, path: str, progress: Progress) -> Built:
        progress(0, 1, "正在查找数据")
        try:
            listing = find(user, conditions_asked(params))
        except Http404:
            raise DomainError.of("gone", "没有找到所选的单位或记录，可能已不在您的管辖范围内。") from None
        return write_listing(listing, path, by=user, progress=progress)

    return Exporter(
        kind=kind,
        title=(lambda params: title) if isinstance(title, str) else title,
        allowed=allowed,
        build=build,
        content_type=XLSX,
    )


def list_file(
    *,
    kind: str,
    title: str,
    columns: Sequence[SheetColumn],
    rows: Callable[[Any, QueryDict], Any],
    lines: Callable[[Any], Lines],
    allowed: Allowed,
    counted: str = "条",
    heading: Callable[[Any], str] | None = None,
) -> Exporter:
    """A kind of file that is one list: ``rows`` finds what the page shows, ``lines`` makes cells of it.

    ``heading`` is what stands above the sheet for a user, the title unless given.
    """

    def find(user: Any, query: QueryDict) -> Listing:
        found = rows(user, query)
        return Listing(
            title=heading(user) if heading else title,
            name=title,
            columns=columns,
            rows=lines(found),
            total=found.count() if isinstance(found, QuerySet) else len(found),
            counted=counted,
        )

    return listing_file(kind=kind, title=title, allowed=allowed, find=find)


def each(line: Callable[[Any], Sequence[Any]]) -> Callable[[Iterable[Any]], Lines]:
    """Lines that are made of one row each."""
    return lambda rows: map(line, streamed(rows))


def conditions_asked(params: Params) -> QueryDict:
    """The conditions of a list's page, kept under ``query``, and the parameters beside them."""
    held = params.get("query")
    beside = {name: value for name, value in params.items() if name != "query"}
    return query_of({**(held if isinstance(held, dict) else {}), **beside})


def with_export(*permissions: Permission) -> Allowed:
    """Whoever has ``permissions`` somewhere, and that of downloading."""
    return lambda user, params: all(user.can_anywhere(one) for one in (*permissions, EXPORT))
