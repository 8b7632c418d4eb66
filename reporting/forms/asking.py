"""The question as a form: of the page, of an export and of the API alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from orgs.choices import Level
from orgs.models import Cohort, OrgUnit
from reporting.choices import DeliveryRhythm, Sharing
from reporting.filters.boards import TREES
from reporting.models import Collection
from reporting.pivot.asking import Ground
from reporting.pivot.measuring import MEASURES
from reporting.pivot.question import CHOSEN, NO_AXIS, THIS_YEAR, Axis, Grain, Measure, Question, known_params

MOST_KEYS = 20
SPAN_WORDS = [
    ("1", "最近一期"),
    ("3", "最近3个月"),
    ("6", "最近6个月"),
    ("12", "最近12个月"),
    ("13", "最近13个月（含上年同月）"),
    (THIS_YEAR, "本年以来"),
    ("24", "最近两年"),
    ("36", "最近三年"),
    ("60", "最近五年"),
    (CHOSEN, "指定起止月份"),
]
GRAINS = [
    (Grain.MONTH.value, "按月"),
    (Grain.QUARTER.value, "按季度"),
    (Grain.YEAR.value, "按年"),
    (Grain.UNTIL.value, "各月本年累计"),
]
AXES = [
    (Axis.UNIT.value, "单位"),
    (Axis.PERIOD.value, "时期"),
    (Axis.INDICATOR.value, "指标"),
    (Axis.SECTION.value, "指标（按分节）"),
]
KINDS = [("", "全部"), ("regular", "只看行政区划"), ("zone", "只看功能区")]
SHOWN = [("", "全部"), ("any", "有数据的单位"), ("missing", "缺数据的单位")]
CHARTS = [("", "不画图"), ("bar", "柱状图"), ("line", "折线图"), ("stack", "堆积柱状图"), ("tiles", "色块图")]
DEFAULTS = {
    "spread": "below",
    "span": "12",
    "grain": Grain.MONTH.value,
    "rows": Axis.UNIT.value,
    "columns": Axis.PERIOD.value,
    "measures": [Measure.VALUE.value],
}
LEVEL_WORDS = {Level.CITY: "各市", Level.COUNTY: "各县（市、区）", Level.TOWNSHIP: "各乡镇（街道）"}


def spreads_of(level: int) -> list[tuple[str, str]]:
    """Which units below one of ``level`` may be asked about."""
    if level >= Level.TOWNSHIP:
        return [("self", "本单位")]
    below = [(str(each.value), words) for each, words in LEVEL_WORDS.items() if each > level]
    return [("below", "直接下级单位"), *below, ("self", "本单位合计")]


class QuestionForm(forms.Form):
    """What is not asked stands at its default, so that a short address is a whole question."""

    keys = forms.MultipleChoiceField(
        label="指标",
        error_messages={"required": "请至少选择一项指标。", "invalid_choice": "没有这项指标：%(value)s。"},
        widget=forms.CheckboxSelectMultiple,
    )
    spread = forms.ChoiceField(label="单位范围", error_messages={"invalid_choice": "该单位没有这一级下级。"})
    only = forms.CharField(
        label="只看这些单位",
        max_length=300,
        required=False,
        help_text="名称中的字或代码，多个用空格分开",
    )
    kind = forms.ChoiceField(label="单位类别", required=False, choices=KINDS)
    cohort = forms.ModelChoiceField(
        label="单位集", required=False, queryset=Cohort.objects.none(), empty_label="不限"
    )
    whole = forms.BooleanField(label="另列本单位全部合计一行", required=False)
    span = forms.ChoiceField(label="时间范围", choices=SPAN_WORDS)
    first = forms.ChoiceField(label="从", required=False)
    last = forms.ChoiceField(label="到", required=False)
    grain = forms.ChoiceField(label="时间粒度", choices=GRAINS)
    lens = forms.ChoiceField(label="区划", required=False, choices=TREES)
    rows = forms.ChoiceField(label="行", choices=AXES)
    rows2 = forms.ChoiceField(label="行的第二层", required=False, choices=[("", "无"), *AXES])
    columns = forms.ChoiceField(label="列", choices=[(NO_AXIS, "无"), *AXES])
    columns2 = forms.ChoiceField(label="列的第二层", required=False, choices=[("", "无"), *AXES])
    measures = forms.MultipleChoiceField(
        label="看什么",
        choices=[(one.value, words) for one, words in MEASURES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    shown = forms.ChoiceField(label="行筛选", required=False, choices=SHOWN)
    chart = forms.ChoiceField(label="图表", required=False, choices=CHARTS)
    collection = forms.ModelChoiceField(
        label="填报任务", required=False, queryset=Collection.objects.none(), empty_label=None
    )
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)
    sort = forms.RegexField(r"^-?\d{1,4}$", required=False, widget=forms.HiddenInput)

    def __init__(
        self, given: Mapping[str, Any], *, ground: Ground, cohorts: QuerySet[Cohort], is_own: bool
    ) -> None:
        asked = DEFAULTS | known_params(given)
        if ground.unit.level >= Level.TOWNSHIP:
            asked["spread"] = "self"
        super().__init__(asked)
        self.ground = ground
        self.is_own = is_own
        months = [(f"{one.period:%Y-%m}", one.label) for one in reversed(ground.cycles)]
        self._offer("keys", [(name, [(one.key, one.name) for one in held]) for name, held in ground.offered])
        self._offer("spread", spreads_of(ground.unit.level))
        self._offer("first", [("", "最早一期"), *months])
        self._offer("last", [("", "最近一期"), *months])
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = cohorts
        collections = Collection.objects.filter(owner=ground.collection.owner_id)
        cast(forms.ModelChoiceField, self.fields["collection"]).queryset = collections

    def _offer(self, name: str, choices: Any) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_keys(self) -> list[str]:
        keys: list[str] = self.cleaned_data["keys"]
        if len(keys) > MOST_KEYS:
            raise forms.ValidationError(f"一次最多选 {MOST_KEYS} 项指标，现在选了 {len(keys)} 项。")
        return keys

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        places: dict[str, str] = {}
        for name in ("rows", "rows2", "columns", "columns2"):
            axis = found.get(name, "").replace(NO_AXIS, "")
            axis = Axis.INDICATOR.value if axis == Axis.SECTION else axis
            if axis and axis in places:
                self.add_error(name, f"“{self.fields[places[axis]].label}”已经选了这一项，请换一项或选“无”。")
            elif axis:
                places[axis] = name
        return found

    def messages(self) -> list[str]:
        """What is wrong, each with its field."""
        return [
            f"{self.fields[name].label if name in self.fields else '查询'}：{error}"
            for name, errors in self.errors.items()
            for error in errors
        ]

    def choices_by_section(self) -> list[dict[str, Any]]:
        """The boxes of the indicators under their sections, with how many of each are ticked."""
        asked = set(self.data.get("keys", []))
        return [
            {
                "name": name,
                "chosen": sum(one.key in asked for one in held),
                "boxes": [(one, one.key in asked) for one in held],
            }
            for name, held in self.ground.offered
        ]

    def question(self) -> Question:
        """Of a valid form."""
        told = self.cleaned_data
        return Question(
            keys=tuple(told["keys"]),
            unit=None if self.is_own else self.ground.unit.pk,
            spread=told["spread"],
            only=told["only"].strip(),
            kind=told["kind"],
            cohort=told["cohort"].pk if told["cohort"] else None,
            whole=told["whole"],
            span=told["span"],
            first=_month(told["first"]),
            last=_month(told["last"]),
            grain=Grain(told["grain"]),
            rows=_axes(told["rows"], told["rows2"]),
            columns=_axes(told["columns"], told["columns2"]),
            measures=tuple(Measure(one) for one in told["measures"]),
            shown=told["shown"],
            chart=told["chart"],
            collection=told["collection"].pk if told["collection"] else None,
            sort=told["sort"],
            lens=told["lens"],
        )


def _month(text: str) -> dt.date | None:
    return dt.date.fromisoformat(f"{text}-01") if text else None


def _axes(*names: str) -> tuple[Axis, ...]:
    return tuple(Axis(name) for name in names if name and name != NO_AXIS)


class KeepForm(forms.Form):
    """Under which name a question is kept, and who else is offered it."""

    name = forms.CharField(label="名称", max_length=40, error_messages={"required": "请填写名称。"})
    sharing = forms.ChoiceField(label="共享范围", choices=Sharing.choices, initial=Sharing.OWN)


class SubscribeForm(forms.Form):
    """Which file, of which unit, when."""

    kind = forms.ChoiceField(label="文件", error_messages={"required": "请选择要订阅的文件。"})
    unit = forms.ModelChoiceField(
        label="单位",
        queryset=OrgUnit.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "您不能订阅这个单位的文件。"},
    )
    rhythm = forms.ChoiceField(label="什么时候生成", choices=DeliveryRhythm.choices)
    day = forms.IntegerField(
        label="每月几日",
        required=False,
        min_value=1,
        max_value=28,
        error_messages={"min_value": "请填1到28之间的日期。", "max_value": "请填1到28之间的日期。"},
        widget=forms.NumberInput(attrs={"min": 1, "max": 28}),
        help_text="1到28日，上午7时生成",
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], units: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds
        cast(forms.ModelChoiceField, self.fields["unit"]).queryset = units

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        is_daily = found.get("rhythm") == DeliveryRhythm.ON_DAY
        if is_daily and found.get("day") is None and "day" not in self.errors:
            self.add_error("day", "请填写每月几日生成。")
        if not is_daily:
            found["day"] = None
        return found
