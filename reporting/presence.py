"""Who else is typing at the same desk in the same cycle, and in which cell: kept for seconds, in the cache alone.

Everybody with a typing page open looks in every few seconds. Two who overwrite each other at the same instant are both
there again at the next look, so no lock is needed; who does not look in any more is forgotten.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import F

from core import clock
from reporting.answers import digits
from reporting.models import Cell, Report

#: The slowest page looks in every 20 seconds.
FORGOTTEN_AFTER = 50
#: How far back somebody sees who looks in for the first time, and by how much two looks overlap.
FIRST_LOOK = dt.timedelta(seconds=60)
OVERLAP = dt.timedelta(seconds=3)
MOST_CELLS = 200
MOST_CONTESTED = 20


@dataclass(frozen=True, slots=True)
class Contested:
    """A value that somebody typed over another's and has not given up."""

    report: int
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a page says of itself: ``tab`` tells two windows of one person apart, ``cell`` is ``report|key``."""

    tab: str
    place: str = ""
    cell: str = ""
    contested: tuple[Contested, ...] = ()
    since: dt.datetime | None = None
    is_leaving: bool = False


@dataclass(slots=True)
class Company:
    """The others, what they contest, and what was written since the last look."""

    people: list[dict[str, Any]] = field(default_factory=list)
    contested: list[dict[str, Any]] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)


def look_in(*, report: Report, user: Any, look: Look) -> Company:
    """Say where ``user`` is and learn of the others at the desk of ``report``; ``report.cycle`` is not needed."""
    key = f"typing:{report.cycle_id}:{report.custodian_id}"
    now = clock.now()
    present: dict[str, dict[str, Any]] = {
        who: one for who, one in cache.get(key, {}).items() if one["until"] > now.timestamp()
    }
    me = f"{user.pk}:{look.tab}"
    present.pop(me, None)
    company = _company(present, user)
    if not look.is_leaving:
        present[me] = {
            "user": user.pk,
            "name": user.name,
            "place": look.place,
            "cell": look.cell,
            "contested": [asdict(one) for one in look.contested],
            "until": now.timestamp() + FORGOTTEN_AFTER,
        }
        company.cells = _written_since((look.since or now - FIRST_LOOK) - OVERLAP, report)
    cache.set(key, present, FORGOTTEN_AFTER)
    return company


def _company(present: dict[str, dict[str, Any]], user: Any) -> Company:
    company = Company()
    for one in present.values():
        name = "本人（另一窗口）" if one["user"] == user.pk else one["name"]
        company.people.append({"name": name, "place": one["place"], "cell": one["cell"]})
        company.contested += [{**contested, "by": name} for contested in one["contested"]]
    return company


def _written_since(moment: dt.datetime, report: Report) -> list[dict[str, Any]]:
    rows = (
        Cell.objects.filter(
            report__cycle=report.cycle_id, report__custodian=report.custodian_id, updated_at__gt=moment
        )
        .order_by("-updated_at")
        .values(
            "report_id", "value", "text", "explanation", "revision", "updated_by", key=F("indicator__key")
        )
    )
    return [
        {
            "report": row["report_id"],
            "key": row["key"],
            "value": row["text"] if row["value"] is None else digits(row["value"]),
            "explanation": row["explanation"],
            "revision": row["revision"],
            "by": row["updated_by"],
        }
        for row in rows[:MOST_CELLS]
    ]
