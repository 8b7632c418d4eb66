"""Collections for tests: a province's other tasks beside its monthly report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from core import clock
from core.actor import SYSTEM
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import Rhythm, SignOffDemand, Whom
from reporting.models import Collection, Cycle
from reporting.services import collections as services
from reporting.services.cycles import open_cycle
from reporting.services.forms import load_form

CITIES_AND_COUNTIES = (Level.CITY.value, Level.COUNTY.value)
QUARTER = dt.date(2026, 10, 1)


def make_task(owner: OrgUnit, by: User, **values: Any) -> Collection:
    """A draft of the quarterly census; ``values`` override."""
    given = {
        "name": "季度普查",
        "noun": "普查表",
        "form": load_form("census_form", owner=owner, by=SYSTEM).form,
        "rhythm": Rhythm.QUARTER,
        "first_period": QUARTER,
        "sign_off": SignOffDemand.AS_SET,
    }
    return services.create_collection(owner=owner, values=given | values, by=by)


def ask(collection: Collection, by: User, *, levels: Any = CITIES_AND_COUNTIES, **values: Any) -> Collection:
    """Say who owes."""
    units = values.pop("units", [])
    given = {"levels": list(levels), "whom": Whom.ALL, "established_only": False} | values
    return services.set_whom(collection=collection, values=given, units=units, by=by)


def opened(collection: Collection, by: User) -> Cycle:
    """Started, its first period opened."""
    started = services.start_collection(collection=collection, by=by)
    return open_cycle(collection=started, period=started.first_period, by=SYSTEM)


def fixed_dates(due: dt.date) -> dict[str, Any]:
    """The dates of a one-off whose cities are due on ``due``, counties four days before."""
    return {
        "opens_on": due - dt.timedelta(days=20),
        "window_first": due - dt.timedelta(days=20),
        "window_last": due - dt.timedelta(days=5),
        "township_due": due - dt.timedelta(days=4),
        "county_due": due - dt.timedelta(days=4),
        "city_due": due,
        "settles_at": clock.at(due + dt.timedelta(days=2), dt.time(12, 0)),
    }
