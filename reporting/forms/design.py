"""The designer's forms: types and required fields only, the services judge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms

from core import clock
from core.days import DayInput
from orgs.choices import Level
from reporting.choices import COLUMN_KINDS, FeedbackState, FormKind, IssueKind, Source, Space, Time, ValueKind
from reporting.file_kinds import CHOICES as FILE_KINDS
from reporting.models import FormItem, FormVersion, Section
from reporting.services.designing_items import ColumnFacts, ItemFacts, MeaningFacts
from reporting.services.designing_rules import RuleFacts
from reporting.services.register import RegisterFacts

LEVELS = [(level.value, str(level.label)) for level in Level if level <= Level.TOWNSHIP]
NEW_SOURCES = [(Source.TYPED.value, Source.TYPED.label), (Source.COMPUTED.value, Source.COMPUTED.label)]
NEW_SPACES = [
    (Space.SUM.value, "求和（选项计单位数，表格按关键列相加）"),
    (Space.RATIO.value, "比值之和（百分比）"),
    (Space.COLLECTED.value, "汇集（文字、附件）"),
    (Space.NONE.value, "不汇总"),
]
COLUMN_CHOICES = [(kind.value, kind.label) for kind in COLUMN_KINDS]
#: Columns that the page offers at once; saving offers more.
SPARE_COLUMNS = 3


class RegisterForm(forms.Form):
    """报表准入: who asks, on what basis, and whose name stands under it."""

    kind = forms.ChoiceField(
        label="类别",
        choices=FormKind.choices,
        widget=forms.RadioSelect,
        initial=FormKind.REGULAR,
        help_text="临时加报最多5格、至少留3个工作日",
    )
    asked_by = forms.CharField(label="提出部门", max_length=80)
    basis = forms.CharField(label="依据", max_length=200, help_text="文件名称、文号或条款")
    person = forms.CharField(label="责任人", max_length=60)
    purpose = forms.CharField(label="用途", max_length=200, required=False)

    def facts(self) -> RegisterFacts:
        return RegisterFacts(**self.cleaned_data)


class NewFormForm(RegisterForm):
    """新建报表: its name and its place on the register, at once."""

    name = forms.CharField(label="报表名称", max_length=80)
    like = forms.ModelChoiceField(
        label="参照", queryset=FormVersion.objects.none(), required=False, empty_label="从空白开始"
    )

    field_order = ["name", "like", "kind", "asked_by", "basis", "person", "purpose"]

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField", self.fields["like"]).queryset = versions

    def facts(self) -> RegisterFacts:
        said = {name: self.cleaned_data[name] for name in ("kind", "asked_by", "basis", "person", "purpose")}
        return RegisterFacts(**said)


class ItemForm(forms.Form):
    """One item: what it asks (while that is open), of whom, within what."""

    name = forms.CharField(label="指标名称", max_length=80)
    value_kind = forms.ChoiceField(label="类型", choices=ValueKind.choices)
    source = forms.ChoiceField(label="来源", choices=NEW_SOURCES)
    unit_label = forms.CharField(
        label="计量单位", max_length=12, required=False, help_text="如：场、人次、万元"
    )
    key = forms.CharField(
        label="代号", max_length=40, required=False, help_text="英文，用于公式和接口；不填自动编"
    )
    space = forms.ChoiceField(label="层级汇总", choices=NEW_SPACES, initial=Space.SUM)
    time = forms.ChoiceField(label="时间汇总", choices=Time.choices, initial=Time.SUM)
    may_have_target = forms.BooleanField(label="可下达目标", required=False)
    definition = forms.CharField(
        label="口径", max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )
    clause = forms.CharField(label="依据", max_length=120, required=False)
    section = forms.ModelChoiceField(label="分节", queryset=Section.objects.none(), empty_label=None)
    owed_by = forms.TypedMultipleChoiceField(
        label="填报层级", choices=LEVELS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    required_at = forms.TypedMultipleChoiceField(
        label="必填层级",
        choices=LEVELS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="数字总是必填（没有发生填 0）",
    )
    help_text = forms.CharField(label="填报说明", max_length=300, required=False)
    minimum = forms.DecimalField(label="最小值", max_digits=14, decimal_places=2, required=False)
    maximum = forms.DecimalField(label="最大值", max_digits=14, decimal_places=2, required=False)
    max_length = forms.IntegerField(
        label="字数上限", required=False, min_value=1, max_value=10000, help_text="不填为2000字"
    )
    raises = forms.ChoiceField(
        label="逐条答复",
        choices=[
            ("", "不需要"),
            *((kind.value, f"每段作为一条{kind.label}，由上级答复") for kind in IssueKind),
        ],
        required=False,
        help_text="审核通过后，每一段成为一条，在“问题建议”中待上级答复；对这个指标在各版本中都有效",
    )
    options = forms.CharField(
        label="选项", required=False, widget=forms.Textarea({"rows": 4}), help_text="每行一个"
    )
    formula = forms.CharField(
        label="计算公式",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="引用本表的填报项，名称写在方括号里，如：[已建数] ÷ [应建数]；百分比写成 A ÷ B",
    )
    file_kinds = forms.MultipleChoiceField(
        label="可传的文件类型",
        choices=FILE_KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="都不选为不限",
    )
    file_count = forms.IntegerField(
        label="至少几份", required=False, min_value=0, max_value=20, help_text="必填层级要附的份数"
    )

    MEANING = (
        "name",
        "value_kind",
        "source",
        "unit_label",
        "key",
        "space",
        "time",
        "may_have_target",
        "clause",
    )

    def __init__(self, *args: Any, version: FormVersion, is_open: bool = True, **kwargs: Any) -> None:
        """``is_open``: the indicator stands nowhere else, so that what it means may still change."""
        super().__init__(*args, **kwargs)
        self.is_open = is_open
        cast("forms.ModelChoiceField", self.fields["section"]).queryset = version.sections.all()
        if not is_open:
            for name in self.MEANING:
                del self.fields[name]
            self.fields["definition"].label = "口径"
            self.fields[
                "definition"
            ].help_text = "改动口径即为口径调整：自发布时所定的一期起，数据与以前不可比"

    def meaning(self) -> MeaningFacts | None:
        if not self.is_open:
            return None
        names = [*self.MEANING, "definition"]
        return MeaningFacts(**{name: self.cleaned_data[name] for name in names})

    def facts(self, columns: list[ColumnFacts]) -> ItemFacts:
        said = self.cleaned_data
        return ItemFacts(
            section=said["section"],
            owed_by=said["owed_by"],
            required_at=said["required_at"],
            help_text=said["help_text"],
            max_length=said["max_length"],
            minimum=said["minimum"],
            maximum=said["maximum"],
            options=said["options"].splitlines(),
            formula=said["formula"],
            file_kinds=said["file_kinds"],
            file_count=said["file_count"] or 0,
            definition="" if self.is_open else said["definition"],
            raises=said["raises"],
            columns=columns,
        )


def initial_of(item: FormItem, formula: str) -> dict[str, Any]:
    """An item as its form shows it."""
    indicator = item.indicator
    said = {name: getattr(indicator, name) for name in (*ItemForm.MEANING, "definition")}
    said["raises"] = indicator.raises
    own = ("section", "owed_by", "required_at", "help_text", "minimum", "maximum", "max_length")
    said |= {name: getattr(item, name) for name in (*own, "file_kinds", "file_count")}
    said["section"] = item.section_id
    said["options"] = "\n".join(option["name"] for option in item.options)
    return said | {"formula": formula, "definition": item.definition or indicator.definition}


class ColumnForm(forms.Form):
    """One column of a table; without a name it is none."""

    name = forms.CharField(label="列名", max_length=40, required=False)
    kind = forms.ChoiceField(label="类型", choices=COLUMN_CHOICES, required=False)
    unit = forms.CharField(label="单位", max_length=12, required=False)
    is_key = forms.BooleanField(label="关键列", required=False)
    is_required = forms.BooleanField(label="必填", required=False)
    options = forms.CharField(label="选项（用顿号分开）", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.widget.attrs["aria-label"] = bound.label


ColumnFormSet = forms.formset_factory(ColumnForm, extra=SPARE_COLUMNS, max_num=15)


def columns_of(formset: Any) -> list[ColumnFacts]:
    """The columns named, in order."""
    rows = [form.cleaned_data for form in formset.forms if form.cleaned_data.get("name", "").strip()]
    return [
        ColumnFacts(
            name=row["name"],
            kind=row["kind"] or ValueKind.TEXT,
            unit=row["unit"],
            is_key=row["is_key"],
            is_required=row["is_required"],
            options=[
                name for name in row["options"].replace("，", "、").replace(",", "、").split("、") if name
            ],
        )
        for row in rows
    ]


def columns_initial(item: FormItem) -> list[dict[str, Any]]:
    return [
        {
            "name": column.name,
            "kind": column.value_kind,
            "unit": column.unit_label,
            "is_key": column.is_key,
            "is_required": column.is_required,
            "options": "、".join(option["name"] for option in column.options),
        }
        for column in item.columns.all()
    ]


class RuleForm(forms.Form):
    """One rule: what must hold, where it is told, in which words."""

    demand = forms.CharField(
        label="必须成立",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="如：[“三长”牵头场次] ≤ 合计([健康场次], [竞赛场次])；如果 [人次] > 0 则 [场次] > 0；"
        "[会员数] ≥ 上期([会员数])；[到会人数] ≤ 台账([在任“三长”总人数])",
    )
    field = forms.ChoiceField(label="提示显示在")
    blocks = forms.TypedChoiceField(
        label="不成立时",
        choices=[("yes", "不能上报"), ("no", "写一句说明后可以上报")],
        coerce=lambda raw: raw == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    message = forms.CharField(
        label="提示语",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="不填则自动写明；花括号里的项会换成所填的数，如：填了 {[人次]}，请核对",
    )

    def __init__(self, *args: Any, names: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["field"]).choices = [("", "请选择"), *names.items()]

    def facts(self) -> RuleFacts:
        return RuleFacts(**self.cleaned_data)


class PublishForm(forms.Form):
    """发布: what changed, and from when a changed meaning counts."""

    note = forms.CharField(label="本版说明", max_length=200, required=False, help_text="如：按某文件增加两项")
    changed_from = forms.DateField(
        label="口径调整自哪一期起",
        required=False,
        widget=DayInput(),
        help_text="这个月所在的一期起按新口径，图表和环比在此断开",
    )

    def __init__(self, *args: Any, has_changes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_changes:
            self.fields["changed_from"].initial = clock.today().replace(day=1)
        else:
            del self.fields["changed_from"]


class AnswerFeedbackForm(forms.Form):
    """省科协's answer to a 减负意见."""

    state = forms.ChoiceField(
        label="处理",
        choices=[(state.value, state.label) for state in FeedbackState if state != FeedbackState.OPEN],
        widget=forms.RadioSelect,
        initial=FeedbackState.ADOPTED,
    )
    answer = forms.CharField(label="答复", max_length=500, widget=forms.Textarea({"rows": 3}))


class RegisterNarrowing(forms.Form):
    """What the register may be narrowed to."""

    q = forms.CharField(label="报表、部门或依据", max_length=60, required=False)
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *FormKind.choices])
    listed = forms.ChoiceField(
        label="状态", required=False, choices=[("", "在清单上"), ("off", "已退出"), ("all", "全部")]
    )


class FeedbackNarrowing(forms.Form):
    """What the remarks on burden may be narrowed to."""

    q = forms.CharField(label="内容或单位", max_length=60, required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *FeedbackState.choices])
    form = forms.ChoiceField(label="报表", required=False)

    def __init__(self, *args: Any, forms_named: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["form"]).choices = [("", "全部"), *forms_named]
