"""Each head's year against the duty standard: what was done, what is still to do, in words and one colour.

Heads are those in office in leadership bodies on a day, each once by the highest seat; one statement whatever their
number. Nobody is ranked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from django.db import connection

from core import clock
from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS, SEAT_ORDER, DutyItem, Grade, Position
from sanzhang.models import DutyLine, DutyStandard, KeyPerson
from sanzhang.models.standard import ITEMS

MET, UNDER_WAY, NOTHING_YET, NOTHING_ASKED = "met", "under_way", "nothing", "no_line"
STATES = {
    MET: ("已达标", "success", "check-circle-fill"),
    UNDER_WAY: ("进行中", "warning", "hourglass-split"),
    NOTHING_YET: ("尚无记录", "danger", "exclamation-circle"),
    NOTHING_ASKED: ("未设要求", "neutral", "dash-circle"),
}
SORTS = {
    "name": "name_key",
    "unit": "unit_code",
    "position": "rank",
    **{item.value: item.value for item in DutyItem},
}

HELD = Template("""
held AS MATERIALIZED (
    SELECT DISTINCT ON (h.id) h.id AS person_id, h.pinyin AS name_key, h.name, a.unit_id, u.level,
           u.division_code AS unit_code, a.position, array_position(%(seat_order)s, a.position::text) AS rank
    FROM sanzhang_appointment a
    JOIN sanzhang_leadershipbody b ON b.id = a.body_id AND b.kind = ANY(%(bodies)s)
    JOIN orgs_orgunit u ON u.id = a.unit_id AND u.level >= 3
    JOIN sanzhang_keyperson p ON p.id = a.person_id
    JOIN sanzhang_keyperson h ON h.id = COALESCE(p.merged_into_id, p.id) AND h.voided_at IS NULL
    WHERE a.voided_at IS NULL AND a.valid_from <= %(day)s AND (a.valid_to IS NULL OR a.valid_to > %(day)s) AND $scope
    ORDER BY h.id, rank DESC, u.level, a.valid_from, a.id
)""")

DONE = """
done AS MATERIALIZED (
    SELECT COALESCE(p.merged_into_id, p.id) AS person_id,
           count(DISTINCT c.id) FILTER (WHERE d.duty = 'meeting') AS meeting,
           count(DISTINCT c.id) FILTER (WHERE d.duty = 'activity') AS activity,
           count(DISTINCT c.id) FILTER (WHERE d.duty = 'survey') AS survey,
           count(DISTINCT c.id) FILTER (WHERE d.duty = 'proposal') AS proposal
    FROM sanzhang_activitypart t
    JOIN sanzhang_activity c ON c.id = t.activity_id AND c.voided_at IS NULL
    JOIN sanzhang_activitykind d ON d.id = c.kind_id
    JOIN sanzhang_keyperson p ON p.id = t.person_id
    WHERE t.removed_at IS NULL AND c.ended_on BETWEEN %(first)s AND %(day)s
    GROUP BY 1
)"""

JUDGED = """
judged AS (
    SELECT h.*, COALESCE(d.meeting, 0) AS meeting, COALESCE(d.activity, 0) AS activity,
           COALESCE(d.survey, 0) AS survey, COALESCE(d.proposal, 0) AS proposal,
           l.meetings, l.activities, l.surveys, l.proposals, e.grade,
           CASE WHEN l.id IS NULL THEN 'no_line'
                WHEN COALESCE(d.meeting, 0) >= l.meetings AND COALESCE(d.activity, 0) >= l.activities
                     AND COALESCE(d.survey, 0) >= l.surveys AND COALESCE(d.proposal, 0) >= l.proposals THEN 'met'
                WHEN d.person_id IS NULL THEN 'nothing' ELSE 'under_way' END AS state
    FROM held h
    LEFT JOIN done d USING (person_id)
    LEFT JOIN sanzhang_dutyline l
        ON l.standard_id = %(standard)s AND l.level = h.level AND l.position = h.position
    LEFT JOIN sanzhang_evaluation e ON e.person_id = h.person_id AND e.year = %(year)s
)"""

CONDITIONS = (
    "(%(state)s = '' OR state = %(state)s) AND (%(position)s = '' OR position = %(position)s)"
    " AND (%(grade)s = '' OR COALESCE(grade, 'none') = %(grade)s)"
    " AND (%(q)s = '' OR name LIKE '%%' || %(q)s || '%%' OR name_key LIKE %(q)s || '%%')"
    " AND (%(people)s::bigint[] IS NULL OR person_id = ANY(%(people)s))"
)

ROWS = Template("""
WITH $parts SELECT * FROM judged WHERE $conditions
ORDER BY $column $direction, unit_code, rank DESC, name_key, person_id LIMIT %(limit)s OFFSET %(offset)s
""")
COUNTS = Template("WITH $parts SELECT state, count(*) AS heads FROM judged WHERE $conditions GROUP BY state")


@dataclass(slots=True)
class DutyRow:
    """One head's year. ``least`` is empty where the standard asks nothing of the seat."""

    person_id: int
    name: str
    unit: OrgUnit
    position: str
    done: dict[str, int]
    least: dict[str, int]
    state: str
    grade: str

    @property
    def pill(self) -> tuple[str, str, str]:
        return STATES[self.state]

    @property
    def lacks(self) -> str:
        """活动2次、调研1次."""
        return "、".join(
            f"{item.label}{self.least[item] - self.done[item]}次"
            for item in DutyItem
            if self.least.get(item, 0) > self.done[item]
        )

    @property
    def position_label(self) -> str:
        return Position(self.position).label

    @property
    def grade_label(self) -> str:
        return Grade(self.grade).label if self.grade else ""

    def of(self, item: str) -> str:
        """3/2: done and least; done alone where nothing is asked."""
        least = self.least.get(item, 0)
        return f"{self.done[item]}/{least}" if least else str(self.done[item])


@dataclass(frozen=True, slots=True)
class DutyQuery:
    """Whose year is asked for."""

    within: OrgUnit
    year: int
    q: str = ""
    state: str = ""
    position: str = ""
    grade: str = ""
    sort: str = "unit"
    people: Collection[int] | None = None

    @property
    def day(self) -> dt.date:
        """The day whose heads count: today, or the last of a year gone by."""
        return min(clock.today(), dt.date(self.year, 12, 31))


def standard_of(province_id: int | None, year: int) -> DutyStandard | None:
    """The standard in force in ``year``: the year's own, or the last before it."""
    held = DutyStandard.objects.filter(owner=province_id, year__lte=year)
    return held.prefetch_related("lines").order_by("-year").first()


def duty_rows(asked: DutyQuery, *, limit: int | None = None, offset: int = 0) -> list[DutyRow]:
    """The heads asked for with their year; three queries."""
    column = SORTS.get(asked.sort.lstrip("-"), "unit_code")
    direction = "DESC" if asked.sort.startswith("-") else "ASC"
    sql = ROWS.substitute(parts=_parts(asked), conditions=CONDITIONS, column=column, direction=direction)
    rows = _fetch(sql, asked, limit=limit, offset=offset)
    units = OrgUnit.objects.in_bulk({row["unit_id"] for row in rows})
    return [_row(row, units) for row in rows]


def duty_counts(asked: DutyQuery) -> dict[str, int]:
    """How many of the heads asked for are in each state."""
    sql = COUNTS.substitute(parts=_parts(asked), conditions=CONDITIONS)
    found = {row["state"]: row["heads"] for row in _fetch(sql, asked)}
    return {state: found.get(state, 0) for state in STATES}


def duty_of(person: KeyPerson, year: int) -> DutyRow | None:
    """One person's year; ``None`` for who holds no seat in a leadership body."""
    province = OrgUnit.objects.get(pk=person.unit.province_id)
    found = duty_rows(DutyQuery(within=province, year=year, people=[person.pk]))
    return found[0] if found else None


def _parts(asked: DutyQuery) -> str:
    within = asked.within
    field = ANCESTOR_FIELD.get(Level(within.level))
    scope = f"u.{field}_id = %(within)s" if field else "u.id = %(within)s"
    if asked.people is not None:
        scope += " AND h.id = ANY(%(people)s)"
    return ",".join([HELD.substitute(scope=scope), DONE, JUDGED])


def _fetch(sql: str, asked: DutyQuery, **values: Any) -> list[dict[str, Any]]:
    standard = standard_of(asked.within.province_id or asked.within.pk, asked.year)
    params = {
        "within": asked.within.pk,
        "year": asked.year,
        "first": dt.date(asked.year, 1, 1),
        "day": asked.day,
        "standard": standard.pk if standard else None,
        "seat_order": [str(position) for position in SEAT_ORDER],
        "bodies": [str(kind) for kind in LEADERSHIP_KINDS],
        "state": asked.state,
        "position": asked.position,
        "grade": asked.grade,
        "q": asked.q,
        "people": None if asked.people is None else list(asked.people),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params | values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _row(row: Mapping[str, Any], units: Mapping[int, OrgUnit]) -> DutyRow:
    asked = row["state"] != NOTHING_ASKED
    return DutyRow(
        person_id=row["person_id"],
        name=row["name"],
        unit=units[row["unit_id"]],
        position=row["position"],
        done={item.value: row[item.value] for item in DutyItem},
        least={item.value: row[column] for item, column in ITEMS.items()} if asked else {},
        state=row["state"],
        grade=row["grade"] or "",
    )


def lines_by_seat(standard: DutyStandard | None) -> dict[tuple[int, str], DutyLine]:
    """The lines of a standard by level and position."""
    lines: Sequence[DutyLine] = list(standard.lines.all()) if standard else []
    return {(line.level, line.position): line for line in lines}
