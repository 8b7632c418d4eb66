"""The steps of a collection as forms: types and required fields only, the services judge."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms

from core import clock
from core.days import DayInput
from orgs.choices import Level
from orgs.models import Cohort, OrgUnit
from reporting.choices import CollectionState, Rhythm, SignOffDemand, Whom
from reporting.models import Collection, FixedDates, Form
from reporting.selectors.picking import lines_of

LEVELS = [(level.value, str(level.label)) for level in Level if level <= Level.TOWNSHIP]
DUE_MONTHS = [(0, "期末当月"), (1, "次月"), (2, "期末后第二个月"), (3, "期末后第三个月")]
MONTH_DAYS = [(day, f"{day}日") for day in range(1, 29)]


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **options)


def _month_day(label: str, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=MONTH_DAYS, coerce=int, **options)


class CollectionNarrowing(forms.Form):
    """What the list may be narrowed to."""

    q = forms.CharField(label="任务、简称或报表", max_length=60, required=False)
    rhythm = forms.ChoiceField(label="周期", required=False, choices=[("", "全部"), *Rhythm.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *CollectionState.choices])

    @property
    def criteria(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class BasicsForm(forms.Form):
    """Step 1: what is asked, how often, on what basis."""

    name = forms.CharField(label="任务名称", max_length=80, help_text="如：基层科协组织情况季度普查")
    noun = forms.CharField(
        label="报表简称",
        max_length=20,
        help_text="各处这样称呼一份报表，如“季报”“普查表”“方案和联络表”",
    )
    form = forms.ModelChoiceField(label="报表", queryset=Form.objects.none(), empty_label="请选择")
    rhythm = forms.ChoiceField(label="周期", choices=Rhythm.choices, widget=forms.RadioSelect)
    first_period = _day(
        "首期", required=False, help_text="首期所在的任意一天；一次性任务不用填，以市级截止日为准"
    )
    sign_off = forms.ChoiceField(label="签批要求", choices=SignOffDemand.choices, widget=forms.RadioSelect)
    basis = forms.CharField(
        label="布置依据", max_length=200, required=False, help_text="文件名和文号，或领导批示"
    )
    note = forms.CharField(
        label="填报要求",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="开放时随通知发给各单位",
    )

    def __init__(self, *args: Any, owner: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["form"]).queryset = (
            Form.objects.filter(owner=owner, versions__published_at__isnull=False).distinct().order_by("pk")
        )

    def clean_first_period(self) -> dt.date:
        return self.cleaned_data["first_period"] or clock.today().replace(day=1)

    @staticmethod
    def initial_of(collection: Collection) -> dict[str, Any]:
        names = ("name", "noun", "rhythm", "first_period", "sign_off", "basis", "note")
        return {name: getattr(collection, name) for name in names} | {"form": collection.form_id}


class WhomForm(forms.Form):
    """Step 2: who owes."""

    levels = forms.TypedMultipleChoiceField(
        label="填报层级",
        choices=LEVELS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="没有勾选的层级自己不用报，仍审核其下级的报表",
    )
    whom = forms.ChoiceField(label="范围", choices=Whom.choices, widget=forms.RadioSelect)
    cohort = forms.ModelChoiceField(
        label="单位集",
        queryset=Cohort.objects.none(),
        required=False,
        empty_label="请选择",
        help_text="集内的单位和它们的下级填报",
    )
    units = forms.CharField(
        label="指定单位",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一个，写全称或区划代码，可从表格整列或带名称的几列粘贴，也可在下面从名册选择",
    )
    established_only = forms.BooleanField(label="只由已建科协的单位填报", required=False)

    def __init__(self, *args: Any, owner: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = Cohort.objects.open().filter(
            owner=owner
        )

    @staticmethod
    def initial_of(collection: Collection) -> dict[str, Any]:
        names = ("levels", "whom", "established_only")
        chosen = list(collection.chosen.order_by("division_code"))
        return {name: getattr(collection, name) for name in names} | {
            "cohort": collection.cohort_id,
            "units": "\n".join(lines_of(collection.owner, chosen)),
        }


class DaysForm(forms.Form):
    """Step 3 of what comes again: window and deadlines as days of the month."""

    window_first_day = _month_day(
        "统计期从几日起", help_text="选1日：统计期为整月（季、年）；选20日：上一期末月20日至本期末月19日"
    )
    due_months_after = forms.TypedChoiceField(label="截止月份", choices=DUE_MONTHS, coerce=int)
    township_day = _month_day("乡镇截止日")
    county_day = _month_day("县级截止日")
    city_day = _month_day("市级截止日")
    settle_day = _month_day("省级审定日")
    settle_time = forms.TimeField(
        label="省级审定时间", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    lower_forward = forms.BooleanField(
        label="乡镇、县级截止日遇休息日提前到前一个工作日（市级不变）", required=False
    )
    open_days_before = forms.IntegerField(label="统计期末前几天开放填报", min_value=0, max_value=60)

    @staticmethod
    def initial_of(collection: Collection) -> dict[str, Any]:
        return {name: getattr(collection, name) for name in DaysForm.base_fields}


class DatesForm(forms.Form):
    """Step 3 of a one-off: window and deadlines as dates."""

    opens_on = _day("开放日期")
    window_first = _day("统计期起", help_text="材料类任务填布置之日即可")
    window_last = _day("统计期止")
    township_due = _day("乡镇截止日期")
    county_due = _day("县级截止日期")
    city_due = _day("市级截止日期")
    settles_on = _day("省级审定日期")
    lower_forward = forms.BooleanField(
        label="乡镇、县级截止日遇休息日提前到前一个工作日（市级不变）", required=False
    )

    @property
    def values(self) -> dict[str, Any]:
        """As the service takes them: the province settles at noon, as in the monthly report."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "lower_forward"}
        found["settles_at"] = clock.at(found.pop("settles_on"), dt.time(12, 0))
        return found

    @staticmethod
    def initial_of(collection: Collection) -> dict[str, Any]:
        dates: FixedDates | None = getattr(collection, "dates", None)
        if dates is None:
            return {"lower_forward": collection.lower_forward}
        names = ("opens_on", "window_first", "window_last", "township_due", "county_due", "city_due")
        return {name: getattr(dates, name) for name in names} | {
            "settles_on": clock.local_day(dates.settles_at),
            "lower_forward": collection.lower_forward,
        }
