"""Short ways for tests to reorganise, and a picture of every row that a reorganisation may touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.apps import apps

from core import clock
from core.actor import SYSTEM
from orgs.models import OrgUnit, Reorganisation
from orgs.rules.reorganising import Line
from orgs.services import reorganising

DOCUMENT = "某政发〔2026〕7号"

#: What is compared before and after: everything but the record of the reorganisation itself, and counters of revisions.
_PICTURED = {
    "orgs": (
        *("OrgUnit", "UnitEdition", "Succession", "Establishment", "Expectation", "UnitOfficer", "SixHaves"),
        *("FourLacks", "UnitResources", "CohortMember", "Affiliate", "AffiliatePartner"),
        "YearlyConfirmation",
    ),
    "accounts": ("Posting",),
    "sanzhang": (
        *("Appointment", "Candidacy", "Term", "LeadershipBody", "KeyPerson"),
        *("Meeting", "Support"),
    ),
    "reporting": ("Report", "Cell", "CaseStep", "Issue", "UnitReporting", "DeadlineOverride"),
}
_NOT_COMPARED = frozenset({"revision", "updated_at"})


def drafted(
    unit: OrgUnit,
    lines: Sequence[Line],
    *,
    on: dt.date | None = None,
    by: Any = SYSTEM,
    choices: dict[str, str] | None = None,
) -> Reorganisation:
    """A draft with its basis and lines."""
    held = reorganising.draft(unit=unit, title="区划调整", by=by)
    held = reorganising.set_basis(
        reorganisation=held,
        title="区划调整",
        document=DOCUMENT,
        effective_on=on or clock.today(),
        by=by,
    )
    held = reorganising.set_lines(reorganisation=held, lines=lines, by=by)
    if choices:
        held = reorganising.dispose(reorganisation=held, choices=choices, by=by)
    return held


def applied(unit: OrgUnit, lines: Sequence[Line], *, by: Any = SYSTEM, **options: Any) -> Reorganisation:
    """A reorganisation carried out as its preview told."""
    held = drafted(unit, lines, by=by, **options)
    seen = reorganising.preview(held).digest
    return reorganising.apply(reorganisation=held, seen=seen, by=by)


def picture() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables concerned, in the order of their keys."""
    found = {}
    for app, names in _PICTURED.items():
        for name in names:
            model = apps.get_model(app, name)
            fields = [
                field.attname for field in model._meta.concrete_fields if field.name not in _NOT_COMPARED
            ]
            found[f"{app}.{name}"] = list(model._base_manager.order_by("pk").values_list(*fields))
    return found


def fresh(unit: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.get(pk=unit.pk)
