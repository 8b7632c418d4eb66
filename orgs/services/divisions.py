"""Loading a list of divisions into the tree: all or nothing, and a second time changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.copying import copy_rows, new_keys
from core.errors import DomainError
from orgs.choices import EditionCause, Level, UnitKind
from orgs.models import OrgUnit, UnitEdition
from orgs.rules.divisions import Division, DivisionList, DivisionRow, is_pseudo_code, understand
from orgs.rules.names import search_keys
from orgs.rules.placement import Node, Place, places
from orgs.services.bulk import present_nodes, rebuild_intervals
from orgs.services.locking import lock_tree

#: From when a unit is taken to exist where the list does not say: early enough for every fact on record.
DEFAULT_OPENED_ON = dt.date(2000, 1, 1)

_UNIT_COLUMNS = (
    *("id", "parent_id", "name", "display_name", "division_code", "level", "kind", "is_expected"),
    *("expected_confirmed", "opened_on", *Place._fields, "pinyin", "pinyin_joined", "initials"),
)
_EDITION_COLUMNS = (
    *("id", "unit_id", "valid_from", "recorded_at", "recorded_by", "cause", "basis", "name", "display_name"),
    *("division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)


@dataclass(slots=True)
class ImportOutcome:
    """What an import did, or would do."""

    rows: int = 0
    created: Counter[Level] = field(default_factory=Counter)
    kinds: Counter[tuple[Level, UnitKind]] = field(default_factory=Counter)
    raised: Counter[Level] = field(default_factory=Counter)
    unchanged: int = 0
    skipped: list[DivisionRow] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    absent: list[tuple[str, str]] = field(default_factory=list)
    is_dry_run: bool = False

    @property
    def created_total(self) -> int:
        return self.created.total()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the tree holds under a code."""

    pk: int
    name: str
    display_name: str


def import_divisions(
    *,
    rows: Iterable[DivisionRow],
    by: Actor,
    opened_on: dt.date = DEFAULT_OPENED_ON,
    dry_run: bool = False,
) -> ImportOutcome:
    """Make a unit, with its first edition, of every division that the tree does not hold yet.

    Pseudo-divisions are left out; names that differ from the tree's are told and not applied (更名 has a date and a
    basis). Raises :class:`DomainError` with every bad row at once; then nothing was written.
    """
    rows = list(rows)
    if opened_on > clock.today():
        raise DomainError.of("future", "设立日期不能晚于今天。", "opened_on")
    with transaction.atomic():
        lock_tree()
        known = _known_units()
        found = understand(rows, known={code: unit.display_name for code, unit in known.items()})
        if found.problems:
            raise DomainError(found.problems)
        fresh = [division for division in found.divisions if division.code not in known]
        outcome = _outcome(rows, found, fresh, known)
        outcome.is_dry_run = dry_run
        if fresh and not dry_run:
            _write(fresh, known, opened_on, by)
            _record(outcome, by)
    return outcome


def _known_units() -> dict[str, _Known]:
    units = OrgUnit.objects.open().order_by().values_list("division_code", "pk", "name", "display_name")
    return {code: _Known(*rest) for code, *rest in units.iterator(chunk_size=20_000)}


def _outcome(
    rows: list[DivisionRow], found: DivisionList, fresh: list[Division], known: dict[str, _Known]
) -> ImportOutcome:
    listed = {division.code: division.name for division in found.divisions}
    provinces = {code[:2] for code in listed}
    return ImportOutcome(
        rows=len(rows),
        created=Counter(division.level for division in fresh),
        kinds=Counter((division.level, division.kind) for division in fresh),
        raised=Counter(division.level for division in fresh if _is_raised(division)),
        unchanged=len(found.divisions) - len(fresh),
        skipped=found.skipped,
        renamed=[
            (code, known[code].name, name)
            for code, name in listed.items()
            if code in known and known[code].name != name
        ],
        absent=[
            (code, unit.display_name)
            for code, unit in sorted(known.items())
            if code[:2] in provinces and code not in listed and not is_pseudo_code(code)
        ],
    )


def _is_raised(division: Division) -> bool:
    """Whether it hangs higher than its level would have it: a county under the province, a township under a city."""
    parent_digits = {Level.COUNTY: 4, Level.TOWNSHIP: 6, Level.VILLAGE: 9}.get(division.level)
    return parent_digits is not None and len(division.parent_code or "") < parent_digits


def _write(fresh: list[Division], known: dict[str, _Known], opened_on: dt.date, by: Actor) -> None:
    keys = dict(zip([division.code for division in fresh], new_keys(OrgUnit, len(fresh)), strict=True))
    above = keys | {code: unit.pk for code, unit in known.items()}
    parents = {division.code: above.get(division.parent_code or "") for division in fresh}
    nodes = [
        Node(keys[division.code], parents[division.code], division.code, division.level) for division in fresh
    ]
    place = places([*present_nodes(), *nodes] if known else nodes)
    copy_rows(
        OrgUnit,
        _UNIT_COLUMNS,
        (
            (
                keys[division.code],
                parents[division.code],
                division.name,
                division.display_name,
                division.code,
                division.level.value,
                division.kind.value,
                division.is_expected,
                division.is_expected,
                opened_on,
                *place[keys[division.code]],
                *search_keys(division.name),
            )
            for division in fresh
        ),
    )
    if known:
        rebuild_intervals()
    _write_editions(fresh, keys, parents, place, opened_on, by)


def _write_editions(
    fresh: list[Division],
    keys: dict[str, int],
    parents: dict[str, int | None],
    place: dict[int, Place],
    opened_on: dt.date,
    by: Actor,
) -> None:
    stamp = (opened_on, clock.now(), by.actor_label[:120], EditionCause.IMPORTED.value, "")
    editions = zip(new_keys(UnitEdition, len(fresh)), fresh, strict=True)
    copy_rows(
        UnitEdition,
        _EDITION_COLUMNS,
        (
            (
                key,
                keys[division.code],
                *stamp,
                division.name,
                division.display_name,
                division.code,
                division.level.value,
                division.kind.value,
                division.is_expected,
                parents[division.code],
                *place[keys[division.code]][4:],
            )
            for key, division in editions
        ),
    )


def _record(outcome: ImportOutcome, by: Actor) -> None:
    counts = {level.label: outcome.created[level] for level in Level if outcome.created[level]}
    record(
        kind="orgs.divisions_imported",
        by=by,
        summary=f"导入区划 {outcome.created_total:,} 个："
        + "，".join(f"{k} {v:,}" for k, v in counts.items()),
        data={"created": counts, "skipped": [row.code for row in outcome.skipped[:500]]},
    )
