"""Short ways for tests to make affiliates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actor import SYSTEM
from orgs.models import Affiliate, AffiliateKind, OrgUnit
from orgs.services import affiliate_kinds, affiliates
from orgs.services.affiliates import AffiliateFacts

FOUNDED = dt.date(2010, 5, 1)


def kind(key: str = "society") -> AffiliateKind:
    """One of the shipped kinds."""
    if not AffiliateKind.objects.exists():
        affiliate_kinds.load_defaults(by=SYSTEM)
    return AffiliateKind.objects.get(key=key)


def facts(name: str = "县医学会", key: str = "society", **told: Any) -> AffiliateFacts:
    return AffiliateFacts(**{"name": name, "kind": kind(key), "founded_on": FOUNDED} | told)


def affiliate(unit: OrgUnit, name: str = "县医学会", key: str = "society", **told: Any) -> Affiliate:
    """One that stands since 2010."""
    return affiliates.register(unit=unit, facts=facts(name, key, **told), by=SYSTEM)
