"""The way down from a figure: to what it is summed from, to the people, to the units and their evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from orgs.choices import Level
from reporting.selectors.carried import window_before
from reporting.selectors.facts import day_shown, opening_moment
from reporting.selectors.registry_heads import COUNTED
from reporting.selectors.registry_units import COUNT_OF, MET, naming_of
from reporting.views.looking import Look
from sanzhang.choices import Measure
from sanzhang.filters.composition import PROGRAMME

#: Those in office when the window began.
OPENING = "key_people_opening"
#: Figures of heads that the composition of the bodies counts by the same rules, with what it is asked there.
COMPOSED: dict[str, dict[str, Any]] = {
    OPENING: {"level": PROGRAMME},
    "key_people_total": {"level": PROGRAMME},
    "key_people_county": {"level": Level.COUNTY.value},
    "key_people_township": {"level": Level.TOWNSHIP.value},
    "key_people_health": {"level": PROGRAMME, "counted": Measure.HEALTH.value},
    "key_people_education": {"level": PROGRAMME, "counted": Measure.EDUCATION.value},
    "key_people_agriculture": {"level": PROGRAMME, "counted": Measure.AGRICULTURE.value},
    "key_people_other": {"level": PROGRAMME, "counted": Measure.OTHER_FIELD.value},
    "key_people_pan": {"level": PROGRAMME, "counted": Measure.PAN.value},
}
LEVEL_SUFFIXES = {"_county": Level.COUNTY, "_township": Level.TOWNSHIP, "_village": Level.VILLAGE}
BLANK = ("blank_spots", "coverage_rate", "units_expected", "units_established")


def way_down(look: Look, key: str, unit_id: int, *, is_typed: bool = False) -> str:
    """The page that shows what the figure ``key`` of a unit is made of."""
    if is_typed:
        return look.address("reporting:sources", key, unit=unit_id)
    if naming_of(key) is not None:
        return look.address("reporting:named_units", key, unit=unit_id, meets=MET)
    if key in COUNT_OF:
        return look.address("reporting:named_units", COUNT_OF[key], unit=unit_id)
    if key.startswith(BLANK):
        return look.address("reporting:blank_spots", unit=unit_id, level=_level_of(key))
    if key in COMPOSED or key in COUNTED:
        return heads_page(look, key, unit_id)
    return look.address("reporting:registry", unit=unit_id)


def heads_page(look: Look, key: str, unit_id: int) -> str:
    """The names behind a figure of heads, on the very day, or in the very window, that it was counted."""
    if key in COUNTED:
        return look.address("reporting:heads", key, unit=unit_id)
    day = _opening_day(look) if key == OPENING else look.on or day_shown(look.cycle)
    return _page("sanzhang:composed_people", unit=unit_id, on=day.isoformat(), **COMPOSED[key])


def _opening_day(look: Look) -> dt.date:
    return (opening_moment(look.cycle) if look.on is None else window_before(look.cycle, look.on)).day


def unit_page(look: Look, unit_id: int) -> str:
    """A unit as it stands, or as it stood on the past day or in the past month that is looked at."""
    address = reverse("orgs:detail", args=[unit_id])
    if look.is_present and look.on is None:
        return address
    return f"{address}?on={look.on or day_shown(look.cycle):%Y-%m-%d}"


def _level_of(key: str) -> int | None:
    return next((level.value for suffix, level in LEVEL_SUFFIXES.items() if key.endswith(suffix)), None)


def _page(name: str, **query: Any) -> str:
    asked = {key: value for key, value in query.items() if value is not None}
    return f"{reverse(name)}?{urlencode(asked)}"
