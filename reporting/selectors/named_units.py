"""Which units a text names: a bulletin names few, and never a township."""

from __future__ import annotations

import datetime as dt

from orgs.choices import ANCESTOR_FIELD, Level
from orgs.models import OrgUnit, UnitEdition
from reporting.rules.papers import Named

#: Shorter names are ordinary words too often.
SHORTEST = 3


def named_in(text: str, within: OrgUnit, day: dt.date) -> Named:
    """Cities, counties and townships of ``within`` that ``text`` names, by their names on ``day``."""
    rows = (
        UnitEdition.objects.on(day)
        .filter(
            level__in=[Level.CITY, Level.COUNTY, Level.TOWNSHIP],
            **{ANCESTOR_FIELD[Level(within.level)]: within},
        )
        .exclude(unit=within)
        .order_by("level", "division_code")
        .values_list("level", "name")
    )
    rest, found = text, Named()
    for level, name in rows:
        if len(name) < SHORTEST or name not in rest:
            continue
        kept = found.townships if level == Level.TOWNSHIP else found.others
        if name not in kept:
            kept.append(name)
        if level != Level.TOWNSHIP:
            rest = rest.replace(name, "　")
    return found
