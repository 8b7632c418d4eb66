"""What the pages of papers take from people."""

from __future__ import annotations

from django import forms

from core.days import DayInput
from reporting.models import PaperDraft
from reporting.services.paper_drafts import PaperHead


class TemplateForm(forms.Form):
    """A passage's words; ``over`` is the version that was read."""

    text = forms.CharField(
        label="模板文字",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="花括号里的名称会换成当期数据，如{乡镇已建}；其他文字原样印出",
    )
    over = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class BulletinHeadForm(forms.Form):
    """发文字号."""

    document_number = forms.CharField(
        label="发文字号", max_length=40, required=False, help_text="如 鲁科协发〔2026〕12号；未定时留空"
    )

    def head(self) -> PaperHead:
        return PaperHead(document_number=self.cleaned_data["document_number"])

    @staticmethod
    def initial_of(row: PaperDraft) -> dict[str, object]:
        return {"document_number": row.document_number}


class BriefingHeadForm(forms.Form):
    """The masthead's particulars."""

    title = forms.CharField(label="简报名称", max_length=60, required=False, help_text="不填用默认名称")
    issue = forms.IntegerField(label="期号", min_value=1, max_value=9999)
    compiled_by = forms.CharField(label="编印单位", max_length=60, required=False, help_text="不填为本单位")
    dated = forms.DateField(
        label="日期",
        required=False,
        widget=DayInput(),
        help_text="不填为起草日期",
    )

    def head(self) -> PaperHead:
        data = self.cleaned_data
        return PaperHead("", data["issue"], data["title"], data["compiled_by"], data["dated"])

    @staticmethod
    def initial_of(row: PaperDraft) -> dict[str, object]:
        return {
            "title": row.title,
            "issue": row.issue,
            "compiled_by": row.compiled_by,
            "dated": row.dated,
        }
