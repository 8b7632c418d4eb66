"""Comparing a list of divisions with the tree, and keeping what differs for review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import Conflict, DomainError
from files.inspection import Inspected, clean_name
from files.services import attach
from orgs.choices import CODE_DIGITS, Level, UpdateState
from orgs.models import DivisionChange, DivisionUpdate, OrgUnit
from orgs.permissions import DRAFT_REORGANISATION
from orgs.rules.divisions import Division, DivisionRow, understand
from orgs.rules.yearly import Candidate, Comparison, Difference, compare
from orgs.rules.yearly_matching import Held
from orgs.services.reorganising.drafting import demand

#: The kind of the file that was compared, kept with its update.
LIST_FILE = "list"
#: More differences than a year brings; such a file is of another province, or of another sort.
MOST_CHANGES = 30_000
FIRST_YEAR, LAST_YEAR = 2000, 2100
_BATCH = 2000


def look_at(*, rows: Iterable[DivisionRow]) -> tuple[OrgUnit, Comparison]:
    """Compare without keeping anything. Returns the unit that the list covers, and what differs.

    Raises:
        DomainError: bad rows, each by its line; a list that has nothing to do with the tree.
    """
    rows = list(rows)
    units = {unit.code: unit for unit in _held()}
    top = min((len(row.code) for row in rows), default=0)
    known = {code: unit.display_name for code, unit in units.items() if len(code) < top}
    found = understand(rows, known=known)
    if found.problems:
        raise DomainError(found.problems)
    tops = tuple(division.code for division in found.divisions if len(division.code) == top)
    covered = [unit for unit in units.values() if unit.code.startswith(tops)]
    comparison = compare(covered, found.divisions)
    if not covered or not comparison.matching.code_of:
        raise DomainError.of("other_tree", "文件中的区划与组织树没有相同之处，请检查是否选错了文件。", "file")
    if len(comparison.differences) > MOST_CHANGES:
        raise DomainError.of(
            "too_different",
            f"文件与组织树有 {len(comparison.differences):,} 处差异，不像同一地区的年度更新，请检查文件。",
            "file",
        )
    return _root(covered, units), comparison


def _held() -> Iterable[Held]:
    rows = OrgUnit.objects.open().order_by("division_code")
    fields = ("pk", "parent_id", "division_code", "name", "display_name", "level", "kind")
    return (Held(*row) for row in rows.values_list(*fields).iterator(chunk_size=20_000))


def _root(covered: list[Held], units: dict[str, Held]) -> OrgUnit:
    """The lowest unit that holds all that the list covers."""
    first, last = covered[0].code, covered[-1].code
    for digits in sorted(CODE_DIGITS.values(), reverse=True):
        if first[:digits] == last[:digits] and first[:digits] in units:
            return OrgUnit.objects.get(pk=units[first[:digits]].pk)
    return OrgUnit.objects.get(pk=covered[0].pk)


@transaction.atomic
def compare_divisions(
    *, rows: Iterable[DivisionRow], year: int, file_name: str, upload: UploadedFile | None = None, by: Actor
) -> DivisionUpdate:
    """Compare ``rows`` with the present tree and keep every difference for review, with the file itself.

    Raises:
        DomainError: as :func:`look_at`; a year that is none.
        Forbidden: the list covers more than ``by`` may reorganise.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DomainError.of("bad_year", f"年度应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间。", "year")
    unit, comparison = look_at(rows=rows)
    demand(by, DRAFT_REORGANISATION, unit)
    counts = Counter(str(difference.kind) for difference in comparison.differences)
    update = DivisionUpdate.objects.create(
        unit=unit,
        year=year,
        file_name=clean_name(file_name),
        counts={"unchanged": comparison.unchanged, **counts},
        created_by=by.actor_label[:120],
    )
    _keep(update, comparison)
    if upload is not None:
        upload.seek(0)
        name = clean_name(file_name)
        kind = "application/gzip" if PurePosixPath(name).suffix == ".gz" else "text/csv"
        attach(owner=update, unit=unit, upload=upload, kind=LIST_FILE, by=by, inspected=Inspected(name, kind))
    record(
        kind="orgs.divisions_compared",
        by=by,
        unit=unit,
        obj=update,
        summary=f"比对{year}年区划：{len(comparison.differences):,} 处差异，{comparison.unchanged:,} 个不变",
        data=update.counts,
    )
    return update


def _keep(update: DivisionUpdate, comparison: Comparison) -> None:
    """The rows in order of level, added ones first, so that each can name the row that sets its parent up."""
    matching = comparison.matching
    counties = _counties()
    rows: dict[str, DivisionChange] = {}
    pairs = [(_row(update, comparison, each, counties), each) for each in comparison.differences]
    DivisionChange.objects.bulk_create([row for row, _each in pairs], batch_size=_BATCH)
    for row, each in pairs:
        if each.unit is None:
            rows[row.division_code] = row
    for row, each in pairs:
        parent = each.division.parent_code if each.division is not None else None
        row.parent_change = rows.get(parent or "")
        row.candidates = [_told(candidate, rows, matching) for candidate in each.candidates]
        row.proposal = row.candidates[0] if each.proposal is not None else {}
    DivisionChange.objects.bulk_update(
        [row for row, _each in pairs], ["parent_change", "candidates", "proposal"], batch_size=_BATCH
    )


def _counties() -> dict[str, str]:
    units = OrgUnit.objects.open().at(Level.COUNTY).order_by()
    return dict(units.values_list("division_code", "display_name"))


def _row(
    update: DivisionUpdate, comparison: Comparison, each: Difference, counties: dict[str, str]
) -> DivisionChange:
    matching, unit, division = comparison.matching, each.unit, each.division
    shown = division or _as_division(unit)
    parent_id = unit.parent_id if unit else None
    if division is not None:
        parent_id = matching.unit_of.get(division.parent_code or "")
    parent = matching.units.get(parent_id or 0)
    listed = matching.divisions.get(shown.parent_code or "")
    county = (unit.code if unit else shown.code)[:6]
    county = county if len(county) == CODE_DIGITS[Level.COUNTY] else ""
    new_county = matching.divisions.get(county)
    return DivisionChange(
        update=update,
        kind=each.kind,
        unit_id=unit.pk if unit else None,
        unit_label=unit.display_name if unit else "",
        level=shown.level,
        unit_kind=shown.kind,
        old_code=unit.code if unit else "",
        old_name=unit.name if unit else "",
        division_code=shown.code,
        name=shown.name,
        parent_code=shown.parent_code or "",
        parent_label=parent.display_name if parent else (listed.name if listed else ""),
        parent_unit_id=parent_id,
        county=county,
        county_label=counties.get(county) or (new_county.name if new_county else ""),
        is_sure=each.is_sure,
    )


def _as_division(unit: Held | None) -> Any:
    assert unit is not None
    return Division(unit.code, unit.name, Level(unit.level), unit.kind, None)  # type: ignore[arg-type]


def _told(candidate: Candidate, rows: dict[str, DivisionChange], matching: Any) -> dict[str, Any]:
    """A candidate as it is stored: targets by key with their names."""
    targets = [_target(target, rows, matching) for target in candidate.targets]
    return {
        "decision": candidate.decision,
        "words": str(candidate.decision.label),
        "targets": [key for key, _label in targets],
        "labels": [label for _key, label in targets],
        "score": candidate.score,
        "evidence": candidate.evidence,
    }


def _target(target: int | str, rows: dict[str, DivisionChange], matching: Any) -> tuple[str, str]:
    if isinstance(target, int):
        unit = matching.units[target]
        return f"u{target}", f"{unit.display_name}（{unit.code}）"
    row = rows[target]
    return f"c{row.pk}", f"{row.name}（{row.division_code}，新增）"


@transaction.atomic
def discard_update(*, update: DivisionUpdate, by: Actor) -> DivisionUpdate:
    """Give a comparison up; drafts and reorganisations made of it stay."""
    held = hold(update, by)
    held.state = UpdateState.DISCARDED
    held.save(update_fields=["state"])
    record(kind="orgs.divisions_discarded", by=by, unit=held.unit, obj=held, summary=f"作废{held}")
    return held


def hold(update: DivisionUpdate, by: Actor) -> DivisionUpdate:
    """The row, held until the end of the transaction, while it is under review by whoever may draft there."""
    held = DivisionUpdate.objects.select_for_update(of=("self",)).select_related("unit").get(pk=update.pk)
    demand(by, DRAFT_REORGANISATION, held.unit)
    if held.state != UpdateState.REVIEW:
        raise Conflict.of("discarded", "这次比对已作废，不能再办理。请重新比对。")
    return held
