"""Lists and single pages over a province with 200,000 seats, beside fifty plain rows of the same server."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from django.urls import reverse

from accounts.roles import Role
from core.actor import SYSTEM
from kexie_portal.bench.measure import Outcome, side_by_side
from kexie_portal.bench.requests import account_of, page_beside_rows
from kexie_portal.bench.scratch import Land
from kexie_portal.bench.server import Visitor, served
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.services.facts import compute_facts

REQUESTS = 10


def measure(land: Land) -> Iterator[Outcome]:
    """The people's list, the list and the page of units, and the wall chart through the lens of today."""
    compute_facts(cycle=land.cycle, by=SYSTEM)
    someone = account_of(land.province, Role.REVIEWER, Role.REPORTER)
    people, units, coverage = reverse("sanzhang:list"), reverse("orgs:list"), reverse("reporting:coverage")
    county = OrgUnit.objects.filter(level=Level.COUNTY).order_by("division_code")[0]
    pages = (
        (people, "三长名册首页"),
        (f"{people}?page=600", "三长名册第 600 页"),
        (f"{people}?q={quote('人员1234')}", "三长名册搜索"),
        (units, "单位名册首页"),
        (f"{units}?page=600", "单位名册第 600 页"),
        (f"{units}?q={quote('东城街道')}", "单位名册搜索"),
        (reverse("orgs:detail", args=[county.pk]), "单位页面（县）"),
        (reverse("orgs:detail", args=[land.province.pk]), "单位页面（省）"),
    )
    with served() as port:
        visitor = Visitor(port, someone)
        for address, title in pages:
            yield page_beside_rows(visitor, someone, address, title)
        yield _through_the_lens(visitor, coverage)


def _through_the_lens(visitor: Visitor, coverage: str) -> Outcome:
    def looked_at(address: str) -> None:
        for _ in range(REQUESTS):
            if visitor.get(address) != 200:
                raise RuntimeError(f"{address} 没有打开")

    ours, theirs = side_by_side(
        lambda: looked_at(f"{coverage}?lens=now"), lambda: looked_at(coverage), rounds=5
    )
    return Outcome(f"挂图作战按现在的区划 × {REQUESTS}", "挂图作战按当时的区划", ours, theirs, at_most=1.5)
