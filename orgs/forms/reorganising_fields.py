"""What the forms of a reorganisation share: the picker of units, names and codes, the form that makes lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from core.keys import keys_in
from core.refusals import PlacingForm
from orgs.choices import ActKind
from orgs.models import OrgUnit, OrgUnitQuerySet
from orgs.rules.reorganising import Line


class PickerField(forms.ModelMultipleChoiceField):
    """Units chosen by searching; the page fetches what answers to the words typed."""

    is_picker = True

    def __init__(self, *, most: int = 0, **options: Any) -> None:
        self.most = most
        super().__init__(queryset=OrgUnit.objects.none(), **options)
        self.error_messages["invalid_choice"] = "所选单位不在您可办理的范围内，请重新选择。"
        self.error_messages["invalid_pk_value"] = "所选单位无效，请重新选择。"

    @property
    def is_single(self) -> bool:
        return self.most == 1

    def clean(self, value: Any) -> Any:
        """The units in the order in which they were chosen."""
        units = list(super().clean(value))
        if self.is_single and len(units) > 1:
            raise forms.ValidationError("只能选择一个单位。")
        order = {str(key): place for place, key in enumerate(value or ())}
        return sorted(units, key=lambda unit: order.get(str(unit.pk), 0))


def code_field(label: str = "新的行政区划代码", *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        required=required,
        help_text=hint or "统计用区划代码：市 4 位、县 6 位、乡镇 9 位、村 12 位",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def name_field(label: str = "名称", *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=80, required=required, help_text=hint)


class LineForm(PlacingForm):
    """Abstract: the lines of one kind. ``units`` are those that may be named, ``opening`` the lines of the draft that set
    units up, with their place."""

    kind: ActKind
    #: Where a problem of a line's field is shown.
    shown_at: dict[str, str] = {}
    #: Fields that the page shows as rows of a table.
    row_fields: tuple[str, ...] = ()

    def __init__(
        self, *args: Any, units: OrgUnitQuerySet, opening: Sequence[tuple[int, Line]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PickerField):
                field.queryset = units
        if "parent_opened" in self.fields:
            choices = [("", "——"), *((str(place), f"{line.name}（本次新设）") for place, line in opening)]
            self.fields["parent_opened"].choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                del self.fields["parent_opened"]

    def field_of(self, name: str | None) -> str | None:
        return self.shown_at.get(name or "", name)

    def chosen(self, name: str) -> list[OrgUnit]:
        """Units chosen in a picker, for showing the form again."""
        field = self.fields[name]
        value = self.data.getlist(name) if self.is_bound else self.initial.get(name, [])  # type: ignore[attr-defined]
        return list(field.queryset.filter(pk__in=keys_in(value)).order_by("division_code"))  # type: ignore[attr-defined]

    def lines(self, present: int) -> list[Line]:
        """The lines, whose ``opens`` count from the first of them; ``present`` lines stand before them."""
        raise NotImplementedError(self.kind)

    def _one(self, name: str) -> OrgUnit | None:
        return next(iter(self.cleaned_data.get(name) or ()), None)

    def _parent(self, present: int) -> dict[str, int | None]:
        """The parent chosen: a unit that stands, or one that an earlier line of the draft sets up."""
        opened = self.cleaned_data.get("parent_opened")
        if opened:
            return {"parent_id": None, "opens": int(opened) - present}
        parent = self._one("parent")
        return {"parent_id": parent.pk if parent is not None else None}
