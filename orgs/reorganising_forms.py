"""Forms of a reorganisation, one for each kind of line: what is typed, and the lines that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from core.errors import DomainError
from orgs.choices import ActKind, ReorganisationState
from orgs.models import OrgUnit, OrgUnitQuerySet
from orgs.registry import Dependent
from orgs.rules.reorganising import Line

#: Successors that one page offers for a split; a document with more is written down in two goes.
MOST_PARTS = 4


class PickerField(forms.ModelMultipleChoiceField):
    """Units chosen by searching; the page fetches what answers to the words typed."""

    is_picker = True

    def __init__(self, *, most: int = 0, **options: Any) -> None:
        self.most = most
        super().__init__(queryset=OrgUnit.objects.none(), **options)
        self.error_messages["invalid_choice"] = "所选单位不在您可办理的范围内，请重新选择。"
        self.error_messages["invalid_pk_value"] = "所选单位无效，请重新选择。"

    @property
    def is_single(self) -> bool:
        return self.most == 1

    def clean(self, value: Any) -> Any:
        """The units in the order in which they were chosen."""
        units = list(super().clean(value))
        if self.is_single and len(units) > 1:
            raise forms.ValidationError("只能选择一个单位。")
        order = {str(key): place for place, key in enumerate(value or ())}
        return sorted(units, key=lambda unit: order.get(str(unit.pk), 0))


def _code(label: str = "新的行政区划代码", *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        required=required,
        help_text=hint or "统计用区划代码：市 4 位、县 6 位、乡镇 9 位、村 12 位",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _name(label: str = "名称", *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=80, required=required, help_text=hint)


class RefusableForm(forms.Form):
    """A form whose service may refuse what it brings."""

    def refuse(self, error: DomainError) -> None:
        """Show the problems of ``error`` at their fields."""
        for problem in error.problems:
            field = self.field_of(problem.field)
            self.add_error(field if field in self.fields else None, problem.message)

    def field_of(self, field: str | None) -> str | None:
        return field


class LineForm(RefusableForm):
    """Abstract: the lines of one kind. ``units`` are those that may be named, ``opening`` the lines of the draft that set
    units up, with their place."""

    kind: ActKind
    #: Where a problem of a line's field is shown.
    shown_at: dict[str, str] = {}

    def __init__(
        self, *args: Any, units: OrgUnitQuerySet, opening: Sequence[tuple[int, Line]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, PickerField):
                field.queryset = units
        if "parent_opened" in self.fields:
            choices = [("", "——"), *((str(place), f"{line.name}（本次新设）") for place, line in opening)]
            self.fields["parent_opened"].choices = choices  # type: ignore[attr-defined]
            if len(choices) == 1:
                del self.fields["parent_opened"]

    def field_of(self, field: str | None) -> str | None:
        return self.shown_at.get(field or "", field)

    def chosen(self, name: str) -> list[OrgUnit]:
        """Units chosen in a picker, for showing the form again."""
        field = self.fields[name]
        value = self.data.getlist(name) if self.is_bound else self.initial.get(name, [])  # type: ignore[attr-defined]
        keys = [key for key in map(str, value) if key.isascii() and key.isdigit() and len(key) < 19]
        return list(field.queryset.filter(pk__in=keys).order_by("division_code"))  # type: ignore[attr-defined]

    def lines(self, present: int) -> list[Line]:
        """The lines, whose ``opens`` count from the first of them; ``present`` lines stand before them."""
        raise NotImplementedError(self.kind)

    def _one(self, name: str) -> OrgUnit | None:
        return next(iter(self.cleaned_data.get(name) or ()), None)

    def _parent(self, present: int) -> dict[str, int | None]:
        """The parent chosen: a unit that stands, or one that an earlier line of the draft sets up."""
        opened = self.cleaned_data.get("parent_opened")
        if opened:
            return {"parent_id": None, "opens": int(opened) - present}
        parent = self._one("parent")
        return {"parent_id": parent.pk if parent is not None else None}


class MergeForm(LineForm):
    kind = ActKind.MERGE
    shown_at = {"unit": "units", "parent": "into"}
    units = PickerField(label="被合并的单位")
    into = PickerField(label="并入的已有单位", most=1, required=False)
    name = _name("或新设承接单位：名称", required=False)
    division_code = _code("新设承接单位：代码", required=False)

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


class SplitForm(LineForm):
    kind = ActKind.SPLIT
    shown_at = {"into": "name_1", "name": "name_1", "division_code": "code_1", "is_main": "main"}
    unit = PickerField(label="分设的单位", most=1)
    stays = forms.BooleanField(label="原单位保留，只析出新单位", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_PARTS + 1):
            self.fields[f"name_{number}"] = _name(f"承接单位{number}：名称", required=number == 1)
            self.fields[f"code_{number}"] = _code(f"承接单位{number}：代码", required=number == 1)
        parts = [(str(number), f"承接单位{number}") for number in range(1, MOST_PARTS + 1)]
        self.fields["main"] = forms.ChoiceField(
            label="主要承接单位",
            choices=[("0", "原单位（保留时）"), *parts],
            initial="1",
            help_text="未报的月报、任职和账号由它承接",
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(2, MOST_PARTS + 1):
            if bool(data.get(f"name_{number}")) != bool(data.get(f"code_{number}")):
                self.add_error(f"name_{number}", "名称和代码要一起填写。")
        if data.get("main") == "0" and not data.get("stays"):
            self.add_error("main", "原单位不保留时，请在承接单位中指定。")
        elif data.get("main") != "0" and not data.get(f"name_{data.get('main')}"):
            self.add_error("main", "所指定的主要承接单位没有填写名称。")
        return data

    def _parts(self) -> Iterator[tuple[int, str, str]]:
        for number in range(1, MOST_PARTS + 1):
            if name := self.cleaned_data.get(f"name_{number}"):
                yield number, name, self.cleaned_data[f"code_{number}"]

    def lines(self, present: int) -> list[Line]:
        data = self.cleaned_data
        unit = data["unit"][0]
        parts, main = list(self._parts()), int(data["main"])
        opening = [
            Line(ActKind.OPEN, parent_id=unit.parent_id, name=name, division_code=code)
            for _number, name, code in parts
        ]
        heirs = [
            Line(self.kind, unit_id=unit.pk, opens=place, is_main=number == main)
            for place, (number, _name_, _code_) in enumerate(parts)
        ]
        if data["stays"]:
            heirs.insert(0, Line(self.kind, unit_id=unit.pk, into_id=unit.pk, is_main=main == 0))
        return [*opening, *heirs]


class RenameForm(LineForm):
    kind = ActKind.RENAME
    unit = PickerField(label="更名的单位", most=1)
    name = _name("新名称", hint="只写区划名称，如“历下区”；上级名称自动加上")

    def lines(self, present: int) -> list[Line]:
        return [Line(self.kind, unit_id=self.cleaned_data["unit"][0].pk, name=self.cleaned_data["name"])]


class RecodeForm(LineForm):
    kind = ActKind.RECODE
    unit = PickerField(label="代码变更的单位", most=1)
    division_code = _code(hint="下级单位代码中的相应各位随之变更")

    def lines(self, present: int) -> list[Line]:
        data = self.cleaned_data
        return [Line(self.kind, unit_id=data["unit"][0].pk, division_code=data["division_code"])]


class MoveForm(LineForm):
    kind = ActKind.MOVE
    shown_at = {"unit": "units"}
    units = PickerField(label="改隶的单位")
    parent = PickerField(label="新的上级", most=1, required=False)
    parent_opened = forms.ChoiceField(label="或本次新设的上级", required=False)
    division_code = _code(required=False, hint="只改隶一个单位时可一并填写；不变则留空")

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
    division_code = _code(hint="层级随代码位数而定：市 4 位、县 6 位、乡镇 9 位、村 12 位")
    parent = PickerField(label="新的上级", most=1, required=False)
    parent_opened = forms.ChoiceField(label="或本次新设的上级", required=False)
    name = _name("新名称", required=False, hint="不变则留空")

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
    name = _name()
    division_code = _code("行政区划代码")

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


class BeginForm(RefusableForm):
    title = forms.CharField(
        label="事项名称", max_length=120, help_text="如：历城区洪家楼街道与山大路街道合并"
    )


class BasisForm(RefusableForm):
    title = forms.CharField(label="事项名称", max_length=120)
    document = forms.CharField(
        label="批准文件文号", max_length=120, required=False, help_text="如：鲁政字〔2026〕31号"
    )
    effective_on = forms.DateField(
        label="生效日期",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1949-10-01"}),
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


class ChoicesForm(RefusableForm):
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


class ReasonForm(RefusableForm):
    reason = forms.CharField(label="撤回原因", max_length=200)


class ListForm(forms.Form):
    """What the list of reorganisations may be narrowed to."""

    q = forms.CharField(label="事项、文号或单位", max_length=60, required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部"), *ReorganisationState.choices], required=False
    )
    kind = forms.ChoiceField(label="事项类别", choices=[("", "全部"), *ActKind.choices], required=False)
    since = forms.DateField(
        label="生效日期自", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="生效日期至", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class HomesForm(RefusableForm):
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

    def field_of(self, field: str | None) -> str | None:
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
