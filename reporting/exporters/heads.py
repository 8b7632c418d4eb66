"""The names behind a registry figure as a sheet: the people of the page, with their seats and masked telephones."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from files.lists import Listing, listing_file
from reporting.models import Indicator
from reporting.papers.asking import asked, day_asked, may_have, title_of, tree_words
from reporting.selectors.registry_heads import COUNTED, heads_behind, people_in_sight
from sanzhang.exporters.people import listing_of
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.tables.people import BY_PINYIN

KIND = "reporting.heads"


def _title(params: Any) -> str:
    name = Indicator.objects.get(key=params["key"]).name
    return title_of(params, f"{name}人员名单")


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return params.get("key") in COUNTED and user.can_anywhere(VIEW_PEOPLE) and may_have(user, params)


def _find(user: Any, query: QueryDict) -> Listing:
    cycle, unit = asked(query)
    key = str(query["key"])
    found = heads_behind(key, unit, cycle, on=day_asked(query), is_now=query.get("lens") == "now")
    people = people_in_sight(user, found, str(query.get("q", ""))[:60])
    return listing_of(
        people.order_by(BY_PINYIN, "id"),
        seats_on=found.day_of_seats(key),
        on=found.at.day,
        title=_title(query),
        sheet="人员名单",
        remarks=[f"该项数据为{found.figure:,}", tree_words(query)],
        basis={"期": cycle.label, "单位": unit.display_name, "数据": found.figure},
    )


HEADS_LIST = listing_file(kind=KIND, title=_title, allowed=_allowed, find=_find)
