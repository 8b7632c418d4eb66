"""The columns of the units behind a registry figure."""

from __future__ import annotations

from collections.abc import Callable

from core.tables import Column
from reporting.selectors.registry_units import NamedUnit

GOOD, TROUBLE = ("success", "check-circle-fill"), ("warning", "exclamation-triangle-fill")
Address = Callable[[NamedUnit], str]


def unit_columns(page: Address, people: Address) -> list[Column]:
    """Name, place, whether it meets the figure, and its people; a group of what was divided has no page."""

    def of(address: Address) -> Callable[[NamedUnit], str | None]:
        return lambda one: None if one.is_group else address(one)

    def state(one: NamedUnit) -> tuple[str, str, str]:
        if one.expected > 1:
            return one.words, "neutral", "collection"
        return (one.words, *(GOOD if bool(one.met) is not one.naming.is_lack else TROUBLE))

    return [
        Column("name", "单位", "name", link=of(page)),
        Column("code", "行政区划代码"),
        Column("place", "所属"),
        Column("state", "情况", "pill", value=state),
        Column("people", "本级机构“三长”", "number", link=of(people)),
    ]
