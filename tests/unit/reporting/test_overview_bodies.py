"""The overview of a city counts the renewals due below it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.actor import SYSTEM
from sanzhang.services import terms
from tests.month import Month
from tests.pages import page


def test_overview_counts_overdue_renewals_of_the_city_alone(month: Month, client_of: Any) -> None:
    client = client_of(month.city)
    assert "逾期未换届" not in page(client, "overview").content.decode()
    started = dt.date(2015, 1, 1)
    for unit in (month.tree["370102"], month.tree["3702"]):
        terms.open_term(unit=unit, kind="committee", ordinal=8, starts_on=started, by=SYSTEM)
    shown = page(client, "overview").content.decode()
    assert "换届和吸纳程序" in shown and "逾期未换届" in shown
    assert "1 个机构" in shown
