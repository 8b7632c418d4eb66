"""Proof of the lives of units: editions follow each other without gap, and the present one is the unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from orgs.choices import EditionCause
from orgs.models import UnitEdition
from orgs.rules.integrity import Finding, insert, write

#: What an edition and its unit both hold.
SAME = (
    *("name", "display_name", "division_code", "level", "kind", "is_expected", "parent_id"),
    *("province_id", "city_id", "county_id", "township_id"),
)
Units = dict[int, dict[str, Any]]


def edition_findings(units: Units) -> Iterator[Finding]:
    """Every open unit has one present edition that says what the unit is; a closed one has none. ``units`` hold what is
    right where the stored columns are not."""
    rows = (
        UnitEdition.objects.filter(valid_to=None).order_by().values_list("pk", "unit_id", "valid_from", *SAME)
    )
    present = {row[1]: row for row in rows.iterator(chunk_size=20_000)}
    for pk, unit in units.items():
        row, name = present.get(pk), unit["display_name"]
        if row is None:
            if unit["closed_on"] is None:
                yield Finding("no_edition", pk, f"{name}：没有现行沿革记录。", [_missing(unit)])
            continue
        if unit["closed_on"] is not None:
            ends = max(unit["closed_on"], row[2]).isoformat()
            repair = write("edition", row[0], {"valid_to": (None, ends)})
            yield Finding("closed_edition", pk, f"{name}：已撤销，沿革记录却没有终止。", [repair])
            continue
        repair = write(
            "edition", row[0], {field: (row[3 + place], unit[field]) for place, field in enumerate(SAME)}
        )
        if repair["values"]:
            yield Finding("edition", pk, f"{name}：现行沿革记录与单位不一致。", [repair])


def _missing(unit: dict[str, Any]) -> dict[str, Any]:
    ends = (
        UnitEdition.objects.filter(unit=unit["pk"]).order_by("-valid_to").values_list("valid_to", flat=True)
    )
    since: dt.date = ends.first() or unit["opened_on"]
    values = {field: unit[field] for field in SAME}
    cause = EditionCause.IMPORTED.value
    return insert(
        "edition",
        {
            "unit_id": unit["pk"],
            "valid_from": since.isoformat(),
            "cause": cause,
            "basis": "核对修复",
            **values,
        },
    )


def life_findings(units: Units) -> Iterator[Finding]:
    """Editions of one unit follow each other without gap or overlap, and none is older than the unit."""
    fields = ("pk", "unit_id", "valid_from", "valid_to")
    editions = UnitEdition.objects.order_by("unit_id", "valid_from", "valid_to", "id").values_list(*fields)
    last: tuple[int, int, dt.date, dt.date | None] | None = None
    for edition in editions.iterator(chunk_size=20_000):
        unit = units[edition[1]]
        if last is None or last[1] != edition[1]:
            if edition[2] < unit["opened_on"]:
                yield _early(unit, edition[2])
        elif last[3] != edition[2]:
            yield _apart(unit, last, edition)
        last = edition


def _early(unit: dict[str, Any], since: dt.date) -> Finding:
    repair = write("unit", unit["pk"], {"opened_on": (unit["opened_on"].isoformat(), since.isoformat())})
    return Finding("opened", unit["pk"], f"{unit['display_name']}：沿革记录早于设立日期。", [repair])


def _apart(
    unit: dict[str, Any],
    last: tuple[int, int, dt.date, dt.date | None],
    edition: tuple[int, int, dt.date, dt.date | None],
) -> Finding:
    """A gap is closed by the earlier one lasting longer; two that hold at once are for a person to settle."""
    name, until = unit["display_name"], last[3]
    if until is None or until > edition[2]:
        if until is None:
            return Finding("life_overlap", unit["pk"], f"{name}：{edition[2]} 起有两条沿革记录同时有效。")
        if last[2] >= edition[2]:
            return Finding("life_overlap", unit["pk"], f"{name}：{edition[2]} 起有两条沿革记录同时有效。")
    repair = write(
        "edition",
        last[0],
        {"valid_to": (until.isoformat() if until else None, edition[2].isoformat())},
    )
    return Finding("life", unit["pk"], f"{name}：沿革记录在 {edition[2]} 前后不相接。", [repair])
