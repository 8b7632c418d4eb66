"""Forms of the yearly code update."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from core.days import DayInput
from orgs.choices import DECISIONS_OF, ChangeKind, Level
from orgs.models import DivisionChange
from orgs.selectors.yearly import named_targets

#: How far the review of a difference is, as :func:`orgs.selectors.yearly.narrowed` knows it.
REVIEW_STATES = [
    ("undecided", "未决定"),
    ("sure", "未决定：把握大"),
    ("unsure", "未决定：需逐项判断"),
    ("decided", "已决定"),
    ("ignored", "不处理"),
    ("drafted", "已列入调整"),
]


class CompareForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    file = forms.FileField(
        label="区划文件",
        help_text="csv 或 csv.gz，列为 code,name（统计用区划代码和名称），UTF-8 或 GBK 编码",
        widget=forms.FileInput(attrs={"accept": ".csv,.gz"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = clock.today().year


class ChangesForm(forms.Form):
    """What the differences may be narrowed to."""

    q = forms.CharField(label="名称或代码", max_length=60, required=False)
    kind = forms.ChoiceField(label="差异", choices=[("", "全部"), *ChangeKind.choices], required=False)
    state = forms.ChoiceField(
        label="审核",
        choices=[("", "全部"), *REVIEW_STATES],
        required=False,
    )
    county = forms.ChoiceField(label="县（市、区）", required=False)
    level = forms.TypedChoiceField(
        label="层级", choices=[("", "全部"), *Level.choices], required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, counties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["county"].choices = [("", "全部"), *counties]  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What one difference is; the targets are checked by the service."""

    decision = forms.ChoiceField(label="处理方式", widget=forms.RadioSelect)

    def __init__(self, *args: Any, change: DivisionChange, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.change = change
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            (decision.value, decision.label) for decision in DECISIONS_OF[change.kind]
        ]

    @property
    def wants_targets(self) -> bool:
        return self.change.kind in (ChangeKind.ADDED, ChangeKind.GONE)

    def chosen(self) -> list[str]:
        if self.is_bound:
            return list(self.data.getlist("targets"))  # type: ignore[attr-defined]
        return list(self.change.targets or self.change.proposal.get("targets", ()))

    def offered(self) -> list[dict[str, Any]]:
        """What may be ticked: the chosen ones first, then those of the candidates."""
        chosen = self.chosen()
        labels = dict(named_targets(self.change.update, chosen))
        for candidate in self.change.candidates:
            labels |= dict(zip(candidate["targets"], candidate["labels"], strict=True))
        return [{"key": key, "label": label, "is_chosen": key in chosen} for key, label in labels.items()]


class DraftForm(forms.Form):
    document = forms.CharField(label="文号", max_length=120, help_text="批准或公布本次区划代码的文件")
    effective_on = forms.DateField(label="生效日期", widget=DayInput())
    by_county = forms.ChoiceField(
        label="办理方式",
        choices=[
            ("", "合为一项调整，一次生效、一次撤回"),
            ("1", "按县分为多项调整，相互牵连的县合在一起"),
        ],
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="文件", required=False)
