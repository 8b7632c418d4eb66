"""Decided differences as drafts of reorganisations, one for all or one for each part of the land, and carrying them out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet

from audit.services import record
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem, check
from orgs.choices import Decision, Level, ReorganisationState
from orgs.models import DivisionChange, DivisionUpdate, OrgUnit, Reorganisation
from orgs.rules.reorganising.demands import is_founded
from orgs.rules.yearly_lines import Decided, LineWriter, Present
from orgs.services import reorganising
from orgs.services.yearly.comparing import hold
from orgs.services.yearly.deciding import IS_BOUND, require_rows

_ABOVE = ("province_id", "city_id", "county_id", "township_id")


def ready_rows(update: DivisionUpdate) -> list[DivisionChange]:
    """Decided differences that no reorganisation carries yet, those to be left alone apart."""
    rows = update.changes.exclude(decision="").exclude(decision=Decision.IGNORE).exclude(IS_BOUND)
    return list(rows.order_by("level", "division_code", "pk"))


@transaction.atomic
def draft_reorganisations(
    *,
    update: DivisionUpdate,
    document: str,
    effective_on: dt.date | None,
    by_county: bool,
    upload: UploadedFile | None = None,
    by: Actor,
) -> list[Reorganisation]:
    """Write down what was decided: one reorganisation, or one for each county and whatever hangs together with it.

    Raises:
        DomainError: nothing decided; no document or day; what a decision still lacks, or what stands against its lines.
    """
    held = hold(update, by)
    check(is_founded(document, effective_on))
    rows = ready_rows(held)
    require_rows(rows)
    drafts = []
    for label, group in _groups(held, rows, by_county=by_county):
        draft = _draft(held, label, group, by)
        draft = reorganising.set_basis(
            reorganisation=draft,
            title=draft.title,
            document=document,
            effective_on=effective_on,
            basis_note=f"依据{held.file_name}",
            upload=upload,
            by=by,
        )
        if upload is not None:
            upload.seek(0)
        DivisionChange.objects.filter(pk__in=[row.pk for row in group]).update(reorganisation=draft)
        drafts.append(draft)
    record(
        kind="orgs.divisions_drafted",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held}：{len(rows):,} 处差异拟定为 {len(drafts):,} 项区划调整",
        data={"reorganisations": [draft.pk for draft in drafts]},
    )
    return drafts


def _draft(update: DivisionUpdate, label: str, rows: Sequence[DivisionChange], by: Actor) -> Reorganisation:
    drafted = LineWriter(_decided(rows), _present(rows)).write()
    check(drafted.problems)
    if not drafted.lines:
        raise DomainError.of("nothing", f"{label}：所作决定不改变任何单位。")
    title = f"{update}{label}"[:120]
    draft = reorganising.draft(unit=update.unit, title=title, by=by)
    names = {row.pk: f"{row.name}（{row.division_code}）" for row in rows}
    try:
        return reorganising.set_lines(reorganisation=draft, lines=drafted.lines, by=by)
    except DomainError as error:
        raise type(error)(_named(problem, drafted.sources, names) for problem in error.problems) from error


def _named(problem: Problem, sources: Sequence[int], names: Mapping[int, str]) -> Problem:
    """The problem with the difference that it comes from."""
    place = problem.meta.get("line")
    if place is None or place >= len(sources):
        return Problem(problem.code, problem.message)
    return Problem(problem.code, f"{names[sources[place]]}：{problem.message}")


def _decided(rows: Iterable[DivisionChange]) -> Iterable[Decided]:
    return (
        Decided(
            pk=row.pk,
            kind=row.kind,
            unit_id=row.unit_id,
            level=row.level,
            name=row.name,
            code=row.division_code,
            parent_unit=row.parent_unit_id,
            parent_row=row.parent_change_id,
            decision=row.decision,
            targets=tuple(row.targets),
        )
        for row in rows
    )


def _present(rows: Sequence[DivisionChange]) -> dict[int, Present]:
    """The units of the rows and all above them, as they stand."""
    named = [row.unit_id for row in rows if row.unit_id]
    lineages = OrgUnit.objects.filter(pk__in=named).values_list("pk", *_ABOVE)
    keys = {pk for lineage in lineages for pk in lineage if pk is not None}
    fields = ("pk", "parent_id", "division_code", "name", "level")
    return {pk: Present(*rest) for pk, *rest in OrgUnit.objects.filter(pk__in=keys).values_list(*fields)}


def _groups(
    update: DivisionUpdate, rows: Sequence[DivisionChange], *, by_county: bool
) -> list[tuple[str, list[DivisionChange]]]:
    """All together, or by county; counties that share a division, a target or a code stay together."""
    if not by_county or any(row.level < Level.COUNTY for row in rows):
        return [("", list(rows))]
    groups = _Groups()
    places = _Counties(rows)
    for row in rows:
        here = row.county
        for other in places.touched_by(row):
            groups.join(here, other)
    found: dict[str, list[DivisionChange]] = defaultdict(list)
    for row in rows:
        found[groups.root(row.county)].append(row)
    return [(_label(group), group) for _root, group in sorted(found.items())]


def _label(rows: Sequence[DivisionChange]) -> str:
    names = list(dict.fromkeys(row.county_label for row in rows if row.county_label))
    shown = "、".join(names[:3])
    return f"（{shown}{'等' if len(names) > 3 else ''}）" if shown else ""


class _Groups:
    """Counties that hang together."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, county: str) -> str:
        while self._above.get(county, county) != county:
            county = self._above[county]
        return county

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._above[second] = first


class _Counties:
    """The counties that a difference touches beside its own, by their present codes."""

    def __init__(self, rows: Sequence[DivisionChange]) -> None:
        self._rows = {row.pk: row.county for row in rows}
        named = {int(target[1:]) for row in rows for target in row.targets if target[0] == "u"}
        named |= {row.parent_unit_id for row in rows if row.parent_unit_id}
        units = OrgUnit.objects.filter(pk__in=named).values_list("pk", "division_code")
        self._units = {pk: code[:6] for pk, code in units}
        holders = OrgUnit.objects.open().filter(division_code__in={row.division_code for row in rows})
        self._holders = {code: code[:6] for code in holders.values_list("division_code", flat=True)}

    def touched_by(self, row: DivisionChange) -> set[str]:
        found = {self._units.get(row.parent_unit_id or 0, ""), self._holders.get(row.division_code, "")}
        found.add(self._rows.get(row.parent_change_id or 0, ""))
        for target in row.targets:
            places = self._units if target[0] == "u" else self._rows
            found.add(places.get(int(target[1:]), ""))
        return {county for county in found if len(county) == 6}


@transaction.atomic
def apply_drafts(*, update: DivisionUpdate, seen: Mapping[int, str], by: Actor) -> list[Reorganisation]:
    """Carry out every draft of the update, all or none. ``seen`` are the digests of their previews.

    Raises:
        Conflict: there is a draft that was not seen, or one whose consequences have changed since.
    """
    held = hold(update, by)
    drafts = list(drafts_of(held).filter(state=ReorganisationState.DRAFT))
    if not drafts or {draft.pk for draft in drafts} != set(seen):
        raise Conflict.of("other_drafts", "草案已有变动，请刷新页面重新查看后再办理。")
    done = [reorganising.apply(reorganisation=draft, seen=seen[draft.pk], by=by) for draft in drafts]
    record(
        kind="orgs.divisions_applied",
        by=by,
        unit=held.unit,
        obj=held,
        summary=f"{held}：{len(done):,} 项区划调整生效",
        data={"reorganisations": [each.pk for each in done]},
    )
    return done


def drafts_of(update: DivisionUpdate) -> QuerySet[Reorganisation]:
    """The reorganisations made of an update, the first drafted first."""
    keys = update.changes.exclude(reorganisation=None).values("reorganisation")
    return Reorganisation.objects.filter(pk__in=keys).order_by("pk")
