"""Pages of a past day: which day, its addresses, and its line."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest

from core.formats import day as written
from orgs.filters.days import DayForm
from orgs.models import UnitEdition


def query_of(day: dt.date | None) -> str:
    """What follows an address so that it answers for the same day."""
    return f"?on={day.isoformat()}" if day else ""


def place_words(edition: UnitEdition) -> list[tuple[str, str]]:
    """How a unit was called, coded and placed, as labels and words."""
    return [
        ("名称", edition.display_name),
        ("行政区划代码", edition.division_code),
        ("层级", edition.get_level_display()),
        ("类别", edition.get_kind_display()),
        ("隶属", edition.parent.display_name if edition.parent else ""),
        ("是否应建", "应建" if edition.is_expected else "不计应建"),
        ("自", written(edition.valid_from)),
        ("至", written(edition.valid_to) if edition.valid_to else "至今"),
        ("事由", edition.get_cause_display()),
        ("依据", edition.basis),
    ]


def day_context(request: HttpRequest) -> dict[str, Any]:
    """``on`` is the day asked for; ``day_form`` its field, with what is wrong with it; and its :func:`day_bar`."""
    form = DayForm(request.GET, auto_id="id_day_%s")
    return {"on": form.day, "day_form": form} | day_bar(request, form.day)


def day_bar(request: HttpRequest, day: dt.date | None, words: str = "") -> dict[str, Any]:
    """The line of a page of ``day`` and its way back: ``day_label``, ``day_words``, ``day_back``; nothing for today."""
    if day is None:
        return {}
    kept = request.GET.copy()
    for name in ("on", "lens", "page"):
        kept.pop(name, None)
    return {
        "day_label": f"截至{written(day)}",
        "day_words": words or "这里是当时的区划、名称和情况，不是现在的，只能查看。",
        "day_back": f"{request.path}?{kept.urlencode()}",
    }
