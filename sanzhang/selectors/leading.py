"""Who leads which affiliate: for the page of the affiliate, of the person, and for what is counted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from orgs.choices import Standing
from orgs.leading import LeaderLine, LeaderSource
from orgs.models import Affiliate, AffiliateState
from orgs.permissions import MANAGE_AFFILIATES, VIEW_UNITS
from sanzhang.models import AffiliateLeader, KeyPerson
from sanzhang.permissions import VIEW_PEOPLE


def affiliates_led(day: dt.date, instant: dt.datetime | None = None) -> QuerySet:
    """Keys of the affiliates that a key person leads on ``day``, with ``instant`` by what was known before it."""
    posts = AffiliateLeader.objects.on(day)
    if instant is not None:
        posts = AffiliateLeader.objects.as_known(day, instant)
    return posts.leading().filter(person__voided_at__isnull=True).values("affiliate")


def leader_lines(user: Any, affiliate: Affiliate) -> list[LeaderLine]:
    """Who led the affiliate, present ones first; two queries. People out of the reader's reach stand without an address."""
    posts = list(
        AffiliateLeader.objects.filter(affiliate=affiliate, voided_at=None)
        .select_related("person__occupation", "person__unit")
        .order_by("valid_to", "valid_from", "pk")
    )
    posts.sort(key=lambda post: post.valid_to is not None)
    in_reach = KeyPerson.objects.visible_to(user, VIEW_PEOPLE).filter(
        pk__in=[post.person_id for post in posts]
    )
    reachable = set(in_reach.values_list("pk", flat=True)) if posts else set()
    manages = user.can(MANAGE_AFFILIATES, affiliate.unit)
    return [
        LeaderLine(
            name=post.person.name,
            role=post.get_role_display(),
            about=f"{post.person.occupation}　{post.person.unit.association}",
            since=post.valid_from,
            until=post.valid_to,
            url=post.person.get_absolute_url() if post.person_id in reachable else "",
            end_url=reverse("sanzhang:end_lead", args=[post.pk]) if manages and post.is_open else "",
        )
        for post in posts
    ]


def leader_names(affiliate_ids: Sequence[int], day: dt.date) -> dict[int, str]:
    """The leaders of several affiliates on ``day``, by name; one query."""
    names: dict[int, list[str]] = defaultdict(list)
    posts = AffiliateLeader.objects.on(day).leading().filter(affiliate__in=affiliate_ids)
    for affiliate, name in posts.order_by("pk").values_list("affiliate", "person__name"):
        names[affiliate].append(name)
    return {affiliate: "、".join(found) for affiliate, found in names.items()}


def add_leader_url(user: Any, affiliate: Affiliate) -> str:
    """Where a leader is added, for who may."""
    if not user.can(MANAGE_AFFILIATES, affiliate.unit):
        return ""
    return f"{reverse('sanzhang:new_lead')}?affiliate={affiliate.pk}"


def posts_of(person: KeyPerson, user: Any) -> list[AffiliateLeader]:
    """What the person leads or led, present first; only affiliates in the reader's reach."""
    posts = AffiliateLeader.objects.visible_to(user, VIEW_UNITS).filter(person=person, voided_at=None)
    found = list(posts.select_related("affiliate__unit", "affiliate__kind").order_by("-valid_from", "-pk"))
    return sorted(found, key=lambda post: post.valid_to is not None)


def people_to_choose(user: Any, affiliate: Affiliate, text: str, limit: int = 20) -> list[KeyPerson]:
    """People in reach who may lead the affiliate: by what is searched for, else those near its unit."""
    people = KeyPerson.objects.present().visible_to(user, VIEW_PEOPLE)
    people = people.search(text) if text else people.within(affiliate.unit)
    people = people.filter(unit__province=affiliate.unit.province_id)
    taken = AffiliateLeader.objects.open_ended().filter(affiliate=affiliate)
    people = people.exclude(pk__in=taken.values("person"))
    return list(people.select_related("occupation", "unit").order_by("pinyin", "pk")[:limit])


def affiliates_to_choose(user: Any, person: KeyPerson, text: str, limit: int = 20) -> list[Affiliate]:
    """Affiliates that the reader manages and the person may lead: by what is searched for, else those of the unit that
    keeps the person."""
    found = Affiliate.objects.visible_to(user, MANAGE_AFFILIATES)
    stated = AffiliateState.objects.open_ended().exclude(state=Standing.EXITED)
    found = found.filter(pk__in=stated.values("affiliate"), unit__province=person.unit.province_id)
    found = found.search(text) if text else found.filter(unit__in=person.unit.ancestor_ids())
    taken = AffiliateLeader.objects.open_ended().filter(person=person)
    found = found.exclude(pk__in=taken.values("affiliate"))
    return list(found.select_related("kind", "unit").order_by("kind__order", "pinyin", "pk")[:limit])


SOURCE = LeaderSource(led=affiliates_led, lines=leader_lines, names=leader_names, add_url=add_leader_url)
