"""Files of affiliates: the list as a sheet that may come back, the overview, and who works with whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import clock
from core.xlsx import XLSX, SheetColumn, add_sheet, new_book
from files.lists import Caption, with_export, write_editable
from files.registry import Built, Exporter, Progress
from orgs.choices import KindGroup, PartnerKind
from orgs.layouts.affiliates import layout
from orgs.models import OrgUnit
from orgs.permissions import VIEW_UNITS
from orgs.selectors import affiliate_counts, affiliates
from orgs.selectors.affiliate_sheets import sheet_rows
from orgs.selectors.past import call_as_they_were
from orgs.selectors.units import visible_units

LIST, OVERVIEW, MATRIX = "orgs.affiliates", "orgs.affiliates_overview", "orgs.affiliates_matrix"
WORKS, NOT = "●", ""


_anywhere = with_export(VIEW_UNITS)


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    if not _anywhere(user, params):
        return False
    of = params.get("of")
    return of is None or visible_units(user).filter(pk=of).exists()


def _allowed_of(user: Any, params: dict[str, Any]) -> bool:
    return params.get("of") is not None and _allowed(user, params)


def _on(params: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(params["on"]) if params.get("on") else clock.today()


def _build_list(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    on = _on(params)
    asked = params | {"on": on if params.get("on") else None}
    found = affiliates.narrowed(affiliates.visible_affiliates(user), asked)
    caption = Caption(title="所属组织名册", total=found.count(), counted="个", on=on)
    return write_editable(caption, layout(), sheet_rows(found, on), path, by=user, progress=progress)


def _unit_on(params: dict[str, Any]) -> OrgUnit:
    """The unit asked for, called as it was on the day of a past file."""
    unit = OrgUnit.objects.get(pk=params["of"])
    if params.get("on"):
        call_as_they_were([unit], _on(params))
    return unit


def _build_overview(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    unit = _unit_on(params)
    found = affiliate_counts.overview(unit, _on(params), user=user)
    caption = Caption(
        title=f"{unit}所属组织统计", total=found.total, counted="个", on=found.day, remarks=("不含已退出",)
    )
    book = new_book()
    add_sheet(
        book,
        "类别统计",
        [
            SheetColumn("单位", width=24),
            SheetColumn("合计", "number", 10),
            *(SheetColumn(kind.name, "number", 12) for kind in found.kinds),
        ],
        (
            (
                f"{row.unit.name}（本级）" if row.is_own else row.unit.display_name,
                row.total,
                *(row.counts.get(kind.pk, 0) for kind in found.kinds),
            )
            for row in found.rows
        ),
        title=caption.title,
        notes=[caption.note(user)],
        totals=["合计", found.total, *(found.totals[kind.pk] for kind in found.kinds)],
    )
    book.save(path)
    return caption.built(len(found.rows))


def _build_matrix(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    unit = _unit_on(params)
    group, with_ = KindGroup(params["group"]), PartnerKind(params["with"])
    found = affiliate_counts.work_matrix(unit, group=group, partner_kind=with_, on=_on(params), user=user)
    labels = affiliate_counts.distinct_labels(found.columns)
    caption = Caption(
        title=f"{unit}{group.label}与{with_.label}对接情况",
        name=f"{unit}对接情况",
        total=len(found.rows),
        counted="个组织",
        on=found.day,
        remarks=(f"{WORKS} 表示已对接",),
    )
    book = new_book()
    add_sheet(
        book,
        "对接关系",
        [
            SheetColumn("组织", width=28),
            SheetColumn("对接数", "number", 9),
            *(SheetColumn(label, width=12) for label in labels),
        ],
        (
            (
                row.affiliate.name,
                row.total,
                *(WORKS if key in row.partners else NOT for key, _label in found.columns),
            )
            for row in found.rows
        ),
        title=caption.title,
        notes=[caption.note(user)],
        totals=["对接的组织数", sum(found.totals), *(str(total) for total in found.totals)],
    )
    book.save(path)
    return caption.built(len(found.rows))


EXPORTERS = (
    Exporter(LIST, lambda params: "所属组织名册", _allowed, _build_list, XLSX),
    Exporter(OVERVIEW, lambda params: "所属组织统计", _allowed_of, _build_overview, XLSX),
    Exporter(MATRIX, lambda params: "所属组织对接情况", _allowed_of, _build_matrix, XLSX),
)
