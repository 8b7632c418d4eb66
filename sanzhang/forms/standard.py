"""The duty standard of a year as a table."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.choices import Level
from sanzhang.choices import POSITIONS_AT, Position
from sanzhang.forms.counts import count_field
from sanzhang.models import DutyLine
from sanzhang.models.standard import ITEMS
from sanzhang.services.standards import LeastOf


class StandardForm(forms.Form):
    """The standard of a year as a table: level and position × what is asked."""

    excellent_percent = forms.IntegerField(
        label="优秀比例上限（%）",
        min_value=0,
        max_value=50,
        initial=20,
        help_text="按县（市、区）在任人数计算，至少1人",
    )
    note = forms.CharField(label="说明", max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, lines: dict[tuple[int, str], DutyLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seats = [
            (level, position)
            for level in (Level.COUNTY, Level.TOWNSHIP)
            for position in reversed(POSITIONS_AT[level])
        ]
        for level, position in self.seats:
            line = lines.get((level, position))
            for item, column in ITEMS.items():
                name = f"{level}-{position}-{item}"
                label = f"{level.label}{Position(position).label}{item.label}"
                self.fields[name] = count_field(label)
                self.fields[name].widget.attrs["aria-label"] = label
                self.fields[name].initial = getattr(line, column) if line else 0

    @property
    def items(self) -> list[str]:
        return [item.label for item in ITEMS]

    @property
    def rows(self) -> list[tuple[str, str, list[Any]]]:
        return [
            (level.label, Position(position).label, [self[f"{level}-{position}-{item}"] for item in ITEMS])
            for level, position in self.seats
        ]

    def lines(self) -> list[LeastOf]:
        data = self.cleaned_data
        return [
            LeastOf(
                level=level,
                position=position,
                **{column: data[f"{level}-{position}-{item}"] or 0 for item, column in ITEMS.items()},
            )
            for level, position in self.seats
        ]
