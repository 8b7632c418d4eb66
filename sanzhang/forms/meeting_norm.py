"""The table of meetings expected, and what of it is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import POSITIONS_AT, MeetingKind
from sanzhang.models import MeetingNorm
from sanzhang.selectors.meeting_norms import YEARS_BACK, NormState
from sanzhang.services.meeting_norms import MOST_TIMES, MOST_YEARS, NormFacts

#: The levels that hold meetings.
NORM_LEVELS = tuple(level for level in POSITIONS_AT if level < Level.VILLAGE)
PERIODS = [(years, "每年" if years == 1 else f"每{years}年") for years in range(1, MOST_YEARS + 1)]


class MeetingNormsForm(forms.Form):
    """A number and a period for each level and kind; an empty number expects nothing."""

    def __init__(self, *args: Any, norms: Iterable[MeetingNorm], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {(norm.level, norm.kind): norm for norm in norms}
        for level, kind in self._places():
            norm = known.get((level.value, kind.value))
            label = f"{level.label}{kind.label}"
            self.fields[f"years_{level.value}_{kind.value}"] = forms.TypedChoiceField(
                label=f"{label}的周期",
                coerce=int,
                choices=PERIODS,
                initial=norm.years if norm else (5 if kind == MeetingKind.CONGRESS else 1),
            )
            self.fields[f"times_{level.value}_{kind.value}"] = forms.IntegerField(
                label=f"{label}的次数",
                min_value=1,
                max_value=MOST_TIMES,
                required=False,
                initial=norm.times if norm else None,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @staticmethod
    def _places() -> list[tuple[Level, MeetingKind]]:
        return [(level, kind) for level in NORM_LEVELS for kind in MeetingKind]

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "level": level.label,
                "kind": kind.label,
                "years": self[f"years_{level.value}_{kind.value}"],
                "times": self[f"times_{level.value}_{kind.value}"],
            }
            for level, kind in self._places()
        ]

    def norms(self) -> list[NormFacts]:
        """What was typed, for the service."""
        data = self.cleaned_data
        return [
            NormFacts(
                level.value,
                kind.value,
                data[f"times_{level.value}_{kind.value}"],
                data[f"years_{level.value}_{kind.value}"],
            )
            for level, kind in self._places()
        ]


class YearlyFilterForm(forms.Form):
    """Year, place, level and state of the yearly numbers."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False)
    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label="单位", required=False, empty_label="全部")
    level = forms.TypedChoiceField(
        label="层级",
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", "全部"), *((level.value, level.label) for level in NORM_LEVELS)],
    )
    state = forms.ChoiceField(
        label="情况",
        required=False,
        choices=[("", "全部"), *((state.code, state.label) for state in NormState)],
    )

    def __init__(self, *args: Any, units: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_year = today.year
        years = range(today.year, today.year - YEARS_BACK, -1)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def asked(self, name: str) -> Any:
        """What was asked for; nothing where it was not, or where it cannot be."""
        self.is_valid()
        return self.cleaned_data.get(name) or (self.this_year if name == "year" else None)
