"""A meeting planned or held, its calling off, and the election of many at it."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.days import DayField
from orgs.models import OrgUnit
from sanzhang.choices import Employment, MeetingKind, WayIn
from sanzhang.forms.explained import ExplainedForm
from sanzhang.models import Appointment, Candidacy, Meeting
from sanzhang.selectors.calendar import default_way
from sanzhang.selectors.places import units_to_fill
from sanzhang.services.meetings import COLUMNS, Elected, MeetingFacts


class MeetingForm(forms.Form):
    """A meeting of one of the clerk's units."""

    unit = forms.ModelChoiceField(
        OrgUnit.objects.none(),
        label="单位",
        empty_label="请选择",
        error_messages={"required": "请选择单位。", "invalid_choice": "请从列表中选择您管理的单位。"},
    )
    kind = forms.ChoiceField(label="会议", choices=MeetingKind.choices)
    session = forms.IntegerField(label="第几届", min_value=1, max_value=99, required=False)
    ordinal = forms.IntegerField(label="第几次", min_value=1, max_value=99, required=False)
    planned_on = DayField(label="计划日期", required=False)
    held_on = DayField(label="召开日期", required=False, help_text="已召开的填写")
    place = forms.CharField(label="地点", max_length=100, required=False)
    number = forms.CharField(label="文号", max_length=60, required=False, help_text="会议纪要或决定的文号")
    note = forms.CharField(
        label="说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label="会议纪要", required=False)

    def __init__(self, *args: Any, user: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting is not None:
            kwargs.setdefault("initial", {name: getattr(meeting, name) for name in COLUMNS})
        super().__init__(*args, **kwargs)
        if meeting is not None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units_to_fill(user)  # type: ignore[attr-defined]

    def facts(self) -> MeetingFacts:
        """What was typed, for the service."""
        return MeetingFacts(**{name: self.cleaned_data[name] for name in COLUMNS})


class CancelMeetingForm(forms.Form):
    """Calling a meeting off."""

    reason = forms.CharField(label="取消原因", max_length=200)


class FileManyForm(forms.Form):
    """One letter for many: who of those elected at the meeting is filed, with whom, when, under which number."""

    filed = forms.TypedMultipleChoiceField(
        label="备案人员",
        coerce=int,
        error_messages={
            "required": "请先勾选要备案的人员。",
            "invalid_choice": "名单已有变化，请刷新页面后重新勾选。",
        },
    )
    authority = forms.CharField(label="备案机关", max_length=80)
    number = forms.CharField(label="备案号", max_length=60, required=False)
    filed_on = DayField(label="备案日期", initial=clock.today)
    file = forms.FileField(label="备案文件", required=False)

    def __init__(self, *args: Any, rows: list[Appointment], **kwargs: Any) -> None:
        owed = list(dict.fromkeys(authority for row in rows for authority in row.unfiled))
        kwargs.setdefault("initial", {"authority": owed[0] if owed else ""})
        kwargs.setdefault("auto_id", "file_%s")
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["filed"].choices = [(row.pk, row.person.name) for row in rows]  # type: ignore[attr-defined]
        if owed:
            self.fields["authority"].help_text = f"程序规则要求：{'、'.join(owed)}"

    def lines(self) -> list[tuple[Appointment, bool]]:
        """The rows, and whether each is ticked; at first everybody is."""
        if not self.is_bound:
            return [(row, True) for row in self.rows]
        ticked = set(self.data.getlist("filed"))  # type: ignore[attr-defined]
        return [(row, str(row.pk) in ticked) for row in self.rows]

    def seats(self) -> list[Appointment]:
        """Those ticked, for the service."""
        ticked = set(self.cleaned_data["filed"])
        return [row for row in self.rows if row.pk in ticked]


class ElectForm(ExplainedForm):
    """Who of those ready was elected, and how each will serve; a row per candidacy."""

    chosen = forms.TypedMultipleChoiceField(
        label="当选人员",
        coerce=int,
        error_messages={
            "required": "请先勾选当选人员。",
            "invalid_choice": "名单已有变化，请刷新页面后重新勾选。",
        },
    )
    way_in = forms.ChoiceField(label="吸纳方式", choices=WayIn.choices)
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="以其他方式吸纳的必须填写"
    )

    def __init__(self, *args: Any, meeting: Meeting, rows: list[Candidacy], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"way_in": default_way(meeting.kind)})
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.fields["chosen"].choices = [(row.pk, row.person.name) for row in rows]  # type: ignore[attr-defined]
        for row in rows:
            ask_how(self, row)

    def lines(self) -> list[dict[str, Any]]:
        """The rows with their controls, and whether each is chosen."""
        chosen = set(self.data.getlist("chosen")) if self.is_bound else set()  # type: ignore[attr-defined]
        return [
            {
                "candidacy": row,
                "is_chosen": str(row.pk) in chosen,
                "employment": self[f"employment_{row.pk}"],
                "until": self[f"until_{row.pk}"],
            }
            for row in self.rows
        ]

    def elected(self) -> list[Elected]:
        """Those chosen, for the service."""
        chosen = set(self.cleaned_data["chosen"])
        return [elected_by(self.cleaned_data, row) for row in self.rows if row.pk in chosen]


def ask_how(form: forms.Form, row: Candidacy) -> None:
    """Ask how one of those elected will serve, and until when if seconded."""
    name = row.person.name
    form.fields[f"employment_{row.pk}"] = forms.ChoiceField(
        label=f"{name}的任职方式", choices=Employment.choices, initial=Employment.PART_TIME, required=False
    )
    form.fields[f"until_{row.pk}"] = DayField(label=f"{name}的挂职截止日期", required=False)


def elected_by(data: dict[str, Any], row: Candidacy) -> Elected:
    """One line as typed: part-time unless chosen otherwise, the end of a secondment where it is one."""
    employment = data.get(f"employment_{row.pk}") or Employment.PART_TIME
    until = data.get(f"until_{row.pk}") if employment == Employment.SECONDED else None
    return Elected(row, employment, until)
