"""The names behind the registry's figures of people: who was recruited, left or moved in a window, who was in office, in
procedure or at work in a village at its end.

The same statement that the figures are counted from, so that a name is in the list as often as the figure counts it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core import clock
from core.dated import Moment, end_of_day
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.lineage import Lineage, is_same_tree
from reporting.models import Cycle
from reporting.selectors.carried import window_before
from reporting.selectors.facts import moment_shown, opening_moment
from reporting.selectors.registry import parameters, people_statement
from reporting.selectors.registry_trees import carried_parameters
from sanzhang.models import KeyPerson
from sanzhang.permissions import VIEW_PEOPLE

LEFT, MOVED_OUT, CORRECTED, VILLAGE = "left", "moved_out", "corrected", "village_workers"
_HEADS = "SELECT DISTINCT h.person, 1 FROM heads h WHERE h.unit_id = %(within)s AND "
_CAME = f"{_HEADS} h.now AND NOT h.before AND h.entry %% 10"
_MOVED = (
    "SELECT person, 1 FROM (SELECT person, unit_id FROM {there}) a"
    " WHERE a.unit_id = %(within)s AND NOT EXISTS"
    " (SELECT FROM {missing} b WHERE b.unit_id = a.unit_id AND b.person = a.person)"
)
_PAPERS = "SELECT DISTINCT person, 1 FROM papers_here WHERE "
#: What selects the people whom a figure counts, with how often: a village worker once for each village, a correction
#: that takes somebody out as −1.
COUNTED = {
    "recruited": f"{_CAME} IN (1, 2, 3)",
    "recruited_election": f"{_CAME} = 1",
    "recruited_co_option": f"{_CAME} = 2",
    "recruited_other": f"{_CAME} = 3",
    "backfilled": f"{_CAME} = 4",
    LEFT: f"{_HEADS} h.before AND NOT h.now AND h.is_ended",
    "moved_in": _MOVED.format(there="before_as_now", missing="before_as_was"),
    MOVED_OUT: _MOVED.format(there="before_as_was", missing="before_as_now"),
    CORRECTED: "SELECT DISTINCT h.person, CASE WHEN h.now THEN 1 ELSE -1 END FROM heads h"
    " WHERE h.unit_id = %(within)s"
    " AND (h.now AND NOT h.before AND h.entry IS NULL OR h.before AND NOT h.now AND h.is_ended IS NOT TRUE)",
    "vice_chairs": f"{_HEADS} h.is_vice",
    "active_key_people": f"{_HEADS} h.now AND EXISTS (SELECT FROM active a WHERE a.person = h.person)",
    "in_procedure": f"{_PAPERS} is_candidacy",
    "filed": f"{_PAPERS} NOT is_candidacy",
    VILLAGE: "SELECT s.person, count(DISTINCT s.unit_id) FROM seats s JOIN tree t USING (unit_id)"
    " WHERE s.now AND s.is_team GROUP BY s.person",
}
#: Figures that compare two days, rather than describe one.
CHANGES = frozenset(
    {
        *("recruited", "recruited_election", "recruited_co_option", "recruited_other", "backfilled"),
        *(LEFT, "moved_in", MOVED_OUT, CORRECTED, "filed"),
    }
)


@dataclass(frozen=True, slots=True)
class Heads:
    """``amounts``: how often the figure counts each person, at ``at`` against ``since``."""

    amounts: dict[int, int]
    since: Moment
    at: Moment

    @property
    def keys(self) -> list[int]:
        return list(self.amounts)

    @property
    def figure(self) -> int:
        """What the figure says."""
        return sum(self.amounts.values())

    @property
    def put_in(self) -> int:
        """How many people a correction adds."""
        return sum(amount > 0 for amount in self.amounts.values())

    @property
    def taken_out(self) -> int:
        """How many people a correction takes out."""
        return sum(amount < 0 for amount in self.amounts.values())

    def day_of_seats(self, key: str) -> dt.date:
        """The day whose seats tell who somebody is: before the change, for those who are gone."""
        return self.since.day if key in (LEFT, MOVED_OUT) else self.at.day


def heads_behind(
    key: str, unit: OrgUnit, cycle: Cycle, *, on: dt.date | None = None, is_now: bool = False
) -> Heads:
    """Whom the figure ``key`` of ``unit`` counts in the window of ``cycle``, or in the one that the day ``on`` is in; by
    the tree of the time, or (``is_now``) for today's units."""
    at = moment_shown(cycle) if on is None else end_of_day(on)
    since = opening_moment(cycle) if on is None else window_before(cycle, on)
    if unit.level > Level.TOWNSHIP:
        return Heads({}, since, at)
    lineage = None
    if is_now and not is_same_tree(unit, at.day, clock.today()):
        lineage = Lineage(clock.today(), deepest=Level.VILLAGE)
    values = parameters(at=at, before=since, cycle_before=None, within=unit)
    if lineage is not None:
        values |= carried_parameters(lineage, at.day)
    with connection.cursor() as cursor:
        cursor.execute(people_statement(unit, COUNTED[key], is_carried=lineage is not None), values)
        return Heads(dict(cursor.fetchall()), since, at)


def people_in_sight(user: Any, found: Heads, text: str = "") -> QuerySet[KeyPerson]:
    """Those of ``found`` whom ``user`` may see, narrowed by ``text`` as the list of people is."""
    people = KeyPerson.objects.visible_to(user, VIEW_PEOPLE).among(found.keys)
    return people.search(text) if text else people
