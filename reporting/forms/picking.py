"""Choosing units from the registry for the step that says who owes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from core.keys import key_in
from orgs.choices import Level
from orgs.models import Cohort, OrgUnit
from reporting.forms.collections import LEVELS

#: The acts of the picker: those of its buttons, and ``page-3`` for the third page of what was found.
FIND, ADD, ADD_ALL, PAGE = "find", "add", "all", "page-"


def is_picking(posted: QueryDict) -> bool:
    """Whether a button of the picker was pressed, and not the step's own."""
    act = posted.get("act", "")
    return act in (FIND, ADD, ADD_ALL) or act.startswith(PAGE)


def page_asked(posted: QueryDict) -> str:
    """The page of what was found that is to be shown: another one, or the one that stood there."""
    act = posted.get("act", "")
    if act.startswith(PAGE):
        return act.removeprefix(PAGE)
    return posted.get("pick_page", "1") if act == ADD else "1"


class UnitPicker(forms.Form):
    """What the units on offer are narrowed to; it stands within the step's own form, so that nothing typed is lost."""

    pick_level = forms.TypedChoiceField(
        label="层级", choices=[("", "全部"), *LEVELS], coerce=int, empty_value=None, required=False
    )
    pick_city = forms.ModelChoiceField(
        label="市", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    pick_county = forms.ModelChoiceField(
        label="县（市、区）", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    pick_cohort = forms.ModelChoiceField(
        label="单位集", queryset=Cohort.objects.none(), required=False, empty_label="全部"
    )
    pick_q = forms.CharField(label="名称、代码或拼音", max_length=60, required=False)

    def __init__(self, *args: Any, owner: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = OrgUnit.objects.open().within(owner).in_code_order()
        counties = below.at(Level.COUNTY)
        if city := key_in(self.data.get("pick_city")):
            counties = counties.filter(city=city)
        for name, rows in (
            ("pick_city", below.at(Level.CITY)),
            ("pick_county", counties),
            ("pick_cohort", Cohort.objects.open().filter(owner=owner)),
        ):
            cast(forms.ModelChoiceField, self.fields[name]).queryset = rows

    @property
    def criteria(self) -> dict[str, Any]:
        """As the list of units takes them; a county of another city than the one chosen is left out."""
        self.is_valid()
        found = {name.removeprefix("pick_"): value for name, value in self.cleaned_data.items()}
        return {name: value for name, value in found.items() if value}


def typed_whom(posted: QueryDict) -> dict[str, Any]:
    """The step as it was typed, to be shown again unjudged."""
    return {
        "levels": posted.getlist("levels"),
        "whom": posted.get("whom", ""),
        "cohort": posted.get("cohort", ""),
        "units": posted.get("units", ""),
        "established_only": "established_only" in posted,
    }
