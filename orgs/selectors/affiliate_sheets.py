"""Affiliates with all that their sheet holds, in a constant number of queries for each thousand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from core import clock
from orgs.leading import leaders
from orgs.models import (
    Affiliate,
    AffiliateMembers,
    AffiliateOrgan,
    AffiliatePartner,
    AffiliateState,
    MemberCount,
)
from orgs.models.affiliate import AffiliateQuerySet
from orgs.selectors.affiliates import with_facts
from orgs.selectors.guidance import name_guides_of

AT_ONCE = 1000


def leader_names(ids: list[int], day: dt.date) -> dict[int, str]:
    """Who leads each of the affiliates on ``day``, where anybody knows."""
    source = leaders()
    return source.names(ids, day) if source is not None else {}


def with_leaders(rows: list[Any], day: dt.date) -> list[Any]:
    """The rows of one page, each with ``leader_names``."""
    names = leader_names([row.pk for row in rows], day)
    for row in rows:
        row.leader_names = names.get(row.pk, "")
    return rows


def sheet_rows(affiliates: AffiliateQuerySet, on: dt.date | None = None) -> Iterator[Any]:
    """``affiliates`` in order of unit, kind and name, each with ``organs_by_key``, ``split`` (occupation, count),
    ``state_reason``, ``leader_names`` and ``partner_names`` as of ``on``."""
    day = on or clock.today()
    keys = list(
        affiliates.order_by("unit__division_code", "kind__order", "pinyin", "pk").values_list("pk", flat=True)
    )
    for start in range(0, len(keys), AT_ONCE):
        chunk = keys[start : start + AT_ONCE]
        found = {row.pk: row for row in with_facts(Affiliate.objects.filter(pk__in=chunk), day)}
        rows = [found[pk] for pk in chunk if pk in found]
        yield from complete(name_guides_of(rows, day) if day < clock.today() else rows, day)


def complete(rows: list[Any], day: dt.date) -> list[Any]:
    """Put on the rows what hangs on them."""
    ids = [row.pk for row in rows]
    organs: dict[int, dict[str, AffiliateOrgan]] = defaultdict(dict)
    for organ in AffiliateOrgan.objects.filter(affiliate__in=ids):
        organs[organ.affiliate_id][organ.organ] = organ
    split = _by_affiliate(
        MemberCount.objects.filter(members__affiliate__in=ids, members__in=_members_on(ids, day))
        .order_by("-count", "pk")
        .values_list("members__affiliate", "occupation_label", "count")
    )
    partners = AffiliatePartner.objects.on(day).filter(affiliate__in=ids).select_related("partner_unit")
    partner_names: dict[int, list[str]] = defaultdict(list)
    for partner in partners.order_by("kind", "partner_unit__division_code", "name", "pk"):
        partner_names[partner.affiliate_id].append(partner.label)
    states = AffiliateState.objects.on(day).filter(affiliate__in=ids).order_by("valid_from", "pk")
    reasons = dict(states.values_list("affiliate", "reason"))
    for row in with_leaders(rows, day):
        row.organs_by_key = organs[row.pk]
        row.split = split[row.pk]
        row.partner_names = "、".join(partner_names[row.pk])
        row.state_reason = reasons.get(row.pk, "")
    return rows


def _members_on(ids: list[int], day: dt.date) -> Any:
    return AffiliateMembers.objects.on(day).filter(affiliate__in=ids).values("pk")


def _by_affiliate(rows: Any) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for affiliate, label, count in rows:
        found[affiliate].append((label, count))
    return found
