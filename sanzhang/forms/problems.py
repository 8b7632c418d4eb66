"""A refusal shown where it belongs: by the field, or above the form."""

from __future__ import annotations

from django import forms
from django.forms.utils import ErrorDict

from core.errors import DomainError


class ExplainedForm(forms.Form):
    """A form whose warnings pass with a line of explanation; the line is asked for only once there is a warning."""

    explanation = forms.CharField(
        label="说明",
        required=False,
        max_length=200,
        help_text="核对无误后，请用一句话说明情况再提交。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    needs_explanation = False

    @property
    def asks_explanation(self) -> bool:
        return self.needs_explanation or bool(self.data.get(self.add_prefix("explanation")))


def show_problems(form: forms.Form, error: DomainError) -> None:
    """Put every problem of ``error`` by its field; nothing that was typed is lost."""
    if form._errors is None:
        form._errors = ErrorDict()
    for problem in error.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.message)
    if isinstance(form, ExplainedForm) and all(not problem.is_error for problem in error.problems):
        form.needs_explanation = True
