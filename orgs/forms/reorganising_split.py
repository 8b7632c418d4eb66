"""The form of a division: one unit, and as many successors as the document names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms

from orgs.choices import ActKind
from orgs.forms.reorganising_fields import LineForm, PickerField, code_field, name_field
from orgs.rules.reorganising import Line

#: Rows on a page that was just opened, and the most that one line of a document may name.
FIRST_PARTS, MOST_PARTS = 2, 40
MORE = "more"
_PART = re.compile(r"(?:name|code)_([0-9]{1,2})")


class SplitForm(LineForm):
    """``name_1`` and ``code_1``, ``name_2`` … are the successors; with ``more`` in the data there is one row more, and
    everything typed stands as it was."""

    kind = ActKind.SPLIT
    shown_at = {"into": "name_1", "name": "name_1", "division_code": "code_1", "is_main": "main"}
    unit = PickerField(label="分设的单位", most=1)
    stays = forms.BooleanField(label="原单位保留，只析出新单位", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = range(1, self._asked() + 1)
        for number in self.numbers:
            self.fields[f"name_{number}"] = name_field(f"承接单位{number}：名称", required=number == 1)
            self.fields[f"code_{number}"] = code_field(f"承接单位{number}：代码", required=number == 1)
        parts = [(str(number), f"承接单位{number}") for number in self.numbers]
        self.fields["main"] = forms.ChoiceField(
            label="主要承接单位",
            choices=[("0", "原单位（保留时）"), *parts],
            initial="1",
            help_text="未报的月报、任职和账号由它承接",
        )
        self.row_fields = (
            *(f"{kind}_{number}" for number in self.numbers for kind in ("name", "code")),
            "main",
        )

    def _asked(self) -> int:
        named = [int(found[1]) for name in self.data if (found := _PART.fullmatch(name))]
        return min(max([FIRST_PARTS, *named]) + self.wants_more, MOST_PARTS)

    @property
    def wants_more(self) -> bool:
        """Whether another row was asked for, not the line itself."""
        return MORE in self.data

    @property
    def may_have_more(self) -> bool:
        return len(self.numbers) < MOST_PARTS

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The successors as rows of the page."""
        chosen = str(self["main"].value())
        return [
            {
                "number": number,
                "name": self[f"name_{number}"],
                "code": self[f"code_{number}"],
                "is_main": chosen == str(number),
                "is_required": number == 1,
            }
            for number in self.numbers
        ]

    @property
    def stays_main(self) -> bool:
        return str(self["main"].value()) == "0"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in self.numbers[1:]:
            if bool(data.get(f"name_{number}")) != bool(data.get(f"code_{number}")):
                self.add_error(f"name_{number}", "名称和代码要一起填写。")
        if data.get("main") == "0" and not data.get("stays"):
            self.add_error("main", "原单位不保留时，请在承接单位中指定。")
        elif data.get("main") != "0" and not data.get(f"name_{data.get('main')}"):
            self.add_error("main", "所指定的主要承接单位没有填写名称。")
        return data

    def _parts(self) -> Iterator[tuple[int, str, str]]:
        for number in self.numbers:
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
