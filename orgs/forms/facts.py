"""Forms of a unit's facts: types and required fields; what must hold is for the services."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.days import DayInput
from orgs.choices import BlankReason, EstablishmentState, HavesItem, LacksItem

_EARLIEST = "1949-10-01"

_KINDS: list[tuple[str, Any]] = [("haves", HavesItem), ("lacks", LacksItem)]


def day_input() -> DayInput:
    return DayInput({"min": _EARLIEST})


class FactForm(forms.Form):
    """A form whose days begin with today."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "on"):
            if name in self.fields:
                self.fields[name].initial = clock.today


class EstablishmentForm(FactForm):
    state = forms.ChoiceField(label="建立情况", choices=EstablishmentState.choices, widget=forms.RadioSelect)
    since = forms.DateField(label="自何日起", widget=day_input(), help_text="已建的填成立日期")
    basis = forms.CharField(
        label="成立文件", max_length=200, required=False, help_text="文号或会议，如“某组发〔2026〕3号”"
    )
    reason_code = forms.ChoiceField(
        label="未建原因",
        choices=[("", "请选择"), *BlankReason.choices],
        required=False,
        help_text="未建的必填",
    )
    reason = forms.CharField(
        label="原因说明", max_length=200, required=False, help_text="选择“其他”时必填；也可补充说明"
    )
    planned_on = forms.DateField(label="计划建成日期", required=False, widget=day_input())
    responsible = forms.CharField(label="责任人", max_length=60, required=False)


class OfficerForm(FactForm):
    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="职务", max_length=80, required=False, help_text="如：党委副书记、镇长")
    phone = forms.CharField(
        label="联系电话", max_length=20, required=False, help_text="不改则留空；只有管理本单位的人能看到全号"
    )
    is_chair = forms.BooleanField(label="兼任科协主席", required=False)
    since = forms.DateField(label="自何日起", widget=day_input())

    def __init__(self, *args: Any, with_chair: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_chair:
            del self.fields["is_chair"]


class _YesNoSelect(forms.NullBooleanSelect):
    """没填 stands first and is not “否”."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", "未填"), ("true", "是"), ("false", "否")]


class ResourcesForm(FactForm):
    """Posts, staff, money and seats; an empty box means not known."""

    is_separate = forms.NullBooleanField(
        label="单独设置", widget=_YesNoSelect(), help_text="科协机关是否单独设置"
    )
    posts = forms.IntegerField(label="编制数（个）", required=False, min_value=0)
    full_time = forms.IntegerField(label="专职人员（人）", required=False, min_value=0)
    part_time = forms.IntegerField(label="兼职人员（人）", required=False, min_value=0)
    budget = forms.DecimalField(
        label="年度工作经费（万元）", required=False, min_value=0, max_digits=12, decimal_places=2
    )
    conference_seats = forms.IntegerField(
        label="政协科协界别委员（名）", required=False, min_value=0, help_text="乡镇（街道）一般不填"
    )
    basis = forms.CharField(label="依据", max_length=200, required=False, help_text="如批复文号、预算文件")
    since = forms.DateField(label="自何日起", widget=day_input())


class ClearOfficerForm(FactForm):
    on = forms.DateField(label="自何日起不再担任", widget=day_input())


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once, none of them compulsory."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in files if one]


class ItemsForm(FactForm):
    """Six haves and four lacks: ticked, with a word and files each; ``lines`` are the rows of the page."""

    haves = forms.MultipleChoiceField(
        label="六有", choices=HavesItem.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lacks = forms.MultipleChoiceField(
        label="四缺", choices=LacksItem.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    on = forms.DateField(label="变化自何日起", widget=day_input(), help_text="没有变化的项目不受影响")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [(kind, item) for kind, items in _KINDS for item in items]
        for kind, item in self.keys:
            self.fields[f"note_{kind}_{item.value}"] = forms.CharField(
                label=f"{item.label}：说明", max_length=200, required=False
            )
            self.fields[f"file_{kind}_{item.value}"] = ManyFilesField(
                label=f"{item.label}：凭证（文件或照片，选填）", required=False
            )

    @property
    def notes(self) -> dict[str, str]:
        return {
            f"{kind}.{item.value}": self.cleaned_data[f"note_{kind}_{item.value}"] for kind, item in self.keys
        }

    @property
    def uploads(self) -> dict[str, list[Any]]:
        return {
            f"{kind}.{item.value}": self.cleaned_data[f"file_{kind}_{item.value}"] for kind, item in self.keys
        }


class SendBackForm(FactForm):
    """Remarks of the level above, as a whole and item by item."""

    remark = forms.CharField(
        label="总体意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [(kind, item) for kind, items in _KINDS for item in items]
        for kind, item in self.keys:
            self.fields[f"item_{kind}_{item.value}"] = forms.CharField(
                label=str(item.label), max_length=200, required=False
            )

    @property
    def item_remarks(self) -> dict[str, str]:
        return {
            f"{kind}.{item.value}": self.cleaned_data[f"item_{kind}_{item.value}"] for kind, item in self.keys
        }


class ExpectedForm(FactForm):
    """Which units, counted or not, from when, and why."""

    units = forms.TypedMultipleChoiceField(
        label="单位", coerce=int, error_messages={"required": "请至少选择一个单位。"}
    )
    expected = forms.TypedChoiceField(
        label="确认结果",
        choices=[("no", "不计应建"), ("yes", "计入应建")],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label="自何日起", widget=day_input())
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="如：该区不设党工委，由某街道代管"
    )

    def __init__(self, *args: Any, unit_ids: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(pk, str(pk)) for pk in unit_ids]  # type: ignore[attr-defined]
