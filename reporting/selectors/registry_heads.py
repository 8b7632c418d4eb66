"""The names behind the registry's figures of change: who was recruited or left in a window, who was in office at its end.

The same statement of heads that the figures are counted from, so that a name is in the list where the figure counts it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from core import clock
from core.dated import Moment, end_of_day
from orgs.choices import Level
from orgs.models import OrgUnit
from orgs.selectors.lineage import Lineage, is_same_tree
from reporting.models import Cycle
from reporting.selectors.carried import window_before
from reporting.selectors.facts import moment_shown, opening_moment
from reporting.selectors.registry import heads_statement, parameters
from reporting.selectors.registry_trees import carried_parameters

LEFT = "left"
_CAME = "h.now AND NOT h.before AND h.entry %% 10"
#: What ``heads h`` must fulfil to be counted by a figure.
COUNTED = {
    "recruited": f"{_CAME} IN (1, 2, 3)",
    "recruited_election": f"{_CAME} = 1",
    "recruited_co_option": f"{_CAME} = 2",
    "recruited_other": f"{_CAME} = 3",
    "backfilled": f"{_CAME} = 4",
    LEFT: "h.before AND NOT h.now AND h.is_ended",
    "vice_chairs": "h.is_vice",
    "active_key_people": "h.now AND EXISTS (SELECT FROM active a WHERE a.person = h.person)",
}
#: Figures that compare two days, rather than describe one.
CHANGES = frozenset(key for key, condition in COUNTED.items() if "h.before" in condition)


@dataclass(frozen=True, slots=True)
class Heads:
    """Keys of people, counted at ``at`` against ``since``."""

    keys: list[int]
    since: Moment
    at: Moment

    def day_of_seats(self, key: str) -> dt.date:
        """The day whose seats tell who somebody is: before the change, for those who left."""
        return self.since.day if key == LEFT else self.at.day


def heads_behind(
    key: str, unit: OrgUnit, cycle: Cycle, *, on: dt.date | None = None, is_now: bool = False
) -> Heads:
    """Whom the figure ``key`` of ``unit`` counts in the window of ``cycle``, or in the one that the day ``on`` is in; by
    the tree of the time, or (``is_now``) for today's units."""
    at = moment_shown(cycle) if on is None else end_of_day(on)
    since = opening_moment(cycle) if on is None else window_before(cycle, on)
    if unit.level > Level.TOWNSHIP:
        return Heads([], since, at)
    lineage = None
    if is_now and not is_same_tree(unit, at.day, clock.today()):
        lineage = Lineage(clock.today(), deepest=Level.VILLAGE)
    values = parameters(at=at, before=since, cycle_before=None, within=unit)
    if lineage is not None:
        values |= carried_parameters(lineage, at.day)
    with connection.cursor() as cursor:
        cursor.execute(heads_statement(unit, COUNTED[key], is_carried=lineage is not None), values)
        return Heads([row[0] for row in cursor.fetchall()], since, at)
