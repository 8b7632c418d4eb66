"""What the lists of facts may be narrowed to: forms by GET, whose clean values are the criteria of the selectors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from core import clock
from core.days import DayInput
from orgs.choices import ConfirmationState, EstablishmentState, Level, MandatoryFact, OfficerRole, UnitKind
from orgs.choosing import NamedChoiceField
from orgs.filters.days import BAD_DAY, is_a_past_day
from orgs.models import OrgUnit
from orgs.selectors.confirmations import UNCONFIRMED
from orgs.selectors.units import visible_units

ALL = ("", "全部")
#: By which tree figures of a past day are counted: that of the day, or today's.
CARRIED = "now"
LENSES = [("", "按当时区划"), (CARRIED, "按现行区划")]
#: The levels that keep officers and items.
KEPT_LEVELS = [(level.value, str(level.label)) for level in Level if level <= Level.TOWNSHIP]


def day_field(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput(),
        **options,
    )


def past_day_field() -> forms.DateField:
    """截至日期: a past day by whose tree and facts the list stands."""
    return day_field("截至日期", validators=[is_a_past_day], error_messages={"invalid": BAD_DAY})


class Narrowing(forms.Form):
    """A form of a list: what does not fit is left out, so that no address is refused."""

    @property
    def criteria(self) -> dict[str, Any]:
        """The criteria in use as plain values; units by their keys."""
        self.is_valid()
        values = getattr(self, "cleaned_data", {})
        return {
            name: value.pk if isinstance(value, OrgUnit) else value
            for name, value in values.items()
            if value not in (None, "", False)
        }


class PlacedNarrowing(Narrowing):
    """By name, level, city and county; the chain of units is that of who looks."""

    q = forms.CharField(label="名称、代码或拼音", max_length=60, required=False)
    level = forms.TypedChoiceField(
        label="层级", choices=[ALL, *KEPT_LEVELS], coerce=int, empty_value=None, required=False
    )
    city = NamedChoiceField(label="市", queryset=OrgUnit.objects.none(), empty_label="全部", required=False)
    county = NamedChoiceField(
        label="县（市、区）", queryset=OrgUnit.objects.none(), empty_label="全部", required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = visible_units(user).open()
        for name, level in (("city", Level.CITY), ("county", Level.COUNTY)):
            self.fields[name].queryset = units.at(level).in_code_order()  # type: ignore[attr-defined]


class RosterNarrowing(PlacedNarrowing):
    """The contact roster."""

    q = forms.CharField(label="姓名、职务、单位或电话", max_length=60, required=False)
    on = past_day_field()
    role = forms.ChoiceField(label="身份", choices=[ALL, *OfficerRole.choices], required=False)
    chair = forms.BooleanField(label="只看兼任科协主席的", required=False)
    unit = forms.IntegerField(widget=forms.HiddenInput, required=False)


class MissingNarrowing(PlacedNarrowing):
    """Units with something mandatory missing."""

    on = past_day_field()
    fact = forms.ChoiceField(
        label="缺少", choices=[ALL, *MandatoryFact.choices, ("overdue", "超过计划日期未建成")], required=False
    )


class ConfirmationNarrowing(PlacedNarrowing):
    """The yearly word."""

    year = forms.TypedChoiceField(label="年度", coerce=int, empty_value=None, required=False)
    state = forms.ChoiceField(
        label="确认状态", choices=[ALL, (UNCONFIRMED, "未确认"), *ConfirmationState.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = clock.today().year
        self.fields["year"].choices = [(one, f"{one}年") for one in range(year, year - 4, -1)]  # type: ignore[attr-defined]


class ExpectationNarrowing(PlacedNarrowing):
    """Which divisions count as expected, and whether that was confirmed."""

    level = forms.TypedChoiceField(
        label="层级", choices=[ALL, *Level.choices], coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(label="类别", choices=[ALL, *UnitKind.choices], required=False)
    expected = forms.ChoiceField(
        label="应建", choices=[ALL, ("yes", "应建"), ("no", "不计应建")], required=False
    )
    state = forms.ChoiceField(
        label="确认",
        choices=[("", "待确认"), ("confirmed", "已确认"), ("all", "全部")],
        required=False,
    )
    on = past_day_field()


class DayNarrowing(Narrowing):
    """One unit's subtree, one level, one day, or two of them."""

    unit = forms.IntegerField(widget=forms.HiddenInput, required=False)
    level = forms.TypedChoiceField(label="统计层级", coerce=int, empty_value=None, required=False)
    on = day_field("截至日期")
    since = day_field("对比日期")
    lens = forms.ChoiceField(label="区划", choices=LENSES, required=False)

    def __init__(self, *args: Any, levels: list[Level], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level.value, str(level.label)) for level in levels]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("on", "since"):
            day = values.get(name)
            if isinstance(day, dt.date) and day > clock.today():
                self.add_error(name, "日期不能晚于今天。")
        return values


class HoldersNarrowing(DayNarrowing):
    """The units that have an item, or have it not."""

    item = forms.CharField(widget=forms.HiddenInput, required=False)
    holds = forms.ChoiceField(label="情况", choices=[("yes", "是"), ("no", "否")], required=False)
    q = forms.CharField(label="名称或代码", max_length=60, required=False)


class CohortNarrowing(Narrowing):
    q = forms.CharField(label="名称", max_length=60, required=False)
    pilot = forms.BooleanField(label="只看试点", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "使用中"), ("closed", "已停用"), ("all", "全部")], required=False
    )


class CandidateNarrowing(PlacedNarrowing):
    """Units that might join a cohort."""

    level = forms.TypedChoiceField(
        label="层级", choices=[ALL, *Level.choices], coerce=int, empty_value=None, required=False
    )
    kind = forms.ChoiceField(label="类别", choices=[ALL, *UnitKind.choices], required=False)
    established = forms.ChoiceField(
        label="建立情况", choices=[ALL, *EstablishmentState.choices], required=False
    )
