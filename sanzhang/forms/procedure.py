"""A draft of the procedure: its steps and filing authorities row by row; and the rule for seats past the quota."""

from __future__ import annotations

from typing import Any

from django import forms

from orgs.choices import Level
from sanzhang.choices import Giver, OverQuota
from sanzhang.models.procedure import every_level
from sanzhang.procedures import Authority, Plan, Step

LEVELS = [(level, Level(level).label) for level in every_level()]


class ProcedureForm(forms.Form):
    """What the version is called and rests on."""

    title = forms.CharField(label="程序名称", max_length=60)
    source = forms.CharField(label="依据", max_length=200, required=False, help_text="文件名称、条款")


class StepRuleForm(forms.Form):
    """One step. ``key`` stays with a step through the versions; a new step has none yet."""

    key = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    order = forms.IntegerField(
        label="顺序", min_value=1, max_value=99, widget=forms.NumberInput(attrs={"inputmode": "numeric"})
    )
    name = forms.CharField(label="环节名称", max_length=40, required=False)
    giver = forms.ChoiceField(label="由谁出具", choices=Giver.choices)
    levels = forms.TypedMultipleChoiceField(
        label="适用层级", choices=LEVELS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    needs_number = forms.BooleanField(label="须有文号", required=False)
    needs_file = forms.BooleanField(label="须有文件", required=False)
    drop = forms.BooleanField(label="删除", required=False)

    @property
    def is_kept(self) -> bool:
        return bool(self.cleaned_data.get("name", "").strip()) and not self.cleaned_data.get("drop")


class AuthorityForm(forms.Form):
    """With whom a seat is filed."""

    name = forms.CharField(label="备案机关", max_length=80, required=False)
    levels = forms.TypedMultipleChoiceField(
        label="适用层级", choices=LEVELS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    drop = forms.BooleanField(label="删除", required=False)

    @property
    def is_kept(self) -> bool:
        return bool(self.cleaned_data.get("name", "").strip()) and not self.cleaned_data.get("drop")


_Steps: Any = forms.formset_factory(StepRuleForm, extra=0, max_num=14, validate_max=True)
_Authorities: Any = forms.formset_factory(AuthorityForm, extra=0, max_num=8, validate_max=True)


class StepRuleForms(_Steps):
    """The steps, with two empty rows at the end for new ones."""

    @classmethod
    def of(cls, plan: Plan) -> StepRuleForms:
        rows = [
            {
                "key": rule.key,
                "order": place,
                "name": rule.name,
                "giver": rule.giver,
                "levels": list(rule.levels),
                "needs_number": rule.needs_number,
                "needs_file": rule.needs_file,
            }
            for place, rule in enumerate(plan.rules, start=1)
        ]
        free = [{"order": len(rows) + place, "levels": every_level()} for place in (1, 2)]
        return cls(initial=[*rows, *free], prefix="steps")

    def steps(self) -> list[Step]:
        """The rows kept, in the order typed."""
        kept = [form.cleaned_data for form in self.forms if form.is_kept]
        return [
            Step(
                row["key"],
                row["name"],
                Giver(row["giver"]),
                tuple(row["levels"]),
                row["needs_number"],
                row["needs_file"],
            )
            for row in sorted(kept, key=lambda row: row["order"])
        ]


class AuthorityForms(_Authorities):
    """The authorities, with one empty row for a new one."""

    @classmethod
    def of(cls, plan: Plan) -> AuthorityForms:
        rows = [{"name": found.name, "levels": list(found.levels)} for found in plan.authorities]
        return cls(initial=[*rows, {"levels": every_level()}], prefix="authorities")

    def authorities(self) -> list[Authority]:
        kept = [form.cleaned_data for form in self.forms if form.is_kept]
        return [Authority(row["name"], tuple(row["levels"])) for row in kept]


class PolicyForm(forms.Form):
    """Whether a seat past the quota is warned of or refused."""

    over_quota = forms.ChoiceField(label="超职数", choices=OverQuota.choices, widget=forms.RadioSelect)
