"""本年有履职记录的人数 of the demo's months: their facts were stored before the duty records behind them were written."""

from __future__ import annotations

from django.db import connection

from kexie_portal.demo.world import World
from orgs.models import OrgUnit
from reporting.models import Cycle
from reporting.selectors.facts import closing_moment, opening_moment
from reporting.selectors.registry import parameters, people_statement

KEY = "active_key_people"
ACTIVE = (
    "SELECT h.unit_id, count(DISTINCT h.person) AS active FROM heads h"
    " WHERE h.now AND EXISTS (SELECT FROM active a WHERE a.person = h.person) GROUP BY h.unit_id"
)
FORGET = (
    "DELETE FROM reporting_cyclefact f USING reporting_indicator i"
    " WHERE i.id = f.indicator_id AND f.cycle_id = %(cycle)s AND i.key = %(key)s"
)
INSERT = (
    "INSERT INTO reporting_cyclefact (cycle_id, unit_id, indicator_id, numerator, denominator)"
    " SELECT f.cycle_id, f.unit_id, i.id, COALESCE(c.active, 0), NULL"
    " FROM reporting_cyclefact f JOIN reporting_indicator t ON t.id = f.indicator_id AND t.key = 'key_people_total'"
    " JOIN reporting_indicator i ON i.key = %(key)s LEFT JOIN ({counted}) c ON c.unit_id = f.unit_id"
    " WHERE f.cycle_id = %(cycle)s"
)


def count_the_active(world: World) -> None:
    """Store for every unit and month what the registry says of that month's end."""
    province = OrgUnit.objects.get(pk=world.province.pk)
    insert = INSERT.format(counted=people_statement(province, ACTIVE))
    with connection.cursor() as cursor:
        for cycle in Cycle.objects.principal().filter(facts_at__isnull=False).order_by("period"):
            values = parameters(
                at=closing_moment(cycle), before=opening_moment(cycle), cycle_before=None, within=province
            )
            named = values | {"cycle": cycle.pk, "key": KEY}
            cursor.execute(FORGET, named)
            cursor.execute(insert, named)
