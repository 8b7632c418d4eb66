"""What is asked of the yearly numbers of meetings, for the page and for the workbook: one scope, the same rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import QueryDict

from orgs.models import OrgUnit
from sanzhang.forms.meeting_norm import YearlyFilterForm
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.meeting_norms import YearlyRow, norms_for, yearly_rows


class YearlyAsked:
    """The filter over every unit in sight, with the rows that fulfil it."""

    def __init__(self, user: Any, query: QueryDict, today: dt.date) -> None:
        units = OrgUnit.objects.visible_to(user, VIEW_PEOPLE)
        self.form = YearlyFilterForm(query, units=units, today=today)
        self.year: int = self.form.asked("year")
        place, level, state = (self.form.asked(name) for name in ("unit", "level", "state"))
        self.norms = norms_for(user.unit.province_id if user.unit else None)
        if place is not None:
            units = units.within(place)
        if level is not None:
            units = units.filter(level=level)
        self.all_rows: list[YearlyRow] = yearly_rows(units, self.norms, self.year, today)
        self.rows = [row for row in self.all_rows if state is None or row.state.code == state]
