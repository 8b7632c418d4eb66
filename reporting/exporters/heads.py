"""The names behind a registry figure as a sheet: the people of the page, with their seats and masked telephones."""

from __future__ import annotations

from typing import Any

from core import formats
from core.xlsx import XLSX
from files.registry import Built, Exporter, Progress, register_exporter
from reporting.models import Indicator
from reporting.papers.asking import asked, day_asked, may_have, title_of, tree_words
from reporting.selectors.registry_heads import COUNTED, heads_behind, people_in_sight
from sanzhang.exporters.people import write_people
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.tables.people import BY_PINYIN

KIND = "reporting.heads"


def _title(params: dict[str, Any]) -> str:
    name = Indicator.objects.get(key=params["key"]).name
    return title_of(params, f"{name}人员名单")


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return params.get("key") in COUNTED and user.can_anywhere(VIEW_PEOPLE) and may_have(user, params)


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    cycle, unit = asked(params)
    progress(1, 10, "正在查找人员")
    key, title = params["key"], _title(params)
    found = heads_behind(key, unit, cycle, on=day_asked(params), is_now=params.get("lens") == "now")
    people = people_in_sight(user, found, str(params.get("q", ""))[:60])
    as_of = formats.day(found.at.day)
    basis = [f"截至{as_of}，该项数据为{found.figure:,}", tree_words(params)]
    written = write_people(
        path,
        people.order_by(BY_PINYIN, "id"),
        found.day_of_seats(key),
        sheet="人员名单",
        title=title,
        basis="；".join(part for part in basis if part),
        made_by=user.actor_label,
        progress=progress,
    )
    record = {
        "期": cycle.label,
        "单位": unit.display_name,
        "截至": as_of,
        "数据": found.figure,
        "人数": written,
    }
    return Built(f"{title}.xlsx", record)


HEADS_LIST = Exporter(kind=KIND, title=_title, allowed=_allowed, build=_build, content_type=XLSX)


def register_heads_list() -> None:
    register_exporter(HEADS_LIST)
