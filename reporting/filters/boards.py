"""What dashboards and lists may be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from orgs.choices import EstablishmentState, Level
from orgs.filters.days import DayForm
from orgs.models import Cohort, OrgUnit
from reporting.models import Cycle
from reporting.rollup import Basis
from reporting.selectors.registry_units import MET, UNMET, Naming

ALL = ("", "全部")
BLANK_LEVELS = [(level.value, level.label) for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)]
PLANS = [ALL, ("planned", "有计划日期"), ("overdue", "已过计划日期"), ("none", "没有计划日期")]
NOT_ESTABLISHED = [
    ALL,
    (EstablishmentState.PREPARING.value, EstablishmentState.PREPARING.label),
    (EstablishmentState.ABSENT.value, EstablishmentState.ABSENT.label),
]


TREES = [("", "按当时区划"), ("now", "按现行区划")]
NOW_WORDS = (
    "以往的数据归到今天的单位：合并的相加，分设的并成一行、不拆分，改隶的计入现在的上级，更名的用现名。"
)


class TreeForm(DayForm):
    """By which tree: that of the time, today's, or that of another day."""

    lens = forms.ChoiceField(label="区划", required=False, choices=TREES)


def grouped_cycles(cycles: Iterable[Cycle]) -> list[tuple[Any, Any]]:
    """Cycles to choose from; under the name of their collection where they are of several."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for cycle in cycles:
        groups.setdefault(cycle.collection.name, []).append(
            (cycle.pk, f"{cycle.label}（{cycle.get_state_display()}）")
        )
    return list(groups.items()) if len(groups) > 1 else next(iter(groups.values()), [])


class CycleForm(forms.Form):
    """Which cycle of which unit a page shows."""

    cycle = forms.ChoiceField(label="统计期", required=False)
    unit = forms.ChoiceField(label="单位", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cycles: Iterable[Cycle], unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["unit"]).choices = [(unit.pk, unit.name)]
        offered = cast(forms.ChoiceField, self.fields["cycle"])
        offered.choices = grouped_cycles(cycles)


class DashboardForm(CycleForm, TreeForm):
    """The same, by the tree of the time, today's or another day's."""

    field_order: tuple[str, ...] = ("cycle", "basis", "lens", "on")


class QualityForm(DashboardForm):
    """Several cycles of one collection may be counted together."""

    field_order = ("since", "cycle", "lens", "on")
    since = forms.ChoiceField(label="起始期", required=False)

    def __init__(self, *args: Any, earlier: Iterable[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "只看所选一期"), *((cycle.pk, f"从{cycle.label}起合计") for cycle in earlier)]
        cast(forms.ChoiceField, self.fields["since"]).choices = choices


class StandingForm(DashboardForm):
    """Which ratio units are compared by."""

    field_order = ("measure", "cycle", "lens", "on")
    measure = forms.ChoiceField(label="指标", required=False)

    def __init__(self, *args: Any, measures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["measure"]).choices = measures


class CoverageForm(DashboardForm):
    """Coverage may be ranked with the units of a cohort apart."""

    cohort = forms.ModelChoiceField(
        label="单列的单位集", required=False, queryset=Cohort.objects.none(), empty_label="不单列"
    )

    def __init__(self, *args: Any, cohorts: QuerySet[Cohort], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["cohort"]).queryset = cohorts


class TotalsForm(DashboardForm):
    """Totals may be asked for on either basis."""

    basis = forms.ChoiceField(label="口径", required=False, choices=[("", "按该期状态"), *Basis.choices])


class HeadsForm(DashboardForm):
    """The people behind a figure, by name; the cycle and unit in view where the address names none."""

    field_order: tuple[str, ...] = ("q", "cycle", "lens", "on")
    q = forms.CharField(label="姓名、拼音或单位", max_length=60, required=False)

    def __init__(self, data: Any, *, cycle: Cycle, unit: OrgUnit, **kwargs: Any) -> None:
        asked = data.copy()
        for name, value in (("cycle", cycle), ("unit", unit)):
            asked.setdefault(name, str(value.pk))
        super().__init__(asked, unit=unit, **kwargs)

    @property
    def text(self) -> str:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return str(self.cleaned_data.get("q", "")).strip()


class NamedUnitsForm(HeadsForm):
    """The units behind a figure, by whether they meet it."""

    field_order = ("q", "meets", "cycle", "lens", "on")
    q = forms.CharField(label="单位名称或代码", max_length=60, required=False)
    meets = forms.ChoiceField(label="情况", required=False)

    def __init__(self, *args: Any, naming: Naming, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["meets"]).choices = [
            ALL,
            (MET, naming.met),
            (UNMET, naming.unmet),
        ]

    @property
    def asked_for(self) -> str:
        """Those that meet it, those that do not, or empty for all."""
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return str(self.cleaned_data.get("meets", ""))


class BlankSpotForm(DashboardForm):
    """Blank spots by level, part, plan and name, as of the window's end or of any day."""

    lens = None  # type: ignore[assignment]

    q = forms.CharField(label="名称或代码", max_length=60, required=False)
    level = forms.ChoiceField(label="层级", required=False, choices=[ALL, *BLANK_LEVELS])
    part = forms.ChoiceField(label="所属", required=False)
    state = forms.ChoiceField(label="建立情况", required=False, choices=NOT_ESTABLISHED)
    plan = forms.ChoiceField(label="计划", required=False, choices=PLANS)
    at = forms.ChoiceField(label="截至", required=False, choices=[("", "统计期末"), ("now", "现在")])

    def __init__(self, *args: Any, parts: Iterable[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["part"]).choices = [
            ALL,
            *((unit.pk, unit.name) for unit in parts),
        ]
