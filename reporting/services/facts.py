"""The monthly job that writes down what the registry knew at the window's end."""

from __future__ import annotations

from string import Template

from django.db import connection, transaction

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from reporting.choices import Source
from reporting.models import Cycle, CycleFact
from reporting.selectors.facts import closing_moment, cycle_before, opening_moment
from reporting.selectors.registry import parameters, statement

INSERT = Template(
    "INSERT INTO reporting_cyclefact (cycle_id, unit_id, indicator_id, numerator, denominator)"
    " SELECT %(cycle)s, f.unit_id, i.id, f.numerator, f.denominator"
    " FROM ($facts) f JOIN reporting_indicator i ON i.key = f.key"
    " WHERE %(wanted)s::text[] IS NULL OR i.key = ANY(%(wanted)s)"
)


@transaction.atomic
def compute_facts(*, cycle: Cycle, by: Actor) -> int:
    """Write ``CycleFact`` for every unit down to the townships, as known at the window's end; returns how many rows.

    Idempotent: a second run replaces the first. Refused before the window's end and once the cycle is locked.
    """
    fresh = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if fresh.is_locked:
        raise Conflict(Problem("locked", f"{fresh.label}已锁定，台账数不再改变。"))
    closing = closing_moment(fresh)
    if clock.now() < closing.instant:
        raise DomainError.of("window_open", f"统计期到{fresh.window_last}才结束，届时自动取数。")
    CycleFact.objects.filter(cycle=fresh).delete()
    wanted = _keys_wanted(fresh)
    written = _write(fresh, wanted) if wanted is None or wanted else 0
    fresh.facts_at = clock.now()
    fresh.save(update_fields=["facts_at"])
    cycle.facts_at = fresh.facts_at
    record(
        kind="reporting.facts_computed",
        by=by,
        summary=f"取{fresh.label}台账数 {written} 个",
        unit=fresh.collection.owner,
        obj=fresh,
    )
    return written


def _keys_wanted(cycle: Cycle) -> list[str] | None:
    """All that the registry knows for the principal collection (``None``); for others what their form shows."""
    if cycle.collection.is_principal:
        return None
    items = cycle.form_version.items.filter(indicator__source=Source.REGISTRY)
    return list(items.values_list("indicator__key", flat=True))


def _write(cycle: Cycle, wanted: list[str] | None) -> int:
    owner = cycle.collection.owner
    values = parameters(
        at=closing_moment(cycle), before=opening_moment(cycle), cycle_before=cycle_before(cycle), within=owner
    )
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT.substitute(facts=statement(owner)), {**values, "cycle": cycle.pk, "wanted": wanted}
        )
        return int(cursor.rowcount)
