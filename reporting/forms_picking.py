"""Choosing units from the registry for the step that says who owes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.forms_collections import LEVELS


class UnitPicker(forms.Form):
    """What the units on offer are narrowed to; it stands within the step's own form, so that nothing typed is lost."""

    pick_level = forms.TypedChoiceField(
        label="层级", choices=[("", "全部"), *LEVELS], coerce=int, empty_value=None, required=False
    )
    pick_city = forms.ModelChoiceField(
        label="市", queryset=OrgUnit.objects.none(), required=False, empty_label="全部"
    )
    pick_q = forms.CharField(label="名称、代码或拼音", max_length=60, required=False)

    def __init__(self, *args: Any, owner: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities = OrgUnit.objects.open().within(owner).at(Level.CITY).in_code_order()
        cast(forms.ModelChoiceField, self.fields["pick_city"]).queryset = cities

    @property
    def criteria(self) -> dict[str, Any]:
        """As the list of units takes them."""
        self.is_valid()
        city = self.cleaned_data.get("pick_city")
        found = {
            "level": self.cleaned_data.get("pick_level"),
            "city": city,
            "q": self.cleaned_data.get("pick_q"),
        }
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
