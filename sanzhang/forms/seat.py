"""Taking a seat, alone or together with the person's registration; leaving, filing and striking out."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from core import clock
from core.days import DayField
from core.keys import key_in
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.choices import Employment, EndReason, WayIn
from sanzhang.forms.explained import ExplainedForm
from sanzhang.forms.person import PersonForm
from sanzhang.models import Occupation
from sanzhang.selectors.places import occupations_at, positions_at, units_to_fill, villages_to_fill
from sanzhang.services.appointments import SeatFacts

#: The fields that narrow the others: a change asks the server for the seat part anew.
NARROWING = ("unit", "village", "record_as", "occupation", "employment", "way_in", "is_backfill")
SEAT, CANDIDATE = "seat", "candidate"
#: The facts of a person that are folded away.
OPTIONAL = ("sex", "birth_month", "education", "title", "disciplines", "retired_on", "new_organisation")


class SeatForm(ExplainedForm):
    """Where, as what, since when, and how it came about; or only where and as what, for who is being considered."""

    record_as = forms.ChoiceField(
        label="登记为",
        choices=[(SEAT, "已任职"), (CANDIDATE, "拟吸纳，先走程序")],
        initial=SEAT,
        widget=forms.RadioSelect,
    )
    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="任职单位",
        empty_label="请选择",
        error_messages={"required": "请选择任职单位。", "invalid_choice": "请从列表中选择您管理的单位。"},
    )
    village = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="村（社区）",
        required=False,
        empty_label="不是村级工作队伍",
        error_messages={"invalid_choice": "请从列表中选择该乡镇（街道）的村（社区）。"},
    )
    position = forms.ChoiceField(label="职务", error_messages={"required": "请选择职务。"})
    is_backfill = forms.BooleanField(
        label="存量补录",
        required=False,
        help_text="平台启用前已在任的，填姓名、职务和起始日期即可，不计入程序统计。",
    )
    employment = forms.ChoiceField(
        label="任职方式", choices=Employment.choices, initial=Employment.PART_TIME, required=False
    )
    valid_from = DayField(
        label="起始日期", help_text="任职（或研判提名）之日", error_messages={"required": "请填写起始日期。"}
    )
    secondment_ends_on = DayField(label="挂职截止日期", required=False)
    way_in = forms.ChoiceField(label="吸纳方式", choices=[("", "请选择"), *WayIn.choices], required=False)
    basis = forms.CharField(label="依据", max_length=200, required=False, help_text="文件名称、文号")

    choices_url: Any = reverse_lazy("sanzhang:register_choices")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = units_to_fill(user)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = units
        self.chosen = _chosen(units, self.value_of("unit"))
        villages = villages_to_fill(user, self.chosen)
        fields["village"].queryset = villages
        self.chosen_village = _chosen(villages, self.value_of("village"))
        fields["village"].label_from_instance = lambda village: village.name
        fields["position"].choices = [
            ("", "请选择"),
            *positions_at(self.level, self.occupation_chosen()),
        ]
        self._ask_on_change()

    def value_of(self, name: str) -> Any:
        """What stands in a field now, typed or initial."""
        return self[name].value()

    @property
    def level(self) -> int | None:
        """The level of the place chosen so far."""
        place: OrgUnit | None = self.chosen_village or self.chosen
        return place.level if place else None

    @property
    def has_villages(self) -> bool:
        return self.chosen is not None and self.chosen.level == Level.TOWNSHIP

    @property
    def is_candidate(self) -> bool:
        return self.value_of("record_as") == CANDIDATE

    @property
    def is_seconded(self) -> bool:
        return self.value_of("employment") == Employment.SECONDED

    @property
    def asks_way_in(self) -> bool:
        return not self.value_of("is_backfill")

    @property
    def asks_basis(self) -> bool:
        return self.asks_way_in and self.value_of("way_in") == WayIn.OTHER

    def occupation_chosen(self) -> Occupation | None:
        return None

    def place(self) -> OrgUnit:
        """The unit whose body it is: the village where one was chosen."""
        return self.cleaned_data["village"] or self.cleaned_data["unit"]

    def seat(self) -> SeatFacts:
        """What was typed, for the service. What the page did not ask is left out."""
        data = self.cleaned_data
        seconded = data["employment"] == Employment.SECONDED
        return SeatFacts(
            position=data["position"],
            valid_from=data["valid_from"],
            employment=data["employment"] or Employment.PART_TIME,
            secondment_ends_on=data["secondment_ends_on"] if seconded else None,
            way_in="" if data["is_backfill"] else data["way_in"],
            basis=data["basis"],
            is_backfill=data["is_backfill"],
        )

    def _ask_on_change(self) -> None:
        for name in NARROWING:
            if name in self.fields:
                self.fields[name].widget.attrs |= {
                    "hx-get": self.choices_url,
                    "hx-trigger": "change",
                    "hx-target": "#seat-part",
                    "hx-include": "#seat-part",
                    "hx-swap": "outerHTML",
                }


class NewSeatForm(SeatForm):
    """A further seat for somebody on record."""

    def __init__(self, *args: Any, occupation: Occupation, **kwargs: Any) -> None:
        self.held_occupation = occupation
        self.choices_url = f"{SeatForm.choices_url}?of={occupation.pk}"
        super().__init__(*args, **kwargs)

    def occupation_chosen(self) -> Occupation | None:
        return self.held_occupation


class RegisterForm(SeatForm, PersonForm):
    """The person and the seat in one go. ``key`` makes the same form sent twice one registration."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    field_order = ["name", "employer", "post", "occupation"]

    def occupation_chosen(self) -> Occupation | None:
        return _chosen(Occupation.objects.all(), self.value_of("occupation"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            # A bound form keeps the whole list: what does not fit the place is answered by the rule, in words.
            self.occupation_field.queryset = occupations_at(self.level)

    @property
    def more_is_open(self) -> bool:
        """Whether something went wrong among the optional facts, which are folded away."""
        return any(name in self.errors for name in OPTIONAL)


class EndSeatForm(forms.Form):
    """Leaving a seat."""

    on = DayField(label="离任日期", initial=clock.today, help_text="自该日起不再任此职")
    reason = forms.ChoiceField(label="离任原因", choices=[("", "请选择"), *EndReason.choices])
    note = forms.CharField(label="说明", max_length=200, required=False)


class VoidForm(forms.Form):
    """Striking out what was entered by mistake."""

    reason = forms.CharField(label="作废原因", max_length=200)


class FileForm(forms.Form):
    """A filing; the authorities still owed are offered first."""

    authority = forms.CharField(label="备案机关", max_length=80)
    number = forms.CharField(label="备案号", max_length=60, required=False)
    filed_on = DayField(label="备案日期", initial=clock.today)

    @classmethod
    def offering(cls, unfiled: list[str], **kwargs: Any) -> FileForm:
        """An empty form with the next authority filled in."""
        return cls(initial={"authority": unfiled[0] if unfiled else "", "filed_on": clock.today()}, **kwargs)


def _chosen(rows: QuerySet, value: Any) -> Any:
    """The row that a select stands on; nothing for what is not among ``rows``."""
    if hasattr(value, "pk"):
        value = value.pk
    key = key_in(value)
    return rows.filter(pk=key).first() if key else None
