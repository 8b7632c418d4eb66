"""One paper for each unit directly below, in one archive: made one after the other, none lost because another failed."""

from __future__ import annotations

import logging
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded

from core.errors import DomainError
from files.registry import Built, Exporter, Progress
from files.services.running import ExportCancelled
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.papers.asking import asked, may_have
from reporting.papers.edition import BULLETIN_TITLE, WORKBOOK_TITLE, Edition, edition_of

logger = logging.getLogger("kexie.papers")
ZIP = "application/zip"
KIND = "reporting.batch"
MISSING_LIST = "未生成名单.txt"
#: Writes the paper of one unit to a path and returns its name.
Write = Callable[[Cycle, OrgUnit, Path, str], str]


@dataclass(frozen=True, slots=True)
class Sort:
    """What may be asked for in a batch: its name, and how one is written."""

    title: str
    write: Write


def _workbook(cycle: Cycle, unit: OrgUnit, path: Path, made_by: str) -> str:
    from reporting.papers.book import book_of
    from reporting.papers.workbook import write_workbook

    book = book_of(cycle, unit)
    write_workbook(book, path, made_by=made_by, progress=_silent)
    return book.figures.edition.file_name(WORKBOOK_TITLE, "xlsx")


def _bulletin_docx(cycle: Cycle, unit: OrgUnit, path: Path, made_by: str) -> str:
    from reporting.papers.bulletin.docx import write_docx
    from reporting.papers.drafts import bulletin_of

    bulletin = bulletin_of(cycle, unit)
    write_docx(bulletin, path)
    return bulletin.edition.file_name(BULLETIN_TITLE, "docx")


def _bulletin_pdf(cycle: Cycle, unit: OrgUnit, path: Path, made_by: str) -> str:
    from reporting.papers.bulletin.pdf import write_pdf
    from reporting.papers.drafts import bulletin_of

    bulletin = bulletin_of(cycle, unit)
    write_pdf(bulletin, path, progress=_silent)
    return bulletin.edition.file_name(BULLETIN_TITLE, "pdf")


def _silent(done: int, total: int, step: str = "") -> None:
    """The archive tells its own progress, unit by unit."""


SORTS = {
    "workbook": Sort("工作月报", _workbook),
    "bulletin_docx": Sort("工作通报（Word）", _bulletin_docx),
    "bulletin_pdf": Sort("工作通报（PDF）", _bulletin_pdf),
}


def sort_asked(params: dict[str, Any]) -> Sort:
    return SORTS.get(str(params.get("what") or ""), SORTS["workbook"])


def units_in_batch(unit: OrgUnit) -> list[OrgUnit]:
    """The cities of a province: those that have a paper of their own."""
    below = OrgUnit.objects.filter(parent=unit, level=Level.CITY, closed_on__isnull=True)
    return list(below.select_related("province").in_code_order())


def write_batch(
    cycle: Cycle, units: list[OrgUnit], sort: Sort, path: Path, *, made_by: str, progress: Progress
) -> tuple[list[str], list[str]]:
    """Names of the papers in the archive, and a line for each unit whose paper could not be made.

    Names in the archive are UTF-8 and flagged so, as Windows wants them; equal ones cannot be, since each has its unit.
    """
    names: list[str] = []
    failures: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, tempfile.TemporaryDirectory() as folder:
        for place, unit in enumerate(units):
            progress(place, len(units), f"正在生成{unit.display_name}（{place + 1}/{len(units)}）")
            made = Path(folder) / "paper"
            try:
                name = sort.write(cycle, unit, made, made_by)
            except (ExportCancelled, SoftTimeLimitExceeded):
                raise
            except DomainError as refused:
                failures.append(f"{unit.display_name}：{refused}")
            except Exception:
                logger.exception("paper of %s in a batch of %s failed", unit.pk, cycle)
                failures.append(f"{unit.display_name}：生成时出现内部错误，请单独下载或告知系统管理员。")
            else:
                archive.write(made, name)
                names.append(name)
        if failures:
            archive.writestr(MISSING_LIST, "\r\n".join(["以下单位的文件没有生成：", *failures, ""]))
    return names, failures


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    cycle, unit = asked(params)
    units = units_in_batch(unit)
    if not units:
        raise DomainError.of("no_cities", "该单位没有下级市，不能按市打包。")
    sort = sort_asked(params)
    names, failures = write_batch(cycle, units, sort, Path(path), made_by=user.actor_label, progress=progress)
    if not names:
        raise DomainError.of("nothing_made", f"各市文件都没有生成：{'；'.join(failures)}"[:400])
    edition: Edition = edition_of(cycle, unit)
    record = edition.record("") | {"文件数": len(names)}
    del record["数据校验码"]
    if failures:
        record["未生成"] = "；".join(failures)[:500]
    return Built(edition.file_name(f"各市{sort.title}", "zip"), record)


def _title(params: dict[str, Any]) -> str:
    cycle, _unit = asked(params)
    return f"{cycle.label}各市{sort_asked(params).title}打包"


BATCH = Exporter(
    kind=KIND,
    title=_title,
    allowed=lambda user, params: may_have(user, params, deepest=Level.PROVINCE),
    build=_build,
    content_type=ZIP,
)
