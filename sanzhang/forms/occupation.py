"""One line of the list of occupations."""

from __future__ import annotations

from typing import Any

from django import forms

from sanzhang.choices import POSITIONS_AT, Category, Field
from sanzhang.models import Occupation


class OccupationForm(forms.Form):
    """Name, category, field, and the positions it may take at each level."""

    name = forms.CharField(label="职业身份", max_length=40)
    category = forms.ChoiceField(label="类别", choices=Category.choices)
    field = forms.ChoiceField(label="领域", choices=Field.choices)
    order = forms.IntegerField(
        label="顺序", min_value=0, max_value=9999, initial=500, help_text="小的排在前面"
    )
    is_active = forms.BooleanField(label="启用", required=False, initial=True)

    def __init__(self, *args: Any, occupation: Occupation | None = None, **kwargs: Any) -> None:
        if occupation is not None:
            kwargs.setdefault("initial", _initial(occupation))
        super().__init__(*args, **kwargs)
        for level, positions in POSITIONS_AT.items():
            self.fields[f"seats_{level.value}"] = forms.MultipleChoiceField(
                label=f"{level.label}可任职务",
                required=False,
                choices=[(position.value, position.label) for position in positions],
                widget=forms.CheckboxSelectMultiple,
            )

    def seats(self) -> dict[int, list[str]]:
        return {level.value: self.cleaned_data[f"seats_{level.value}"] for level in POSITIONS_AT}


def _initial(occupation: Occupation) -> dict[str, Any]:
    named = {name: getattr(occupation, name) for name in ("name", "category", "field", "order", "is_active")}
    return named | {f"seats_{seat.level}": seat.positions for seat in occupation.seats.all()}
