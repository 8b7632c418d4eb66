"""Forms of a reorganisation, one for each kind of line: what is typed, and the lines that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.days import DayInput
from core.refusals import PlacingForm
from orgs.choices import ActKind, ReorganisationState
from orgs.forms.facts import day_input
from orgs.forms.reorganising_fields import LineForm, PickerField, code_field, name_field
from orgs.forms.reorganising_split import SplitForm
from orgs.registry import Dependent
from orgs.rules.reorganising import Line


class MergeForm(LineForm):
    kind = ActKind.MERGE
    shown_at = {"unit": "units", "parent": "into"}
    units = PickerField(label="被合并的单位")
    into = PickerField(label="并入的已有单位", most=1, required=False)
    name = name_field("或新设承接单位：名称", required=False)
    division_code = code_field("新设承接单位：代码", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_new = bool(data.get("name") or data.get("division_code"))
        if is_new and data.get("into"):
            self.add_error("into", "请只选一种：并入已有单位，或新设承接单位。")
        elif not is_new and not data.get("into"):
            self.add_error("into", "请选择并入的单位，或填写新设单位的名称和代码。")
        return data

    def lines(self, present: int) -> list[Line]:
        data, into = self.cleaned_data, self._one("into")
        if into is not None:
            return [Line(self.kind, unit_id=unit.pk, into_id=into.pk) for unit in data["units"]]
        opening = Line(
            ActKind.OPEN,
            parent_id=data["units"][0].parent_id,
            name=data["name"],
            division_code=data["division_code"],
        )
        return [opening, *(Line(self.kind, unit_id=unit.pk, opens=0) for unit in data["units"])]


class RenameForm(LineForm):
    kind = ActKind.RENAME
    unit = PickerField(label="更名的单位", most=1)
    name = name_field("新名称", hint="只写区划名称，如“历下区”；上级名称自动加上")

    def lines(self, present: int) -> list[Line]:
        return [Line(self.kind, unit_id=self.cleaned_data["unit"][0].pk, name=self.cleaned_data["name"])]


class RecodeForm(LineForm):
    kind = ActKind.RECODE
    unit = PickerField(label="代码变更的单位", most=1)
    division_code = code_field(hint="下级单位代码中的相应各位随之变更")

    def lines(self, present: int) -> list[Line]:
        data = self.cleaned_data
        return [Line(self.kind, unit_id=data["unit"][0].pk, division_code=data["division_code"])]


class MoveForm(LineForm):
    kind = ActKind.MOVE
    shown_at = {"unit": "units"}
    units = PickerField(label="改隶的单位")
    parent = PickerField(label="新的上级", most=1, required=False)
    parent_opened = forms.ChoiceField(label="或本次新设的上级", required=False)
    division_code = code_field(required=False, hint="只改隶一个单位时可一并填写；不变则留空")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("division_code") and len(data.get("units") or ()) > 1:
            self.add_error("division_code", "一次改隶多个单位时不能填写代码，请逐个办理或另行登记代码变更。")
        return data

    def lines(self, present: int) -> list[Line]:
        data, parent = self.cleaned_data, self._parent(present)
        return [
            Line(self.kind, unit_id=unit.pk, division_code=data["division_code"], **parent)  # type: ignore[arg-type]
            for unit in data["units"]
        ]


class RelevelForm(LineForm):
    kind = ActKind.RELEVEL
    unit = PickerField(label="升格或降格的单位", most=1)
    division_code = code_field(hint="层级随代码位数而定：市 4 位、县 6 位、乡镇 9 位、村 12 位")
    parent = PickerField(label="新的上级", most=1, required=False)
    parent_opened = forms.ChoiceField(label="或本次新设的上级", required=False)
    name = name_field("新名称", required=False, hint="不变则留空")

    def lines(self, present: int) -> list[Line]:
        data = self.cleaned_data
        return [
            Line(
                self.kind,
                unit_id=data["unit"][0].pk,
                division_code=data["division_code"],
                name=data["name"],
                **self._parent(present),  # type: ignore[arg-type]
            )
        ]


class OpenForm(LineForm):
    kind = ActKind.OPEN
    parent = PickerField(label="上级单位", most=1, required=False)
    parent_opened = forms.ChoiceField(label="或本次新设的上级", required=False)
    name = name_field()
    division_code = code_field("行政区划代码")

    def lines(self, present: int) -> list[Line]:
        data = self.cleaned_data
        return [
            Line(
                self.kind,
                name=data["name"],
                division_code=data["division_code"],
                **self._parent(present),  # type: ignore[arg-type]
            )
        ]


class CloseForm(LineForm):
    kind = ActKind.CLOSE
    shown_at = {"unit": "units"}
    units = PickerField(label="撤销的单位")

    def lines(self, present: int) -> list[Line]:
        return [Line(self.kind, unit_id=unit.pk) for unit in self.cleaned_data["units"]]


LINE_FORMS: dict[str, type[LineForm]] = {
    form.kind.value: form
    for form in (
        *(MergeForm, SplitForm, RenameForm, MoveForm),
        *(RelevelForm, RecodeForm, OpenForm, CloseForm),
    )
}


class BeginForm(forms.Form):
    title = forms.CharField(
        label="事项名称", max_length=120, help_text="如：历城区洪家楼街道与山大路街道合并"
    )


class BasisForm(forms.Form):
    title = forms.CharField(label="事项名称", max_length=120)
    document = forms.CharField(
        label="批准文件文号", max_length=120, required=False, help_text="如：鲁政字〔2026〕31号"
    )
    effective_on = forms.DateField(
        label="生效日期",
        required=False,
        widget=day_input(),
        help_text="可以早于今天，但不能早于有关单位的现行记录和已锁定的月报；晚于今天的到日自动生效",
    )
    basis_note = forms.CharField(
        label="依据说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    file = forms.FileField(label="批准文件", required=False)

    @property
    def upload(self) -> UploadedFile | None:
        return self.cleaned_data.get("file")


class ChoicesForm(forms.Form):
    """One question for each dependent that offers a choice."""

    def __init__(self, *args: Any, dependents: Sequence[Dependent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dependent in dependents:
            self.fields[dependent.key] = forms.ChoiceField(
                label=dependent.label,
                choices=[
                    (choice.value, f"{choice.label}：{choice.hint}" if choice.hint else choice.label)
                    for choice in dependent.choices
                ],
                widget=forms.RadioSelect,
                initial=dependent.choices[0].value,
            )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="撤回原因", max_length=200)


class ListForm(forms.Form):
    """What the list of reorganisations may be narrowed to."""

    q = forms.CharField(label="事项、文号或单位", max_length=60, required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), *ReorganisationState.choices], required=False
    )
    kind = forms.ChoiceField(label="事项类别", choices=[("", "全部"), *ActKind.choices], required=False)
    since = forms.DateField(label="生效日期自", required=False, widget=DayInput())
    until = forms.DateField(label="生效日期至", required=False, widget=DayInput())


class HomesForm(PlacingForm):
    """Where each unit below one that is closed or divided goes."""

    def __init__(
        self,
        *args: Any,
        children: Sequence[tuple[int, str]],
        targets: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.children = children
        for pk, name in children:
            self.fields[f"child_{pk}"] = forms.ChoiceField(
                label=name, choices=[("", "请选择新的上级"), *targets], required=False
            )

    def field_of(self, name: str | None) -> str | None:
        return None

    def lines(self, present: int) -> list[Line]:
        """One move for each child with a target: ``u`` and a unit's key, or ``o`` and the place of an opening line."""
        found = []
        for pk, _label in self.children:
            target = self.cleaned_data.get(f"child_{pk}") or ""
            if target.startswith("u"):
                found.append(Line(ActKind.MOVE, unit_id=pk, parent_id=int(target[1:])))
            elif target:
                found.append(Line(ActKind.MOVE, unit_id=pk, opens=int(target[1:]) - present))
        return found
