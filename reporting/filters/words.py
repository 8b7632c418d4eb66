"""Narrowing what those below wrote to some words, to one unit, or to those who raised something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms

from reporting.choices import IssueKind
from reporting.selectors.words import WordsBelow, narrowed

RAISED = [
    ("", "全部"),
    (IssueKind.PROBLEM.value, "反映了问题的"),
    (IssueKind.SUGGESTION.value, "提出了建议的"),
]


class WordsForm(forms.Form):
    """``whole`` is the document with all in it, whose units are offered."""

    q = forms.CharField(label="包含文字", max_length=60, required=False)
    unit = forms.ChoiceField(label="单位", required=False)
    raised = forms.ChoiceField(label="单位范围", required=False, choices=RAISED)

    def __init__(self, data: Mapping[str, Any], *, whole: WordsBelow) -> None:
        super().__init__(data)
        self._whole = whole
        offered = cast(forms.ChoiceField, self.fields["unit"])
        offered.choices = [("", "全部"), *((str(one.unit_id), one.name) for one in whole.heard)]

    @property
    def asked(self) -> dict[str, str]:
        """The conditions by name; one that cannot be asked is none."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def words(self) -> WordsBelow:
        asked = self.asked
        return narrowed(
            self._whole,
            text=asked.get("q", ""),
            unit=int(asked.get("unit", 0)),
            raised=asked.get("raised", ""),
        )

    @property
    def said(self) -> str:
        """The conditions as the paper names them: “包含文字：经费；单位：历下区”."""
        words = []
        for name, value in self.asked.items():
            field = self.fields[name]
            words.append(f"{field.label}：{dict(getattr(field, 'choices', ())).get(value, value)}")
        return "；".join(words)
